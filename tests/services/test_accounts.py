"""Connecting with Discogs over HTTP: what is kept, what is refused, and that nothing leaks (A8)."""

from __future__ import annotations

import http.client
from collections.abc import Callable, Iterator
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.errors import InvalidInputError, RateLimitedError, UnavailableError
from app.extensions import db
from app.models import Connection, OAuthRequest
from app.models.base import utcnow
from app.services import accounts
from app.services.accounts import SignInError
from app.services.providers import discogs_for
from app.services.workplace import Workplace
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items

OWNER = 1
CALLBACK = "http://127.0.0.1:5000/import/oauth/callback"


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    collector = Collector("Collector", user_id=77, token="test-token", items=generated_items(3))
    with DiscogsStandIn(collector) as stand_in:
        yield stand_in


@pytest.fixture
def workplace(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Iterator[Workplace]:
    app = make_app(discogs_api_url=discogs.url, discogs_web_url=discogs.web_url)
    with app.app_context():
        yield app.extensions["workplace"]
        db.session.remove()


def kept() -> Connection | None:
    row = db.session.scalars(select(Connection)).one_or_none()
    db.session.commit()  # nobody asks Discogs with a transaction open
    return row


def who(workplace: Workplace) -> str:
    """Whom Discogs takes us for with what is kept."""
    access = discogs_for(workplace, OWNER)
    db.session.commit()
    return access.client.identity().username


def test_a_name_is_looked_up_before_it_is_kept(workplace: Workplace) -> None:
    connected = accounts.connect_username(workplace, OWNER, " collector ")

    assert (connected.username, connected.kind) == ("Collector", "username")
    assert accounts.connected(workplace, OWNER) == connected
    row = kept()
    assert row is not None
    assert (row.provider_user_id, row.secret) == (77, None)


def test_the_address_of_a_profile_is_a_name(workplace: Workplace) -> None:
    address = "https://www.discogs.com/user/collector/collection?header=1"

    assert accounts.connect_username(workplace, OWNER, address).username == "Collector"


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x" * 300, "nobody-here", ".."])
def test_a_name_that_is_nobodys_is_refused(workplace: Workplace, name: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        accounts.connect_username(workplace, OWNER, name)

    assert list(refusal.value.problems) == ["username"]
    assert kept() is None


def test_a_private_collection_is_refused_with_the_setting_to_change(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    """U23."""
    discogs.users[0].private = True

    with pytest.raises(InvalidInputError, match="settings/privacy"):
        accounts.connect_username(workplace, OWNER, "collector")


def test_a_token_is_tried_then_kept_encrypted(workplace: Workplace) -> None:
    """X2."""
    connected = accounts.connect_token(workplace, OWNER, " test-token\n")

    row = kept()
    assert row is not None
    assert (connected.username, connected.kind) == ("Collector", "token")
    assert row.secret is not None
    assert b"test-token" not in row.secret
    assert who(workplace) == "Collector"


def test_what_pages_learn_of_a_connection_holds_no_secret(workplace: Workplace) -> None:
    """X3."""
    accounts.connect_token(workplace, OWNER, "test-token")

    assert "test-token" not in repr(accounts.connected(workplace, OWNER))


@pytest.mark.parametrize("token", ["", "wrong", "two words", "x" * 500, "tökén"])
def test_a_bad_token_is_refused_and_not_kept(workplace: Workplace, token: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        accounts.connect_token(workplace, OWNER, token)

    assert list(refusal.value.problems) == ["token"]
    assert "x" * 500 not in str(refusal.value)
    assert kept() is None


def test_a_bad_token_leaves_the_former_one(workplace: Workplace) -> None:
    accounts.connect_token(workplace, OWNER, "test-token")

    with pytest.raises(InvalidInputError):
        accounts.connect_token(workplace, OWNER, "wrong")

    assert who(workplace) == "Collector"


@pytest.mark.parametrize(
    ("fault", "error"), [("rate_limited", RateLimitedError), ("bad_gateway", UnavailableError)]
)
def test_a_person_waits_for_one_call_only(
    workplace: Workplace, discogs: DiscogsStandIn, fault: str, error: type[Exception]
) -> None:
    discogs.fail_next("/oauth/identity", fault, times=5)

    with pytest.raises(error):
        accounts.connect_token(workplace, OWNER, "test-token")

    assert len(discogs.requests) == 1
    assert kept() is None


def test_disconnecting_erases_the_secret(workplace: Workplace) -> None:
    accounts.connect_token(workplace, OWNER, "test-token")

    accounts.disconnect(OWNER)

    assert kept() is None
    assert accounts.connected(workplace, OWNER) is None


def test_a_token_in_the_settings_is_a_connection_too(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = make_app(discogs_api_url=discogs.url, discogs_token="test-token")
    with app.app_context():
        connected = accounts.connected(app.extensions["workplace"], OWNER)

    assert connected is not None
    assert (connected.kind, connected.checked_at) == ("token", None)


# --- signing in ---


def begin(workplace: Workplace) -> str:
    """Start a sign-in; the token the browser is sent away with."""
    begun = accounts.start_sign_in(workplace, OWNER, CALLBACK, "test-key", "test-secret")
    assert dict(parse_qsl(urlsplit(begun.authorize_url).query))["oauth_token"] == begun.token
    return begun.token


def approve(discogs: DiscogsStandIn, token: str) -> str:
    """Say yes at Discogs; the verifier it sends back."""
    connection = http.client.HTTPConnection(urlsplit(discogs.url).netloc)
    connection.request("GET", f"/oauth/authorize/approve?oauth_token={token}")
    location = connection.getresponse().getheader("Location") or ""
    connection.close()
    return dict(parse_qsl(urlsplit(location).query))["oauth_verifier"]


def test_signing_in_connects(workplace: Workplace, discogs: DiscogsStandIn) -> None:
    token = begin(workplace)
    verifier = approve(discogs, token)

    connected = accounts.finish_sign_in(workplace, OWNER, token, token, verifier)

    assert (connected.username, connected.kind) == ("Collector", "oauth")
    assert discogs_for(workplace, OWNER).is_owner
    assert who(workplace) == "Collector"
    assert db.session.scalars(select(OAuthRequest)).all() == []


def test_the_keys_of_the_settings_need_not_be_typed(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = make_app(
        discogs_api_url=discogs.url,
        discogs_web_url=discogs.web_url,
        discogs_consumer_key="test-key",
        discogs_consumer_secret="test-secret",
    )
    with app.app_context():
        place = app.extensions["workplace"]
        assert accounts.has_app_keys(place)
        token = accounts.start_sign_in(place, OWNER, CALLBACK).token
        connected = accounts.finish_sign_in(place, OWNER, token, token, approve(discogs, token))

    assert connected.kind == "oauth"


def test_wrong_keys_are_refused_at_once(workplace: Workplace) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        accounts.start_sign_in(workplace, OWNER, CALLBACK, "test-key", "wrong")

    assert list(refusal.value.problems) == ["consumer_key"]
    assert db.session.scalars(select(OAuthRequest)).all() == []


def test_the_secret_of_a_sign_in_is_sealed(workplace: Workplace) -> None:
    begin(workplace)

    sealed = db.session.scalars(select(OAuthRequest.secret)).one()
    assert b"test-secret" not in sealed
    assert set(workplace.vault.unlock(sealed)) == {"secret", "consumer_key", "consumer_secret"}


def finish(workplace: Workplace, awaited: str, token: str, verifier: str) -> str:
    """Come back from Discogs in vain; the sentence about it."""
    with pytest.raises(SignInError) as refusal:
        accounts.finish_sign_in(workplace, OWNER, awaited, token, verifier)
    assert kept() is None
    return str(refusal.value)


def test_each_way_a_sign_in_fails_has_its_own_sentence(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    first, second = begin(workplace), begin(workplace)
    verifier = approve(discogs, first)
    sentences = {
        "another tab": finish(workplace, second, first, verifier),
        "never begun": finish(workplace, second, "made-up", verifier),
        "wrong verifier": finish(workplace, first, first, "guessed"),
        "used already": finish(workplace, first, first, verifier),
    }
    third = begin(workplace)
    sentences["no permission"] = finish(workplace, third, third, "")
    fourth = begin(workplace)
    then = utcnow() - timedelta(minutes=16)
    db.session.execute(update(OAuthRequest).values(created_at=then))
    db.session.commit()
    sentences["too late"] = finish(workplace, fourth, fourth, approve(discogs, fourth))

    assert len(set(sentences.values())) == len(sentences)
    assert "another tab" in sentences["another tab"]
    assert "not begun here" in sentences["never begun"]
    assert "used already" in sentences["used already"]
    assert "15 minutes" in sentences["too late"]


def test_a_lost_cookie_does_not_spend_the_sign_in(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    token = begin(workplace)
    verifier = approve(discogs, token)
    finish(workplace, "", token, verifier)

    assert accounts.finish_sign_in(workplace, OWNER, token, token, verifier).kind == "oauth"


def test_a_replayed_answer_is_refused(workplace: Workplace, discogs: DiscogsStandIn) -> None:
    token = begin(workplace)
    verifier = approve(discogs, token)
    accounts.finish_sign_in(workplace, OWNER, token, token, verifier)

    with pytest.raises(SignInError, match="used already"):
        accounts.finish_sign_in(workplace, OWNER, token, token, verifier)
