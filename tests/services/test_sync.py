"""Syncing a collection from Discogs, over HTTP, with the real client library."""

from __future__ import annotations

import io
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.clients import http
from app.domain.discogs_csv import ExportFile
from app.domain.filters import BrowseFilter
from app.errors import ConflictError
from app.extensions import db
from app.jobs import attempt
from app.models import Artist, Copy, Edit, Folder, ProviderResult, Release, Run, RunEvent
from app.models.base import utcnow
from app.queries import browse
from app.services import copies, curate, edits, import_csv, kept_pages, runs, sample_shelf
from app.services.csv_report import CsvReport
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items, item
from tests.standin.faults import Fault
from tests.standin.messages import Request

OWNER = 1
LISTING = "/users/collector/collection/folders/0/releases"
HEADER = (
    "Catalog#,Artist,Title,Label,Format,Rating,Released,release_id,CollectionFolder,Date Added\n"
)


@dataclass
class World:
    """A collector at Discogs, and the app that syncs their collection."""

    app: Flask
    discogs: DiscogsStandIn
    collector: Collector

    def sync(self, *, quick: bool = False) -> Run:
        """Start a sync and work on it until nothing more can be done now."""
        run_id = runs.start(OWNER, "sync", {"quick": True} if quick else None).id
        attempt.work_on(self.app, run_id)
        return runs.get(OWNER, run_id)

    def titles(self) -> list[str]:
        """What the collection page lists."""
        return [row.title for row in browse.page(OWNER, BrowseFilter(sort="title")).rows]


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    with DiscogsStandIn(Collector("collector", token="test-token")) as stand_in:
        yield stand_in


