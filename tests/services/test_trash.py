"""Removed copies wait thirty days, then go for good and do not come back (fault E7)."""

from __future__ import annotations

import io
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.domain.discogs_csv import ExportFile
from app.domain.records import CopyRecord, FolderRecord
from app.errors import NotFoundError
from app.extensions import db
from app.jobs.runner import Runner
from app.models import Copy, Release, Tombstone
from app.services import copies, import_csv, one_record, trash
from app.services.copy_writer import store_copies
from app.services.csv_report import CsvReport
from app.services.folders import store_folders
from app.services.one_record import Typed
from app.services.subjects import open_subject
from tests.domain.discogs_csv_files import export
from tests.listings import KIND_OF_BLUE, OWNER

pytestmark = pytest.mark.usefixtures("app")


def sync() -> int:
    """Discogs lists one copy; returns how many copies the shelf knows then."""
    return told(notes="")


def told(notes: str) -> int:
    """The same with these notes."""
    copy = CopyRecord(
        release=KIND_OF_BLUE,
        instance_id=77,
        folder_discogs_id=1,
        added_at=datetime(2026, 1, 2, tzinfo=UTC),
        notes=notes,
    )
    store_folders(OWNER, [FolderRecord(1, "Uncategorized", 1)])
    store_copies(OWNER, [copy])
    db.session.commit()
    return known()


def known() -> int:
    return db.session.execute(select(func.count(Copy.id))).scalar_one()


def only_copy() -> int:
    return db.session.execute(select(Copy.id)).scalar_one()


def removed_days_ago(days: int) -> None:
    copies.remove_copy(OWNER, only_copy())
    moment = datetime.now(UTC) - timedelta(days=days)
    db.session.execute(update(Copy).values(removed_at=moment))
    db.session.commit()


def test_a_copy_stays_in_the_trash_for_thirty_days(each_database: Flask) -> None:
    sync()
    removed_days_ago(29)

    assert (trash.empty_old(OWNER), known()) == (0, 1)

    removed_days_ago(31)
    db.session.execute(update(Copy).values(removed_at=datetime.now(UTC) - timedelta(days=31)))
    assert (trash.empty_old(OWNER), known()) == (1, 0)


def test_what_was_emptied_out_is_not_brought_back_by_a_sync(each_database: Flask) -> None:
    sync()
    copies.remove_copy(OWNER, only_copy())
    trash.empty(OWNER)

    assert sync() == 0

    trash.forget(OWNER, db.session.execute(select(Tombstone.id)).scalar_one())
    assert sync() == 1


def test_what_was_emptied_out_is_not_brought_back_by_a_file() -> None:
    report = _bring_in()
    assert report.new == 1
    copies.remove_copy(OWNER, only_copy())
    trash.empty(OWNER)

    report = _bring_in()

    assert (report.new, report.put_away, known()) == (0, 1, 0)


def _bring_in() -> CsvReport:
    file = ExportFile(io.BytesIO(export()))
    return import_csv.import_export(OWNER, file, leave_out_unreadable=False)


def test_a_record_typed_by_hand_goes_with_its_last_copy() -> None:
    one_record.add_by_hand(OWNER, Typed(title="Demo", artist="Us"))
    trash.remove_release(OWNER, db.session.execute(select(Release.id)).scalar_one())

    assert trash.empty(OWNER) == 1

    assert db.session.scalar(select(func.count(Release.id))) == 0


def test_a_record_typed_by_hand_comes_back_from_the_trash() -> None:
    release = one_record.add_by_hand(OWNER, Typed(title="Demo", artist="Us")).release_id
    trash.remove_release(OWNER, release)

    copies.restore_copy(OWNER, only_copy())

    shown = open_subject("release", OWNER, release).shown
    assert (shown["title"], shown["artists"][0]["name"]) == ("Demo", "Us")


def test_what_discogs_knows_nothing_of_leaves_no_stone() -> None:
    one_record.add_by_hand(OWNER, Typed(title="Demo", artist="Us"))
    copies.remove_copy(OWNER, only_copy())

    trash.empty(OWNER)

    assert db.session.scalar(select(func.count(Tombstone.id))) == 0


def test_what_discogs_no_longer_lists_is_never_emptied_by_itself() -> None:
    sync()
    long_ago = datetime.now(UTC) - timedelta(days=400)
    db.session.execute(update(Copy).values(removed_at=long_ago, removed_by="sync"))
    db.session.commit()

    assert (trash.empty_all_old(), known()) == (0, 1)

    copies.remove_copy(OWNER, only_copy())
    assert (trash.empty_all_old(), known()) == (0, 1)


def test_a_process_at_work_empties_old_trash_by_itself(app: Flask) -> None:
    sync()
    removed_days_ago(31)

    Runner(app, app.extensions["workplace"].settings).empty_trash()

    assert (known(), trash.empty_all_old()) == (0, 0)


def test_only_what_is_in_the_trash_can_be_let_go() -> None:
    sync()

    with pytest.raises(NotFoundError):
        trash.empty(OWNER, [only_copy()])
    assert known() == 1


def test_a_copy_that_came_back_some_other_way_follows_discogs_again() -> None:
    sync()
    buried = Tombstone(owner_id=OWNER, discogs_instance_id=77, title="Kind Of Blue")
    db.session.add(buried)
    db.session.execute(update(Copy).values(notes="old"))
    db.session.commit()

    told(notes="new")

    assert db.session.scalars(select(Copy.notes)).all() == ["new"]
    copies.remove_copy(OWNER, only_copy())
    assert (trash.empty(OWNER), sync()) == (1, 0)
