from __future__ import annotations

import csv
import io
import tracemalloc
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from app.domain.filters import BrowseFilter
from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import COLUMNS, Dialect, Preset, RowEdit
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, Release, StickerPrint
from app.queries import browse, exports
from app.queries.sticker_facts import Addresses
from app.services import export_csv, picks, sticker_edits, sticker_presets
from app.services.export_csv import NothingPickedError
from tests.csv_shelf import OWNER, row, shelve, shelve_many

HERE = Addresses("https://www.discogs.com", "http://here/s/")
NOW = datetime(2026, 11, 21, 7, 53)
HEADER = ",".join(COLUMNS)
BEFORE = (
    "URL,1024,PNG,RGB,0,High,Yes,0.0,Solid,Solid,#FFFFFF,#000000,#000000,0,"
    "Discogs_record_icon.svg,Yes,100,Square,20,20,#FFFFFF"
)
AFTER = "31,#000000,Roboto,Bold,5,#FFFFFF"


def download() -> bytes:
    return b"".join(export_csv.download(OWNER, HERE, NOW).pieces)


def cells(content: bytes, column: str) -> list[str]:
    return [line[column] for line in csv.DictReader(io.StringIO(content.decode(), newline=""))]


def newest() -> int:
    return exports.recent_batches(OWNER)[0].id


def prints() -> list[tuple[int, str, str]]:
    found = select(StickerPrint.copy_id, StickerPrint.text, StickerPrint.url)
    return [(a, b, c) for a, b, c in db.session.execute(found.order_by(StickerPrint.copy_id))]


def test_the_file_is_exactly_this(each_database: Flask) -> None:
    picks.pick(OWNER, shelve(row(7, Title='Sixteen "Saxophones"', Released=""), row(5), row(5)))

    assert download().decode() == (
        f"{HEADER}\n"
        f'{BEFORE},"Can – Future Days [1973]\nKrautrock",{AFTER},'
        "https://www.discogs.com/release/5,5\n"
        f'{BEFORE},"Can – Future Days [1973]\nKrautrock",{AFTER},'
        "https://www.discogs.com/release/5,5-2\n"
        f'{BEFORE},"Can – Sixteen ""Saxophones"" [unknown]\nKrautrock",{AFTER},'
        "https://www.discogs.com/release/7,7\n"
    )


def test_the_file_follows_the_preset_in_use(app: Flask) -> None:
    picks.pick(OWNER, [copy_id := shelve(row(5))[0]])
    preset = Preset(
        "Mine",
        "{title}",
        {"IconPath": "{label}.svg"},
        content_target="gatefold",
        dialect=Dialect("backslash", "CRLF", True),
    )
    sticker_presets.save_preset(OWNER, preset, STANDARD)

    content = download()

    assert content.startswith(b"\xef\xbb\xbfType,")
    assert content.endswith(f"http://here/s/{copy_id},5\r\n".encode())
    assert b",United Artists Records.svg," in content


def test_edits_are_in_the_file(app: Flask) -> None:
    first, second = shelve_many(2)
    picks.pick(OWNER, [first, second])
    sticker_edits.save_edits(OWNER, {first: RowEdit("Line\nbreak", "https://x.org/1", "mine")})

    content = download()

    assert cells(content, "BottomText")[0] == "Line\nbreak"
    assert cells(content, "Content")[0] == "https://x.org/1"
    assert cells(content, "FileName") == ["mine", "1002"]


def test_hostile_titles_come_out_letter_by_letter(app: Flask) -> None:
    titles = [
        "=1+1",
        "+",
        "-",
        "@SUM(A1)",
        "{year}",
        "{0.__class__}",
        "{{config}}",
        'a"b,c;d',
        "%s",
    ]
    sticker_presets.save_preset(OWNER, Preset(STANDARD, "{title}"), STANDARD)
    picks.pick(OWNER, shelve(*(row(n, Title=title) for n, title in enumerate(titles, 1))))

    assert sorted(cells(download(), "BottomText")) == sorted(titles)


def test_a_file_is_noted_with_name_preset_and_size(app: Flask) -> None:
    picks.pick(OWNER, shelve_many(3))

    made = export_csv.download(OWNER, HERE, NOW)

    (batch,) = exports.recent_batches(OWNER)
    assert (batch.file_name, batch.preset, batch.rows) == (made.file_name, STANDARD, 3)
    assert made.file_name == "gatefold-qr-20261121-0753.csv"
    assert batch.marked_at is None
    assert prints() == []


def test_with_nothing_picked_there_is_no_file(app: Flask) -> None:
    with pytest.raises(NothingPickedError):
        export_csv.download(OWNER, HERE, NOW)

    assert exports.recent_batches(OWNER) == []


