"""The developer token of Apple Music, by whose clock it goes, and keys that are none."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import jwt
import pytest
import time_machine
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from app.clients.apple_token import AppleToken
from app.errors import RefusedError
from tests.clients.conftest import RecordingLimiter
from tests.clients.shops import Shop, Shops
from tests.standin.apple_music import KEY_ID, TEAM_ID, AppleMusicStandIn


@pytest.fixture
def shops(limiter: RecordingLimiter, pauses: list[float]) -> Iterator[Shops]:
    with Shops(limiter, pauses) as shops:
        yield shops


@pytest.fixture
def apple_shop(shops: Shops) -> Shop:
    return shops.open("apple_music")


@pytest.fixture
def stand_in(apple_shop: Shop) -> AppleMusicStandIn:
    assert isinstance(apple_shop.stand_in, AppleMusicStandIn)
    return apple_shop.stand_in


def _pem(key: Any) -> str:
    text: bytes = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return text.decode()


def test_u10_apples_token_is_signed_once_and_renewed_before_it_ends(
    apple_shop: Shop, stand_in: AppleMusicStandIn
) -> None:
    client = apple_shop.connect()
    with time_machine.travel(time.time()) as clock:
        for hours in (0.0, 11.7, 0.2):
            clock.shift(timedelta(hours=hours))
            client.search_albums("Miles Davis", "Kind of Blue")

    assert len(stand_in.tokens) == 2
    assert len(stand_in.requests) == 3  # none was refused


def test_u10_threads_share_one_token_also_when_it_is_refused(
    apple_shop: Shop, stand_in: AppleMusicStandIn
) -> None:
    client = apple_shop.connect()
    client.search_albums("Miles Davis", "Kind of Blue")
    stand_in.not_allowed = set(stand_in.tokens)

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.search_albums("Miles Davis", "So What"), range(8)))

    assert all(found)
    assert len(stand_in.tokens) == 2


def test_u11_the_token_lives_for_twelve_hours_of_apples_six_months(
    apple_shop: Shop, stand_in: AppleMusicStandIn
) -> None:
    apple_shop.search()

    head = jwt.get_unverified_header(stand_in.tokens[0])
    claims = jwt.decode(stand_in.tokens[0], options={"verify_signature": False})
    assert (head["alg"], head["kid"], claims["iss"]) == ("ES256", KEY_ID, TEAM_ID)
    assert claims["exp"] - time.time() == pytest.approx(12 * 3600, abs=5)
    assert claims["iat"] <= time.time()


@pytest.mark.parametrize("days", [-1, 1])
def test_u11_with_a_clock_a_day_off_the_token_goes_by_apples_clock(
    apple_shop: Shop, stand_in: AppleMusicStandIn, days: int
) -> None:
    token = AppleToken(
        TEAM_ID, KEY_ID, stand_in.private_key_pem, clock=lambda: time.time() + days * 86_400
    )
    client = apple_shop.connect(token=token)

    assert client.search_albums("Miles Davis", "Kind of Blue")
    assert client.search_albums("Miles Davis", "So What")

    assert len(stand_in.requests) == 3  # refused once
    assert client.clock_skew == pytest.approx(-days * 86_400, abs=3)


def test_u11_a_clock_half_a_minute_fast_costs_no_refusal(
    apple_shop: Shop, stand_in: AppleMusicStandIn
) -> None:
    stand_in.clock = lambda: time.time() - 30

    assert apple_shop.search()


def test_u11_a_clock_that_was_set_right_again_makes_a_new_token() -> None:
    now = [1_000_000.0]
    token = AppleToken(
        TEAM_ID, KEY_ID, _pem(ec.generate_private_key(ec.SECP256R1())), clock=lambda: now[0]
    )
    first = token.value()
    assert token.value() == first

    now[0] -= 86_400

    assert token.value() != first


@pytest.mark.parametrize("status", [401, 403])
def test_u20_a_key_apple_does_not_know_is_refused_after_one_renewal(
    apple_shop: Shop, status: int
) -> None:
    apple_shop.stand_in.fail_next("/v1", "blank", times=99, status=status)

    with pytest.raises(RefusedError, match="APPLE_PRIVATE_KEY_FILE") as refused:
        apple_shop.connect().search_albums("Miles Davis", "Kind of Blue")

    assert refused.value.reason == "credential"
    assert apple_shop.searches() == 2


@pytest.mark.parametrize(
    "pem",
    [
        "",
        "no key at all",
        "-----BEGIN PRIVATE KEY-----\nc2VjcmV0\n-----END PRIVATE KEY-----\n",
        _pem(ec.generate_private_key(ec.SECP384R1())),
        _pem(rsa.generate_private_key(65_537, 2048)),
    ],
)
def test_u20_a_bad_key_file_is_named_without_a_call(apple_shop: Shop, pem: str) -> None:
    client = apple_shop.connect(token=AppleToken(TEAM_ID, KEY_ID, pem))

    with pytest.raises(RefusedError, match="APPLE_PRIVATE_KEY_FILE") as refused:
        client.search_albums("Miles Davis", "Kind of Blue")

    assert refused.value.reason == "credential"
    assert apple_shop.stand_in.requests == []


def test_u20_without_team_and_key_id_there_is_no_token() -> None:
    with pytest.raises(RefusedError, match="APPLE_TEAM_ID"):
        AppleToken("", "", "no key").value()


def test_nothing_of_apples_texts_and_pictures_is_kept(apple_shop: Shop) -> None:
    found = apple_shop.connect().search_albums("Miles Davis", "Kind of Blue")

    assert {each.artwork_url for each in found} == {""}
    assert "milestone" not in repr(found)
