"""Signing in at Discogs: the three legs of OAuth 1.0a, signed by the real library."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from urllib.parse import parse_qs, quote, urlsplit

import pytest
import requests

from app.clients.discogs import DiscogsClient, DiscogsCredential, OAuthStart
from app.errors import OddAnswerError, RefusedError, UnavailableError
from tests.clients.conftest import Connect, RecordingLimiter
from tests.standin.discogs import Collector, DiscogsStandIn

CONSUMER = DiscogsCredential(consumer_key="test-key", consumer_secret="test-secret")
CALLBACK = "http://127.0.0.1:5000/connect/discogs/callback?next=/collection"


class Clock:
    """A clock tests turn."""

    now = 1_000_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def discogs(collector: Collector, clock: Clock) -> Iterator[DiscogsStandIn]:
    with DiscogsStandIn(collector, clock=clock) as stand_in:
        yield stand_in


@pytest.fixture
def application(connect: Connect) -> DiscogsClient:
    """Gatefold before anybody has signed in."""
    return connect(CONSUMER)


def press(discogs: DiscogsStandIn, button: str, start: OAuthStart) -> dict[str, str]:
    """What the person's browser brings to the callback after a click on approve or deny."""
    page = requests.get(start.authorize_url, timeout=5)
    assert f"/oauth/authorize/{button}?oauth_token={start.request_token}" in page.text
    link = f"{discogs.web_url}/oauth/authorize/{button}"
    answer = requests.get(
        link, params={"oauth_token": start.request_token}, allow_redirects=False, timeout=5
    )
    parts = urlsplit(answer.headers["Location"])
    assert parts._replace(query="").geturl() == CALLBACK.partition("?")[0]
    return {key: values[0] for key, values in parse_qs(parts.query).items()}


def test_who_approves_is_signed_in_and_sees_their_collection(
    application: DiscogsClient, connect: Connect, discogs: DiscogsStandIn
) -> None:
    start = application.start_oauth(CALLBACK)
    brought = press(discogs, "approve", start)
    credential = application.finish_oauth(
        brought["oauth_token"], start.request_secret, brought["oauth_verifier"]
    )
    signed_in = connect(credential)

    assert start.authorize_url.startswith(f"{discogs.web_url}/oauth/authorize?oauth_token=")
    assert brought["next"] == "/collection"
    assert signed_in.identity().username == "Collector"
    assert signed_in.collection_page("Collector", 1).copies[0].media_condition is not None


