from __future__ import annotations

import pytest
from flask import Flask

from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import CONTENT, FILE_NAME, TEXT, Preset, RowEdit
from app.errors import ConflictError, InvalidInputError
from app.queries import exports
from app.queries.exports import SheetRow
from app.queries.sticker_facts import Addresses
from app.services import picks, sticker_edits
from tests.csv_shelf import OWNER, row, shelve, strangers_copy

PRESET = Preset(STANDARD)
HERE = Addresses("https://www.discogs.com", "http://here/s/")


@pytest.fixture
def ids(app: Flask) -> list[int]:
    ids = shelve(row(5), row(6, Artist="Zappa"))
    picks.pick(OWNER, ids)
    return ids


def rows_of(ids: list[int]) -> list[SheetRow]:
    return exports.sheet_rows(OWNER, PRESET, HERE, ids)


def as_shown(one: SheetRow) -> RowEdit:
    return RowEdit(one.row[TEXT], one.row[CONTENT], one.row[FILE_NAME])


def save(ids: list[int], typed: dict[int, RowEdit | None], seen: str = "") -> int:
    rows = rows_of(ids)
    whole = {one.copy_id: as_shown(one) for one in rows} | typed
    seen = seen or sticker_edits.seen_mark(rows)
    return sticker_edits.save_typed(OWNER, PRESET, HERE, whole, seen)


def test_a_page_saved_as_it_was_holds_no_edits(ids: list[int]) -> None:
    assert save(ids, {}) == 0
    assert exports.edits_of(OWNER, ids) == {}


def test_only_what_differs_from_the_template_is_an_edit(ids: list[int]) -> None:
    shown = as_shown(rows_of(ids)[0])
    text = "One\r\ntwo\r\n"

    assert save(ids, {ids[0]: RowEdit(text, shown.content, shown.file_name)}) == 1

    assert exports.edits_of(OWNER, ids) == {ids[0]: RowEdit(bottom_text="One\ntwo\n")}
    assert rows_of(ids)[0].row[TEXT] == "One\ntwo\n"


def test_an_emptied_text_stays_empty(ids: list[int]) -> None:
    shown = as_shown(rows_of(ids)[0])

    save(ids, {ids[0]: RowEdit("", shown.content, shown.file_name)})

    assert rows_of(ids)[0].row[TEXT] == ""


def test_an_edit_lasts_until_its_row_is_reset(ids: list[int]) -> None:
    save(ids, {ids[0]: RowEdit("Mine", "https://example.org/x", "cover")})
    assert save(ids, {}) == 1
    assert as_shown(rows_of(ids)[0]) == RowEdit("Mine", "https://example.org/x", "cover")

    assert save(ids, {ids[0]: None}) == 0

    assert exports.edits_of(OWNER, ids) == {}


def test_typing_what_the_template_makes_takes_the_edit_away(ids: list[int]) -> None:
    plain = as_shown(rows_of(ids)[0])
    save(ids, {ids[0]: RowEdit("Mine", plain.content, plain.file_name)})

    save(ids, {ids[0]: plain})

    assert exports.edits_of(OWNER, ids) == {}


def test_problems_name_field_and_copy_and_nothing_is_saved(ids: list[int]) -> None:
    with pytest.raises(InvalidInputError) as caught:
        save(
            ids,
            {
                ids[0]: RowEdit("Mine", "javascript:alert(1)", "../up"),
                ids[1]: RowEdit("Fine", "https://example.org", "fine"),
            },
        )

    assert set(caught.value.problems) == {f"content-{ids[0]}", f"file_name-{ids[0]}"}
    assert exports.edits_of(OWNER, ids) == {}


def test_rows_that_changed_meanwhile_are_not_overwritten(ids: list[int]) -> None:
    seen = sticker_edits.seen_mark(rows_of(ids))
    sticker_edits.save_edits(OWNER, {ids[0]: RowEdit(bottom_text="By the other tab")})

    with pytest.raises(ConflictError):
        save(ids, {ids[0]: RowEdit("Mine", "https://example.org", "x")}, seen)

    assert rows_of(ids)[0].row[TEXT] == "By the other tab"


def test_copies_of_others_get_no_edits(ids: list[int]) -> None:
    theirs = strangers_copy()

    sticker_edits.save_edits(OWNER, {theirs: RowEdit(bottom_text="Mine")})

    assert exports.edits_of(OWNER, [theirs]) == exports.edits_of(2, [theirs]) == {}


def test_edits_work_on_both_databases(each_database: Flask) -> None:
    ids = shelve(row(5))
    picks.pick(OWNER, ids)

    save(ids, {ids[0]: RowEdit("Ünïcode ★", "https://example.org", "x")})

    assert exports.edits_of_picks(OWNER)[ids[0]].bottom_text == "Ünïcode ★"
