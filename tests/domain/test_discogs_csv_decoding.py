from __future__ import annotations

import codecs

import pytest

from app.domain.discogs_csv import ExportRow
from app.errors import InvalidInputError
from tests.domain.discogs_csv_files import ROW, export, opened, problems, row

WESTERN = row(Artist="Björk", Title="Début à l’été — Zoë")
MIXED = row(Artist="草木萌動", Title="★ ΚΕΦΑΛΗΞΘ")


def titles(content: bytes, **choices: object) -> list[str]:
    file = opened(content, **choices)  # type: ignore[arg-type]
    return [item.title for item in file.rows() if isinstance(item, ExportRow)]


@pytest.mark.parametrize(
    ("content", "label"),
    [
        (export(WESTERN), "Unicode (UTF-8)"),
        (codecs.BOM_UTF8 + export(WESTERN), "Unicode (UTF-8)"),
        (codecs.BOM_UTF16_LE + export(WESTERN, encoding="utf-16-le"), "Unicode (UTF-16)"),
        (
            codecs.BOM_UTF16_BE + export(WESTERN, encoding="utf-16-be"),
            "Unicode (UTF-16, high byte first)",
        ),
        (export(WESTERN, encoding="utf-16-le"), "Unicode (UTF-16)"),
        (export(WESTERN, encoding="utf-16-be"), "Unicode (UTF-16, high byte first)"),
        (export(WESTERN, encoding="cp1252"), "Western European (Windows-1252)"),
        (export(WESTERN, encoding="mac_roman"), "Western European (Mac Roman)"),
        (export(), "Unicode (UTF-8)"),
    ],
)
def test_the_encoding_is_found_and_named(content: bytes, label: str) -> None:
    file = opened(content)

    assert file.decoding.label == label
    assert file.warnings == ()
    assert titles(content) in ([WESTERN["Title"]], [ROW["Title"]])


def test_accents_are_shown_for_a_person_to_judge() -> None:
    assert opened(export(MIXED, WESTERN)).decoding.accents[:4] == (
        "草木萌動",
        "ΚΕΦΑΛΗΞΘ",
        "Björk",
        "Début",
    )


def test_an_accent_far_down_decides_too() -> None:
    content = export(*[ROW] * 5000, WESTERN, encoding="cp1252")

    assert opened(content).decoding.encoding == "cp1252"
    assert titles(content)[-1] == WESTERN["Title"]


def test_a_person_may_choose_the_encoding() -> None:
    content = export(row(Title="Bjšrk"), encoding="cp1252")

    assert titles(content, encoding="cp1252") == ["Bjšrk"]
    assert titles(content, encoding="mac_roman") == ["Björk"]


def test_an_unknown_choice_of_encoding_is_refused() -> None:
    with pytest.raises(InvalidInputError, match="utf-7"):
        opened(export(), encoding="utf-7")


def test_single_broken_lines_in_utf8_are_problems_not_another_encoding() -> None:
    content = (
        export(WESTERN, WESTERN, WESTERN) + export(WESTERN, encoding="cp1252").split(b"\r\n")[1]
    )
    file = opened(content)

    assert file.decoding.encoding == "utf-8"
    assert len(file.warnings) == 1
    assert [problem.line for problem in problems(content)] == [5]


def test_a_file_cut_within_a_character_reports_the_line() -> None:
    assert [problem.line for problem in problems(export(ROW, row(notes="é"))[:-3])] == [3]


def _twice(content: bytes) -> bytes:
    """What a program makes of UTF-8 that it takes for Windows-1252."""
    return "".join(
        bytes([byte]).decode("cp1252", "ignore") or chr(byte) for byte in content
    ).encode()


@pytest.mark.parametrize("rows", [(WESTERN,), (WESTERN, ROW, WESTERN), (WESTERN, MIXED)])
def test_accents_encoded_twice_are_told_and_repaired_on_request(
    rows: tuple[dict[str, str], ...],
) -> None:
    content = _twice(export(*rows))
    file = opened(content)

    assert file.decoding.repairable
    assert "Ã©" in file.warnings[0]
    assert titles(content)[0] != rows[0]["Title"]
    assert titles(content, repair=True) == [cells["Title"] for cells in rows]
    assert opened(content, repair=True).warnings == ()


def test_a_file_that_is_only_partly_damaged_is_not_repaired() -> None:
    content = export(WESTERN) + _twice(export(WESTERN)).split(b"\r\n", 1)[1]
    file = opened(content)

    assert not file.decoding.repairable
    assert "nothing can be repaired safely" in file.warnings[0]
    assert titles(content, repair=True) == titles(content)


@pytest.mark.parametrize(
    "title", ["Ágætis Byrjun", "Ação", "“Ça Va”", "Çâ", "ÃO", "L’Été…", "Ölüm"]
)
def test_good_accents_raise_no_suspicion(title: str) -> None:
    assert opened(export(row(Title=title))).warnings == ()


def test_a_long_run_of_accents_over_a_block_end_is_judged_whole() -> None:
    rows = [row(Title="é" * 120 + " " * (n % 7)) for n in range(700)]

    assert opened(_twice(export(*rows))).decoding.repairable


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"PK\x03\x04" + b"\x00" * 30 + b"xl/workbook.xml", "This is an Excel file"),
        (b"PK\x03\x04" + b"\x00" * 30 + b"collection.csv", "packed file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 99, "This is an Excel file"),
        (b"\x1f\x8b\x08\x00", "packed file"),
        (b"%PDF-1.7\n", "PDF"),
        (b"\x89PNG\r\n\x1a\n", "picture"),
        (b"\xff\xd8\xff\xe0", "picture"),
        (b"\n <!DOCTYPE html><html>", "web page"),
        (codecs.BOM_UTF8 + b"<html>", "web page"),
        (b'{"releases": []}', "JSON"),
        (b'[{"id": 1}]', "JSON"),
        (bytes(range(256)) * 40 + b"\x00" * 9000, "not a text file"),
    ],
)
def test_files_of_another_kind_are_refused_with_advice(content: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInputError, match=sentence):
        opened(content)