def test_each_leg_is_one_call_through_the_limiter(
    application: DiscogsClient, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    start = application.start_oauth(CALLBACK)
    assert limiter.acquired == discogs.calls("/oauth/request_token") == 1

    brought = press(discogs, "approve", start)
    application.finish_oauth(start.request_token, start.request_secret, brought["oauth_verifier"])
    assert limiter.acquired == 2
    assert discogs.calls("/oauth/access_token") == 1


def test_who_denies_comes_back_without_a_verifier(
    application: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    start = application.start_oauth(CALLBACK)
    brought = press(discogs, "deny", start)

    assert brought["denied"] == start.request_token
    assert "oauth_verifier" not in brought
    with pytest.raises(RefusedError):
        application.finish_oauth(start.request_token, start.request_secret, "guessed")


def test_without_a_callback_the_person_gets_a_code_to_paste(
    application: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    start = application.start_oauth("")
    page = requests.get(
        f"{discogs.web_url}/oauth/authorize/approve",
        params={"oauth_token": start.request_token},
        timeout=5,
    )
    code = page.text.partition("<code>")[2].partition("</code>")[0]

    credential = application.finish_oauth(start.request_token, start.request_secret, code)

    assert credential.is_oauth


@pytest.mark.parametrize(
    "verifier_is_right", [True, False], ids=["used before", "made-up verifier"]
)
def test_a_verifier_counts_once_and_must_be_the_right_one(
    application: DiscogsClient, discogs: DiscogsStandIn, verifier_is_right: bool
) -> None:
    start = application.start_oauth(CALLBACK)
    verifier = press(discogs, "approve", start)["oauth_verifier"]
    if verifier_is_right:
        application.finish_oauth(start.request_token, start.request_secret, verifier)
    else:
        verifier = "made-up"

    with pytest.raises(RefusedError, match="start it again") as refused:
        application.finish_oauth(start.request_token, start.request_secret, verifier)

    assert refused.value.reason == "credential"


def test_a_sign_in_older_than_fifteen_minutes_is_over(
    application: DiscogsClient, discogs: DiscogsStandIn, clock: Clock
) -> None:
    start = application.start_oauth(CALLBACK)
    verifier = press(discogs, "approve", start)["oauth_verifier"]
    clock.now += 15 * 60 + 1

    with pytest.raises(RefusedError, match="start it again"):
        application.finish_oauth(start.request_token, start.request_secret, verifier)


def test_a_wrong_request_secret_makes_a_wrong_signature(
    application: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    start = application.start_oauth(CALLBACK)
    verifier = press(discogs, "approve", start)["oauth_verifier"]

    with pytest.raises(RefusedError):
        application.finish_oauth(start.request_token, "not the secret", verifier)


@pytest.mark.parametrize(("key", "secret"), [("other-key", "test-secret"), ("test-key", "other")])
def test_a_wrong_consumer_is_refused_with_advice(connect: Connect, key: str, secret: str) -> None:
    stranger = connect(DiscogsCredential(consumer_key=key, consumer_secret=secret))

    with pytest.raises(RefusedError, match="consumer key and secret"):
        stranger.start_oauth(CALLBACK)


def test_a_revoked_sign_in_asks_to_connect_again(
    application: DiscogsClient, connect: Connect, discogs: DiscogsStandIn
) -> None:
    start = application.start_oauth(CALLBACK)
    verifier = press(discogs, "approve", start)["oauth_verifier"]
    credential = application.finish_oauth(start.request_token, start.request_secret, verifier)
    discogs.oauth.access_tokens.clear()

    with pytest.raises(RefusedError, match="connect again"):
        connect(credential).identity()


def test_a_try_after_a_fault_is_signed_anew(
    application: DiscogsClient, connect: Connect, discogs: DiscogsStandIn
) -> None:
    start = application.start_oauth(CALLBACK)
    verifier = press(discogs, "approve", start)["oauth_verifier"]
    credential = application.finish_oauth(start.request_token, start.request_secret, verifier)
    discogs.fail_next("/oauth/identity", "truncated")  # the nonce has been seen by then

    assert connect(credential).identity().username == "Collector"
    assert discogs.calls("/oauth/identity") == 2


@pytest.mark.parametrize(
    ("kind", "error"),
    [
        ("server_error", UnavailableError),
        ("web_page", RefusedError),
        ("redirect", OddAnswerError),
        ("half_form", OddAnswerError),
    ],
)
def test_a_fault_while_signing_in_is_one_of_ours(
    connect: Connect, discogs: DiscogsStandIn, kind: str, error: type[Exception]
) -> None:
    discogs.fail_next("/oauth/request_token", kind)

    with pytest.raises(error):
        connect(CONSUMER, tries=1).start_oauth(CALLBACK)


def test_plaintext_signatures_are_accepted_too(discogs: DiscogsStandIn) -> None:
    def header(secret: str) -> str:
        parameters = {
            "oauth_consumer_key": "test-key",
            "oauth_nonce": f"nonce {secret}",
            "oauth_timestamp": "1000000",
            "oauth_signature_method": "PLAINTEXT",
            "oauth_signature": f"{secret}&",
            "oauth_callback": CALLBACK,
        }
        pairs = (f'{key}="{quote(value, safe="")}"' for key, value in parameters.items())
        return "OAuth " + ", ".join(pairs)

    def status(secret: str) -> int:
        headers = {"Authorization": header(secret), "User-Agent": "Gatefold/1.0"}
        url = f"{discogs.url}/oauth/request_token"
        return requests.get(url, headers=headers, timeout=5).status_code

    assert (status("test-secret"), status("another")) == (200, 401)


def test_no_log_line_and_no_repr_shows_tokens_or_verifiers(
    application: DiscogsClient,
    connect: Connect,
    discogs: DiscogsStandIn,
    caplog: pytest.LogCaptureFixture,
) -> None:
    start = application.start_oauth(CALLBACK)
    verifier = press(discogs, "approve", start)["oauth_verifier"]
    caplog.set_level(logging.DEBUG)  # the browser's own log lines end here
    credential = application.finish_oauth(start.request_token, start.request_secret, verifier)
    connect(credential).identity()

    told = caplog.text + repr(credential) + repr(start)
    secrets = [start.request_secret, verifier, credential.oauth_token, credential.oauth_secret]
    assert "discogs GET /oauth/identity: 200" in told
    assert [secret for secret in secrets if secret in told] == []
