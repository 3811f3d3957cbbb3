"""Fetching details, covers and links from the page: its start, its progress, its end."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, insert, select, update

from app.extensions import db
from app.models import (
    CallSlot,
    Connection,
    Link,
    NeighbourCalls,
    ProviderHealth,
    ProviderResult,
    Release,
    Run,
)
from app.services import preferences, runs
from tests.listening import statements
from tests.shelves import put_on_shelf
from tests.standin.discogs import DiscogsStandIn

OWNER = 1
Inside = Callable[[], AbstractContextManager[None]]
POLL = {"HX-Request": "true"}


@pytest.fixture
def house(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Flask:
    """Gatefold with a Discogs that the settings hold a token for, nothing on the shelf."""
    app = make_app(**discogs.settings, discogs_token="test-token", discogs_username="collector")
    app.config["WTF_CSRF_ENABLED"] = False
    return app


def press(visitor: FlaskClient) -> int:
    """Press "Fetch details, covers and links"; the job it leads to."""
    return int(visitor.post("/import/enrich").location.rpartition("/")[2])


def work_list(provider: str, entity: str, states: dict[str, int], **values: Any) -> None:
    """So many things of a provider in each state."""
    number = db.session.scalar(select(func.count()).select_from(ProviderResult)) or 0
    rows = [
        {"key": str(1001 + number + place), "state": state}
        for place, state in enumerate(
            state for state, count in states.items() for _ in range(count)
        )
    ]
    same = {"entity": entity, "provider": provider, "attempts": 0, **values}
    db.session.execute(insert(ProviderResult), [{**same, **row} for row in rows])


def is_running(**values: Any) -> None:
    started = datetime.now(UTC) - timedelta(minutes=1)
    db.session.execute(update(Run).values(state="running", started_at=started, **values))


def health(provider: str, **values: Any) -> None:
    row = {"provider": provider, "failures": 0, "opened": 0, "refusal": "", "last_error": ""}
    db.session.execute(insert(ProviderHealth).values({**row, "calls": 0, "errors": {}, **values}))


def test_pressing_twice_leads_to_the_same_job(visitor: FlaskClient) -> None:
    """P10."""
    assert press(visitor) == press(visitor)


def test_a_lane_shows_count_pace_and_the_time_left(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        now = datetime.now(UTC)
        work_list("discogs", "release", {"found": 40}, fetched_at=now - timedelta(seconds=40))
        work_list("discogs", "release", {"pending": 160})
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "40 of 200 records" in page
    assert re.search(r"\b(60|5[5-9]) a minute", page), "a little less on a busy machine"
    assert "about 3 min" in page
    assert 'hx-trigger="every 2s"' in page
    assert '<noscript><meta http-equiv="refresh"' in page


def test_a_resting_lane_says_until_when_and_why(visitor: FlaskClient, inside: Inside) -> None:
    """U3, U19."""
    run_id = press(visitor)
    until = time.time() + 300
    with inside():
        is_running()
        work_list("wikipedia", "artist", {"pending": 3})
        health("wikipedia", open_until=until, last_error="Wikipedia cannot be reached.")
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert f"rests until {datetime.fromtimestamp(until):%H:%M}: Wikipedia cannot be" in page


def test_a_lane_says_that_somebody_else_uses_its_budget_too(
    visitor: FlaskClient, inside: Inside
) -> None:
    """Row U2 of the fault list; and the time left counts on what is left for us."""
    run_id = press(visitor)
    with inside():
        is_running()
        now = datetime.now(UTC)
        work_list("discogs", "release", {"found": 40}, fetched_at=now - timedelta(seconds=40))
        work_list("discogs", "release", {"pending": 160})
        db.session.add(NeighbourCalls(provider="discogs", calls=5_980, told_at=time.time()))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "as somebody else at your internet address makes 5,980 of 6,000 calls" in page
    assert "about 7 min" in page, "twenty a minute, and the first of them at once"


def test_who_named_only_an_account_has_the_limit_of_those_without_a_token(
    visitor: FlaskClient, inside: Inside
) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        db.session.add(
            Connection(owner_id=OWNER, provider="discogs", kind="username", username="somebody")
        )
        now = datetime.now(UTC)
        work_list("discogs", "release", {"found": 40}, fetched_at=now - timedelta(seconds=40))
        work_list("discogs", "release", {"pending": 52})
        db.session.add(NeighbourCalls(provider="discogs", calls=12, told_at=time.time()))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "makes 12 of 25 calls" in page
    assert "about 3 min" in page, "thirteen a minute, and the first of them at once"


@pytest.mark.parametrize(
    ("trouble", "told"),
    [
        ({"open_until": 300}, "about 25 min"),
        ({"open_until": 86_400}, "about 2 min"),
        ({"refusal": "Spotify blocks our requests."}, "about 2 min"),
        ({}, "about 2 min"),
    ],
    ids=["rests", "rests for a day", "refuses", "is switched off"],
)
def test_the_time_left_counts_only_what_the_job_waits_for(
    visitor: FlaskClient, inside: Inside, trouble: dict[str, Any], told: str
) -> None:
    """Row U3 of the fault list: other services finish, and so does the job."""
    run_id = press(visitor)
    with inside():
        is_running()
        ago = datetime.now(UTC) - timedelta(seconds=40)
        for provider, entity, left in (("discogs", "release", 120), ("spotify", "title", 1_200)):
            work_list(provider, entity, {"found": 40}, fetched_at=ago)
            work_list(provider, entity, {"pending": left})
        if "open_until" in trouble:
            trouble = {"open_until": time.time() + trouble["open_until"]}
        health("spotify", **trouble)
        preferences.put(OWNER, "provider.spotify", bool(trouble))
        db.session.commit()

    assert f"<dd>{told}</dd>" in visitor.get(f"/jobs/{run_id}").text


@pytest.mark.parametrize(
    ("silent", "answers", "waits"), [(20, 10, True), (5, 10, False), (20, 40, False)]
)
def test_who_has_long_not_answered_waits_and_has_no_pace(
    visitor: FlaskClient, inside: Inside, silent: int, answers: int, waits: bool
) -> None:
    """Its pace would fall, and the time left grow, from look to look while it waits for others.

    One that has used up its limit waits for that.
    """
    run_id = press(visitor)
    with inside():
        is_running()
        ago = datetime.now(UTC) - timedelta(seconds=silent)
        work_list("itunes", "title", {"found": answers}, fetched_at=ago)
        work_list("itunes", "title", {"pending": 200})
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert ("waits for what the others find out" in page) is waits
    assert ("iTunes, the slowest" in page) is ("<dt>Left</dt>" in page) is not waits


@pytest.mark.parametrize(("answered", "told"), [(40, True), (20, False)])
def test_who_was_asked_and_does_not_answer_is_told_from_who_waits(
    visitor: FlaskClient, inside: Inside, answered: int, told: bool
) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        ago = datetime.now(UTC) - timedelta(seconds=answered)
        work_list("wikidata", "title", {"found": 40}, fetched_at=ago)
        work_list("wikidata", "title", {"pending": 200})
        db.session.add(CallSlot(provider="wikidata", at=time.time() - 25))
        db.session.add(CallSlot(provider="wikidata", at=time.time() + 25))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert ("has not answered yet" in page) is told
    assert ("waits for what the others find out" in page) is not told


def test_discogs_counts_from_the_first_moment_by_its_limit(
    visitor: FlaskClient, inside: Inside
) -> None:
    """Others are soon done, as far as they need not wait for it."""
    run_id = press(visitor)
    with inside():
        is_running()
        work_list("musicbrainz", "release", {"found": 40}, fetched_at=datetime.now(UTC))
        work_list("musicbrainz", "release", {"pending": 4})
        work_list("discogs", "release", {"pending": 600})
        db.session.commit()

    assert "<dd>about 6 s</dd>" in visitor.get(f"/jobs/{run_id}").text, "6,000 a minute"


def test_while_a_job_waits_nobody_is_said_to_work(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        work_list("images", "release", {"found": 40}, fetched_at=datetime.now(UTC))
        work_list("images", "release", {"pending": 2})
        db.session.execute(update(Run).values(state="waiting", lease_until=None))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "goes on with the job" in page
    assert "a minute" not in page


def test_a_lane_that_is_switched_off_says_so_instead(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        work_list("wikipedia", "artist", {"pending": 3})
        preferences.put(OWNER, "provider.wikipedia", False)

    assert "Wikipedia is switched off." in visitor.get(f"/jobs/{run_id}", headers=POLL).text


def test_what_is_not_asked_stands_in_one_line_each(visitor: FlaskClient) -> None:
    """U20."""
    page = visitor.get(f"/jobs/{press(visitor)}").text

    assert page.count("Spotify is not set up") == 1
    assert "Not asked" in page


def test_pausing_and_going_on(visitor: FlaskClient, inside: Inside) -> None:
    """P11."""
    run_id = press(visitor)

    paused = visitor.post(f"/jobs/{run_id}/pause", follow_redirects=True).text
    assert "Paused." in paused
    assert "Resume" in paused
    assert f"/jobs/{run_id}/pause" not in paused
    assert "Paused" in visitor.get("/jobs/pill").text

    resumed = visitor.post(f"/jobs/{run_id}/resume", follow_redirects=True).text
    assert "Paused." not in resumed
    assert f"/jobs/{run_id}/pause" in resumed
    with inside():
        assert db.session.scalar(select(Run.paused_at)) is None


def test_somebody_elses_job_can_not_be_paused(visitor: FlaskClient) -> None:
    for act in ("pause", "resume", "retry"):
        assert visitor.post(f"/jobs/99/{act}").status_code == 404


def test_the_pill_counts_on_every_page(visitor: FlaskClient, inside: Inside) -> None:
    press(visitor)
    with inside():
        is_running()
        work_list("discogs", "release", {"found": 312, "pending": 1628})
        db.session.commit()

    pill = visitor.get("/jobs/pill").text

    assert "Fetching" in pill
    assert "16 %" in pill


def test_trouble_is_told_by_its_kind_and_leads_to_the_list(
    visitor: FlaskClient, inside: Inside
) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        why = "Wikidata gave an odd answer."
        work_list("wikidata", "title", {"failed": 7}, last_error=why)
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "7 could not be had" in page
    assert "/admin/failures?provider=wikidata" in page
    assert "<bdi>Wikidata gave an odd answer.</bdi></a>" in page


def test_what_failed_is_tried_again(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    with inside():
        work_list("wikidata", "title", {"failed": 2}, last_error="Gone for a while.")
        health("wikidata", failures=5, opened=1, open_until=time.time() + 900)
        db.session.execute(update(Run).values(state="done", ended_at=datetime.now(UTC)))
        db.session.commit()

    answer = visitor.post(f"/jobs/{run_id}/retry")

    assert int(answer.location.rpartition("/")[2]) == run_id + 1, "a new job"
    with inside():
        assert set(db.session.scalars(select(ProviderResult.state))) == {"pending"}
        assert db.session.scalar(select(ProviderHealth.open_until)) is None


def test_the_end_tells_what_changed_and_what_to_do(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        now = datetime.now(UTC)
        work_list("discogs", "release", {"found": 3}, fetched_at=now)
        link: dict[str, Any] = {"owner_id": OWNER, "entity": "title", "provider": "spotify"}
        link |= {"badge": "guess", "score": 0.6, "evidence": {}, "found_at": now}
        db.session.execute(
            insert(Link),
            [
                {**link, "key": "m1", "url": "https://a.example", "state": "accepted"},
                {**link, "key": "m2", "url": "https://b.example", "state": "waiting"},
                {**link, "key": "m2", "url": "https://c.example", "state": "waiting"},
            ],
        )
        db.session.execute(update(Run).values(state="done", ended_at=datetime.now(UTC)))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "<b>3</b><span>records looked up</span>" in page
    assert "<b>1</b><span>link</span>" in page
    assert "<b>1</b><span>question waits for you</span>" in page
    assert "Review 1" in page
    assert "http-equiv" not in page
    assert visitor.get(f"/jobs/{run_id}", headers=POLL).status_code == 286


def test_the_newest_records_are_shown_as_they_arrive(visitor: FlaskClient, inside: Inside) -> None:
    with inside():
        put_on_shelf({"Title": "Kind Of Blue"}, {"Title": "Giant Steps"})
        db.session.commit()
    run_id = press(visitor)
    with inside():
        is_running()
        number = db.session.scalars(select(Release.discogs_id).order_by(Release.id)).first()
        told = {"entity": "release", "provider": "discogs", "state": "found", "attempts": 0}
        told |= {"key": str(number), "fetched_at": datetime.now(UTC)}
        db.session.execute(insert(ProviderResult).values(told))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "Just arrived" in page
    assert "Kind Of Blue" in page
    assert "Giant Steps" not in page


def test_a_look_costs_the_same_few_statements_for_any_number_of_records(
    visitor: FlaskClient, inside: Inside
) -> None:
    """Whatever the lanes are up to, and however many of them are off."""
    with inside():
        put_on_shelf(*({"Title": f"Number {number}"} for number in range(20)))
        db.session.commit()
    run_id = press(visitor)
    counted = []
    for size in (5, 400):
        with inside():
            is_running()
            at = datetime.now(UTC) - timedelta(seconds=size / 10)
            work_list("discogs", "release", {"found": size}, fetched_at=at)
            for service in ("wikidata", "wikipedia", "spotify", "itunes", "apple_music"):
                work_list(service, "title", {"failed": size, "pending": 1}, last_error="Odd.")
            preferences.put(OWNER, "provider.wikipedia", False)
            engine = db.engine
        for headers in (POLL, {}):
            with statements(engine) as seen:
                assert "Just arrived" in visitor.get(f"/jobs/{run_id}", headers=headers).text
            counted.append(len([each for each in seen if each.startswith(("SELECT", "WITH"))]))

    assert max(counted) == min(counted) <= 7


def test_a_paused_job_shows_how_far_it_came(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    with inside():
        work_list("discogs", "release", {"found": 50, "pending": 10})
        db.session.commit()

    visitor.post(f"/jobs/{run_id}/pause")

    page = visitor.get(f"/jobs/{run_id}").text
    assert '<progress aria-label="Discogs" max="60" value="50">' in page


def test_a_service_that_is_away_has_no_pace(visitor: FlaskClient, inside: Inside) -> None:
    """U3."""
    run_id = press(visitor)
    with inside():
        is_running()
        ago = datetime.now(UTC) - timedelta(seconds=30)
        work_list("wikidata", "title", {"found": 30}, fetched_at=ago)
        work_list("discogs", "release", {"found": 30}, fetched_at=ago)
        work_list("discogs", "release", {"pending": 3})
        work_list("wikidata", "title", {"pending": 30})
        health("wikidata", failures=2, last_error="Wikidata could not be reached")
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "stumbles: Wikidata could not be reached." in page
    assert "Wikidata, the slowest" not in page
    assert page.count("a minute") == 2, "Discogs has a pace, in its line and above all"


def ends(run_id: int, state: str = "done") -> None:
    """Let a run end as its worker would."""
    lease = runs.take(run_id)
    assert lease
    runs.end(lease, state)


@pytest.mark.parametrize("way", ["done", "cancelled while it rests"])
def test_what_a_run_brought_stays_true(visitor: FlaskClient, inside: Inside, way: str) -> None:
    run_id = press(visitor)
    with inside():
        is_running()
        work_list("discogs", "release", {"found": 3, "pending": 2}, fetched_at=datetime.now(UTC))
        db.session.commit()
        if way == "done":
            ends(run_id)
        else:
            db.session.execute(update(Run).values(state="waiting"))
            runs.ask_to_stop(OWNER, run_id)
    assert "Go on" in visitor.get(f"/jobs/{run_id}").text

    with inside():  # all of it is looked up again, by a later run
        db.session.execute(
            update(ProviderResult).values(state="found", fetched_at=datetime.now(UTC))
        )
        db.session.commit()
    press(visitor)

    page = visitor.get(f"/jobs/{run_id}").text
    assert "<b>3</b><span>records looked up</span>" in page
    assert "3 of 5 records" in page
    assert "Go on" not in page, "a later run has"
    assert "3 records looked up" in visitor.get("/jobs").text


def test_a_record_gone_from_discogs_is_named(visitor: FlaskClient, inside: Inside) -> None:
    """U8."""
    with inside():
        put_on_shelf({"Title": "Kind Of Blue", "Artist": "Miles Davis"}, {"Title": "Giant Steps"})
    run_id = press(visitor)
    with inside():
        is_running()
        blue = db.session.scalars(select(Release).where(Release.title == "Kind Of Blue")).one()
        blue.gone_at = datetime.now(UTC)
        number = blue.id
        db.session.execute(update(Run).values(state="queued"))
        db.session.commit()
        ends(run_id)

    page = visitor.get(f"/jobs/{run_id}").text

    assert "Discogs has this record no more." in page
    assert f'<a href="/releases/{number}"><bdi>Miles Davis – Kind Of Blue</bdi></a>' in page
    assert "Giant Steps" not in page


def test_the_page_of_a_job_that_has_ended_costs_few_statements(
    visitor: FlaskClient, inside: Inside
) -> None:
    run_id = press(visitor)
    with inside():
        work_list("discogs", "release", {"found": 5}, fetched_at=datetime.now(UTC))
        db.session.commit()
        ends(run_id)
        engine = db.engine
    for most in (6, 4):
        with statements(engine) as seen:
            visitor.get(f"/jobs/{run_id}")
        assert len([each for each in seen if each.startswith(("SELECT", "WITH"))]) <= most
        press(visitor)  # a later run has taken over what this one left


def test_a_single_record_added_later_waits(visitor: FlaskClient, inside: Inside) -> None:
    with inside():
        put_on_shelf({"Title": "Kind Of Blue"})
        db.session.execute(update(Release).values(detailed_at=datetime.now(UTC)))
        work_list("wikidata", "title", {"none": 1})
        db.session.execute(update(ProviderResult).values(key="r1001"))
        db.session.commit()
    run_id = press(visitor)
    with inside():
        ends(run_id)
    assert "Everything is fetched" in visitor.get("/import").text

    visitor.post("/import/record", data={"how": "discogs", "discogs": "1004"})

    assert "1 record waits" in visitor.get("/import").text
    for service in ("musicbrainz", "wikidata", "wikipedia", "itunes", "coverart", "images"):
        visitor.post("/admin/health/switch", data={"provider": service, "on": "0"})
    assert "Everything is fetched" in visitor.get("/import").text, "nobody would be asked"


@pytest.mark.parametrize("way", ["sample", "import", "sync"])
def test_the_button_stands_wherever_records_have_arrived(
    visitor: FlaskClient, work: Callable[[int], None], way: str
) -> None:
    if way == "sample":
        page = visitor.post("/import/sample", follow_redirects=True).text
    elif way == "import":
        visitor.post("/import/sample")
        page = visitor.get("/import").text
        assert "records wait" in page
    else:
        visitor.post("/import/connect/token", data={"token": "test-token"})
        job = visitor.post("/import/sync").location
        work(int(job.rpartition("/")[2]))
        page = visitor.get(job).text

    assert 'action="/import/enrich"' in page
    assert "Fetch details, covers and links" in page
