"""What a sync changed is kept, and can be taken back without a later sync bringing it again."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select

from app.domain.records import CopyRecord, FolderRecord, ReleaseRecord
from app.extensions import db
from app.models import Copy, Run, RunChange, RunSeen
from app.queries.change_sets import change_page
from app.services import change_sets, curate
from app.services.change_sets import TakenBack
from app.services.changes import Changes
from app.services.copy_writer import store_copies
from app.services.folders import store_folders
from app.services.subjects import open_subject
from app.services.sweep import sweep
from tests.listings import KIND_OF_BLUE, OWNER

pytestmark = pytest.mark.usefixtures("app")

BLUE = CopyRecord(
    release=KIND_OF_BLUE,
    instance_id=77,
    folder_discogs_id=1,
    added_at=datetime(2026, 1, 2, tzinfo=UTC),
    rating=3,
    media_condition="Very Good (VG)",
    notes="as told",
)
GREEN = replace(
    BLUE, instance_id=78, release=replace(KIND_OF_BLUE, discogs_id=99, title="Green Street")
)


def sync(*copies: CopyRecord) -> int:
    """A whole listing of these copies; returns the run."""
    run = Run(owner_id=OWNER, kind="sync", state="running")
    db.session.add(run)
    db.session.flush()
    store_folders(OWNER, [FolderRecord(1, "Uncategorized", 1), FolderRecord(5, "Jazz", 0)])
    changes: Changes = store_copies(OWNER, copies)
    changes.keep(run.id)
    for copy in copies:
        db.session.add(RunSeen(run_id=run.id, discogs_instance_id=copy.instance_id))
    db.session.flush()
    sweep(OWNER, run.id).keep(run.id)
    run.state = "done"
    db.session.commit()
    return run.id


def changes(run_id: int) -> list[tuple[str, dict[str, Any]]]:
    found = select(RunChange.kind, RunChange.fields).where(RunChange.run_id == run_id)
    return [(kind, fields) for kind, fields in db.session.execute(found.order_by(RunChange.kind))]


def copy_shown(instance: int, field: str) -> Any:
    copy_id = db.session.execute(
        select(Copy.id).where(Copy.discogs_instance_id == instance)
    ).scalar_one()
    return open_subject("copy", OWNER, copy_id).shown[field]


def title() -> str:
    release = db.session.execute(
        select(Copy.release_id).where(Copy.discogs_instance_id == 77)
    ).scalar_one()
    return str(open_subject("release", OWNER, release).shown["title"])


def on_shelf() -> list[int | None]:
    standing = select(Copy.discogs_instance_id).where(Copy.removed_at.is_(None))
    return list(db.session.scalars(standing.order_by(Copy.id)))


def changed(copy: CopyRecord = BLUE, **facts: Any) -> CopyRecord:
    record: ReleaseRecord = replace(copy.release, **facts)
    return replace(copy, release=record)


def test_a_change_set_says_what_was_there_before(each_database: Flask) -> None:
    sync(BLUE)

    later = replace(
        changed(title="Kind Of Blue (Mono)"),
        folder_discogs_id=5,
        rating=5,
        media_condition="Mint (M)",
        notes="told anew",
    )

    assert changes(sync(later)) == [
        ("annotated", {"notes": ["as told", "told anew"]}),
        ("corrected", {"title": ["Kind Of Blue", "Kind Of Blue (Mono)"]}),
        ("graded", {"media_condition": ["Very Good (VG)", "Mint (M)"]}),
        ("moved", {"folder": ["Uncategorized", "Jazz"]}),
        ("rated", {"rating": [3, 5]}),
    ]


def test_a_sync_that_is_taken_back_stays_taken_back(each_database: Flask) -> None:
    sync(BLUE)
    later = replace(changed(title="Kind Of Blue (Mono)"), folder_discogs_id=5, rating=5)
    run = sync(later)

    assert change_sets.take_back(OWNER, run) == TakenBack(3, 0)

    assert (title(), copy_shown(77, "folder"), copy_shown(77, "rating")) == (
        "Kind Of Blue",
        "Uncategorized",
        3,
    )
    assert changes(sync(later)) == []
    assert (title(), copy_shown(77, "rating")) == ("Kind Of Blue", 3)


def test_what_came_goes_and_what_went_comes(each_database: Flask) -> None:
    sync(BLUE)
    run = sync(GREEN)
    assert on_shelf() == [78]

    assert change_sets.take_back(OWNER, run) == TakenBack(2, 0)

    assert on_shelf() == [None]
    sync(GREEN)
    assert on_shelf() == [None]


def test_taking_back_can_itself_be_taken_back(each_database: Flask) -> None:
    sync(BLUE)
    run = sync(replace(changed(title="Kind Of Blue (Mono)"), rating=5), GREEN)
    change_sets.take_back(OWNER, run)
    one = db.session.scalars(select(RunChange.id).where(RunChange.run_id == run)).first()
    assert one is not None

    assert change_sets.do_again(OWNER, run, one) == 3

    assert (title(), copy_shown(77, "rating"), on_shelf()) == ("Kind Of Blue (Mono)", 5, [77, 78])
    assert change_sets.take_back(OWNER, run) == TakenBack(3, 0)


def test_one_kind_is_taken_back_alone() -> None:
    sync(BLUE)
    run = sync(replace(changed(title="Kind Of Blue (Mono)"), rating=5))

    change_sets.take_back(OWNER, run, kind="rated")

    assert (title(), copy_shown(77, "rating")) == ("Kind Of Blue (Mono)", 3)


def test_what_changed_again_since_is_left_alone() -> None:
    sync(BLUE)
    run = sync(replace(BLUE, rating=5))
    sync(replace(BLUE, rating=1))

    assert change_sets.take_back(OWNER, run) == TakenBack(0, 1)

    assert copy_shown(77, "rating") == 1


def statements_to_take_back(numbers: range) -> int:
    """A sync changes these releases of Discogs; how many statements it takes to undo that."""
    listed = [
        replace(BLUE, instance_id=each, release=replace(KIND_OF_BLUE, discogs_id=each))
        for each in numbers
    ]
    sync(*listed)
    run_id = sync(*(changed(copy, title="Other", year=1960) for copy in listed))
    made: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        made.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    taken = change_sets.take_back(OWNER, run_id)
    event.remove(db.engine, "before_cursor_execute", note)
    assert taken == TakenBack(done=len(numbers), left=0)
    return len(made)


def test_a_large_sync_is_taken_back_in_as_many_statements_as_a_small_one() -> None:
    # Rows are inserted 25 at a time, all such in one go, and what is left over in another.
    assert statements_to_take_back(range(1, 14)) == statements_to_take_back(range(21, 61))


def test_a_change_under_which_discogs_went_back_meanwhile_counts_again_too() -> None:
    sync(BLUE)
    run_id = sync(changed(title="Other"))
    release_id = db.session.scalars(select(Copy.release_id)).one()
    for mine in ("Mine", "Other"):
        subject = open_subject("release", OWNER, release_id)
        curate.save("release", OWNER, release_id, subject.version, json.dumps({"title": mine}))
        sync(BLUE)

    assert change_sets.take_back(OWNER, run_id) == TakenBack(done=1, left=0)
    assert title() == "Kind Of Blue"
    change_id = db.session.scalars(select(RunChange.id).where(RunChange.batch.is_not(None))).one()
    assert change_sets.do_again(OWNER, run_id, change_id) == 1
    assert title() == "Other"


def test_the_day_a_copy_was_added_stays_and_is_not_counted(each_database: Flask) -> None:
    sync(BLUE)
    run = sync(replace(BLUE, added_at=datetime(2025, 3, 4, tzinfo=UTC), rating=5))
    days = {"added": ["2026-01-02 00:00:00+00:00", "2025-03-04 00:00:00+00:00"]}
    assert changes(run) == [("dated", days), ("rated", {"rating": [3, 5]})]
    assert change_page(db.session.get_one(Run, run), "", 1).standing == 1

    assert change_sets.take_back(OWNER, run, kind="dated") == TakenBack(0, 0)
    assert change_sets.take_back(OWNER, run) == TakenBack(1, 0)

    added = db.session.scalars(select(Copy.added_at)).one()
    assert added == datetime(2025, 3, 4, tzinfo=UTC)
