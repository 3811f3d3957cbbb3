"""The sync from the page, its progress, its end, and taking back what it put away."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, func, select, update

from app.errors import RefusedError
from app.extensions import db
from app.models import Copy, ProviderHealth, ProviderPause, Release, Run, RunChange, User
from app.services import curate, runs
from app.services.enrich import health
from app.services.enrich import work as work_list
from tests.listening import statements
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items

OWNER = 1
Work = Callable[[int], None]
Inside = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def synced(visitor: FlaskClient, work: Work) -> Callable[[], int]:
    """Connects if need be and syncs; returns the number of the job."""

    def sync() -> int:
        visitor.post("/import/connect/token", data={"token": "test-token"})
        run_id = press(visitor)
        work(run_id)
        return run_id

    return sync


def press(visitor: FlaskClient) -> int:
    """Press "Sync now"; the job it leads to."""
    return int(visitor.post("/import/sync").location.rpartition("/")[2])


def test_pressing_twice_leads_to_the_same_job(visitor: FlaskClient) -> None:
    """P10."""
    assert press(visitor) == press(visitor)


def test_a_sync_from_the_page_fills_the_shelf(
    visitor: FlaskClient, synced: Callable[[], int]
) -> None:
    page = visitor.get(f"/jobs/{synced()}").text

    assert "150" in page
    assert "new on the shelf" in page
    assert "See your records" in page
    assert "http-equiv" not in page


def test_an_unchanged_collection_is_up_to_date(
    visitor: FlaskClient, synced: Callable[[], int]
) -> None:
    synced()

    assert "Up to date: 150 copies" in visitor.get(f"/jobs/{synced()}").text


def test_the_end_of_a_sync_leads_to_what_discogs_says_otherwise_than_a_person(
    visitor: FlaskClient, synced: Callable[[], int], inside: Inside, discogs: DiscogsStandIn
) -> None:
    synced()
    with inside():
        release = db.session.scalars(select(Release).order_by(Release.id)).first()
        assert release
        number = release.discogs_id
        curate.save("release", OWNER, release.id, release.version, '{"title": "As I call it"}')
    for item in discogs.users[0].items:
        if item["id"] == number:
            item["basic_information"]["title"] = "Corrected at Discogs"

    page = visitor.get(f"/jobs/{synced()}").text

    assert "Decide 1 field you had corrected" in page


def test_a_job_that_waits_refreshes_itself_with_and_without_script(visitor: FlaskClient) -> None:
    page = visitor.get(f"/jobs/{press(visitor)}").text

    assert '<noscript><meta http-equiv="refresh"' in page
    assert 'hx-trigger="every 1s"' in page
    assert "Cancel" in page


def test_progress_tells_count_rate_and_time_left(visitor: FlaskClient, inside: Inside) -> None:
    run_id = press(visitor)
    now = datetime.now(UTC)
    with inside():
        db.session.execute(
            update(Run).values(
                state="running",
                phase="copies",
                done=100,
                total=400,
                marks=[[now.timestamp() - 60, 0], [now.timestamp(), 100]],
                started_at=now - timedelta(hours=2),  # most of which it was paused
            )
        )
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "100 of 400" in page
    assert "100 copies a minute" in page
    assert "about 3 min" in page
    with inside():
        db.session.execute(update(Run).values(state="waiting", lease_until=now.timestamp() + 900))
        db.session.commit()
    page = visitor.get(f"/jobs/{run_id}").text
    assert "copies a minute" not in page, "it waits"
    assert "<dt>Left</dt>" not in page


def test_polling_ends_with_the_job(visitor: FlaskClient, synced: Callable[[], int]) -> None:
    answer = visitor.get(f"/jobs/{synced()}", headers={"HX-Request": "true"})

    assert answer.status_code == 286
    assert answer.headers["HX-Trigger"] == "run-over", "the pill in the header goes too"


def test_a_pause_is_explained_with_its_end(visitor: FlaskClient, inside: Inside) -> None:
    """U1, U2."""
    run_id = press(visitor)
    until = datetime.now(UTC).timestamp() + 300
    with inside():
        db.session.execute(update(Run).values(state="running"))
        why = "Discogs asked us to slow down."
        db.session.add(ProviderPause(provider="discogs", until=until, reason=why))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}").text

    assert "Discogs asked us to slow down. Going on at" in page
    assert f"Going on at {datetime.fromtimestamp(until):%H:%M}" in page


def test_a_sync_that_waits_for_a_person_goes_on_when_they_say_so(
    visitor: FlaskClient, synced: Callable[[], int], discogs: DiscogsStandIn, work: Work
) -> None:
    """U9."""
    synced()
    pages = "/users/collector/collection/folders/0/releases"
    discogs.before_page(1, lambda: discogs.fail_next(pages, "unauthorised", 9))
    run_id = press(visitor)
    work(run_id)

    page = visitor.get(f"/jobs/{run_id}").text
    assert "does not accept this token. Make a new one at" in page
    assert "connect with it on the import page" in page
    tomorrow = datetime.now() + timedelta(days=1)
    assert f"Going on at {tomorrow.day} {tomorrow:%b}" in page, "and not in a moment"
    assert "or as soon as you connect again" in page
    assert "you need not wait here" not in page
    assert "Check the connection" in page

    discogs.recover()
    assert press(visitor) == run_id
    work(run_id)
    assert "Up to date" in visitor.get(f"/jobs/{run_id}").text


def test_a_sync_goes_on_with_the_new_token_and_asks_nothing_again(
    visitor: FlaskClient, discogs: DiscogsStandIn, work: Work, inside: Inside
) -> None:
    """U9."""
    discogs.users[0].items = generated_items(350)
    pages = "/users/collector/collection/folders/0/releases"
    discogs.before_page(1, lambda: discogs.fail_next(pages, "unauthorised", 99))
    visitor.post("/import/connect/token", data={"token": "test-token"})
    run_id = press(visitor)
    work(run_id)
    with inside():
        health.failed("discogs", RefusedError("discogs", "No.", "credential"))
        db.session.commit()
        assert run_id not in runs.due(), "nothing can be done before a person did something"

    discogs.users[0].token = "new-token"
    discogs.recover()
    page = visitor.post(
        "/import/connect/token", data={"token": "new-token"}, follow_redirects=True
    ).text
    assert "100 of 350 copies" in page
    with inside():
        assert runs.due() == [run_id], "nobody need press a button for it"
        assert db.session.get_one(ProviderHealth, "discogs").refusal == ""
    work(run_id)

    assert "350" in visitor.get(f"/jobs/{run_id}").text
    assert "new on the shelf" in visitor.get(f"/jobs/{run_id}").text
    asked = Counter(each.query["page"] for each in discogs.requests if each.path == pages)
    assert asked["1"] == 1, "that one was answered"
    assert max(asked.values()) == 2, "the others, refused when the token went, once more"
    once = Counter(each.path for each in discogs.requests if each.path != pages)
    assert once.pop("/oauth/identity") == 2 + 1, "to connect, and once in the sync"
    assert set(once.values()) == {1}


@pytest.mark.parametrize(
    ("is_refused", "left", "going_on"),
    [(True, "1001", ["enrich"]), (False, "1001", []), (True, "999999", [])],
    ids=["refused", "not refused", "what is left stands on another shelf"],
)
def test_an_enrichment_discogs_refused_goes_on_once_one_is_connected_again(
    visitor: FlaskClient,
    synced: Callable[[], int],
    inside: Inside,
    is_refused: bool,
    left: str,
    going_on: list[str],
) -> None:
    """U9."""
    synced()
    with inside():
        db.session.add(Run(owner_id=OWNER, kind="enrich", state="done", cursor={}, counts={}))
        work_list.add("release", "discogs", [left])
        if is_refused:
            health.failed("discogs", RefusedError("discogs", "No.", "credential"))
        db.session.commit()

    visitor.post("/import/connect/token", data={"token": "test-token"})

    with inside():
        due = [db.session.get_one(Run, run_id).kind for run_id in runs.due()]
        assert due == going_on, "nobody need press a button for it"


def test_connecting_another_account_leaves_a_sync_that_waits_alone(
    visitor: FlaskClient, synced: Callable[[], int], discogs: DiscogsStandIn, inside: Inside
) -> None:
    pages = "/users/collector/collection/folders/0/releases"
    discogs.before_page(1, lambda: discogs.fail_next(pages, "unauthorised", 9))
    synced()
    discogs.users.append(Collector("somebody", user_id=2, token="their-token"))

    visitor.post("/import/connect/token", data={"token": "their-token"})

    with inside():
        assert runs.due() == []


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
def test_a_sync_that_meets_a_firewall_waits_for_a_person_and_asks_no_more(
    visitor: FlaskClient,
    synced: Callable[[], int],
    discogs: DiscogsStandIn,
    work: Work,
    kind: str,
) -> None:
    """U6."""
    pages = "/users/collector/collection/folders/0/releases"
    discogs.before_page(1, lambda: discogs.fail_next(pages, kind, 99))
    run_id = synced()
    asked = len(discogs.requests)

    page = visitor.get(f"/jobs/{run_id}").text
    assert "a firewall blocks our requests. Try again later, or from another network." in page
    assert "100 of 150" in page
    tomorrow = datetime.now() + timedelta(days=1)
    assert f"Going on at {tomorrow.day} {tomorrow:%b}" in page
    work(run_id)
    assert discogs.calls(pages) == 1 + 1
    assert len(discogs.requests) == asked, "it is left alone"

    discogs.recover()
    assert press(visitor) == run_id
    work(run_id)
    assert "new on the shelf" in visitor.get(f"/jobs/{run_id}").text


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
def test_a_sync_that_meets_a_firewall_at_once_ends_and_says_so(
    visitor: FlaskClient, discogs: DiscogsStandIn, work: Work, kind: str
) -> None:
    """U6."""
    visitor.post("/import/connect/token", data={"token": "test-token"})
    before = len(discogs.requests)
    discogs.fail_next("/", kind, 99)
    run_id = press(visitor)
    work(run_id)

    page = visitor.get(f"/jobs/{run_id}").text
    assert "a firewall blocks our requests" in page
    assert ">Try again</button>" in page
    assert len(discogs.requests) <= before + 4, "those that were asked at once"


def test_an_entry_that_cannot_be_read_is_named_with_its_field(
    visitor: FlaskClient, synced: Callable[[], int], discogs: DiscogsStandIn
) -> None:
    """U7."""
    discogs.users[0].items[6]["basic_information"]["title"] = {"not": "text"}
    del discogs.users[0].items[7]["instance_id"]
    discogs.users[0].items[8]["basic_information"]["formats"] = [None]

    page = visitor.get(f"/jobs/{synced()}").text

    assert "releases[6].basic_information.title is not a text" in page
    assert "releases[7].instance_id is missing" in page
    assert "releases[8].basic_information.formats[0] is missing" in page
    assert "147" in page
    assert "new on the shelf" in page


def test_a_failure_says_why_and_what_to_do(
    visitor: FlaskClient, synced: Callable[[], int], discogs: DiscogsStandIn, work: Work
) -> None:
    """U9, P9."""
    synced()
    discogs.users[0].token = "changed"
    run_id = press(visitor)
    work(run_id)

    page = visitor.get(f"/jobs/{run_id}").text

    assert "does not accept this token" in page
    assert "Try again" in page
    assert "Check the connection" in page


def test_without_a_connection_the_job_says_so(visitor: FlaskClient, work: Work) -> None:
    """U20."""
    run_id = press(visitor)
    work(run_id)

    assert "not connected yet" in visitor.get(f"/jobs/{run_id}").text


def test_cancelling_ends_a_waiting_job(visitor: FlaskClient) -> None:
    run_id = press(visitor)

    page = visitor.post(f"/jobs/{run_id}/cancel", follow_redirects=True).text

    assert "Stopped as you asked" in page
    assert visitor.post(f"/jobs/{run_id}/cancel").status_code == 302


def test_arrivals_are_shown_as_sleeves(visitor: FlaskClient, synced: Callable[[], int]) -> None:
    page = visitor.get(f"/jobs/{synced()}").text

    assert page.count('class="tile"') == 12


def test_what_a_sync_put_away_can_be_brought_back_for_good(
    visitor: FlaskClient,
    synced: Callable[[], int],
    discogs: DiscogsStandIn,
    inside: Inside,
) -> None:
    synced()
    for instance in (700_000_001, 700_000_002):
        discogs.users[0].remove(instance)
    run_id = synced()
    changes = f"/jobs/{run_id}/changes"
    assert f'href="{changes}"' in visitor.get(f"/jobs/{run_id}").text
    assert "Take back all 2" in visitor.get(changes).text

    answer = visitor.post(f"{changes}/undo", data={"kind": "removed"}, follow_redirects=True)

    assert "2 changes taken back" in answer.text
    assert "Take back all" not in answer.text
    synced()
    on_shelf = select(func.count()).select_from(Copy).where(Copy.removed_at.is_(None))
    with inside():
        assert db.session.scalar(on_shelf) == 150


@pytest.mark.parametrize("many", [3, 250])
def test_a_finished_sync_leads_to_its_new_copies_alone(
    visitor: FlaskClient, synced: Callable[[], int], discogs: DiscogsStandIn, many: int
) -> None:
    """Also where a story is too long to name them all."""
    first = synced()
    discogs.users[0].items.extend(generated_items(150 + many)[150:])
    second = synced()
    discogs.users[0].items.extend(generated_items(151 + many)[150 + many :])
    synced()

    assert f"<b>{many}</b> of {151 + many}" in new_copies(visitor, second)
    assert f"<b>150</b> of {151 + many}" in new_copies(visitor, first)


def test_a_sync_without_new_copies_leads_to_all(
    visitor: FlaskClient, synced: Callable[[], int]
) -> None:
    synced()

    page = visitor.get(f"/jobs/{synced()}").text

    assert "new one" not in page
    assert "See your records" in page


def new_copies(visitor: FlaskClient, run_id: int) -> str:
    """The page behind "See the … new ones" of a finished job."""
    link = re.search(r'href="([^"]*arrived=[^"]*)"', visitor.get(f"/jobs/{run_id}").text)
    assert link is not None
    return visitor.get(html.unescape(link[1])).text


@pytest.mark.parametrize(
    "run", ["", "0", "-1", "x", "9" * 40, "1" * 5000, "4711", "²", "0" * 19 + "1" + "9" * 20]
)
def test_no_change_of_no_job_is_taken_back(visitor: FlaskClient, run: str) -> None:
    assert visitor.get(f"/jobs/{run}/changes").status_code == 404
    assert visitor.post(f"/jobs/{run}/changes/undo").status_code == 404
    assert visitor.post("/jobs/1/changes/undo", data={"change": run or "x"}).status_code == 404
    assert visitor.post("/jobs/1/changes/redo", data={"change": run}).status_code == 404


def test_the_changes_of_a_sync_are_looked_through_by_kind_and_done_again(
    visitor: FlaskClient, synced: Callable[[], int], discogs: DiscogsStandIn
) -> None:
    synced()
    discogs.users[0].remove(700_000_001)
    discogs.users[0].items.extend(generated_items(152)[150:])
    changes = f"/jobs/{synced()}/changes"

    page = visitor.get(f"{changes}?kind=removed").text
    assert page.count("Put back<") == 1
    visitor.post(f"{changes}/undo")
    page = visitor.get(changes).text
    assert page.count("Do all 3 again") == 3

    (change, *_) = re.findall(r'name="change" value="(\d+)"', page)
    visitor.post(f"{changes}/redo", data={"change": change})

    page = visitor.get(changes).text
    assert (page.count("Put away<"), page.count("Put back<")) == (2, 1)
    visitor.post(f"{changes}/undo", data={"change": change})
    assert visitor.get(changes).text.count("Do it again") == 1


def test_all_jobs_are_listed(visitor: FlaskClient, synced: Callable[[], int]) -> None:
    assert "No jobs yet" in visitor.get("/jobs").text

    synced()

    assert "150 new on the shelf" in visitor.get("/jobs").text


def test_a_strangers_job_is_not_found(visitor: FlaskClient, inside: Inside) -> None:
    with inside():
        stranger = User(name="Stranger")
        db.session.add(stranger)
        db.session.commit()
        run_id = runs.start(stranger.id, "sync").id

    assert visitor.get(f"/jobs/{run_id}").status_code == 404
    assert visitor.post(f"/jobs/{run_id}/cancel").status_code == 404


def test_the_pill_is_empty_when_nothing_runs(visitor: FlaskClient) -> None:
    assert visitor.get("/jobs/pill").text == ""


def test_the_pill_leads_to_the_job_for_two_statements_at_most(
    visitor: FlaskClient, inside: Inside
) -> None:
    run_id = press(visitor)
    statements = counted(inside, lambda: visitor.get("/jobs/pill"))

    assert f'href="/jobs/{run_id}"' in visitor.get("/jobs/pill").text
    assert len(statements) <= 2


def test_the_page_of_a_long_job_costs_no_more_statements(
    visitor: FlaskClient, synced: Callable[[], int], inside: Inside, discogs: DiscogsStandIn
) -> None:
    run_id = synced()
    discogs.users[0].items = discogs.users[0].items[:10]
    again = synced()

    short = counted(inside, lambda: visitor.get(f"/jobs/{run_id}"))
    long = counted(inside, lambda: visitor.get(f"/jobs/{again}"))

    assert len(short) <= 7
    assert len(long) <= 6


def counted(inside: Inside, visit: Callable[[], Any]) -> list[str]:
    """The SQL statements of a visit, transactions aside."""
    with inside():
        engine = db.engine
    with statements(engine) as heard:
        visit()
    return [statement for statement in heard if not statement.startswith(("BEGIN", "PRAGMA"))]


def test_a_day_that_changed_stays_and_the_page_says_why(
    visitor: FlaskClient, synced: Callable[[], int], inside: Inside
) -> None:
    run_id = synced()
    with inside():
        db.session.execute(delete(RunChange))
        for kind in ("dated", "annotated"):  # older change sets have the day among the notes
            days = {"added": ["2026-01-02", "2025-03-04"]}
            db.session.add(RunChange(run_id=run_id, kind=kind, title="Blue", fields=days))
        db.session.commit()

    page = visitor.get(f"/jobs/{run_id}/changes").text
    assert page.count("This stays: by the day it was added") == 2
    assert "Take back<" not in page
    said = visitor.post(f"/jobs/{run_id}/changes/undo", follow_redirects=True)
    assert "Nothing of this can be taken back." in said.text
