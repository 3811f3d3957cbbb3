"""Importing Discogs' CSV export: once, again, later, damaged (faults B1–B3, B8–B10)."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select, text, update

from app.domain.discogs_csv import DISCOGS_COLUMNS, ExportFile
from app.domain.filters import BrowseFilter
from app.errors import InvalidInputError
from app.extensions import db
from app.jobs import attempt
from app.models import CollectionField, Copy, Edit, Folder, Release
from app.models.base import utcnow
from app.queries import browse
from app.services import copies, curate, import_csv, one_record, runs, sample_shelf
from app.services.csv_report import CsvReport
from app.services.one_record import Typed
from app.services.subjects import open_subject
from tests.csv_shelf import strangers_copy
from tests.domain.discogs_csv_files import export, row
from tests.listening import statements
from tests.standin.discogs import Collector, DiscogsStandIn, item

OWNER = 1
CUSTOM = (*DISCOGS_COLUMNS, "Collection Cleaned")


def opened(content: bytes, **how: Any) -> ExportFile:
    return ExportFile(io.BytesIO(content), **how)


def bring_in(content: bytes, *, leave_out: bool = False, **how: Any) -> CsvReport:
    return import_csv.import_export(OWNER, opened(content, **how), leave_out_unreadable=leave_out)


def look(content: bytes) -> CsvReport:
    return import_csv.preview(OWNER, opened(content))


def counts(report: CsvReport) -> tuple[int, int, int, int]:
    return report.new, report.updated, report.unchanged, report.unreadable


def shelf() -> list[Any]:
    """(release, folder, rating) of every copy on the shelf, in the order they came."""
    found = db.session.execute(
        select(Release.discogs_id, Folder.name, Copy.rating)
        .join(Release, Release.id == Copy.release_id)
        .join(Folder, Folder.id == Copy.folder_id)
        .where(Copy.removed_at.is_(None))
        .order_by(Copy.id)
    )
    return [tuple(each) for each in found]


def number_of(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_a_row_becomes_a_copy_with_all_it_tells(each_database: Flask) -> None:
    bring_in(export(row(notes="from Ann", added="2020-06-24 11:44:41")))

    copy = db.session.scalars(select(Copy)).one()
    assert (copy.rating, copy.media_condition, copy.notes) == (
        4,
        "Near Mint (NM or M-)",
        "from Ann",
    )
    assert copy.added_at is not None
    assert copy.added_at.isoformat() == "2020-06-24T18:44:41+00:00"
    shown = browse.page(OWNER, BrowseFilter()).rows[0]
    assert (shown.artist_text, shown.title, shown.year, shown.catno_text, shown.folder) == (
        "The Examples",
        "First Light",
        1994,
        "TST 001",
        "Jazz",
    )
    assert shown.format_text == "Vinyl, LP, Album, Reissue"


@pytest.mark.parametrize(
    "how",
    [
        pytest.param({"encoding": "utf-8-sig"}, id="byte order mark"),
        pytest.param({"encoding": "cp1252"}, id="Windows"),
        pytest.param({"encoding": "utf-16"}, id="UTF-16"),
        pytest.param({"delimiter": ";"}, id="semicolons"),
        pytest.param({"delimiter": "\t"}, id="tabs"),
        pytest.param({"line_end": "\n"}, id="line feeds"),
        pytest.param({"header": tuple(reversed(DISCOGS_COLUMNS))}, id="columns in another order"),
    ],
)
def test_every_variant_gives_the_same_copy(app: Flask, how: dict[str, Any]) -> None:
    """B2, B8."""
    bring_in(export(row(Artist="Björk", Title="Début"), **how))

    found = browse.page(OWNER, BrowseFilter()).rows
    assert [(each.artist_text, each.title, each.folder) for each in found] == [
        ("Björk", "Début", "Jazz")
    ]


def test_an_export_without_the_notes_column_leaves_notes_alone(each_database: Flask) -> None:
    bring_in(export(row(notes="mine")))

    report = bring_in(export(row(Rating="5"), header=DISCOGS_COLUMNS[:-1]))

    assert counts(report) == (0, 1, 0, 0)
    assert db.session.scalars(select(Copy.notes)).all() == ["mine"]


def without(*missing: str) -> tuple[str, ...]:
    """The header of a file somebody took columns out of."""
    return tuple(name for name in DISCOGS_COLUMNS if name not in missing)


def facts() -> tuple[Any, ...]:
    """What the only release shows: artist, title, labels, numbers, format, year."""
    shown = browse.page(OWNER, BrowseFilter()).rows[0]
    return (
        *(shown.artist_text, shown.title, shown.label_text, shown.catno_text),
        *(shown.format_text, shown.year),
    )


@pytest.mark.parametrize(
    "header",
    [
        pytest.param(("Artist", "Title", "release_id"), id="only what is required"),
        *(pytest.param(without(name), id=f"no {name}") for name in DISCOGS_COLUMNS[3:7]),
        pytest.param(without("Catalog#"), id="no Catalog#"),
        pytest.param(without("CollectionFolder"), id="no CollectionFolder"),
    ],
)
def test_what_a_file_has_no_column_for_stays(each_database: Flask, header: tuple[str, ...]) -> None:
    bring_in(export(row(notes="mine")))
    before = facts()

    report = bring_in(export(row(notes="mine"), header=header))

    assert counts(report) == (0, 0, 1, 0)
    assert facts() == before
    assert shelf() == [(4711, "Jazz", 4)]


def test_a_file_without_label_changes_what_it_does_tell(each_database: Flask) -> None:
    bring_in(export(row(Title="Frist Light")))
    before = facts()

    report = bring_in(export(row(catno="OTHER 1", Released="1995"), header=without("Label")))

    assert counts(report) == (0, 1, 0, 0)
    assert facts() == (before[0], "First Light", *before[2:5], 1995)


def test_a_file_without_folders_puts_new_copies_into_uncategorized(app: Flask) -> None:
    bring_in(export(row()))

    bring_in(export(row(), row(release_id="5"), header=without("CollectionFolder")))

    assert shelf() == [(4711, "Jazz", 4), (5, "Uncategorized", 4)]


def test_a_copy_of_unknown_time_is_found_in_any_folder_by_a_file_without(app: Flask) -> None:
    bring_in(export(row(added="")))

    report = bring_in(export(row(), header=without("CollectionFolder")))

    assert counts(report) == (0, 1, 0, 0)
    assert shelf() == [(4711, "Jazz", 4)]


def test_beneath_an_edit_waits_nothing_a_file_does_not_tell(each_database: Flask) -> None:
    bring_in(export(row()))
    release_id = db.session.execute(select(Release.id)).scalar_one()
    version = open_subject("release", OWNER, release_id).version
    curate.save("release", OWNER, release_id, version, '{"year": 1990}')

    bring_in(export(row(Title="Last Light"), header=without("Released")))

    assert facts()[1::4] == ("Last Light", 1990)
    assert db.session.scalars(select(Edit.upstream)).all() == [1994]


def test_own_columns_become_fields(each_database: Flask) -> None:
    bring_in(export({**row(), "Collection Cleaned": "2021"}, header=CUSTOM))

    field = db.session.scalars(select(CollectionField)).one()
    copy = db.session.scalars(select(Copy)).one()
    assert (field.name, copy.fields) == ("Cleaned", {str(field.id): "2021"})
    assert browse.page(OWNER, BrowseFilter(q="2021")).total == 1


def test_a_field_emptied_at_discogs_is_emptied_here(each_database: Flask) -> None:
    bring_in(export({**row(), "Collection Cleaned": "2021"}, header=CUSTOM))

    report = bring_in(export(row(), header=CUSTOM))

    assert counts(report) == (0, 1, 0, 0)
    assert db.session.scalars(select(Copy.fields)).all() == [None]


def test_a_preview_counts_what_the_import_does_and_writes_nothing(each_database: Flask) -> None:
    bring_in(export(row()))
    later = export(row(Rating="1"), row(release_id="5", Title="New", CollectionFolder="Fresh"))

    before = look(later)
    db.session.rollback()

    assert counts(before) == counts(bring_in(later)) == (1, 1, 0, 0)


def test_looking_makes_no_folder_and_no_field(app: Flask) -> None:
    look(export({**row(), "Collection Cleaned": "2021"}, header=CUSTOM))
    db.session.commit()

    assert [number_of(model) for model in (Folder, CollectionField, Copy, Release)] == [0, 0, 0, 0]


def test_the_same_export_again_writes_nothing(each_database: Flask) -> None:
    content = export(*(row(release_id=str(n), Title=f"Record {n}") for n in range(1, 60)))
    bring_in(content)

    with statements() as heard:
        report = bring_in(content)

    writing = ("INSERT", "UPDATE", "DELETE", "COPY")
    written = [one for one in heard if one.lstrip().upper().startswith(writing)]
    assert counts(report) == (0, 0, 59, 0)
    assert written == []


def test_a_later_export_updates_and_never_duplicates(each_database: Flask) -> None:
    bring_in(export(row(), row(release_id="5", Title="Stays", added="2021-01-01 10:00:00")))

    report = bring_in(
        export(
            row(Rating="2", CollectionFolder="Soul"),
            row(release_id="5", Title="Stays", added="2021-01-01 10:00:00"),
            row(release_id="6", Title="New", added="2022-01-01 10:00:00"),
        )
    )

    assert counts(report) == (1, 1, 1, 0)
    assert shelf() == [(4711, "Soul", 2), (5, "Jazz", 4), (6, "Jazz", 4)]


def test_a_title_mended_at_discogs_is_mended_here(each_database: Flask) -> None:
    bring_in(export(row(Title="Frist Light", Format="LP")))

    report = bring_in(export(row(Format="2xLP")))

    assert counts(report) == (0, 1, 0, 0)
    shown = browse.page(OWNER, BrowseFilter(q="first")).rows[0]
    assert (shown.title, shown.format_text) == ("First Light", "2×Vinyl, LP")


def test_an_edited_title_survives_a_later_export(each_database: Flask) -> None:
    bring_in(export(row(Title="Frist Light")))
    release_id = db.session.execute(select(Release.id)).scalar_one()
    version = open_subject("release", OWNER, release_id).version
    curate.save("release", OWNER, release_id, version, '{"title": "First Light (mono)"}')

    report = bring_in(export(row()))

    assert counts(report) == (0, 0, 1, 0)
    assert db.session.scalars(select(Release.title)).all() == ["First Light (mono)"]
    assert db.session.scalars(select(Edit.upstream)).all() == ["First Light"]


def test_two_copies_of_one_release_stay_two(each_database: Flask) -> None:
    content = export(row(), row(added="2021-05-05 05:05:05"))
    bring_in(content)

    report = bring_in(content)

    assert counts(report) == (0, 0, 2, 0)
    assert shelf() == [(4711, "Jazz", 4), (4711, "Jazz", 4)]


def test_two_copies_of_the_same_second_are_told_apart_by_folder(each_database: Flask) -> None:
    bring_in(export(row(CollectionFolder="Jazz"), row(CollectionFolder="Soul", Rating="1")))

    report = bring_in(
        export(row(CollectionFolder="Soul", Rating="1"), row(CollectionFolder="Jazz"))
    )

    assert counts(report) == (0, 0, 2, 0)
    assert shelf() == [(4711, "Jazz", 4), (4711, "Soul", 1)]


def test_a_copy_far_down_a_long_file_is_not_taken_for_one_before_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """B10: the same line twice is two copies, however far apart they stand."""
    bring_in(export(row(release_id="1")))
    monkeypatch.setattr(import_csv, "ROWS_AT_ONCE", 2)
    twice = row(release_id="9")

    report = bring_in(export(twice, row(release_id="2"), row(release_id="3"), twice))

    assert counts(report) == (4, 0, 0, 0)
    assert [release for release, _folder, _rating in shelf()].count(9) == 2


def test_a_date_learned_later_is_kept(app: Flask) -> None:
    bring_in(export(row(added="")))

    bring_in(export(row()))

    assert db.session.scalars(select(Copy.added_at)).one() is not None
    assert number_of(Copy) == 1


def test_one_unreadable_row_and_nothing_is_imported(each_database: Flask) -> None:
    """B9: all or nothing, and the first bad line is named."""
    content = export(row(), row(release_id="0"), row(release_id="7"))

    with pytest.raises(InvalidInputError, match=r"^Line 3 .*Nothing was imported\.$"):
        bring_in(content)

    assert [number_of(model) for model in (Copy, Release, Folder)] == [0, 0, 0]


def test_unreadable_rows_are_left_out_when_asked(each_database: Flask) -> None:
    """B3, B10: NUL, ids that are none; the others are unaffected."""
    bad = [row(release_id=wrong) for wrong in ("0", "-1", "1" + "0" * 20)]
    content = export(row(), *bad, row(Title="N\0L", release_id="8"), row(release_id="7"))

    report = bring_in(content, leave_out=True)

    assert counts(report) == (2, 0, 0, 4)
    assert [problem.line for problem in report.problems] == [3, 4, 5, 6]
    assert [release for release, _folder, _rating in shelf()] == [4711, 7]


def test_the_preview_names_unreadable_rows(app: Flask) -> None:
    report = look(export(row(), row(Released="soon"), row(added="yesterday")))

    assert [(problem.line, problem.reason) for problem in report.problems] == [
        (3, "“soon” is not a year."),
        (4, "“yesterday” is not a date."),
    ]


def test_a_copy_put_away_by_hand_stays_away(each_database: Flask) -> None:
    bring_in(export(row()))
    copies.remove_copy(OWNER, db.session.execute(select(Copy.id)).scalar_one())

    report = bring_in(export(row(Rating="1")))

    assert (report.put_away, report.new) == (1, 0)
    assert shelf() == []


def listed_at_discogs(**as_told: Any) -> None:
    """The copy of `row()` as a sync has adopted it and Discogs told it."""
    told = {"source": "discogs", "discogs_instance_id": 77, **as_told}
    db.session.execute(update(Copy).values(told))
    db.session.commit()


def test_what_discogs_told_of_a_copy_no_file_overwrites(each_database: Flask) -> None:
    bring_in(export({**row(), "Collection Cleaned": "2021"}, header=CUSTOM))
    listed_at_discogs(rating=2, notes="newer", media_condition="Mint (M)")
    before = db.session.scalars(select(Copy.fields)).all()
    older = {**row(notes="older", CollectionFolder="Soul"), "Collection Cleaned": "2001"}

    report = bring_in(export(older, header=CUSTOM))

    assert counts(report) == (0, 0, 1, 0)
    assert shelf() == [(4711, "Jazz", 2)]
    copy = db.session.scalars(select(Copy)).one()
    assert (copy.notes, copy.media_condition) == ("newer", "Mint (M)")
    assert [copy.fields] == before


def test_a_row_brings_back_what_a_sync_put_away_as_a_copy_of_the_file(
    each_database: Flask,
) -> None:
    bring_in(export(row()))
    listed_at_discogs(removed_at=utcnow(), removed_by="sync")

    report = bring_in(export(row(Rating="1")))

    assert counts(report) == (0, 1, 0, 0)
    assert shelf() == [(4711, "Jazz", 1)]
    copy = db.session.scalars(select(Copy)).one()
    assert (copy.source, copy.discogs_instance_id, copy.removed_by) == ("csv", None, None)
    assert counts(bring_in(export(row(Rating="1")))) == (0, 0, 1, 0)


def test_a_copy_brought_back_by_a_file_outlives_the_next_sync(
    make_app: Callable[..., Flask],
) -> None:
    with DiscogsStandIn(Collector("collector", token="test-token")) as discogs:
        app = make_app(
            discogs_api_url=discogs.url,
            discogs_web_url=discogs.web_url,
            discogs_token="test-token",
            discogs_limit="6000/60",
        )
        with app.app_context():
            bring_in(export(row()))
            listed_at_discogs(removed_at=utcnow(), removed_by="sync")
            discogs.users[0].items = [item(1, 11, title="Listed")]

            bring_in(export(row()))
            attempt.work_on(app, runs.start(OWNER, "sync").id)

            assert [release for release, _folder, _rating in shelf()] == [4711, 11]
            db.session.remove()


def test_the_sample_shelf_is_never_taken_for_own_copies(app: Flask) -> None:
    sample_shelf.load(OWNER)

    report = bring_in(export(row(release_id="22684", Title="Follow Me")))

    assert counts(report) == (1, 0, 0, 0)
    assert sample_shelf.count(OWNER) > 200


def test_records_of_others_are_not_touched(each_database: Flask) -> None:
    """B10: the id of another user's release is a release of mine."""
    stranger = db.session.get_one(Copy, strangers_copy())
    one_record.add_by_hand(OWNER, Typed(artist="Me", title="Mine"))

    bring_in(export(row()))

    db.session.refresh(stranger)
    assert stranger.rating is None
    assert number_of(Copy) == 3


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "empty"),
        (b"   \n\n", "empty"),
        (export()[: export().index(b"\r\n")], "only a header"),
        (b"Title\r\nX\r\n", "The columns Artist and release_id are missing."),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"PK\x03\x04 xl/workbook.xml", "Excel"),
    ],
)
def test_what_is_no_export_is_refused_with_a_reason(
    app: Flask, content: bytes, sentence: str
) -> None:
    """B1, B7."""
    with pytest.raises(InvalidInputError, match=sentence):
        bring_in(content)


def indexes() -> list[tuple[str, str]]:
    """The indexes of the database with how they were made."""
    found = text("SELECT name, sql FROM sqlite_master WHERE type = 'index' ORDER BY name")
    return [tuple(each) for each in db.session.execute(found)]


def many(number: int) -> list[dict[str, Any]]:
    return [row(release_id=str(n), Title=f"Record {n}") for n in range(1, number + 1)]


def test_a_large_first_import_leaves_the_database_as_a_small_one_does(app: Flask) -> None:
    before = indexes()

    bring_in(export(*many(import_csv.ROWS_AT_ONCE + 30)))

    assert indexes() == before
    assert db.session.execute(text("PRAGMA integrity_check")).all() == [("ok",)]
    assert db.session.execute(text("PRAGMA foreign_key_check")).all() == []
    assert [browse.page(OWNER, BrowseFilter(q=f"record {n}")).total for n in (1999, 2030)] == [1, 1]


def test_a_large_first_import_that_fails_leaves_all_indexes(app: Flask) -> None:
    before = indexes()
    rows = many(import_csv.ROWS_AT_ONCE)

    with pytest.raises(InvalidInputError):
        bring_in(export(*rows, row(release_id="none")))

    assert (indexes(), number_of(Copy)) == (before, 0)
