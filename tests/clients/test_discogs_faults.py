"""How the Discogs client takes it when Discogs, or something on the way, misbehaves."""

from __future__ import annotations

import logging
import time
from typing import Any

import pytest

from app.clients.discogs import DiscogsClient, DiscogsCredential
from app.errors import (
    NotFoundError,
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from tests.clients.conftest import NOBODY, TOKEN, Connect, RecordingLimiter
from tests.standin.discogs import Collector, DiscogsStandIn, item
from tests.standin.messages import Reply

PASSING_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("server_error", {}),
    ("bad_gateway", {}),
    ("reset", {}),
    ("truncated", {}),
    ("hang", {}),
    ("trickle", {"part": "body"}),
    ("trickle", {"part": "headers"}),
]


@pytest.mark.parametrize(("kind", "how"), PASSING_FAULTS)
def test_a_passing_fault_is_tried_again_until_it_has_passed(
    client: DiscogsClient,
    discogs: DiscogsStandIn,
    limiter: RecordingLimiter,
    pauses: list[float],
    kind: str,
    how: dict[str, Any],
) -> None:
    discogs.fail_next("/users", kind, **how)

    assert client.profile("Collector") is not None
    assert len(discogs.requests) == limiter.acquired == 2
    assert len(pauses) == 1


@pytest.mark.parametrize(("kind", "how"), PASSING_FAULTS)
def test_a_fault_that_stays_is_unavailable(
    connect: Connect, discogs: DiscogsStandIn, kind: str, how: dict[str, Any]
) -> None:
    discogs.fail_next("/releases", kind, **how)

    with pytest.raises(UnavailableError) as failed:
        connect(tries=1).release(1001)

    assert failed.value.provider == "discogs"
    assert str(failed.value).startswith("Discogs ")
    assert "127.0.0.1" not in str(failed.value)


def test_three_tries_are_made_with_growing_random_pauses(
    client: DiscogsClient, discogs: DiscogsStandIn, pauses: list[float]
) -> None:
    discogs.fail_next("/releases", "server_error", times=99)

    with pytest.raises(UnavailableError):
        client.release(1001)

    assert len(discogs.requests) == 3
    assert len(pauses) == 2
    assert all(0 <= pause <= 20 for pause in pauses)


