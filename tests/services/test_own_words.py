"""Edits of copies and labels: they stay over what syncs and files say (fault E5)."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.discogs_csv import ExportFile
from app.domain.filters import BrowseFilter
from app.domain.records import CopyRecord, FolderRecord
from app.extensions import db
from app.models import Copy, Edit, Folder, Label, Release
from app.queries import browse
from app.services import curate, edits, import_csv
from app.services.copy_writer import store_copies
from app.services.csv_report import CsvReport
from app.services.folders import store_folders
from app.services.subjects import open_subject
from tests.domain.discogs_csv_files import export, row
from tests.listings import KIND_OF_BLUE, OWNER, listed

pytestmark = pytest.mark.usefixtures("app")

FOLDERS = [FolderRecord(1, "Uncategorized", 1), FolderRecord(5, "Jazz", 0)]


def told(**facts: Any) -> int:
    """Sync one copy of "Kind Of Blue" as Discogs tells it now; returns our id of it."""
    copy = CopyRecord(
        release=KIND_OF_BLUE,
        instance_id=77,
        folder_discogs_id=1,
        added_at=datetime(2026, 1, 2, tzinfo=UTC),
        media_condition="Very Good (VG)",
        notes="as told",
    )
    store_folders(OWNER, FOLDERS)
    store_copies(OWNER, [replace(copy, **facts)])
    db.session.commit()
    return db.session.execute(select(Copy.id)).scalar_one()


def change(entity: str, entity_id: int, **fields: Any) -> None:
    version = open_subject(entity, OWNER, entity_id).version
    curate.save(entity, OWNER, entity_id, version, json.dumps(fields))


def shown(copy_id: int, field: str) -> Any:
    return open_subject("copy", OWNER, copy_id).shown[field]


def news() -> list[str]:
    return list(db.session.scalars(select(Edit.field).where(Edit.news_at.is_not(None))))


def test_what_a_person_says_of_a_copy_stays_when_discogs_says_otherwise(
    each_database: Flask,
) -> None:
    copy = told(rating=3)
    change("copy", copy, rating=5, folder="Jazz", notes="a gift")

    told(rating=2, notes="told anew", media_condition="Mint (M)")

    assert (shown(copy, "rating"), shown(copy, "folder"), shown(copy, "notes")) == (
        5,
        "Jazz",
        "a gift",
    )
    assert shown(copy, "media_condition") == "Mint (M)"
    assert sorted(news()) == ["notes", "rating"]

    edits.undo("copy", OWNER, copy, field="rating")

    assert shown(copy, "rating") == 2


def test_what_discogs_comes_to_agree_with_is_no_news() -> None:
    copy = told(rating=3)
    change("copy", copy, rating=5)
    told(rating=2)

    told(rating=5)

    assert news() == []


def test_a_file_does_not_move_a_copy_its_owner_moved() -> None:
    line = row() | {"CollectionFolder": "Soul"}
    _bring_in(line)
    copy = db.session.execute(select(Copy.id)).scalar_one()
    change("copy", copy, folder="Jazz", rating=5)

    report = _bring_in(line | {"Rating": "2"})

    assert (shown(copy, "folder"), shown(copy, "rating")) == ("Jazz", 5)
    assert (report.new, report.updated) == (0, 0)
    assert news() == ["rating"]


def _bring_in(*rows: dict[str, str]) -> CsvReport:
    file = ExportFile(io.BytesIO(export(*rows)))
    return import_csv.import_export(OWNER, file, leave_out_unreadable=False)


def test_an_old_copy_can_be_moved_into_a_folder_that_is_made_for_it() -> None:
    copy = told()

    change("copy", copy, folder="By the door", fields=[{"name": "Cleaned", "value": "yes"}])

    folder = db.session.get_one(Copy, copy).folder_id
    assert db.session.get_one(Folder, folder).name == "By the door"
    assert shown(copy, "fields") == [{"name": "Cleaned", "value": "yes"}]
    assert _found("yes") == [copy]


def test_a_renamed_label_is_shown_and_found_on_its_records() -> None:
    release = listed()
    label = db.session.execute(select(Label.id)).scalar_one()

    change("label", label, name="CBS", profile="American Columbia, abroad")

    assert db.session.get_one(Release, release).label_text == "CBS"
    assert len(_found("cbs")) == 1
    listed(year=1960)
    assert open_subject("label", OWNER, label).shown["name"] == "CBS"


def _found(words: str) -> list[int]:
    return list(browse.all_ids(OWNER, BrowseFilter(q=words)))
