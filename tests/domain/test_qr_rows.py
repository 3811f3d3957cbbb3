from __future__ import annotations

import csv
import io
import tracemalloc
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.qr_csv import write_csv
from app.domain.qr_rows import (
    COLUMNS,
    DEFAULTS,
    Dialect,
    Preset,
    Row,
    RowEdit,
    make_rows,
    row_warnings,
)
from app.domain.sticker_text import StickerFacts

STANDARD = Preset("Standard")


def copy(copy_id: int = 1, release_id: int | None = 100, **facts: str) -> StickerFacts:
    told: dict[str, Any] = {
        "artist": "Can",
        "title": "Future Days",
        "folder": "Shelf",
        "url": "https://g.example/s/x1",
    }
    return StickerFacts(copy_id=copy_id, release_id=release_id, year=1973)._replace(
        **(told | facts)
    )


def rows(
    *copies: StickerFacts, preset: Preset = STANDARD, edits: dict[int, RowEdit] | None = None
) -> list[dict[str, str]]:
    return [dict(zip(COLUMNS, row, strict=True)) for row in make_rows(copies, preset, edits)]


def file_names(*copies: StickerFacts, edits: dict[int, RowEdit] | None = None) -> list[str]:
    return [row["FileName"] for row in rows(*copies, edits=edits)]


def test_the_columns_are_the_thirty_of_qr_factory() -> None:
    assert ",".join(COLUMNS) == (
        "Type,OutputSize,FileType,ColorSpace,RotationAngle,ReliabilityLevel,"
        "UseAutoReliabilityLevel,PixelRoundness,PixelColorType,BackgroundColorType,"
        "BackgroundColor,PixelColorStart,PixelColorEnd,GradientAngle,IconPath,IconLockToSquares,"
        "IconSizePercent,IconBorderType,IconBorderPercent,IconBorderSquareCornerSize,"
        "IconBorderColor,BottomText,BottomTextSize,BottomTextColor,BottomTextFont,"
        "BottomTextFontStyle,SafeZonePercent,SafeZoneColor,Content,FileName"
    )
    assert len(COLUMNS) == 30


def test_a_standard_row_holds_the_usual_values() -> None:
    (row,) = make_rows([copy()], STANDARD)

    assert row == (
        *("URL", "1024", "PNG", "RGB", "0", "High", "Yes", "0.0", "Solid", "Solid", "#FFFFFF"),
        *("#000000", "#000000", "0", "Discogs_record_icon.svg", "Yes", "100", "Square", "20", "20"),
        *("#FFFFFF", "Can – Future Days [1973]\nShelf", "31", "#000000", "Roboto", "Bold", "5"),
        *("#FFFFFF", "https://www.discogs.com/release/100", "100"),
    )


def test_a_preset_replaces_any_default() -> None:
    preset = Preset("Mine", columns={"OutputSize": "2048", "IconPath": "mine.svg"})

    (row,) = rows(copy(), preset=preset)

    assert (row["OutputSize"], row["IconPath"], row["Type"]) == ("2048", "mine.svg", "URL")


def test_a_column_of_a_preset_may_hold_placeholders() -> None:
    preset = Preset("Per label", columns={"IconPath": "{label}.svg", "Type": "{{x}}"})

    seen = [
        (row["IconPath"], row["Type"])
        for row in rows(copy(label="ECM"), copy(label="Stax"), preset=preset)
    ]

    assert seen == [("ECM.svg", "{x}"), ("Stax.svg", "{x}")]


def test_the_text_follows_the_template_and_the_word_for_no_year() -> None:
    preset = Preset("Short", "{title} {year}", unknown_year="n.d.")

    (row,) = rows(copy()._replace(year=None), preset=preset)

    assert row["BottomText"] == "Future Days n.d."


def test_url_and_filename_in_the_text_are_those_of_the_row() -> None:
    preset = Preset("File", "{filename} {url}")

    seen = [row["BottomText"] for row in rows(copy(1), copy(2), preset=preset)]

    assert seen == [
        "100 https://www.discogs.com/release/100",
        "100-2 https://www.discogs.com/release/100",
    ]


def test_each_copy_shows_its_own_folder() -> None:
    shown = [row["BottomText"] for row in rows(copy(1, folder="Jazz"), copy(2, folder="Loft"))]

    assert [text.split("\n")[1] for text in shown] == ["Jazz", "Loft"]


def test_the_code_can_lead_to_gatefold() -> None:
    (row,) = rows(copy(), preset=Preset("Ours", content_target="gatefold"))

    assert row["Content"] == "https://g.example/s/x1"
    assert row["FileName"] == "100"


def test_a_record_unknown_to_discogs_leads_to_gatefold_and_is_named_by_its_copy() -> None:
    (row,) = rows(copy(copy_id=7, release_id=None))

    assert (row["Content"], row["FileName"]) == ("https://g.example/s/x1", "copy-7")


def test_the_discogs_website_can_be_another_address() -> None:
    (row,) = make_rows([copy()], STANDARD, web_url="http://127.0.0.1:9/")

    assert row[COLUMNS.index("Content")] == "http://127.0.0.1:9/release/100"


# --- file names


def test_the_second_and_third_copy_of_a_release_are_numbered() -> None:
    copies = [copy(1), copy(2, 200), copy(3), copy(4), copy(5, 200)]

    assert file_names(*copies) == ["100", "200", "100-2", "100-3", "200-2"]


def test_an_edited_name_keeps_generated_names_away_even_before_its_row() -> None:
    edits = {9: RowEdit(file_name="100")}

    assert file_names(copy(1), copy(2), copy(9, 300), edits=edits) == ["100-2", "100-3", "100"]


