"""How the clients of open services take it when the service, or something on the way, misbehaves.

Rows of the list of faults: U4 too many calls, U5 slow answers, U6 firewalls, U7 broken JSON, U14
endless bodies, U15 redirects, U21 a blocked User-Agent, U22 another type of a field.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import (
    OddAnswerError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from tests.clients.conftest import RecordingLimiter
from tests.clients.open_services import NAMES, Service, serving
from tests.standin.mediawiki import MediaWikiStandIn
from tests.standin.messages import Reply
from tests.standin.musicbrainz import MusicBrainzStandIn

WIKIS = NAMES[1:]
PASSING_FAULTS: list[tuple[str, dict[str, Any]]] = [
    ("server_error", {}),
    ("bad_gateway", {}),
    ("reset", {}),
    ("truncated", {}),
    ("hang", {}),
    ("trickle", {"part": "body"}),
    ("trickle", {"part": "headers"}),
    ("blank", {"status": 503}),
]


@pytest.fixture(params=NAMES)
def service(
    request: pytest.FixtureRequest, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[Service]:
    """Each service in turn."""
    with serving(request.param, limiter=limiter, sleep=pauses.append) as service:
        yield service


@pytest.fixture(params=WIKIS)
def wiki(
    request: pytest.FixtureRequest, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[Service]:
    """Each wiki in turn."""
    with serving(request.param, limiter=limiter, sleep=pauses.append) as service:
        yield service


@pytest.fixture
def musicbrainz(limiter: RecordingLimiter, pauses: list[float]) -> Iterator[Service]:
    with serving("musicbrainz", limiter=limiter, sleep=pauses.append) as service:
        yield service


def test_one_question_is_one_call_for_which_the_limiter_was_asked(
    service: Service, limiter: RecordingLimiter
) -> None:
    assert service.has_answered(service.ask(service.connect()))
    assert service.stand_in.calls() == limiter.acquired == 1


def test_we_say_who_we_are_with_our_contact_in_brackets(service: Service) -> None:
    service.ask(service.connect())

    told = service.stand_in.requests[0].headers["User-Agent"]
    assert told == "Gatefold/1.0 ( https://gatefold.example )"


@pytest.mark.parametrize("agent", ["python-requests/2.32", "", "Gatefold/1.0"])
def test_u21_a_blocked_user_agent_is_refused_with_what_to_do_and_not_tried_again(
    service: Service, agent: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        service.ask(service.connect(user_agent=agent))

    assert refused.value.reason == "blocked"
    assert str(refused.value).startswith(f"{service.title} blocks our requests.")
    assert "User-Agent" in str(refused.value)
    assert "CONTACT" in str(refused.value)
    assert service.stand_in.calls() == 1


@pytest.mark.parametrize(("kind", "how"), PASSING_FAULTS)
def test_u5_a_passing_fault_is_tried_again_until_it_has_passed(
    service: Service, pauses: list[float], kind: str, how: dict[str, Any]
) -> None:
    service.stand_in.fail_next("/", kind, **how)

    assert service.has_answered(service.ask(service.connect()))
    assert service.stand_in.calls() == 2
    assert len(pauses) == 1


@pytest.mark.parametrize(("kind", "how"), PASSING_FAULTS)
def test_u5_a_fault_that_stays_is_unavailable(
    service: Service, kind: str, how: dict[str, Any]
) -> None:
    service.stand_in.fail_next("/", kind, **how)

    with pytest.raises(UnavailableError) as failed:
        service.ask(service.connect(tries=1))

    assert failed.value.provider == service.name
    assert str(failed.value).startswith(service.title)


def test_u5_no_call_lasts_longer_than_its_deadline_even_if_bytes_keep_coming(
    service: Service,
) -> None:
    service.stand_in.fail_next("/", "trickle", seconds=0.1)
    started = time.monotonic()

    with pytest.raises(UnavailableError, match="took too long"):
        service.ask(service.connect(tries=1))

    assert time.monotonic() - started < 2


def test_u4_after_429_the_limiter_is_told_to_wait_as_long_as_they_say(
    service: Service, limiter: RecordingLimiter, pauses: list[float]
) -> None:
    service.stand_in.fail_next("/", "rate_limited", retry_after=7)

    assert service.has_answered(service.ask(service.connect()))
    assert limiter.penalties == [7.0]
    assert limiter.acquired == 2
    assert sum(pauses) == 0  # the waiting is the limiter's


def test_u4_who_asks_too_often_is_told_when_to_come_back(
    service: Service, limiter: RecordingLimiter
) -> None:
    window = _stand_in(service).window
    window.on, window.limit, window.seconds = True, 1, 30.0
    client = service.connect(tries=1)
    service.ask(client)

    with pytest.raises(RateLimitedError, match="asked us to slow down") as limited:
        service.ask(client)

    assert limited.value.retry_after is not None
    assert 0 < limited.value.retry_after <= 30
    assert limiter.penalties == [limited.value.retry_after]


def test_u4_503_without_a_time_is_an_outage_and_not_our_haste(
    musicbrainz: Service, limiter: RecordingLimiter
) -> None:
    musicbrainz.stand_in.fail_next("/", "blank", status=503, times=9)

    with pytest.raises(UnavailableError):
        musicbrainz.ask(musicbrainz.connect())

    assert limiter.penalties == []


def test_u4_a_lagging_wiki_is_left_alone_for_as_long_as_it_says(
    wiki: Service, limiter: RecordingLimiter
) -> None:
    _wiki(wiki).errors = ["maxlag"]

    assert wiki.has_answered(wiki.ask(wiki.connect()))
    assert limiter.penalties == [5.0]
    assert wiki.stand_in.calls() == 2


def test_u4_a_rate_limit_told_with_status_200_is_one_all_the_same(
    wiki: Service, limiter: RecordingLimiter
) -> None:
    _wiki(wiki).errors = ["ratelimited"] * 3

    with pytest.raises(RateLimitedError):
        wiki.ask(wiki.connect())

    assert limiter.penalties == [None] * 3
    assert wiki.stand_in.calls() == 3


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("readonly", UnavailableError),
        ("internal_api_error_DBQueryError", UnavailableError),
        ("blocked", RefusedError),
        ("badvalue", OddAnswerError),
    ],
)
def test_an_error_told_with_status_200_is_what_its_code_says(
    wiki: Service, code: str, kind: type[Exception]
) -> None:
    _wiki(wiki).errors = [code]

    with pytest.raises(kind):
        wiki.ask(wiki.connect(tries=1))


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
def test_u6_a_firewalls_page_is_a_block_and_not_tried_again(service: Service, kind: str) -> None:
    service.stand_in.fail_next("/", kind)

    with pytest.raises(RefusedError, match="block") as refused:
        service.ask(service.connect())

    assert (refused.value.provider, refused.value.reason) == (service.name, "blocked")
    assert service.stand_in.calls() == 1


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b'"Pink Floyd"', b"{" * 100_000, b"\xff"])
def test_u7_what_is_no_object_is_an_odd_answer(service: Service, body: bytes) -> None:
    service.stand_in.answer = _always(body)  # type: ignore[method-assign]

    with pytest.raises(OddAnswerError) as odd:
        service.ask(service.connect())

    assert odd.value.provider == service.name
    assert service.stand_in.calls() == 1


def test_u7_half_a_json_is_an_odd_answer(service: Service) -> None:
    service.stand_in.fail_next("/", "half_json")

    with pytest.raises(OddAnswerError, match=f"^{service.title} told something we cannot read"):
        service.ask(service.connect())


def test_u7_keys_nobody_knows_are_passed_over(service: Service) -> None:
    service.stand_in.fail_next("/", "edited", edit=_add_keys)

    assert service.has_answered(service.ask(service.connect()))


@pytest.mark.parametrize("how", [{}, {"gzipped": True}])
def test_u14_a_body_without_end_is_given_up(service: Service, how: dict[str, Any]) -> None:
    service.stand_in.fail_next("/", "huge", **how)

    with pytest.raises(OddAnswerError, match="far more than it ever should"):
        service.ask(service.connect())

    assert service.stand_in.calls() == 1


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest/meta-data", "http://127.0.0.2:9/", "file:///etc"]
)
def test_u15_a_redirect_to_another_host_is_not_followed(service: Service, location: str) -> None:
    service.stand_in.fail_next("/", "redirect", location=location)

    with pytest.raises(OddAnswerError, match="another address"):
        service.ask(service.connect())

    assert service.stand_in.calls() == 1


@pytest.mark.parametrize(
    ("name", "path", "value", "field"),
    [
        ("musicbrainz", ("id",), 7, "id"),
        ("musicbrainz", ("id",), None, "id"),
        ("musicbrainz", ("title",), ["x"], "title"),
        ("musicbrainz", ("secondary-types",), "Live", "secondary-types"),
        ("musicbrainz", ("relations",), {"0": {}}, "relations"),
        ("musicbrainz", ("relations", 0, "ended"), "no", "relations[0].ended"),
        ("musicbrainz", ("relations", 0, "url"), "https://x", "relations[0].url"),
        ("musicbrainz", ("artist-credit", 0, "artist"), "x", "artist-credit[0].artist"),
        ("wikidata", ("entities",), None, "entities"),
        ("wikidata", ("entities", "Q2306"), "x", "entities.Q2306"),
        ("wikidata", ("entities", "Q2306", "claims"), "x", "entities.Q2306.claims"),
        ("wikidata", ("entities", "Q2306", "claims", "P1953"), 7, "entities.Q2306.claims.P1953"),
        ("wikidata", ("entities", "Q2306", "labels", "en"), "x", "entities.Q2306.labels.en"),
        (
            "wikidata",
            ("entities", "Q2306", "claims", "P1953", 0, "mainsnak", "datavalue", "value"),
            7,
            "entities.Q2306.claims.P1953[0].mainsnak.datavalue.value",
        ),
        ("wikidata", ("entities", "Q2306", "sitelinks", "enwiki"), "x", "sitelinks.enwiki"),
        ("wikipedia", ("query",), "x", "query"),
        ("wikipedia", ("query",), None, "query"),
        ("wikipedia", ("query", "pages"), {"8091": {}}, "query.pages"),
        ("wikipedia", ("query", "pages", 0, "extract"), 7, "query.pages[0].extract"),
        ("wikipedia", ("query", "pages", 0, "pageprops"), "x", "query.pages[0].pageprops"),
        ("wikipedia", ("query", "pages", 0, "fullurl"), "javascript:1", "query.pages[0].fullurl"),
        ("wikipedia", ("query", "redirects"), "x", "query.redirects"),
    ],
)
def test_u22_another_type_of_a_field_is_named_by_its_place(
    name: str,
    path: tuple[str | int, ...],
    value: Any,
    field: str,
    limiter: RecordingLimiter,
) -> None:
    with serving(name, limiter=limiter) as service:
        service.stand_in.fail_next("/", "edited", edit=lambda body: _set(body, path, value))

        with pytest.raises(OddAnswerError, match="told something we cannot read") as odd:
            service.ask(service.connect())

    assert odd.value.field.endswith(field)


def test_a_server_without_the_api_is_an_odd_answer_and_not_nothing(wiki: Service) -> None:
    wrong_address = f"{wiki.stand_in.url}/somewhere"
    wiki.stand_in.fail_next("/", "not_found")

    with pytest.raises(OddAnswerError, match="no API at this address"):
        wiki.ask(wiki.connect(api_url=wrong_address))


def test_the_clock_of_the_service_is_compared_with_ours(service: Service) -> None:
    client = service.connect()
    before = client.clock_skew

    service.ask(client)

    assert before is None
    assert abs(client.clock_skew) < 60


def _stand_in(service: Service) -> MusicBrainzStandIn | MediaWikiStandIn:
    assert isinstance(service.stand_in, MusicBrainzStandIn | MediaWikiStandIn)
    return service.stand_in


def _wiki(service: Service) -> MediaWikiStandIn:
    assert isinstance(service.stand_in, MediaWikiStandIn)
    return service.stand_in


def _always(body: bytes) -> Any:
    return lambda request: Reply(200, body, {"Content-Type": "application/json"})


def _set(body: Any, path: tuple[str | int, ...], value: Any) -> None:
    *way, last = path
    for step in way:
        body = body[step]
    body[last] = value


def _add_keys(body: dict[str, Any]) -> None:
    """Something new in every object of the answer."""
    for value in list(body.values()):
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, dict) and each is not body.get("entities"):
                _add_keys(each) if "en" not in each else None
    body["x-new"] = None
