"""The polite session itself: one host, no cookies, no .netrc, no proxy on loopback."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from app.clients.errors import (
    Answer,
    NothingThereError,
    Provider,
    error_for,
    retry_after,
)
from app.clients.http import Limits, PoliteSession, is_loopback
from app.clients.pictures import PICTURE_LIMITS
from app.errors import (
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from tests.clients.conftest import RecordingLimiter
from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn

CATALOGUE = Provider("catalogue", "The Catalogue")


class Catalogue(StandIn):
    """Answers the same to everybody, with a cookie."""

    def answer(self, request: Request) -> Reply:
        if request.path == "/nothing":
            return json_reply({"message": "No such record."}, 404)
        headers = {"Set-Cookie": "who=you; Path=/", "X-Most": "60", "X-Left": "41"}
        return json_reply({"name": "catalogue"}, headers=headers)


@pytest.fixture
def catalogue() -> Iterator[Catalogue]:
    with Catalogue() as stand_in:
        yield stand_in


@pytest.fixture
def session(catalogue: Catalogue, limiter: RecordingLimiter) -> Iterator[PoliteSession]:
    session = PoliteSession(
        CATALOGUE,
        catalogue.url,
        "Gatefold/1.0",
        limiter,
        limits=Limits(connect_seconds=0.5, total_seconds=0.4, body_bytes=1_000),
        budget_headers=("X-Most", "X-Left"),
        sleep=lambda seconds: None,
    )
    yield session
    session.close()


def test_a_fault_that_another_try_gets_over_is_in_the_log(
    session: PoliteSession, catalogue: Catalogue, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    catalogue.fail_next("/records", "server_error", times=1)

    session.get(f"{catalogue.url}/records?by=somebody")

    told = [record.getMessage() for record in caplog.records if "again" in record.getMessage()]
    assert len(told) == 1
    assert "catalogue is asked again (Unavailable): " in told[0]
    assert "somebody" not in caplog.text, "what a person typed stays out of it"


def test_good_answers_are_counted_once(session: PoliteSession, catalogue: Catalogue) -> None:
    catalogue.fail_next("/records", "server_error", times=1)
    session.get(f"{catalogue.url}/records")
    with pytest.raises(NothingThereError):
        session.get(f"{catalogue.url}/nothing")

    assert session.take_answers() == 2, "that there is nothing is an answer"
    assert session.take_answers() == 0


def test_an_answer_comes_with_status_headers_and_body(
    session: PoliteSession, catalogue: Catalogue, limiter: RecordingLimiter
) -> None:
    answer = session.get(f"{catalogue.url}/records")

    assert (answer.status, answer.body) == (200, b'{"name": "catalogue"}')
    assert answer.headers["content-type"] == "application/json"
    assert (limiter.acquired, limiter.told) == (1, [(41, 60, False)])
    assert catalogue.requests[0].headers["User-Agent"] == "Gatefold/1.0"


def test_what_is_not_there_says_so_in_the_providers_words(
    session: PoliteSession, catalogue: Catalogue
) -> None:
    with pytest.raises(NothingThereError) as missing:
        session.get(f"{catalogue.url}/nothing")

    assert missing.value.told == "No such record."
    assert str(missing.value) == "The Catalogue has no such thing."


def test_one_call_leaves_no_cookie_for_the_next(
    session: PoliteSession, catalogue: Catalogue
) -> None:
    session.get(f"{catalogue.url}/records")
    session.get(f"{catalogue.url}/records")

    assert catalogue.requests[1].headers["Cookie"] is None


def test_connections_are_kept_for_the_next_call(
    session: PoliteSession, catalogue: Catalogue
) -> None:
    for _ in range(3):
        session.get(f"{catalogue.url}/records")

    assert len({request.port for request in catalogue.requests}) == 1


def test_another_host_is_never_called(session: PoliteSession, catalogue: Catalogue) -> None:
    for url in (
        "http://169.254.169.254/latest",
        catalogue.url.replace("http:", "https:"),
        catalogue.url.replace("127.0.0.1", "localhost"),
        "http://[half/an/address",
        "file:///etc/passwd",
    ):
        with pytest.raises(OddAnswerError):
            session.get(url)

    assert catalogue.requests == []


@pytest.mark.parametrize("location", ["http://[::half/", "//elsewhere.example/", "x:y"])
def test_a_redirect_to_nonsense_is_an_odd_answer(
    session: PoliteSession, catalogue: Catalogue, location: str
) -> None:
    catalogue.fail_next("/records", "redirect", times=9, location=location)

    with pytest.raises(OddAnswerError):
        session.get(f"{catalogue.url}/records")


def test_a_post_is_never_redirected(session: PoliteSession, catalogue: Catalogue) -> None:
    catalogue.fail_next("/records", "redirect", location="/elsewhere")

    with pytest.raises(OddAnswerError):
        session.once("POST", f"{catalogue.url}/records", data="a=1")

    assert len(catalogue.requests) == 1


def test_a_netrc_entry_does_not_replace_our_credential(
    catalogue: Catalogue,
    limiter: RecordingLimiter,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("default login somebody password else\n")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("http_proxy", catalogue.url)  # .netrc counts only beyond this machine
    session = PoliteSession(CATALOGUE, "http://records.example", "Gatefold/1.0", limiter)

    session.get("http://records.example/one", headers={"Authorization": "ours"})
    session.close()

    assert catalogue.requests[0].headers["Authorization"] == "ours"


def test_a_proxy_is_not_asked_for_what_is_on_this_machine(
    catalogue: Catalogue, limiter: RecordingLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    session = PoliteSession(CATALOGUE, catalogue.url, "Gatefold/1.0", limiter)

    assert session.get(f"{catalogue.url}/records").status == 200
    session.close()


def test_a_proxy_is_asked_for_what_is_elsewhere(
    catalogue: Catalogue, limiter: RecordingLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", catalogue.url)
    session = PoliteSession(CATALOGUE, "http://records.example", "Gatefold/1.0", limiter)

    assert session.get("http://records.example/one").status == 200
    assert catalogue.requests[0].target == "http://records.example/one"
    session.close()


def test_the_deadline_holds_behind_a_proxy_too(
    catalogue: Catalogue, limiter: RecordingLimiter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", catalogue.url)
    catalogue.fail_next("/", "trickle", seconds=0.1)
    session = PoliteSession(
        CATALOGUE,
        "http://records.example",
        "Gatefold/1.0",
        limiter,
        limits=Limits(total_seconds=0.3),
        tries=1,
    )

    with pytest.raises(UnavailableError, match="took too long"):
        session.get("http://records.example/one")
    session.close()


def test_no_call_takes_longer_or_brings_more_than_was_promised() -> None:
    """Rows U5 and U14 of the fault list."""
    assert (Limits().connect_seconds, Limits().total_seconds) == (5, 30)
    assert (Limits().body_bytes, PICTURE_LIMITS.body_bytes) == (10_000_000, 25_000_000)
    assert PICTURE_LIMITS.total_seconds == 30


def test_a_body_within_the_cap_passes_and_one_byte_more_does_not(
    catalogue: Catalogue, limiter: RecordingLimiter
) -> None:
    size = len(b'{"name": "catalogue"}')
    for cap, fits in ((size, True), (size - 1, False)):
        session = PoliteSession(
            CATALOGUE, catalogue.url, "Gatefold/1.0", limiter, limits=Limits(body_bytes=cap)
        )
        if fits:
            assert len(session.get(f"{catalogue.url}/records").body) == size
        else:
            with pytest.raises(OddAnswerError):
                session.get(f"{catalogue.url}/records")
        session.close()


@pytest.mark.parametrize(
    ("told", "seconds"),
    [
        ("30", 30.0),
        ("1.5", 1.5),
        ("-3", 0.0),
        ("", None),
        ("soon", None),
        ("nan", None),
        ("1e300", 366 * 86_400.0),  # a moment every page can show
    ],
)
def test_retry_after_is_read_as_seconds(told: str, seconds: float | None) -> None:
    assert retry_after(Answer(429, {"Retry-After": told}, b"")) == seconds


def test_retry_after_may_be_a_date() -> None:
    date = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)

    seconds = retry_after(Answer(429, {"Retry-After": date}, b""))

    assert seconds is not None
    assert 85 <= seconds <= 90


@pytest.mark.parametrize("days_off", [-1, 1])
def test_a_date_to_retry_after_is_read_by_the_clock_that_sent_it(days_off: int) -> None:
    """Row U11 of the fault list."""
    theirs = datetime.now(UTC) + timedelta(days=days_off)
    moments = {"Date": theirs, "Retry-After": theirs + timedelta(seconds=90)}
    headers = {name: format_datetime(at, usegmt=True) for name, at in moments.items()}

    assert retry_after(Answer(429, headers, b"")) == 90


@pytest.mark.parametrize(
    ("url", "is_it"),
    [
        ("http://127.0.0.1:5081/ws", True),
        ("http://localhost", True),
        ("http://[::1]:80/", True),
        ("https://api.discogs.com", False),
        ("http://127.0.0.1.example.org", False),
    ],
)
def test_only_this_machine_is_loopback(url: str, is_it: bool) -> None:
    assert is_loopback(url) is is_it


def test_the_clock_of_the_provider_is_compared_with_ours(
    catalogue: Catalogue, limiter: RecordingLimiter
) -> None:
    a_day_behind = PoliteSession(
        CATALOGUE, catalogue.url, "Gatefold/1.0", limiter, clock=lambda: time.time() - 86_400
    )
    assert a_day_behind.clock_skew is None

    a_day_behind.get(f"{catalogue.url}/records")
    a_day_behind.close()

    assert a_day_behind.clock_skew == pytest.approx(86_400, abs=5)


BUSY = Provider(
    "busy",
    "The Shop",
    meanings={403: "busy", 503: "busy", 400: "credential"},
    empty_means_busy=True,
)
PAGE = b"<html>Attention Required!</html>"


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, b"", RateLimitedError),
        (200, b" \n", RateLimitedError),
        (403, b"", RateLimitedError),
        (403, b"{}", RateLimitedError),
        (503, PAGE, RateLimitedError),
        (502, b"", UnavailableError),
        (403, PAGE, RefusedError),
        (400, b"{}", RefusedError),
    ],
)
def test_a_provider_may_mean_something_else_by_a_status(
    status: int, body: bytes, kind: type[ProviderError]
) -> None:
    assert isinstance(error_for(BUSY, Answer(status, {}, body)), kind)


def test_an_empty_body_and_403_mean_what_they_mean_everywhere_unless_told() -> None:
    assert error_for(CATALOGUE, Answer(200, {}, b"")) is None
    assert isinstance(error_for(CATALOGUE, Answer(403, {}, b"{}")), RefusedError)


OPEN = Provider(
    "open",
    "The Open Catalogue",
    blocked_advice="It wants to know who we are.",
    meanings={503: "busy if it says how long"},
)


def test_503_is_a_plea_to_slow_down_only_with_a_time_where_both_are_known() -> None:
    limited = error_for(OPEN, Answer(503, {"Retry-After": "3"}, b"{}"))

    assert isinstance(limited, RateLimitedError)
    assert limited.retry_after == 3
    assert isinstance(error_for(OPEN, Answer(503, {}, PAGE)), UnavailableError)


@pytest.mark.parametrize("body", [b"", b"Forbidden", b'{"error": "No."}', PAGE])
def test_403_of_who_keeps_nothing_private_is_a_block_that_says_what_to_do(body: bytes) -> None:
    refused = error_for(OPEN, Answer(403, {}, body))

    assert isinstance(refused, RefusedError)
    assert refused.reason == "blocked"
    assert "It wants to know who we are" in str(refused)
