"""One line of the export made a row of facts, or a reason why it cannot be read.

This runs a hundred thousand times in an import. A line of printable ASCII, as nearly all are, is
recognised by one look at all its cells together; only the others are examined cell by cell.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from operator import itemgetter
from types import MappingProxyType
from typing import NamedTuple

from app.domain.discogs_csv.columns import DISCOGS_COLUMNS, Columns
from app.domain.discogs_csv.dates import DayOrder, added_at, is_rewritten
from app.domain.discogs_csv.decoding import LOST
from app.domain.ids import LARGEST_ID
from app.domain.visible import reverses_what_is_shown, shows_something

EARLIEST_RELEASE = 1850
LATEST_RELEASE = 2100
_SHOWN = 200
# How many characters a cell may have; far more than any record needs, and what can be kept.
_LONGEST = {
    "Artist": 500,
    "Title": 1000,
    "Label": 1000,
    "Catalog#": 500,
    "CollectionFolder": 300,
    "Collection Media Condition": 200,
    "Collection Sleeve Condition": 200,
}
# Names are indexed, and an entry of a PostgreSQL index holds 2,704 bytes.
_MOST_BYTES = 2600
_ALWAYS_FITS = min(_LONGEST.values())
_NOTHING: Mapping[str, str] = MappingProxyType({})
_MANY_LINED = frozenset({"Collection Notes"})

_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_ESCAPED = re.compile(r"'(?=[=+\-@\t\r])")
_NOT_TOLD = frozenset({"", "NA", "NaN", "nan", "0", "0.0"})
_RATING = re.compile(r"([1-5])(?:\.0+)?")
_YEAR = re.compile(r"(\d{4})(?:\.0+|-\d\d(?:-\d\d)?)?")
_WHOLE = re.compile(r"(\d{1,19})(?:\.0+)?", re.ASCII)


class ExportRow(NamedTuple):
    """A copy as the export tells it. Texts are as written there, blanks at the ends removed
    except in `format_text` and `catno_text`, which are cut at 50 characters blanks included.

    `line` is the line of the file (from 1) where the row begins; `year` and `rating` are None when
    not given; `added_at` is UTC; `fields` maps a custom field's name to its text.
    """

    line: int
    release_id: int
    artist: str
    title: str
    label_text: str
    catno_text: str
    format_text: str
    year: int | None
    rating: int | None
    folder: str
    added_at: datetime | None
    media: str
    sleeve: str
    notes: str
    fields: Mapping[str, str]


class RowProblem(NamedTuple):
    """A row that cannot be read: its line in the file, why, and the beginning of its text."""

    line: int
    reason: str
    text: str


class UnreadableError(ValueError):
    """A row cannot be used; the text says why, to a person."""


class RowReader:
    """Makes rows of cells, for a file with these `columns` and this order of day and month."""

    def __init__(self, columns: Columns, order: DayOrder | None = None) -> None:
        self._columns = columns
        self._order = order
        self._width = columns.width
        # A column the file lacks is read from an empty cell put behind the last one.
        places = [columns.positions.get(name, columns.width) for name in DISCOGS_COLUMNS]
        self._pick: Callable[[list[str]], tuple[str, ...]] = itemgetter(*places)
        self._is_complete = columns.width not in places
        self._bounds = [
            (columns.positions[name], name, longest)
            for name, longest in _LONGEST.items()
            if name in columns.positions
        ]
        self._many_lined = frozenset(
            {columns.positions.get(name, -1) for name in _MANY_LINED} | {*columns.custom.values()}
        )

    def read(self, line: int, cells: list[str]) -> ExportRow | RowProblem | None:
        """The row in `cells`, why it cannot be read, or None if all cells are blank."""
        together = "".join(cells)
        if not together or together.isspace():
            return None
        try:
            if len(cells) != self._width:
                cells = self._squared(cells)
            is_plain = together.isascii() and together.isprintable() and not self._columns.from_r
            if not is_plain:
                cells = self._examined(cells, together)
            if "'" in together:
                cells = [_unescaped(cell) for cell in cells]
            # Composing accents may lengthen a cell, so only a plain line is judged as a whole.
            if not is_plain or len(together) > _ALWAYS_FITS:
                self._refuse_overlong(cells)
            return self._row(line, cells)
        except UnreadableError as problem:
            return RowProblem(line, str(problem), _shown(cells))

    def _row(self, line: int, cells: list[str]) -> ExportRow:
        if not self._is_complete:
            cells = [*cells, ""]
        (
            catno, artist, title, label, format_text, rating, released, release_id,
            folder, added, media, sleeve, notes,
        ) = self._pick(cells)  # fmt: skip
        artist = artist.strip()
        title = title.strip()
        if not _is_named(artist):
            raise UnreadableError("The artist is missing.")
        if not _is_named(title):
            raise UnreadableError("The title is missing.")
        return ExportRow(
            line,
            _release_id(release_id),
            artist,
            title,
            label.strip(),
            catno,
            format_text,
            _year(released),
            _rating(rating),
            folder.strip(),
            self._added(added),
            media.strip(),
            sleeve.strip(),
            notes.strip(),
            self._custom(cells) if self._columns.custom else _NOTHING,
        )

    def _squared(self, cells: list[str]) -> list[str]:
        """Cells behind the last column are harmless while they are blank."""
        if len(cells) > self._width and not "".join(cells[self._width :]).strip():
            return cells[: self._width]
        raise UnreadableError(
            f"This line has {len(cells)} cells where the header has {self._width};"
            " a comma or a quote may be missing or too many."
        )

    def _refuse_overlong(self, cells: list[str]) -> None:
        for at, name, longest in self._bounds:
            if len(cells[at]) > longest and len(cells[at].strip()) > longest:
                raise UnreadableError(f"The cell {name} has more than {longest} characters.")
            if len(cells[at].encode()) > _MOST_BYTES:
                raise UnreadableError(f"The cell {name} has more than {_MOST_BYTES} bytes.")

    def _examined(self, cells: list[str], together: str) -> list[str]:
        """Refuse characters that damage or deceive; compose accents; lines end in a line feed."""
        if LOST in together:
            raise UnreadableError(
                "A character cannot be read; the file was saved in a wrong encoding."
            )
        if _CONTROLS.search(together):
            raise UnreadableError("There is an invisible control character in this line.")
        if reverses_what_is_shown(together):
            raise UnreadableError(
                "There is an invisible character in this line that reverses what is shown."
            )
        if "\n" in together or "\r" in together or "\t" in together:
            cells = [self._one_lined(at, cell) for at, cell in enumerate(cells)]
        if not unicodedata.is_normalized("NFC", together):
            cells = [unicodedata.normalize("NFC", cell) for cell in cells]
        if self._columns.from_r:
            cells = [
                "" if cell == "NA" and self._may_be_na(at) else cell
                for at, cell in enumerate(cells)
            ]
        return cells

    def _one_lined(self, position: int, cell: str) -> str:
        if position in self._many_lined:
            return cell.replace("\r\n", "\n").replace("\r", "\n")
        if "\n" in cell or "\r" in cell:
            raise UnreadableError(
                "A cell goes on over several lines; the quote that ends it may be missing."
            )
        return cell.replace("\t", " ")

    def _may_be_na(self, position: int) -> bool:
        """R writes NA for an empty cell; there may be an artist or a record of that name."""
        named = self._columns.positions
        return position not in (named["Artist"], named["Title"])

    def _added(self, text: str) -> datetime | None:
        try:
            return added_at(text.strip(), self._order)
        except (ValueError, OverflowError):
            shown = text.strip()
        if self._order is None and is_rewritten(shown):
            raise UnreadableError(
                f"The date {_quoted(shown)} was rewritten by a spreadsheet, and nothing in the file"
                " tells which number is the day."
            )
        raise UnreadableError(f"{_quoted(shown)} is not a date.")

    def _custom(self, cells: list[str]) -> dict[str, str]:
        return {name: cells[at].strip() for name, at in self._columns.custom.items()}


def _is_named(text: str) -> bool:
    # Every ASCII character that is left by strip() can be seen.
    return shows_something(text) if not text.isascii() else bool(text)


def _release_id(text: str) -> int:
    if not (text.isdigit() and text.isascii() and len(text) < 19):
        text = _odd_release_id(text.strip())
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise UnreadableError(f"{_quoted(text)} is not a Discogs release id.")
    return number


def _odd_release_id(text: str) -> str:
    match = _WHOLE.fullmatch(text)
    if match:
        return match[1]
    if not text:
        raise UnreadableError("The release id is missing.")
    if re.fullmatch(r"\d(?:[.,]\d+)?[eE]\+?\d+", text):
        raise UnreadableError(f"A spreadsheet has shortened the release id to {_quoted(text)}.")
    raise UnreadableError(f"{_quoted(text)} is not a Discogs release id.")


@lru_cache(maxsize=1024)
def _year(text: str) -> int | None:
    text = text.strip()
    if text in _NOT_TOLD:
        return None
    match = _YEAR.fullmatch(text)
    if match and int(match[1]) == 0:
        return None
    if not match or not EARLIEST_RELEASE <= int(match[1]) <= LATEST_RELEASE:
        raise UnreadableError(f"{_quoted(text)} is not a year.")
    return int(match[1])


@lru_cache(maxsize=64)
def _rating(text: str) -> int | None:
    text = text.strip()
    if text in _NOT_TOLD:
        return None
    match = _RATING.fullmatch(text)
    if not match:
        raise UnreadableError(f"The rating {_quoted(text)} is not a number from 1 to 5.")
    return int(match[1])


def _unescaped(cell: str) -> str:
    """`cell` without the apostrophe that keeps spreadsheets from taking it for a formula."""
    return cell[1:] if cell.startswith("'") and _ESCAPED.match(cell) else cell


def _quoted(text: str) -> str:
    return f"“{_printable(text[:30])}”"


def _shown(cells: list[str]) -> str:
    return _printable(" · ".join(cell.strip() for cell in cells if cell.strip())[:_SHOWN])


def _printable(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)