def test_marking_notes_text_and_address_of_every_sticker(each_database: Flask) -> None:
    first, second, third = shelve_many(3)
    picks.pick(OWNER, [first, third])
    sticker_edits.save_edits(OWNER, {third: RowEdit(bottom_text="By hand")})
    download()
    picks.unpick_all(OWNER)
    picks.pick(OWNER, [second])

    assert export_csv.mark_processed(OWNER, newest()) == 2

    assert prints() == [
        (first, "Can – Title 001 [1973]\nKrautrock", "https://www.discogs.com/release/1001"),
        (third, "By hand", "https://www.discogs.com/release/1003"),
    ]
    assert [
        one.stickered_at is not None for one in browse.shelf_rows(OWNER, [first, second, third])
    ] == [True, False, True]


def test_stickers_are_noted_as_the_preset_was_when_the_file_was_made(app: Flask) -> None:
    sticker_presets.save_preset(OWNER, Preset("Mine", "{title}"), STANDARD)
    picks.pick(OWNER, shelve_many(1))
    download()
    sticker_presets.delete_preset(OWNER, "Mine")

    export_csv.mark_processed(OWNER, newest())

    assert [text for _copy, text, _url in prints()] == ["Title 001"]


def test_what_is_marked_is_what_the_file_said(each_database: Flask) -> None:
    first, second, gone = shelve(row(5), row(6, Title="Soundtracks"), row(7))
    picks.pick(OWNER, [first, second, gone])
    sticker_edits.save_edits(OWNER, {second: RowEdit(bottom_text="By hand")})
    download()
    db.session.execute(update(Release).values(title="Corrected since"))
    sticker_edits.forget_edits(OWNER, [second])
    db.session.execute(delete(Copy).where(Copy.id == gone))
    db.session.commit()

    assert export_csv.mark_processed(OWNER, newest()) == 2

    assert prints() == [
        (first, "Can – Future Days [1973]\nKrautrock", "https://www.discogs.com/release/5"),
        (second, "By hand", "https://www.discogs.com/release/6"),
    ]


def test_a_file_that_was_begun_is_sent_as_it_was_noted(app: Flask) -> None:
    picks.pick(OWNER, shelve_many(2))
    made = export_csv.download(OWNER, HERE, NOW)
    db.session.execute(update(Release).values(title="Corrected since"))
    db.session.commit()

    content = b"".join(made.pieces)

    assert b"Title 001" in content
    assert b"Corrected" not in content


def test_marking_again_replaces_and_unmarking_takes_back(app: Flask) -> None:
    picks.pick(OWNER, shelve_many(2))
    download()

    export_csv.mark_processed(OWNER, newest())
    export_csv.mark_processed(OWNER, newest())
    assert len(prints()) == 2
    assert exports.recent_batches(OWNER)[0].marked_at is not None

    export_csv.unmark_processed(OWNER, newest())
    assert prints() == []
    assert exports.recent_batches(OWNER)[0].marked_at is None


def test_nobody_marks_the_files_of_others(app: Flask) -> None:
    picks.pick(OWNER, shelve_many(1))
    download()

    for action in (
        lambda: export_csv.mark_processed(2, newest()),
        lambda: export_csv.unmark_processed(2, newest()),
    ):
        with pytest.raises(NotFoundError):
            action()
    assert prints() == []


def test_the_file_of_a_filter_follows_its_order_and_leaves_the_picks_alone(
    each_database: Flask,
) -> None:
    ids = shelve(row(1, Title="A"), row(2, Title="B", Released=1980), row(3, Title="C"))
    picks.pick(OWNER, ids[:1])
    wanted = BrowseFilter(year_to=1975, sort="title", descending=True)

    content = b"".join(export_csv.csv_of_filter(OWNER, wanted, HERE))

    assert cells(content, "FileName") == ["3", "1"]
    assert list(exports.picked_ids(OWNER)) == ids[:1]
    assert exports.recent_batches(OWNER) == []


def test_a_filter_that_finds_nothing_gives_the_header_alone(app: Flask) -> None:
    pieces = export_csv.csv_of_filter(OWNER, BrowseFilter(q="x"), HERE)

    assert b"".join(pieces) == f"{HEADER}\n".encode()


def test_memory_does_not_grow_with_the_file(app: Flask) -> None:
    picks.pick(OWNER, shelve(*(row(n, Title="T" * 200) for n in range(1, 8_001))))
    pieces = export_csv.csv_of_picks(OWNER, HERE)
    size = len(next(pieces))

    tracemalloc.start()
    for piece in pieces:
        size += len(piece)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size > 3_000_000
    assert peak < 2_500_000