@pytest.mark.parametrize(
    ("first", "second"), [("Blue", "bLUE"), ("Straße", "STRASSE"), ("Bjo\u0308rk", "Bj\u00f6rk")]
)
def test_two_edited_names_that_a_disk_takes_for_one_are_told_apart(first: str, second: str) -> None:
    edits = {1: RowEdit(file_name=first), 2: RowEdit(file_name=second)}

    assert file_names(copy(1), copy(2, 200), edits=edits) == [first, f"{second}-2"]


def test_a_numbered_name_is_no_longer_than_allowed() -> None:
    edits = {1: RowEdit(file_name="x" * 120), 2: RowEdit(file_name="x" * 120)}

    assert file_names(copy(1), copy(2), edits=edits)[1] == "x" * 118 + "-2"


@given(
    st.lists(st.tuples(st.integers(1, 3), st.sampled_from([None, "1", "1-2", "A", "a", "copy-2"]))),
    st.booleans(),
)
def test_file_names_are_unique_whatever_is_edited(
    shelf: list[tuple[int, str | None]], known: bool
) -> None:
    copies = [copy(n, release if known else None) for n, (release, _) in enumerate(shelf)]
    edits = {n: RowEdit(file_name=name) for n, (_, name) in enumerate(shelf) if name}

    names = [name.casefold() for name in file_names(*copies, edits=edits)]

    assert len(set(names)) == len(names) == len(shelf)


# --- edits


def test_an_edit_replaces_text_address_and_name_of_its_row_only() -> None:
    edit = RowEdit("Line 1\r\nLine 2", "https://example.org/a", "mine")

    first, second = rows(copy(1, 100), copy(2, 200), edits={1: edit})

    assert first["BottomText"] == "Line 1\nLine 2"
    assert (first["Content"], first["FileName"]) == ("https://example.org/a", "mine")
    assert second == rows(copy(2, 200))[0]


def test_what_an_edit_leaves_alone_comes_as_usual() -> None:
    (row,) = rows(copy(), edits={1: RowEdit(bottom_text="")})

    assert row == rows(copy())[0] | {"BottomText": ""}


# --- warnings


@pytest.mark.parametrize("title", ["=", "+", "-", "@home", "=1+1", "＝SUM(A1)"])
def test_a_title_like_a_formula_is_kept_and_warned_of(title: str) -> None:
    (row,) = make_rows([copy(title=title)], Preset("Title", "{title}"))

    assert row[COLUMNS.index("BottomText")] == title
    (warning,) = row_warnings(row)
    assert warning.startswith("BottomText begins with")


def test_a_negative_number_is_no_formula() -> None:
    (row,) = make_rows([copy()], Preset("Turned", columns={"RotationAngle": "-45"}))

    assert row_warnings(row) == []


def test_more_than_six_lines_of_text_are_warned_of() -> None:
    six, seven = (
        next(make_rows([copy()], STANDARD, {1: RowEdit(bottom_text="\n" * breaks)}))
        for breaks in (5, 6)
    )

    assert row_warnings(six) == []
    assert row_warnings(seven) == ["The text has 7 lines; more than 6 get very small."]


def test_a_code_that_leads_nowhere_is_warned_of() -> None:
    (row,) = make_rows([copy(release_id=None, url="")], STANDARD)

    assert row_warnings(row) == ["The code leads nowhere: there is no address for this record."]


def test_a_name_that_had_to_be_changed_is_warned_of() -> None:
    edits = {1: RowEdit(file_name="blue"), 2: RowEdit(file_name="Blue")}
    first, second = make_rows([copy(1), copy(2)], STANDARD, edits)

    assert row_warnings(first, edits[1]) == []
    assert row_warnings(second, edits[2]) == [
        'Another row has the file name "Blue" already; this one is written as "Blue-2".'
    ]


# --- streaming


def test_rows_are_made_only_when_asked_for() -> None:
    asked = []

    def copies() -> Iterator[StickerFacts]:
        for number in range(1_000_000):
            asked.append(number)
            yield copy(number)

    next(make_rows(copies(), STANDARD))

    assert asked == [0]


def test_memory_does_not_grow_with_the_file() -> None:
    def peak(copies: int) -> int:
        tracemalloc.start()
        shelf = map(copy, range(copies), range(copies))
        size = sum(map(len, write_csv(make_rows(shelf, STANDARD))))
        _, most = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert size > 230 * copies
        return most

    # 7,000 rows more are 1.6 MB; all that is kept of each is how often its release came by.
    assert peak(8_000) - peak(1_000) < 800_000


# --- what arrives on the other side

ANY_TEXT = st.text(max_size=30)


@given(st.lists(st.tuples(ANY_TEXT, ANY_TEXT, ANY_TEXT), max_size=5))
def test_any_record_is_read_back_by_a_csv_reader_as_it_was(
    shelf: list[tuple[str, str, str]],
) -> None:
    copies = [
        copy(n, n, artist=artist, title=title, folder=folder)
        for n, (artist, title, folder) in enumerate(shelf, start=1)
    ]
    made: list[Row] = list(make_rows(copies, STANDARD))

    for dialect in (Dialect(), Dialect("backslash", "CRLF", bom=True)):
        text = b"".join(write_csv(made, dialect)).decode("utf-8-sig")
        backslash = dialect.quoting == "backslash"
        reader = csv.reader(
            io.StringIO(text, newline=""),
            doublequote=not backslash,
            escapechar="\\" if backslash else None,
        )
        assert [tuple(cells) for cells in reader] == [COLUMNS, *made]


def test_defaults_stand_for_every_column() -> None:
    assert tuple(DEFAULTS) == COLUMNS
    assert all(DEFAULTS.values())
