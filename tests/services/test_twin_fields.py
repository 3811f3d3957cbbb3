"""Two custom fields of one name, as Discogs allows: neither takes the other's place."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.domain.records import CopyRecord, FieldRecord, FolderRecord
from app.domain.twin_names import told_apart
from app.extensions import db
from app.models import CollectionField, Copy
from app.queries.dump import dump_lines
from app.services import curate, load_dump
from app.services.copy_writer import store_copies
from app.services.curate import WrongDocumentError
from app.services.edits import undo
from app.services.folders import store_fields, store_folders
from app.services.subjects import open_subject
from tests.listings import KIND_OF_BLUE, OWNER

SHELF, TWIN, CLEANED = 4, 7, 5


def sync(*, twin: str = "Shelf", **fields: str) -> int:
    """Discogs lists one copy with its fields, by their numbers; our id of it."""
    told = [(TWIN, twin), (SHELF, "Shelf"), (CLEANED, "Cleaned")]
    store_folders(OWNER, [FolderRecord(1, "Uncategorized", 1)])
    store_fields(OWNER, [FieldRecord(at, name, "textarea", at) for at, name in told])
    said = {SHELF: "left", TWIN: "top", CLEANED: "yes"}
    said |= {int(key.removeprefix("f")): value for key, value in fields.items()}
    record = CopyRecord(
        release=KIND_OF_BLUE,
        instance_id=9,
        folder_discogs_id=1,
        added_at=datetime(2026, 1, 2, tzinfo=UTC),
        fields=said,
    )
    store_copies(OWNER, [record])
    db.session.commit()
    return db.session.scalars(select(Copy.id)).one()


def shown(copy_id: int) -> dict[str, str]:
    fields = open_subject("copy", OWNER, copy_id).shown["fields"]
    return {entry["name"]: entry["value"] for entry in fields}


def edit(copy_id: int, **values: str) -> None:
    words = {"shelf": "Shelf", "twin": "Shelf (2)", "cleaned": "Cleaned"}
    told = shown(copy_id) | {words[name]: value for name, value in values.items()}
    fields = [{"name": name, "value": value} for name, value in told.items()]
    version = open_subject("copy", OWNER, copy_id).version
    curate.save("copy", OWNER, copy_id, version, json.dumps({"fields": fields}))


def test_both_are_shown_edited_and_synced_apart(each_database: Flask) -> None:
    copy_id = sync()
    assert shown(copy_id) == {"Shelf": "left", "Shelf (2)": "top", "Cleaned": "yes"}

    edit(copy_id, twin="bottom")
    sync(f4="right", f7="middle")

    assert shown(copy_id) == {"Shelf": "left", "Shelf (2)": "bottom", "Cleaned": "yes"}
    undo("copy", OWNER, copy_id, field="fields")
    assert shown(copy_id) == {"Shelf": "right", "Shelf (2)": "middle", "Cleaned": "yes"}


def test_both_come_through_a_dump_and_the_sync_after_it(each_database: Flask) -> None:
    edit(sync(), twin="bottom")
    lines = list(dump_lines(OWNER))
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "user":
            db.session.execute(delete(table))
    db.session.commit()

    load_dump.load(OWNER, lines)
    assert list(dump_lines(OWNER)) == lines
    copy_id = sync(f4="right")

    assert shown(copy_id)["Shelf (2)"] == "bottom"
    undo("copy", OWNER, copy_id, field="fields")
    assert shown(copy_id) == {"Shelf": "right", "Shelf (2)": "top", "Cleaned": "yes"}
    fields = select(CollectionField.discogs_id, CollectionField.name)
    assert set(db.session.execute(fields).all()) == {(4, "Shelf"), (5, "Cleaned"), (7, "Shelf")}


def test_edits_follow_a_field_that_becomes_a_twin_or_is_none_any_more(app: Flask) -> None:
    copy_id = sync(twin="Room")
    version = open_subject("copy", OWNER, copy_id).version
    fields = [{"name": "Room", "value": "kitchen"}, {"name": "Shelf", "value": "left"}]
    curate.save("copy", OWNER, copy_id, version, json.dumps({"fields": fields}))

    sync(twin="Shelf")
    assert shown(copy_id) == {"Shelf": "left", "Shelf (2)": "kitchen"}
    undo("copy", OWNER, copy_id, field="fields")
    assert shown(copy_id)["Shelf (2)"] == "top"

    sync(twin="Room")
    assert shown(copy_id) == {"Shelf": "left", "Room": "top", "Cleaned": "yes"}


def test_a_field_that_is_typed_twice_is_refused_at_its_line(app: Flask) -> None:
    copy_id = sync()
    fields = [{"name": "Shelf", "value": "a"}, {"name": "Shelf", "value": "b"}]
    version = open_subject("copy", OWNER, copy_id).version

    with pytest.raises(WrongDocumentError) as raised:
        curate.save("copy", OWNER, copy_id, version, json.dumps({"fields": fields}))

    assert [problem.path for problem in raised.value.found] == [("fields", 1, "name")]


@pytest.mark.parametrize(
    ("names", "apart"),
    [
        (["A", "B"], ["A", "B"]),
        (["A", "A", "A"], ["A", "A (2)", "A (3)"]),
        (["A", "A", "A (2)"], ["A", "A (3)", "A (2)"]),
        (["A (2)", "A", "A", "A (2)"], ["A (2)", "A", "A (3)", "A (2) (2)"]),
    ],
)
def test_twins_are_told_apart(names: list[str], apart: list[str]) -> None:
    assert told_apart(names) == apart
    assert told_apart(apart) == apart
