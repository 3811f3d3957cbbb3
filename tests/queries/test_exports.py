"""What is read for stickers: picks, facts, rows and samples."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import update

from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import COLUMNS, Preset, RowEdit
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, Master, Release
from app.queries import exports
from app.queries.picks import picked_count
from app.queries.sticker_facts import Addresses, facts_of
from app.services import picks, sticker_edits, sticker_presets
from app.services.copies import remove_copy
from tests.csv_shelf import OWNER, row, shelve, shelve_many, strangers_copy
from tests.listening import statements

HERE = Addresses("https://www.discogs.com", "http://here/s/")
PRESET = Preset(STANDARD)
FILE_NAME = COLUMNS.index("FileName")


def names(*copy_ids: int) -> list[str]:
    return [one.row[FILE_NAME] for one in exports.sheet_rows(OWNER, PRESET, HERE, copy_ids)]


def test_a_sticker_knows_what_the_collection_knows(each_database: Flask) -> None:
    (copy_id,) = shelve(
        row(
            7,
            Artist="Can (2)",
            Format='2xLP, Album, Ltd + 7", Single',
            **{"Collection Media Condition": "Near Mint (NM or M-)"},
        )
    )
    db.session.add(Master(discogs_id=70, title="Future Days", year=1972))
    db.session.execute(update(Release).values(country="Germany", master_discogs_id=70))

    (facts,) = facts_of(OWNER, [copy_id], HERE)

    assert facts._replace(format_descriptions="") == (
        *(copy_id, "Can", "Future Days", 1973, "Krautrock", 7, "Vinyl", '12" + 7"', ""),
        *("United Artists Records", "UAG 29505", "Germany", 1972, "Near Mint (NM or M-)"),
        *(f"http://here/s/{copy_id}", ""),
    )
    assert "Album" in facts.format_descriptions


def test_facts_come_in_the_order_asked_for_and_only_ones_own(each_database: Flask) -> None:
    ids = shelve_many(3)
    theirs = strangers_copy()

    found = facts_of(OWNER, [ids[2], theirs, ids[0], 10**15], HERE)

    assert [facts.copy_id for facts in found] == [ids[2], ids[0]]


def test_each_copy_says_its_own_folder(app: Flask) -> None:
    shelve(row(1, CollectionFolder="Loft"), row(1, CollectionFolder="Sold", Released=1974))

    assert [facts.folder for facts in facts_of(OWNER, [1, 2], HERE)] == ["Loft", "Sold"]


def test_picks_come_in_the_order_of_the_shelf(each_database: Flask) -> None:
    zappa, abba, can = shelve(row(1, Artist="Zappa"), row(2, Artist="ABBA"), row(3))
    picks.pick(OWNER, [zappa, abba, can])

    assert list(exports.picked_ids(OWNER)) == [abba, can, zappa]


def test_a_removed_copy_is_not_among_the_picks(app: Flask) -> None:
    first, second = shelve_many(2)
    picks.pick(OWNER, [first, second])

    remove_copy(OWNER, first)

    assert list(exports.picked_ids(OWNER)) == [second]
    assert picked_count(OWNER) == exports.picked_page(OWNER, 1).total == 1


def test_the_picks_are_shown_in_pages(app: Flask) -> None:
    ids = shelve_many(7)
    picks.pick(OWNER, ids)

    page = exports.picked_page(OWNER, 2, per_page=3)

    assert [one.title for one in page.rows] == ["Title 004", "Title 005", "Title 006"]
    assert (page.number, page.pages, page.total) == (2, 3, 7)
    assert exports.picked_page(OWNER, 99, per_page=3).number == 3


def test_a_page_names_its_files_as_the_whole_file_does(each_database: Flask) -> None:
    first, second, other = shelve(row(5), row(5, CollectionFolder="Loft"), row(6, Artist="Zappa"))
    picks.pick(OWNER, [first, second, other])

    assert names(second) == ["5-2"]
    assert names(first, second, other) == ["5", "5-2", "6"]


def test_a_copy_that_is_not_picked_takes_no_file_name(app: Flask) -> None:
    first, second = shelve(row(5), row(5, CollectionFolder="Loft"))
    picks.pick(OWNER, [second])

    assert names(first, second) == ["5"]


def test_an_edited_name_on_another_page_is_kept_free(app: Flask) -> None:
    can, zappa = shelve(row(5), row(6, Artist="Zappa"))
    picks.pick(OWNER, [can, zappa])
    sticker_edits.save_edits(OWNER, {zappa: RowEdit(file_name="5")})

    assert names(can) == ["5-2"]


def test_a_row_knows_its_edit_and_what_the_template_makes(app: Flask) -> None:
    (copy_id,) = shelve(row(5))
    picks.pick(OWNER, [copy_id])
    sticker_edits.save_edits(OWNER, {copy_id: RowEdit(file_name="mine")})

    (one,) = exports.sheet_rows(OWNER, PRESET, HERE, [copy_id])

    assert (one.row[FILE_NAME], one.made[FILE_NAME]) == ("mine", "5")
    assert one.edit == RowEdit(file_name="mine")


def test_a_sheet_counts_its_rows(app: Flask) -> None:
    picks.pick(OWNER, shelve_many(5))

    sheet = exports.sheet(OWNER, PRESET, HERE, 2, per_page=2)

    assert [one.title for one in sheet.rows] == ["Title 003", "Title 004"]
    assert (sheet.first, sheet.number, sheet.pages, sheet.total) == (3, 2, 3, 5)


def test_nothing_picked_is_an_empty_sheet(app: Flask) -> None:
    sheet = exports.sheet(OWNER, PRESET, HERE, 4, per_page=2)

    assert (sheet.rows, sheet.number, sheet.pages, sheet.total) == ([], 1, 1, 0)


def test_a_sheet_costs_the_same_few_statements_however_long(app: Flask) -> None:
    ids = shelve_many(200)
    counts = []
    for many in (10, 200):
        picks.pick(OWNER, ids[:many])
        with statements() as seen:
            assert len(exports.sheet(OWNER, PRESET, HERE, 1, per_page=200).rows) == many
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 6


def test_samples_show_the_longest_and_one_without_a_year(each_database: Flask) -> None:
    ids = shelve(
        *(row(n, Title=f"Short {n}") for n in range(1, 6)),
        row(8, Title="A title that goes on and on, and then on"),
        row(9, Artist="Zappa", Title="Undated", Released=""),
    )

    assert exports.sample_ids(OWNER) == [ids[0], ids[1], ids[5], ids[6]]


def test_samples_come_from_the_picks_when_there_are_any(app: Flask) -> None:
    ids = shelve_many(5)
    picks.pick(OWNER, [ids[4]])

    assert exports.sample_ids(OWNER) == [ids[4]]


def test_the_standard_preset_is_always_there(app: Flask) -> None:
    assert exports.presets(OWNER) == [Preset(STANDARD)]
    assert exports.current_preset(OWNER) == Preset(STANDARD)


def test_presets_of_other_people_are_not_seen(app: Flask) -> None:
    sticker_presets.save_preset(OWNER, Preset("Mine"), STANDARD)

    assert [preset.name for preset in exports.presets(OWNER)] == [STANDARD, "Mine"]
    assert [preset.name for preset in exports.presets(2)] == [STANDARD]
    with pytest.raises(NotFoundError):
        exports.preset_named(2, "Mine")


def test_a_code_finds_only_ones_own_copies(app: Flask) -> None:
    (copy_id,) = shelve(row(5))
    theirs = strangers_copy()

    assert exports.release_of_copy(OWNER, copy_id) == db.session.get_one(Copy, copy_id).release_id
    with pytest.raises(NotFoundError):
        exports.release_of_copy(OWNER, theirs)
