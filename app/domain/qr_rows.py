"""Rows for QR Factory 3: one code a row, thirty columns, as its CSV import wants them.

What the program allows in a column is not published, so every value is an opaque text; only the
names and number of the columns are checked (`qr_checks`). Cells are written exactly as they are (a
title may begin with "="); `row_warnings` says where a spreadsheet would take one for a formula.
`qr_csv` writes the file.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Literal

from app.domain.sticker_text import (
    DEFAULT_TEXT,
    FILE_PLACEHOLDERS,
    UNKNOWN_YEAR,
    CompiledTemplate,
    StickerFacts,
    compile_template,
    one_newline,
)

DEFAULTS: Mapping[str, str] = {
    "Type": "URL",
    "OutputSize": "1024",
    "FileType": "PNG",
    "ColorSpace": "RGB",
    "RotationAngle": "0",
    "ReliabilityLevel": "High",
    "UseAutoReliabilityLevel": "Yes",
    "PixelRoundness": "0.0",
    "PixelColorType": "Solid",
    "BackgroundColorType": "Solid",
    "BackgroundColor": "#FFFFFF",
    "PixelColorStart": "#000000",
    "PixelColorEnd": "#000000",
    "GradientAngle": "0",
    "IconPath": "Discogs_record_icon.svg",
    "IconLockToSquares": "Yes",
    "IconSizePercent": "100",
    "IconBorderType": "Square",
    "IconBorderPercent": "20",
    "IconBorderSquareCornerSize": "20",
    "IconBorderColor": "#FFFFFF",
    "BottomText": DEFAULT_TEXT,
    "BottomTextSize": "31",
    "BottomTextColor": "#000000",
    "BottomTextFont": "Roboto",
    "BottomTextFontStyle": "Bold",
    "SafeZonePercent": "5",
    "SafeZoneColor": "#FFFFFF",
    "Content": "{url}",
    "FileName": "{filename}",
}
COLUMNS = tuple(DEFAULTS)
TEXT, CONTENT, FILE_NAME = (COLUMNS.index(name) for name in ("BottomText", "Content", "FileName"))

MAX_FILE_NAME = 120
MAX_LINES = 6

_FORMULA = re.compile(r"[=+\-@\t\r\0\uff0b\uff0d\uff1d\uff20]")
_NUMBER = re.compile(r"[+-]?\d+([.,]\d+)?")

Row = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Dialect:
    """How the file is written: quotes inside quotes, line ends, byte order mark."""

    quoting: Literal["doubled", "backslash"] = "doubled"
    newline: Literal["LF", "CRLF"] = "LF"
    bom: bool = False


@dataclass(frozen=True, slots=True)
class Preset:
    """A named way to make codes. `columns` replaces `DEFAULTS`; its values may hold placeholders.

    `content_target` is what the code leads to: the record's page on Discogs, or in Gatefold.
    """

    name: str
    text_template: str = DEFAULT_TEXT
    columns: Mapping[str, str] = field(default_factory=dict)
    unknown_year: str = UNKNOWN_YEAR
    content_target: Literal["discogs", "gatefold"] = "discogs"
    dialect: Dialect = Dialect()


@dataclass(frozen=True, slots=True)
class RowEdit:
    """What a person changed in one row; None = left as it comes."""

    bottom_text: str | None = None
    content: str | None = None
    file_name: str | None = None


_UNCHANGED = RowEdit()
_NO_COPY = StickerFacts(copy_id=0)


def make_rows(
    facts: Iterable[StickerFacts],
    preset: Preset,
    edits: Mapping[int, RowEdit] | None = None,
    web_url: str = "https://www.discogs.com",
) -> Iterator[Row]:
    """One row of thirty cells per copy, in the order given, made while they are asked for.

    `edits` maps a copy id to a person's changes; give only those of the copies exported, since
    every edited file name is kept free for its row. `web_url` is the website of Discogs; where
    the code leads to Gatefold, or Discogs does not know the record, `StickerFacts.url` is used.

    File names are unique, whatever their case: the second copy of a release gets "-2", the third
    "-3"; of two equal edited names the one with the higher copy id gets the number.
    """
    edits = edits or {}
    fill = _Filler(preset)
    names = FileNames(edits)
    release_url = f"{web_url.rstrip('/')}/release/"
    own_page = preset.content_target == "gatefold"
    for copy in facts:
        edit = edits.get(copy.copy_id, _UNCHANGED)
        content = edit.content
        if content is None:
            ours = own_page or copy.release_id is None
            content = copy.url if ours else f"{release_url}{copy.release_id}"
        yield fill.row(copy, content, names.take(copy), edit.bottom_text)


class _Filler:
    """A preset made ready to fill one row after the other."""

    def __init__(self, preset: Preset) -> None:
        self._text = compile_template(preset.text_template, preset.unknown_year)
        values = {**DEFAULTS, **preset.columns}
        cells = [compile_template(values[column], preset.unknown_year) for column in COLUMNS]
        self._before, self._after = cells[:TEXT], cells[TEXT + 1 : CONTENT]
        used = frozenset[str]().union(*(cell.names for cell in self._before + self._after))
        # Nearly always no other column holds a placeholder: then they are the same in every row.
        self._fixed = None if used else (self._cells(self._before), self._cells(self._after))
        self._names_file = not (used | self._text.names).isdisjoint(FILE_PLACEHOLDERS)

    def row(self, copy: StickerFacts, content: str, file_name: str, text: str | None) -> Row:
        """The row of one copy; `text` is what a person wrote instead of the template."""
        if self._names_file:
            copy = copy._replace(url=content, file_name=file_name)
        text = self._text.render(copy) if text is None else one_newline(text)
        before, after = self._fixed or (
            self._cells(self._before, copy),
            self._cells(self._after, copy),
        )
        return (*before, text, *after, content, file_name)

    @staticmethod
    def _cells(cells: list[CompiledTemplate], copy: StickerFacts = _NO_COPY) -> Row:
        return tuple([cell.render(copy) for cell in cells])


class FileNames:
    """Hands out file names for one file: no two are equal, not even in another case."""

    def __init__(self, edits: Mapping[int, RowEdit]) -> None:
        self._edited: dict[int, str] = {}
        self._reserved: set[str] = set()
        # How many copies of a release came by: all that grows with the number of rows.
        self._seen: dict[int, int] = {}
        for copy_id, edit in sorted(edits.items()):
            if edit.file_name is not None:
                name = next(filter(self._is_free, _numbered(edit.file_name)))
                self._edited[copy_id] = name
                self._reserved.add(_same_file(name))

    def take(self, copy: StickerFacts) -> str:
        """The name for this copy. Asking again for the same copy counts as another row."""
        edited = self._edited.pop(copy.copy_id, None)
        if edited is not None:
            return edited
        # Discogs' ids and ours would mix: those of hand-made records count below zero.
        key = -copy.copy_id if copy.release_id is None else copy.release_id
        number = self._seen.get(key, 0) + 1
        while not self._is_free(name := _nth(copy.base_name, number)):
            number += 1
        self._seen[key] = number
        return name

    def _is_free(self, name: str) -> bool:
        return not self._reserved or _same_file(name) not in self._reserved


def _same_file(name: str) -> str:
    """Equal for names that a disk may take for one, whatever their case or way of accents."""
    return unicodedata.normalize("NFC", name.casefold())


def _nth(name: str, number: int) -> str:
    return name if number == 1 else f"{name}-{number}"


def _numbered(name: str) -> Iterator[str]:
    """name, name-2, name-3 …, never longer than a file name may be."""
    yield name
    for number in count(2):
        yield _nth(name[: MAX_FILE_NAME - len(f"-{number}")], number)


def row_warnings(row: Row, edit: RowEdit | None = None) -> list[str]:
    """Sentences about what may surprise in this row; nothing of it is changed.

    With the row's `edit`, says too when its file name had to be changed to stay unique.
    """
    warnings = [
        f"{column} begins with {cell[0]!r}: a spreadsheet would take it for a formula."
        for column, cell in zip(COLUMNS, row, strict=True)
        if _FORMULA.match(cell) and not _NUMBER.fullmatch(cell)
    ]
    lines = row[TEXT].count("\n") + 1
    if lines > MAX_LINES:
        warnings.append(f"The text has {lines} lines; more than {MAX_LINES} get very small.")
    if not row[CONTENT]:
        warnings.append("The code leads nowhere: there is no address for this record.")
    if edit and edit.file_name is not None and edit.file_name != row[FILE_NAME]:
        warnings.append(
            f'Another row has the file name "{edit.file_name}" already; '
            f'this one is written as "{row[FILE_NAME]}".'
        )
    return warnings