@pytest.fixture
def world(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Iterator[World]:
    app = make_app(
        discogs_api_url=discogs.url,
        discogs_web_url=discogs.web_url,
        discogs_token="test-token",
        discogs_limit="6000/60",
    )
    with app.app_context():
        yield World(app, discogs, discogs.users[0])
        db.session.remove()


def count(model: Any, *conditions: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def the_copy(instance_id: int) -> Copy:
    return db.session.scalars(select(Copy).where(Copy.discogs_instance_id == instance_id)).one()


def retitle(release: Release, title: str) -> None:
    edit(release, {"title": title})


def edit(release: Release, document: dict[str, str]) -> None:
    curate.save("release", OWNER, release.id, release.version, json.dumps(document))


def story(run: Run) -> list[tuple[str, str]]:
    rows = select(RunEvent).where(RunEvent.run_id == run.id).order_by(RunEvent.id)
    return [(event.kind, event.text) for event in db.session.scalars(rows)]


def test_a_collection_arrives_whole(world: World) -> None:
    world.collector.items = generated_items(250)

    run = world.sync()

    assert (run.state, run.message, run.counts) == ("done", None, {"added": 250})
    assert count(Copy) == 250
    assert len(world.discogs.requests) == 3 + 3


def test_an_unchanged_collection_costs_one_listing_and_writes_nothing(world: World) -> None:
    world.collector.items = generated_items(250)
    world.sync()
    before = [tuple(row) for row in db.session.execute(select(Copy.__table__))]
    world.discogs.requests.clear()

    run = world.sync()

    assert run.counts == {}
    assert len(world.discogs.requests) == 3 + 3
    assert [tuple(row) for row in db.session.execute(select(Copy.__table__))] == before


def test_a_look_for_new_copies_costs_one_call_and_writes_nothing_if_there_are_none(
    world: World,
) -> None:
    world.collector.items = generated_items(350)
    world.sync()
    copies.remove_copy(OWNER, the_copy(700_000_003).id)
    before = [tuple(row) for row in db.session.execute(select(Copy.__table__))]
    world.discogs.requests.clear()

    run = world.sync(quick=True)

    assert (run.state, run.counts, run.done) == ("done", {}, 100)
    assert len(world.discogs.requests) == 1
    assert [tuple(row) for row in db.session.execute(select(Copy.__table__))] == before


def test_a_look_for_new_copies_reads_up_to_what_is_known(world: World) -> None:
    everything = generated_items(350)
    world.collector.items = everything[:130]
    world.sync()
    world.collector.items = everything
    world.discogs.requests.clear()

    run = world.sync(quick=True)

    assert (run.state, run.counts, run.message) == ("done", {"added": 220}, None)
    assert count(Copy) == 350
    assert len(world.discogs.requests) == 3
    world.discogs.requests.clear()
    assert world.sync().counts == {}
    assert len(world.discogs.requests) == 3 + 4, "a full sync is a full one"


@pytest.mark.parametrize("what", ["first", "gone", "folder", "odd"])
def test_a_look_for_new_copies_becomes_a_full_sync_where_it_cannot_tell(
    world: World, what: str
) -> None:
    """Nothing was synced yet; a copy is gone; a folder is new; an entry cannot be read."""
    world.collector.items = generated_items(130)
    if what != "first":
        world.sync()
    if what == "gone":
        del world.collector.items[3]
    elif what == "folder":
        world.collector.folders[9] = "New arrivals"
        world.collector.items[-1]["folder_id"] = 9
    elif what == "odd":
        del world.collector.items[-1]["basic_information"]["title"]
    world.discogs.requests.clear()

    run = world.sync(quick=True)

    assert run.state == "done"
    assert run.cursor["page"] == 3, "all of it was read"
    live = 129 if what in ("gone", "first") else 130
    assert count(Copy, Copy.removed_at.is_(None)) == (130 if what == "first" else live)
    assert not db.session.scalars(select(Copy).where(Copy.folder_id.is_(None))).all()


def test_an_empty_collection_is_no_fault(world: World) -> None:
    run = world.sync()

    assert (run.state, run.counts) == ("done", {})


def test_additions_moves_ratings_and_corrections_are_told_apart(world: World) -> None:
    """Row U13 of the fault list."""
    world.collector.folders[7] = "Jazz"
    world.collector.items = [
        item(1, 11, title="Moves"),
        item(2, 12, title="Gets stars", rating=2),
        item(3, 13, title="Old name"),
    ]
    world.sync()
    world.collector.items = [
        item(1, 11, title="Moves", folder_id=7),
        item(2, 12, title="Gets stars", rating=5),
        item(3, 13, title="New name"),
        item(4, 14, title="Fresh"),
    ]

    run = world.sync()

    assert run.counts == {"moved": 1, "rated": 1, "corrected": 1, "added": 1}
    assert world.titles() == ["Fresh", "Gets stars", "Moves", "New name"]
    moved = db.session.scalars(select(Folder.name).join(Copy).where(Copy.id == the_copy(1).id))
    assert moved.one() == "Jazz"


def test_a_copy_that_has_gone_is_put_away_and_returns_with_its_history(world: World) -> None:
    """Row U13 of the fault list."""
    world.collector.items = [item(1, 11, title="Stays"), item(2, 12, title="Goes")]
    world.sync()
    known = the_copy(2).id
    world.collector.remove(2)

    assert world.sync().counts == {"removed": 1}
    assert world.titles() == ["Stays"]

    world.collector.items.append(item(2, 12, title="Goes"))
    assert world.sync().counts == {"returned": 1}
    assert the_copy(2).id == known
    assert world.titles() == ["Goes", "Stays"]


def test_what_a_person_put_away_stays_away(world: World) -> None:
    """Row E7 of the fault list."""
    world.collector.items = [item(1, 11, title="Unwanted")]
    world.sync()
    copies.remove_copy(OWNER, the_copy(1).id)

    world.sync()

    assert world.titles() == []


def test_what_a_person_brings_back_stays_though_discogs_lost_it(world: World) -> None:
    world.collector.items = [item(1, 11, title="Lost there")]
    world.sync()
    copy_id = the_copy(1).id
    world.collector.remove(1)
    world.sync()

    copies.restore_copy(OWNER, copy_id)
    world.sync()

    assert world.titles() == ["Lost there"]


def test_a_csv_copy_put_away_stays_away_when_discogs_lists_it(world: World) -> None:
    """Row E7 of the fault list."""
    csv = HEADER + "X 1,Nobody,Unwanted,Lab,LP,,1970,11,Uncategorized,2020-06-24 11:44:41\n"
    import_text(csv)
    copies.remove_copy(OWNER, db.session.scalars(select(Copy.id)).one())
    world.collector.items = [item(5, 11, title="Unwanted", added="2020-06-24T11:44:41-07:00")]

    world.sync()

    assert world.titles() == []
    assert count(Copy) == 1


def test_an_artist_known_from_a_csv_keeps_the_page_and_the_edits(world: World) -> None:
    csv = HEADER + "X 1,Nobody,Adopted,Lab,LP,,1970,11,Uncategorized,2020-06-24 11:44:41\n"
    import_text(csv)
    artist = db.session.scalars(select(Artist)).one()
    artist_id = artist.id
    curate.save("artist", OWNER, artist_id, artist.version, '{"profile": "Mine"}')
    world.collector.items = [item(5, 11, title="Adopted", artist="Nobody")]

    world.sync()

    kept = db.session.scalars(select(Artist)).one()
    assert (kept.id, kept.profile) == (artist_id, "Mine")
    assert kept.discogs_id is not None


def test_the_copies_of_another_account_are_not_put_away(world: World) -> None:
    world.collector.items = [item(1, 11, title="Mine")]
    world.sync()
    theirs = Collector("neighbour", user_id=2, items=[item(9, 19, title="Theirs")])
    world.discogs.users.append(theirs)
    run_id = runs.start(OWNER, "sync", {"username": "neighbour"}).id
    attempt.work_on(world.app, run_id)

    run = runs.get(OWNER, run_id)
    assert run.state == "done"
    assert "collector" in (run.message or "")
    assert world.titles() == ["Mine", "Theirs"]


def test_a_sync_of_one_account_is_not_taken_for_that_of_another(world: World) -> None:
    runs.start(OWNER, "sync", {"username": "collector"})

    with pytest.raises(ConflictError):
        runs.start(OWNER, "sync", {"username": "neighbour"})


def test_ids_are_not_given_again_to_other_records(world: World) -> None:
    sample_shelf.load(OWNER)
    highest = max(db.session.scalars(select(Copy.id)))
    sample_shelf.remove(OWNER)
    import_text(HEADER + "X 1,Nobody,Fresh,Lab,LP,,1970,11,,2020-06-24 11:44:41\n")
    world.collector.items = [item(1, 12)]
    world.sync()

    assert min(db.session.scalars(select(Copy.id))) > highest
    assert min(db.session.scalars(select(Release.id))) > 1


def test_a_sync_that_waits_for_its_turn_hears_cancel(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    discogs.users[0].items = generated_items(300)
    app = make_app(
        discogs_api_url=discogs.url,
        discogs_web_url=discogs.web_url,
        discogs_token="test-token",
        discogs_limit="4/600",
    )
    with app.app_context():
        run_id = runs.start(OWNER, "sync").id
        discogs.before_page(1, lambda: _ask_to_stop(app, run_id))
        started = time.monotonic()

        attempt.work_on(app, run_id)

        assert runs.get(OWNER, run_id).state == "cancelled"
        assert time.monotonic() - started < 30


def test_two_copies_of_one_release_stay_two(world: World) -> None:
    """Row U13 of the fault list."""
    world.collector.items = [
        item(1, 11, title="Twice", notes={1: "Mint (M)"}),
        item(2, 11, title="Twice", notes={1: "Good (G)"}),
    ]
    world.sync()

    assert count(Release) == 1
    assert [the_copy(n).media_condition for n in (1, 2)] == ["Mint (M)", "Good (G)"]


def test_an_edit_stays_on_top_and_the_news_waits_beneath(world: World) -> None:
    """Row E5 of the fault list."""
    world.collector.items = [item(1, 11, title="Kind Of Blue", year=1959)]
    world.sync()
    release = db.session.scalars(select(Release)).one()
    retitle(release, "Kind of Blue (mono)")
    world.collector.items = [item(1, 11, title="Kind Of Blue (Stereo)", year=1997)]

    world.sync()

    shown = db.session.scalars(select(Release)).one()
    assert (shown.title, shown.year) == ("Kind of Blue (mono)", 1997)
    assert db.session.scalars(select(Edit.upstream)).one() == "Kind Of Blue (Stereo)"


def test_a_csv_copy_becomes_the_discogs_copy_of_the_same_second(world: World) -> None:
    csv = HEADER + "X 1,Nobody,Adopted,Lab,LP,,1970,11,Uncategorized,2020-06-24 11:44:41\n"
    import_text(csv)
    world.collector.items = [item(5, 11, title="Adopted", added="2020-06-24T11:44:41-07:00")]

    world.sync()

    only = db.session.scalars(select(Copy)).one()
    assert (only.discogs_instance_id, only.source) == (5, "discogs")
    assert only.added_at == datetime(2020, 6, 24, 18, 44, 41, tzinfo=UTC)


def test_a_csv_copy_of_another_second_is_another_copy(world: World) -> None:
    csv = HEADER + "X 1,Nobody,Twice,Lab,LP,,1970,11,Uncategorized,2019-01-01 00:00:00\n"
    import_text(csv)
    world.collector.items = [item(5, 11, title="Twice", added="2020-06-24T11:44:41-07:00")]

    world.sync()

    assert count(Copy, Copy.removed_at.is_(None)) == 2


def test_after_a_merge_at_discogs_the_copy_and_its_edits_move_on(world: World) -> None:
    world.collector.items = [item(1, 11, title="Before")]
    world.sync()
    release = db.session.scalars(select(Release)).one()
    retitle(release, "Mine")
    world.collector.items = [item(1, 99, title="After")]

    assert world.sync().counts == {"merged": 1}

    copy = the_copy(1)
    assert db.session.get_one(Release, copy.release_id).discogs_id == 99
    assert world.titles() == ["Mine"]


def test_an_edit_carried_over_a_merge_is_undone_to_what_the_new_release_says(world: World) -> None:
    world.collector.items = [item(1, 11, title="Before")]
    world.sync()
    retitle(db.session.scalars(select(Release)).one(), "Mine")
    world.collector.items = [item(1, 99, title="After")]
    world.sync()

    edits.undo("release", OWNER, the_copy(1).release_id, field="title")

    assert world.titles() == ["After"]


def test_a_merge_leaves_what_was_edited_on_the_release_that_stays(world: World) -> None:
    world.collector.items = [item(1, 11, title="Old"), item(2, 99, title="New")]
    world.sync()
    old, new = (
        db.session.scalars(select(Release).where(Release.discogs_id == number)).one()
        for number in (11, 99)
    )
    edit(old, {"title": "Mine", "country": "Mine"})
    edit(new, {"title": "Newer"})
    world.collector.items = [item(1, 99, title="New"), item(2, 99, title="New")]

    world.sync()

    merged = db.session.get_one(Release, the_copy(1).release_id, populate_existing=True)
    assert (merged.discogs_id, merged.title, merged.country) == (99, "Newer", "Mine")
    edits.undo("release", OWNER, merged.id, field="title")
    assert world.titles() == ["New", "New"]


def test_a_collection_that_changes_while_it_is_read_is_read_again(world: World) -> None:
    """Row U12 of the fault list: nothing is removed after an incomplete listing.

    As one moves up and is not listed, the count is right all the same.
    """
    world.collector.items = generated_items(250)
    world.sync()
    first = world.collector.items[0]["instance_id"]
    world.discogs.before_page(2, lambda: world.collector.remove(first))

    run = world.sync()

    assert run.counts == {"removed": 1}
    away = db.session.scalars(select(Copy.discogs_instance_id).where(Copy.removed_at.is_not(None)))
    assert away.all() == [first]


def test_a_collection_that_never_rests_loses_nothing(world: World) -> None:
    """Row U12 of the fault list."""
    world.collector.items = generated_items(250)
    world.sync()

    def take_out_another() -> None:
        del world.collector.items[0]
        world.discogs.before_page(2, take_out_another)

    take_out_another()
    run = world.sync()

    assert run.state == "done"
    assert "nothing was put away" in (run.message or "")
    assert count(Copy, Copy.removed_at.is_(None)) == 250


def test_pages_shorter_than_they_should_be_are_read_to_the_last(world: World) -> None:
    """Row U12 of the fault list."""
    world.collector.items = generated_items(250)
    world.discogs.fail_next(LISTING, "edited", 99, edit=lambda page: page["releases"].pop())

    run = world.sync()

    assert run.state == "done"
    assert "nothing was put away" in (run.message or "")
    assert count(Copy) == 250 - 3


def test_a_folder_renamed_at_discogs_is_renamed_here(world: World) -> None:
    world.collector.folders[7] = "Jaz"
    world.collector.items = [item(1, 11, folder_id=7)]
    world.sync()
    world.collector.folders[7] = "Jazz"

    run = world.sync()

    assert run.counts == {}
    assert set(db.session.scalars(select(Folder.name))) == {"Uncategorized", "Jazz"}


def test_custom_fields_arrive_under_their_names(world: World) -> None:
    shelf = {"id": 4, "name": "Shelf", "type": "textarea", "position": 4, "public": False}
    world.collector.fields.append({**shelf, "lines": 1})
    world.collector.items = [item(1, 11, notes={3: "warped", 4: "B 12"})]

    world.sync()

    assert the_copy(1).notes == "warped"
    assert list((the_copy(1).fields or {}).values()) == ["B 12"]
    assert [row.release_id for row in browse.page(OWNER, BrowseFilter(q="warped")).rows]


def test_pressing_the_button_twice_starts_one_run(world: World) -> None:
    """Row P10 of the fault list."""
    assert runs.start(OWNER, "sync").id == runs.start(OWNER, "sync").id


def test_a_run_is_worked_on_by_one_worker(world: World) -> None:
    """Row P10 of the fault list."""
    run = runs.start(OWNER, "sync")

    assert runs.take(run.id) is not None
    assert runs.take(run.id) is None


def test_a_worker_that_lost_its_lease_cannot_write(world: World) -> None:
    """Row P15 of the fault list."""
    run_id = runs.start(OWNER, "sync").id
    sleeper = runs.take(run_id)
    assert sleeper is not None
    db.session.execute(update(Run).values(lease_until=0.0))
    db.session.commit()
    assert runs.take(run_id) is not None

    with pytest.raises(runs.LostLeaseError):
        runs.progress(sleeper, done=5)


def test_the_pace_of_a_run_is_measured_anew_by_each_attempt_and_reading(world: World) -> None:
    run_id = runs.start(OWNER, "sync").id
    first = runs.take(run_id)
    assert first is not None
    for done in (0, 100, 40):  # it was read again
        runs.progress(first, done=done)
    assert [done for _at, done in runs.get(OWNER, run_id).marks] == [40]
    runs.give_back(first)

    second = runs.take(run_id)

    assert second is not None
    assert runs.get(OWNER, run_id).marks == []


def test_a_sync_knows_how_many_copies_its_limit_lets_through(world: World) -> None:
    world.collector.items = generated_items(3)

    assert world.sync().cursor["bound"] == [600_000, 60]


def test_a_stopped_sync_goes_on_where_it_was(world: World) -> None:
    run_id = _stopped_after_the_first_pages(world)
    asked = world.discogs.calls(LISTING)
    assert 0 < count(Copy) == asked * 100 < 4_250, "what had been asked for is kept"

    attempt.work_on(world.app, run_id)

    assert runs.get(OWNER, run_id).state == "done"
    assert count(Copy) == 4_250
    assert world.discogs.calls(LISTING) == 43


def _stopped_after_the_first_pages(world: World) -> int:
    """A sync of 4,250 copies that was told to stop; its number."""
    world.collector.items = generated_items(4_250)
    world.discogs.delay = 0.1
    run_id = runs.start(OWNER, "sync").id
    answers = iter([False, True])
    attempt.work_on(world.app, run_id, lambda: next(answers))
    world.discogs.delay = 0.0
    return run_id


def test_a_page_that_was_answered_and_not_stored_is_not_asked_for_again(world: World) -> None:
    """Row P1 of the fault list."""
    world.collector.items = generated_items(150)
    run_id = runs.start(OWNER, "sync").id
    world.discogs.before_page(2, lambda: _take_away(world.app, run_id))
    attempt.work_on(world.app, run_id)
    assert count(Copy) == 100

    attempt.work_on(world.app, run_id)

    assert runs.get(OWNER, run_id).state == "done"
    assert count(Copy) == 150
    assert world.discogs.calls(LISTING) == 2
    assert count(ProviderResult, ProviderResult.entity == "listing") == 0


def test_a_page_that_an_earlier_attempt_kept_meanwhile_does_no_harm(world: World) -> None:
    world.collector.items = generated_items(150)
    run_id = runs.start(OWNER, "sync").id
    world.discogs.before_page(2, lambda: _keep_page_two(world.app, run_id))

    attempt.work_on(world.app, run_id)

    assert runs.get(OWNER, run_id).state == "done"
    assert count(Copy) == 150
    assert count(ProviderResult, ProviderResult.entity == "listing") == 0


def _keep_page_two(app: Flask, run_id: int) -> None:
    """A slow call of an earlier attempt is answered at last."""
    with app.app_context():
        kept_pages.keep(OWNER, run_id, ("collector", 1, 2), b"{}")


def _take_away(app: Flask, run_id: int) -> None:
    """Whoever works on the run has no right to it any more."""
    with app.app_context():
        _wait_for_the_first_page()
        gone = update(Run).where(Run.id == run_id)
        db.session.execute(gone.values(lease=None, lease_until=0.0, fence=Run.fence + 1))
        db.session.commit()


def test_a_cancelled_sync_keeps_what_has_arrived(world: World) -> None:
    world.collector.items = generated_items(250)
    run_id = runs.start(OWNER, "sync").id
    world.discogs.before_page(2, lambda: _ask_to_stop(world.app, run_id))

    attempt.work_on(world.app, run_id)

    run = runs.get(OWNER, run_id)
    assert (run.state, run.message) == (
        "cancelled",
        "Stopped as you asked. What had arrived stays.",
    )
    assert count(Copy) == 100


def _wait_for_the_first_page() -> None:
    """Until it is stored: the next ones are asked for before."""
    give_up_at = time.monotonic() + 5
    while count(Copy) < 100 and time.monotonic() < give_up_at:
        db.session.rollback()
        time.sleep(0.02)


def _ask_to_stop(app: Flask, run_id: int) -> None:
    with app.app_context():
        _wait_for_the_first_page()
        db.session.execute(update(Run).where(Run.id == run_id).values(cancel_asked=True))
        db.session.commit()


def test_a_token_revoked_half_way_waits_for_a_person_and_repeats_nothing(world: World) -> None:
    """Row U9 of the fault list."""
    _stopped_after_the_first_pages(world)
    stored = {str(number + 1) for number in range(count(Copy) // 100)}
    world.collector.token = ""

    run = world.sync()

    assert run.state == "waiting"
    assert "token" in (run.message or "")
    world.collector.token = "test-token"
    assert world.sync().state == "done"
    asked = Counter(each.query["page"] for each in world.discogs.requests if each.path == LISTING)
    assert len(asked) == 43
    refused = {number for number, times in asked.items() if times == 2}
    assert asked.total() == 43 + len(refused)
    assert not refused & stored


def test_pages_answered_beside_a_refused_one_are_not_asked_for_again(world: World) -> None:
    """Row U9 of the fault list."""
    world.collector.items = generated_items(400)
    _refuse_page_two_after_the_others(world.discogs)

    assert world.sync().state == "waiting"
    db.session.remove()
    for thread in threading.enumerate():  # those that keep what comes late
        if thread.name == "listing":
            thread.join()
    assert world.sync().state == "done"

    assert count(Copy) == 400
    asked = Counter(each.query["page"] for each in world.discogs.requests if each.path == LISTING)
    assert asked == {"1": 1, "2": 2, "3": 1, "4": 1}
    assert {world.discogs.counts[path] for path in world.discogs.counts if path != LISTING} == {1}


def _refuse_page_two_after_the_others(discogs: DiscogsStandIn) -> None:
    """401 for page 2 once, when pages 3 and 4 have been asked for."""
    receive, others = discogs.receive, threading.Semaphore(0)

    def receiving(request: Request) -> Fault | None:
        fault = receive(request)
        page = request.query.get("page")
        if page in ("3", "4"):
            others.release()
        if page != "2" or not all(others.acquire(timeout=5) for _ in range(2)):
            return fault
        discogs.receive = receive  # type: ignore[method-assign]
        return Fault(LISTING, "unauthorised", 1, {})

    discogs.receive = receiving  # type: ignore[method-assign]


def test_a_wrong_token_fails_at_once_in_plain_words(world: World) -> None:
    world.collector.token = "another"

    run = world.sync()

    assert run.state == "failed"
    assert "does not accept" in (run.message or "")
    assert "test-token" not in (run.message or "")


def test_when_discogs_is_down_the_sync_waits(world: World) -> None:
    world.collector.items = generated_items(150)
    world.discogs.fail_next("/users/collector/collection/folders/0", "bad_gateway", times=9)

    run = world.sync()

    assert run.state == "waiting"
    assert run.ended_at is None


def test_a_day_that_discogs_asks_for_is_heard_while_the_fields_are_waited_for(
    world: World,
) -> None:
    """Row U3 of the fault list: the fields might be waiting for their turn."""
    world.collector.items = generated_items(150)
    world.discogs.fail_next("/users/collector/collection/fields", "slow", times=1, seconds=25)
    world.discogs.fail_next(LISTING, "rate_limited", times=1, retry_after=86_400)
    started = time.monotonic()

    run = world.sync()

    assert run.state == "waiting"
    assert "slow down" in (run.message or "")
    assert time.monotonic() - started < 25


def test_a_page_that_waits_for_its_turn_is_not_asked_for_when_a_later_one_is_put_off(
    world: World,
) -> None:
    """Row U3 of the fault list."""
    world.collector.items = generated_items(400)
    _put_off_page_three_before_the_second(world.discogs)
    started = time.monotonic()

    run = world.sync()

    assert run.state == "waiting"
    assert "slow down" in (run.message or "")
    assert time.monotonic() - started < 25
    assert count(Copy) == 100


def _put_off_page_three_before_the_second(discogs: DiscogsStandIn) -> None:
    """429 for page 3, while page 2 takes its time."""
    receive = discogs.receive

    def receiving(request: Request) -> Fault | None:
        fault = receive(request)
        if request.query.get("page") == "2":
            return Fault(LISTING, "slow", 1, {"seconds": 25})
        if request.query.get("page") == "3":
            return Fault(LISTING, "rate_limited", 1, {"retry_after": 86_400})
        return fault

    discogs.receive = receiving  # type: ignore[method-assign]


def test_an_entry_that_cannot_be_read_is_told_and_blocks_removals(world: World) -> None:
    """Row U7 of the fault list."""
    world.collector.items = [item(1, 11, title="Good"), item(2, 12, title="Odd")]
    world.sync()
    world.collector.items[1]["basic_information"]["title"] = {"not": "text"}

    run = world.sync()

    assert "odd" in [kind for kind, _text in story(run)]
    assert world.titles() == ["Good", "Odd"]
    assert world.discogs.calls(LISTING) == 2


def test_with_a_username_alone_the_public_part_arrives(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    discogs.users[0].folders[8231] = "Private name"
    discogs.users[0].items = [item(1, 11, title="Public", folder_id=8231, notes={3: "secret"})]
    app = make_app(
        discogs_api_url=discogs.url, discogs_web_url=discogs.web_url, discogs_username="Collector"
    )
    with app.app_context():
        world = World(app, discogs, discogs.users[0])

        assert world.sync().state == "done"
        assert the_copy(1).notes is None
        assert set(db.session.scalars(select(Folder.name))) == {"Uncategorized"}


def test_a_private_collection_says_which_setting_to_change(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    """Row U23 of the fault list."""
    discogs.users[0].private = True
    app = make_app(
        discogs_api_url=discogs.url, discogs_web_url=discogs.web_url, discogs_username="collector"
    )
    with app.app_context():
        run = World(app, discogs, discogs.users[0]).sync()

        assert run.state == "failed"
        assert "make the collection public" in (run.message or "")


def import_text(text: str) -> CsvReport:
    export = ExportFile(io.BytesIO(text.encode()))
    return import_csv.import_export(OWNER, export, leave_out_unreadable=False)


def test_copies_by_hand_in_the_same_folder_are_adopted(world: World) -> None:
    csv = HEADER + "X 1,Nobody,Typed,Lab,LP,,1970,11,Uncategorized,2019-01-01 00:00:00\n"
    import_text(csv)
    db.session.execute(update(Copy).values(source="hand", added_at=utcnow()))
    db.session.commit()
    world.collector.items = [item(5, 11, title="Typed")]

    world.sync()

    assert count(Copy) == 1


@pytest.mark.parametrize("has_begun", [True, False])
def test_an_outage_of_hours_is_sat_out_with_ever_longer_rests_and_the_sync_goes_on_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, has_begun: bool
) -> None:
    """Row U19 of the fault list."""
    monkeypatch.setattr(http, "_jitter", lambda _state: 0.0)
    if has_begun:
        run_id = _stopped_after_the_first_pages(world)
    else:
        world.collector.items = generated_items(150)
        run_id = runs.start(OWNER, "sync").id
    world.discogs.fail_next("/", "bad_gateway", times=9_999)
    rests = []
    for _ in range(30):
        attempt.work_on(world.app, run_id)
        run = runs.get(OWNER, run_id)
        rests.append(round((run.lease_until or 0.0) - time.time(), -1))
        assert (run.state, run_id in runs.due()) == ("waiting", False)
        _let_time_pass(run_id)

    assert rests == [60, 120, 240, 480] + [900] * 26, "in seconds: more than six hours"
    assert run.message == "Discogs has a problem of its own just now (502)."
    world.discogs.recover()
    assert runs.due() == [run_id], "nobody has to press anything"
    attempt.work_on(world.app, run_id)
    assert runs.get(OWNER, run_id).state == "done"
    assert count(Copy) == len(world.collector.items)


def test_a_run_that_gets_no_further_however_often_it_is_begun_is_given_up(world: World) -> None:
    """Row P7 of the fault list: its worker dies, and so does the next."""
    run_id = runs.start(OWNER, "sync").id
    lease = runs.take(run_id)
    for _ in range(runs.MOST_ATTEMPTS - 1):
        assert lease is not None
        runs.progress(lease, phase="folders")
        db.session.commit()
        _let_time_pass(run_id)
        lease = runs.take(run_id)
    _let_time_pass(run_id)

    assert lease is not None
    assert runs.take(run_id) is None
    assert runs.get(OWNER, run_id).state == "failed"


def _let_time_pass(run_id: int) -> None:
    """As much as a run or its worker had been given."""
    db.session.execute(update(Run).where(Run.id == run_id).values(lease_until=0.0))
    db.session.commit()


def test_a_copy_listed_twice_as_the_listing_moved_is_one_copy(world: World) -> None:
    """Row U12 of the fault list: it stood at the end of a page, then at the start of the next.

    Both pages are stored in one go.
    """
    world.collector.items = generated_items(450)
    listed = world.collector.items
    world.collector.items = [*listed[:300], listed[299], *listed[300:]]

    run = world.sync()

    assert run.state == "done"
    assert count(Copy) == 450
