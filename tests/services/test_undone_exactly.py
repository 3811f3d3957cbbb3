"""What the lives of tests/edit_life.py once found: an undo or a count that was not exact."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.bulk_changes import read_change
from app.domain.records import CopyRecord, FieldRecord, FolderRecord
from app.errors import ConflictError
from app.extensions import db
from app.models import Artist, Copy, Edit, Folder
from app.services import bulk_edit, copies, curate, edits, import_csv
from app.services.copy_writer import store_copies
from app.services.folders import store_fields, store_folders
from app.services.subjects import open_subject
from tests.edit_upstream import Upstream
from tests.listings import KIND_OF_BLUE, OWNER, listed
from tests.shelves import put_on_shelf

ADDED = datetime(2026, 1, 2, tzinfo=UTC)
ROW = {"Artist": "Foo", "release_id": 5, "Date Added": "2021-01-01 00:00:00"}


def save(entity: str, of: int, **values: Any) -> None:
    version = open_subject(entity, OWNER, of).version
    curate.save(entity, OWNER, of, version, json.dumps(values))


def shown(entity: str, of: int, field: str) -> Any:
    return open_subject(entity, OWNER, of).shown[field]


def the_copy() -> int:
    return db.session.scalars(select(Copy.id)).one()


def bring_in(**cells: str) -> None:
    """A file with one column of the person's own, "Shelf"."""
    upstream = Upstream()
    upstream.rows[41].update(cells)
    import_csv.import_export(OWNER, upstream.file([41]), leave_out_unreadable=False)


def test_a_file_tells_of_the_fields_it_has_and_leaves_those_beneath_an_edit(app: Flask) -> None:
    bring_in(**{"Collection Shelf": "A 1"})
    save("copy", the_copy(), fields=[{"name": "Cleaned", "value": "mine"}])
    bring_in(**{"Collection Shelf": "B 2"})

    edits.undo("copy", OWNER, the_copy(), field="fields")

    assert shown("copy", the_copy(), "fields") == [{"name": "Shelf", "value": "B 2"}]


def test_a_file_that_names_the_folder_a_person_chose_is_what_an_undo_shows(app: Flask) -> None:
    put_on_shelf({**ROW, "CollectionFolder": "Jazz"})
    save("copy", the_copy(), folder="Loft")
    put_on_shelf({**ROW, "CollectionFolder": "Loft"})

    edits.undo("copy", OWNER, the_copy(), field="folder")

    assert shown("copy", the_copy(), "folder") == "Loft"


def test_a_file_changes_nothing_of_a_copy_in_the_trash(app: Flask) -> None:
    put_on_shelf({**ROW, "Collection Notes": "first", "Rating": "1"})
    save("copy", the_copy(), notes="mine")
    copies.remove_copy(OWNER, the_copy())
    put_on_shelf({**ROW, "Collection Notes": "second", "Rating": "2"})
    copies.restore_copy(OWNER, the_copy())

    edits.undo("copy", OWNER, the_copy(), field="notes")

    assert [shown("copy", the_copy(), name) for name in ("notes", "rating")] == ["first", 1]


def test_copies_of_one_release_whose_rows_differ_are_filed_alike(app: Flask) -> None:
    later = {**ROW, "Date Added": "2022-01-01 00:00:00", "Title": "Other", "Released": "1980"}
    put_on_shelf({**ROW, "Title": "Ask", "Released": "1970"}, later)

    filed = set(db.session.execute(select(Copy.sort_title, Copy.sort_year, Copy.search_text)))

    assert len(filed) == 1


def test_a_country_that_discogs_left_empty_is_not_emptied_once_more(each_database: Flask) -> None:
    listed(country="")
    change = read_change("country", "")

    assert bulk_edit.dry_run(OWNER, [the_copy()], change).changing == 0


def test_an_artist_called_otherwise_by_the_person_is_no_change_of_a_sync(app: Flask) -> None:
    listed(title="Kind Of Blue")
    miles = db.session.scalars(select(Artist.id).where(Artist.discogs_id == 23_755)).one()
    save("artist", miles, name="M. Davis")

    noted = relisted(title="Kind of Blue")

    assert [list(change.fields) for change in noted.made] == [["title"]]
    assert shown("release", listed(title="Kind of Blue"), "artists")[0]["name"] == "M. Davis"


def relisted(**facts: Any) -> Any:
    """What storing one more listing of "Kind Of Blue" changed."""
    release = replace(KIND_OF_BLUE, **facts)
    copy = CopyRecord(release=release, instance_id=1_234, folder_discogs_id=1, added_at=ADDED)
    noted = store_copies(OWNER, [copy])
    db.session.commit()
    return noted


def test_a_folder_discogs_calls_like_one_of_ones_own_becomes_one_with_it(
    each_database: Flask,
) -> None:
    put_on_shelf({"Title": "Kind Of Blue"})
    told_folders(**{"Rock": 6})
    told_folders(**{"Rock & Pop": 6})
    save("copy", the_copy(), folder="Rock")
    told_folders(**{"Rock": 6})
    assert db.session.scalars(select(Folder.name).order_by(Folder.name)).all() == [
        "Rock",
        "Uncategorized",
    ]

    told_folders(**{"Rock & Pop": 6})

    assert shown("copy", the_copy(), "folder") == "Rock & Pop"


def test_a_folder_renamed_at_discogs_is_renamed_in_edits(each_database: Flask) -> None:
    listed()
    told_folders(Jazz=5, Rock=6)
    save("copy", the_copy(), folder="Jazz")
    save("copy", the_copy(), folder="Rock")

    told_folders(Rock=5, Jazz=6)
    edits.undo("copy", OWNER, the_copy(), edit_id=newest())

    assert shown("copy", the_copy(), "folder") == "Rock"
    assert db.session.scalars(select(Folder.discogs_id).order_by(Folder.id)).all() == [1, 5, 6]


def test_a_field_renamed_at_discogs_is_renamed_in_edits(app: Flask) -> None:
    listed()
    store_fields(OWNER, [FieldRecord(4, "Washed", "textarea", 4)])
    save("copy", the_copy(), fields=[{"name": "Washed", "value": "yes"}])
    save("copy", the_copy(), fields=[])

    store_fields(OWNER, [FieldRecord(4, "Cleaned", "textarea", 4)])
    edits.redo("copy", OWNER, the_copy(), newest())

    assert shown("copy", the_copy(), "fields") == [{"name": "Cleaned", "value": "yes"}]


def test_a_name_somebody_else_bears_by_now_is_not_given_back(each_database: Flask) -> None:
    put_on_shelf({**ROW, "Artist": "Trane"})
    trane = db.session.scalars(select(Artist.id).where(Artist.name == "Trane")).one()
    save("artist", trane, name="John Coltrane")
    put_on_shelf({**ROW, "Artist": "Trane", "release_id": 6})

    with pytest.raises(ConflictError, match="already an artist called Trane"):
        edits.undo("artist", OWNER, trane, field="name")

    assert shown("artist", trane, "name") == "John Coltrane"


def told_folders(**numbers: int) -> None:
    told = [FolderRecord(number, name, 0) for name, number in numbers.items()]
    store_folders(OWNER, [FolderRecord(1, "Uncategorized", 0), *told])
    db.session.commit()


def newest() -> int:
    return db.session.scalars(select(Edit.id).order_by(Edit.id.desc())).first() or 0
