from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from app.domain.qr_csv import download_name, write_csv
from app.domain.qr_rows import COLUMNS, Dialect, Preset, Row, make_rows
from app.domain.sticker_text import StickerFacts

NASTY = [
    StickerFacts(1, 'The "5", 6, 7\'s', 'Bop 12"', 1998, "Shelf, left", 249504),
    StickerFacts(2, "久石譲", "草木萌動 – שלום ⅓ 🎧", None, "日本", 550078),
    StickerFacts(3, "=HYPERLINK(1)", "a\\b", 1973, '"', 550078),
]
FRAME = (
    "URL,1024,PNG,RGB,0,High,Yes,0.0,Solid,Solid,#FFFFFF,#000000,#000000,0,"
    "Discogs_record_icon.svg,Yes,100,Square,20,20,#FFFFFF,{},31,#000000,Roboto,Bold,5,#FFFFFF,"
    "https://www.discogs.com/release/{},{}"
)


def nasty_rows() -> list[Row]:
    return list(make_rows(NASTY, Preset("Standard")))


def written(rows: list[Row], dialect: Dialect | None = None) -> bytes:
    return b"".join(write_csv(rows, dialect))


def test_three_nasty_records_are_written_byte_for_byte() -> None:
    expected = [
        ",".join(COLUMNS),
        FRAME.format('"The ""5"", 6, 7\'s – Bop 12"" [1998]\nShelf, left"', "249504", "249504"),
        FRAME.format('"久石譲 – 草木萌動 – שלום ⅓ 🎧 [unknown]\n日本"', "550078", "550078"),
        FRAME.format('"=HYPERLINK(1) – a\\b [1973]\n"""', "550078", "550078-2"),
    ]

    assert written(nasty_rows()) == ("\n".join(expected) + "\n").encode()


def test_without_rows_the_header_is_written() -> None:
    assert written([]) == (",".join(COLUMNS) + "\n").encode()


@given(
    st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=3))
)
def test_the_bytes_are_those_of_pythons_csv_writer(cells: list[list[str]]) -> None:
    rows = [tuple(row) for row in cells]
    oracle = io.StringIO(newline="")
    csv.writer(oracle, lineterminator="\n").writerows([COLUMNS, *rows])

    assert written(rows) == oracle.getvalue().encode()


def test_a_long_file_comes_in_pieces_of_some_64_kb_that_make_the_same_file() -> None:
    rows = nasty_rows() * 1_000

    pieces = list(write_csv(rows))

    assert len(pieces) > 10
    assert all(len(piece) < 100_000 for piece in pieces)
    assert b"".join(pieces).count(b"550078-2\n") == 1_000


def test_crlf_ends_the_rows_and_leaves_lines_inside_a_text_alone() -> None:
    text = written(nasty_rows(), Dialect(newline="CRLF"))

    assert text.count(b"\r\n") == 4
    assert b"[1998]\nShelf" in text


def test_a_byte_order_mark_stands_in_front_when_wanted() -> None:
    assert written([], Dialect(bom=True)) == b"\xef\xbb\xbf" + written([])


def test_quotes_can_be_escaped_with_a_backslash() -> None:
    lines = written(nasty_rows(), Dialect("backslash")).decode().split("\n")

    assert ',"The \\"5\\", 6, 7\'s – Bop 12\\" [1998]' in lines[1]
    assert ',"=HYPERLINK(1) – a\\\\b [1973]' in lines[5]
    assert lines[6].startswith('\\"",31,')


def test_the_file_is_named_after_the_minute_it_was_made() -> None:
    assert download_name(datetime(2026, 11, 21, 7, 53, tzinfo=UTC)) == (
        "gatefold-qr-20261121-0753.csv"
    )