def test_no_call_lasts_longer_than_its_deadline_even_if_bytes_keep_coming(
    connect: Connect, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/releases", "trickle", seconds=0.1)
    started = time.monotonic()

    with pytest.raises(UnavailableError, match="took too long"):
        connect(tries=1).release(1001)

    assert time.monotonic() - started < 2


def test_a_server_that_is_not_there_is_unavailable(connect: Connect) -> None:
    nowhere = connect(api_url="http://127.0.0.1:9")

    with pytest.raises(UnavailableError, match="could not be reached"):
        nowhere.identity()


def test_a_slow_answer_within_the_deadline_is_an_answer(
    client: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/releases", "slow", seconds=0.1)

    assert client.release(1001) is not None
    assert len(discogs.requests) == 1


def test_after_429_the_limiter_is_told_to_wait_as_long_as_discogs_says(
    client: DiscogsClient, discogs: DiscogsStandIn, limiter: RecordingLimiter, pauses: list[float]
) -> None:
    discogs.fail_next("/releases", "rate_limited", retry_after=7)

    assert client.release(1001) is not None
    assert limiter.penalties == [7.0]
    assert limiter.acquired == 2
    assert sum(pauses) == 0  # the waiting is the limiter's


def test_after_429_without_a_time_the_limiter_is_told_so(
    client: DiscogsClient, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    discogs.fail_next("/releases", "rate_limited")

    assert client.release(1001) is not None
    assert limiter.penalties == [None]


def test_429_again_and_again_is_given_up_after_three_tries(
    client: DiscogsClient, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    discogs.fail_next("/releases", "rate_limited", times=99, retry_after=2)

    with pytest.raises(RateLimitedError, match="Discogs asked us to slow down") as limited:
        client.release(1001)

    assert limited.value.retry_after == 2.0
    assert len(discogs.requests) == 3
    assert limiter.penalties == [2.0] * 3


def test_a_pause_of_a_day_is_reported_at_once_and_waited_for_in_small_pieces(
    client: DiscogsClient, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    discogs.fail_next("/releases", "rate_limited", times=99, retry_after=86_400)

    with pytest.raises(RateLimitedError) as limited:
        client.release(1001)

    assert limited.value.retry_after == 86_400
    assert limiter.penalties == [300.0]
    assert len(discogs.requests) == 1


def test_more_calls_than_the_window_allows_are_429(
    connect: Connect, discogs: DiscogsStandIn
) -> None:
    discogs.window.on = True
    discogs.window.anonymous_limit = 2
    discogs.window.tells_retry_after = True
    hasty = connect(NOBODY, tries=1)
    hasty.profile("Collector")
    hasty.profile("Collector")

    with pytest.raises(RateLimitedError) as limited:
        hasty.profile("Collector")

    assert 1 <= (limited.value.retry_after or 0) <= 60


def test_a_revoked_token_is_refused_once_with_a_way_out(
    client: DiscogsClient, discogs: DiscogsStandIn, collector: Collector
) -> None:
    collector.token = ""

    with pytest.raises(
        RefusedError, match=r"does not accept this token.*Make a new one"
    ) as refused:
        client.collection_page("Collector", 1)

    assert refused.value.reason == "credential"
    assert len(discogs.requests) == 1


def test_without_a_credential_there_is_no_identity(connect: Connect) -> None:
    with pytest.raises(RefusedError) as refused:
        connect(NOBODY).identity()

    assert refused.value.reason == "credential"


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
def test_a_web_page_instead_of_data_means_blocked(
    client: DiscogsClient, discogs: DiscogsStandIn, kind: str
) -> None:
    discogs.fail_next("/releases", kind, times=99)

    with pytest.raises(RefusedError) as refused:
        client.release(1001)

    assert refused.value.reason == "blocked"
    assert len(discogs.requests) == 1


@pytest.mark.parametrize("status", [200, 403])
@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("text/html; charset=UTF-8", b"\xef\xbb\xbf<!DOCTYPE html><title>Just a moment...</title>"),
        ("text/html", b""),
        ("application/json", b"\n<!DOCTYPE html><title>Just a moment...</title>"),
        ("", b"<html></html>"),
    ],
)
def test_a_web_page_is_known_by_its_type_as_well_as_by_its_beginning(
    client: DiscogsClient, discogs: DiscogsStandIn, content_type: str, body: bytes, status: int
) -> None:
    """Row U6 of the fault list."""
    reply = Reply(status, body, {"Content-Type": content_type})
    discogs.answer = lambda request: reply  # type: ignore[method-assign]

    with pytest.raises(RefusedError, match="a firewall blocks our requests") as refused:
        client.release(1001)

    assert refused.value.reason == "blocked"
    assert len(discogs.requests) == 1


def test_a_user_agent_discogs_does_not_like_means_blocked(connect: Connect) -> None:
    with pytest.raises(RefusedError) as refused:
        connect(user_agent="python-requests/2.0").identity()

    assert refused.value.reason == "blocked"


def test_a_refusal_in_json_means_private(client: DiscogsClient, discogs: DiscogsStandIn) -> None:
    discogs.fail_next("/users", "private")

    with pytest.raises(RefusedError) as refused:
        client.folders("Collector")

    assert refused.value.reason == "private"


def test_half_a_json_is_an_odd_answer(client: DiscogsClient, discogs: DiscogsStandIn) -> None:
    discogs.fail_next("/releases", "half_json")

    with pytest.raises(OddAnswerError, match="cannot be read"):
        client.release(1001)


@pytest.mark.parametrize("key", ["title", "tracklist", "artists", "genres", "year", "id"])
def test_a_wrong_type_in_a_release_is_named(
    client: DiscogsClient, discogs: DiscogsStandIn, key: str
) -> None:
    discogs.fail_next("/releases", "wrong_types", keys=[key])

    with pytest.raises(OddAnswerError) as odd:
        client.release(1001)

    assert odd.value.field == key


@pytest.mark.parametrize("key", ["pagination", "releases"])
def test_a_listing_without_its_frame_is_an_odd_answer(
    client: DiscogsClient, discogs: DiscogsStandIn, key: str
) -> None:
    discogs.fail_next("/users", "wrong_types", keys=[key])

    with pytest.raises(OddAnswerError) as odd:
        client.collection_page("Collector", 1)

    assert odd.value.field == key


def test_one_unreadable_entry_is_left_out_with_a_sentence(
    client: DiscogsClient, collector: Collector
) -> None:
    nameless = item(12, 6)
    del nameless["basic_information"]["title"]
    collector.items = [item(11, 5), nameless, item(13, 7)]

    page = client.collection_page("Collector", 1)

    assert [copy.instance_id for copy in page.copies] == [11, 13]
    assert page.total == 3
    (sentence,) = page.odd
    assert sentence.startswith("Entry 2 of page 1 was left out.")
    assert "releases[1].basic_information.title is missing" in sentence


def test_a_redirect_to_another_host_is_not_followed(
    connect: Connect, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    with DiscogsStandIn() as elsewhere:
        discogs.fail_next("/releases", "redirect", location=f"{elsewhere.url}/releases/1001")

        with pytest.raises(OddAnswerError) as odd:
            connect().release(1001)

        assert odd.value.field == "Location"
        assert elsewhere.requests == []


def test_a_redirect_within_the_host_is_followed_and_counted(
    client: DiscogsClient, discogs: DiscogsStandIn, limiter: RecordingLimiter
) -> None:
    discogs.fail_next("/releases/5", "redirect", location="/releases/1001")

    record = client.release(5)

    assert record is not None
    assert record.discogs_id == 1001
    assert len(discogs.requests) == limiter.acquired == 2


def test_redirects_in_a_circle_end(client: DiscogsClient, discogs: DiscogsStandIn) -> None:
    discogs.fail_next("/releases", "redirect", times=99, location="/releases/1001")

    with pytest.raises(OddAnswerError):
        client.release(1001)

    assert len(discogs.requests) == 4


@pytest.mark.parametrize("how", [{}, {"gzipped": True}, {"location": "/releases/1002"}])
def test_a_body_without_end_is_cut_off(
    connect: Connect, discogs: DiscogsStandIn, how: dict[str, Any]
) -> None:
    discogs.fail_next("/releases", "huge", **how)

    with pytest.raises(OddAnswerError) as odd:
        connect().release(1001)

    assert odd.value.field == "body"


def test_an_unexpected_status_is_an_odd_answer(
    client: DiscogsClient, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/releases", "bad_request")

    with pytest.raises(OddAnswerError) as odd:
        client.release(1001)

    assert odd.value.field == "status 400"


@pytest.mark.parametrize(
    "kind",
    ["unauthorised", "server_error", "firewall", "half_json", "redirect", "rate_limited", "reset"],
)
def test_no_error_and_no_log_line_repeats_the_token(
    connect: Connect,
    discogs: DiscogsStandIn,
    caplog: pytest.LogCaptureFixture,
    kind: str,
) -> None:
    caplog.set_level(logging.DEBUG)
    discogs.fail_next("/releases", kind, times=99)

    with pytest.raises((ProviderError, NotFoundError)) as failed:
        connect(TOKEN, tries=1).release(1001)

    chain: list[BaseException] = [failed.value]
    while chain[-1].__cause__ or chain[-1].__context__:
        chain.append(chain[-1].__cause__ or chain[-1].__context__)  # type: ignore[arg-type]
    told = caplog.text + " ".join(f"{error!r} {error}" for error in chain)
    assert "test-token" not in told


def test_a_credential_in_another_script_is_no_reason_to_fail_oddly(connect: Connect) -> None:
    contact = connect(
        DiscogsCredential(token="test-token"), user_agent="Gatefold/1.0 +Ω@example.org"
    )

    assert contact.identity().username == "Collector"
