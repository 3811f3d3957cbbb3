"""Spotify's token, its accounts service, and that nothing secret of any shop is written down."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from app.errors import (
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from tests.clients.conftest import RecordingLimiter
from tests.clients.shops import NAMES, Shop, Shops
from tests.standin.spotify import CLIENT_ID, CLIENT_SECRET, SpotifyStandIn


@pytest.fixture
def shops(limiter: RecordingLimiter, pauses: list[float]) -> Iterator[Shops]:
    with Shops(limiter, pauses) as shops:
        yield shops


@pytest.fixture
def spotify_shop(shops: Shops) -> Shop:
    return shops.open("spotify")


@pytest.fixture
def stand_in(spotify_shop: Shop) -> SpotifyStandIn:
    assert isinstance(spotify_shop.stand_in, SpotifyStandIn)
    return spotify_shop.stand_in


def test_u10_spotifys_token_is_fetched_once_for_all_threads(
    spotify_shop: Shop, stand_in: SpotifyStandIn
) -> None:
    clients = [spotify_shop.connect() for _ in range(2)]

    with ThreadPoolExecutor(8) as pool:
        found = list(
            pool.map(lambda each: clients[each % 2].search_albums("Miles Davis", ""), range(8))
        )

    assert all(found)
    assert stand_in.token_calls == 1


def test_u10_spotifys_token_is_renewed_once_before_it_ends(
    spotify_shop: Shop, stand_in: SpotifyStandIn
) -> None:
    client = spotify_shop.connect()
    with time_machine.travel(time.time()) as clock:
        for minutes in (0.0, 58.0, 1.5, 30.0):
            clock.shift(timedelta(minutes=minutes))
            client.search_albums("Miles Davis", "Kind of Blue")

    assert stand_in.token_calls == 2
    assert spotify_shop.searches() == 4  # none was refused


def test_u10_a_token_ended_early_is_renewed_once_by_all_threads(
    spotify_shop: Shop, stand_in: SpotifyStandIn
) -> None:
    client = spotify_shop.connect()
    client.search_albums("Miles Davis", "Kind of Blue")
    stand_in.revoke()

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: client.search_albums("Miles Davis", "So What"), range(8)))

    assert all(found)
    assert stand_in.token_calls == 2


def test_u10_a_token_that_is_never_accepted_is_renewed_only_once(spotify_shop: Shop) -> None:
    spotify_shop.stand_in.fail_next("/v1", "unauthorised", times=99)

    with pytest.raises(RefusedError, match="SPOTIFY_CLIENT_ID") as refused:
        spotify_shop.connect().search_albums("Miles Davis", "Kind of Blue")

    assert refused.value.reason == "credential"
    assert spotify_shop.searches() == 2
    assert spotify_shop.stand_in.calls("/api/token") == 2


def test_u20_a_wrong_secret_is_refused_with_the_names_of_the_settings(spotify_shop: Shop) -> None:
    spotify_shop.search()

    with pytest.raises(RefusedError, match=r"SPOTIFY_CLIENT_ID.*SPOTIFY_CLIENT_SECRET") as refused:
        spotify_shop.connect(client_secret="changed").search_albums("Miles Davis", "So What")

    assert refused.value.reason == "credential"
    assert "changed" not in str(refused.value)
    assert spotify_shop.searches() == 1  # the token of the old secret is not used


@pytest.mark.parametrize("credential", [("", ""), ("id", ""), ("clé", "秘密"), ("a\nb", "c")])
def test_u20_an_id_that_cannot_be_sent_costs_no_call(
    spotify_shop: Shop, monkeypatch: pytest.MonkeyPatch, credential: tuple[str, str]
) -> None:
    monkeypatch.setenv("SPOTIPY_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("SPOTIPY_CLIENT_SECRET", CLIENT_SECRET)
    client = spotify_shop.connect(client_id=credential[0], client_secret=credential[1])

    with pytest.raises(RefusedError, match="SPOTIFY_CLIENT_ID"):
        client.search_albums("Miles Davis", "Kind of Blue")

    assert spotify_shop.stand_in.requests == []


def test_u20_an_owner_without_premium_is_told_so(
    spotify_shop: Shop, stand_in: SpotifyStandIn
) -> None:
    stand_in.owner_has_premium = False

    with pytest.raises(RefusedError, match="Premium"):
        spotify_shop.search()

    assert spotify_shop.searches() == 1


ACCOUNT_FAULTS: list[tuple[str, dict[str, Any], type[ProviderError]]] = [
    ("rate_limited", {"retry_after": 86_400}, RateLimitedError),
    ("hang", {}, UnavailableError),
    ("server_error", {}, UnavailableError),
    ("firewall", {}, RefusedError),
    ("half_json", {}, OddAnswerError),
    ("redirect", {}, OddAnswerError),
    ("huge", {"bytes": 5_000_000}, OddAnswerError),
    ("not_found", {}, OddAnswerError),
    ("wrong_types", {"keys": ["access_token"]}, OddAnswerError),
    ("wrong_types", {"keys": ["expires_in"]}, OddAnswerError),
    ("edited", {"edit": lambda body: body.update(access_token="a\nb")}, OddAnswerError),
]


@pytest.mark.parametrize(("kind", "how", "error"), ACCOUNT_FAULTS)
def test_faults_of_the_accounts_service_are_told_as_those_of_the_api(
    spotify_shop: Shop, kind: str, how: dict[str, Any], error: type[ProviderError]
) -> None:
    spotify_shop.stand_in.fail_next("/api/token", kind, **how)

    with pytest.raises(error) as failed:
        spotify_shop.search()

    assert failed.value.provider == "spotify"
    assert spotify_shop.searches() == 0
    assert spotify_shop.search() == ("Kind of Blue",)  # and the next search asks for a token again


def test_u7_spotify_puts_nulls_into_its_lists(spotify_shop: Shop, stand_in: SpotifyStandIn) -> None:
    stand_in.tells_null = True

    assert spotify_shop.search() == ("Kind of Blue",)


@pytest.mark.parametrize("name", NAMES)
def test_no_secret_reaches_a_log_or_an_error(
    shops: Shops, name: str, caplog: pytest.LogCaptureFixture
) -> None:
    shop = shops.open(name)
    caplog.set_level(logging.DEBUG)
    shop.stand_in.fail_next(shop.path, "blank", status=401)
    shop.stand_in.fail_next(shop.path, "rate_limited", retry_after=900)
    errors = ""
    for _ in range(3):
        try:
            shop.search()
        except ProviderError as error:
            errors += f"{error!r} {error}"

    sent = [each.headers.get("Authorization", "") for each in shop.stand_in.requests]
    secrets = {each.partition(" ")[2] for each in sent} - {""}
    assert bool(secrets) == (shop.name != "itunes")
    for secret in secrets | {CLIENT_SECRET}:
        assert secret not in caplog.text
        assert secret not in errors
    assert shop.name in caplog.text  # it was listened to
