"""Files of old encodings as spreadsheets save them, each with the names that tell it by."""

from __future__ import annotations

import pytest

from app.domain.discogs_csv import ExportRow
from tests.domain.discogs_csv_files import ROW, export, opened, row

WESTERN = (
    "Björk",
    "Sigur Rós",
    "Motörhead",
    "Café Tacvba",
    "“Rock ’n’ Roll”",
    "Rock ‘n’ Roll",
    "Don’t Look Back",
    "Dogs’ Life",
    "Live – Volume 2",
    "1967–1970",
    "Wait…",
    "…And Justice",
    "“Love”",
    "Hélène",
    "Señor Coconut",
    "Royal Trux – “Accelerator”",
    "Bjørn Torske",
    "Röyksopp",
    "Håkan Hellström",
    "García",
    "Martín",
    "Gal Costa – Coração",
    "São Paulo",
    "Noël",
    "L’été",
    "I’m",
    "Édith Piaf",
    "Über",
    "Queensrÿche",
    "Blue Öyster Cult",
    "Ænima",
)
CENTRAL = (
    "Antonín Dvořák",
    "Jiří Stivín",
    "Leoš Janáček",
    "Karel Gott – Když",
    "Czesław Niemen",
    "Grażyna Łobaszewska",
    "Maanam – Róża",
    "Bijelo Dugme – Što",
)


def titles(content: bytes) -> list[str]:
    return [item.title for item in opened(content).rows() if isinstance(item, ExportRow)]


@pytest.mark.parametrize("encoding", ["cp1252", "mac_roman", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("title", WESTERN)
def test_one_western_name_tells_the_encoding(title: str, encoding: str) -> None:
    assert titles(export(ROW, row(Title=title), encoding=encoding))[1:] == [title]


@pytest.mark.parametrize("title", [title for title in WESTERN if max(title) < "\u0100"])
def test_latin_1_is_read_as_the_part_of_windows_1252_it_is(title: str) -> None:
    assert titles(export(row(Title=title), encoding="latin-1")) == [title]


@pytest.mark.parametrize("encoding", ["cp1250", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("title", CENTRAL)
def test_one_central_european_name_tells_the_encoding(title: str, encoding: str) -> None:
    assert titles(export(ROW, row(Title=title), encoding=encoding))[1:] == [title]


@pytest.mark.parametrize(
    ("encoding", "named", "names"),
    [
        ("cp1252", "Western European (Windows-1252)", WESTERN),
        ("mac_roman", "Western European (Mac Roman)", WESTERN),
        ("cp1250", "Central European (Windows-1250)", (*CENTRAL, "Björk", "Café Tacvba", "I’m")),
    ],
)
def test_a_shelf_of_them_is_read_as_it_was_written(
    encoding: str, named: str, names: tuple[str, ...]
) -> None:
    content = export(*(row(Title=name) for name in names), encoding=encoding)

    assert opened(content).decoding.label == named
    assert titles(content) == list(names)


def test_a_few_czech_names_among_western_ones_do_not_turn_the_others() -> None:
    names = [*WESTERN, "Leoš"]
    content = export(*(row(Title=name) for name in names), encoding="cp1252")

    assert titles(content) == names


def test_records_in_other_scripts_do_not_hide_utf16_without_a_mark() -> None:
    names = ["坂本龍一の音楽図鑑" * 12] * 30
    content = export(*(row(Title=name, Artist=name) for name in names), encoding="utf-16-le")

    assert titles(content) == names
