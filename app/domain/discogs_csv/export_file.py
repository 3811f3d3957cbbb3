"""Discogs' own CSV export, opened: what was found out about it, and its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import IO

from app.domain.discogs_csv.columns import Columns, map_columns, split_header
from app.domain.discogs_csv.dates import DayOrder, day_order, is_rewritten
from app.domain.discogs_csv.decoding import Decoding, detect, repaired
from app.domain.discogs_csv.rows import ExportRow, RowProblem, RowReader
from app.errors import InvalidInputError, TooLargeError

MOST_ROWS = 1_000_000
LONGEST_LINE = 1_000_000
LONGEST_CELL = 131_072
_SAMPLE = 200


class ExportFile:
    """An export in `source`, a seekable binary file that stays open while this is in use.

    Making one reads the file once in bounded memory: `decoding` (encoding, accents to show,
    warnings), `delimiter`, `columns` and `day_order` are known then. `encoding` overrules the
    detection, `repair` undoes accents encoded twice where `decoding.repairable`. Raises
    InvalidInputError when it is no such export.
    """

    def __init__(
        self, source: IO[bytes], *, encoding: str | None = None, repair: bool = False
    ) -> None:
        self._source = source
        self.decoding: Decoding = detect(source, encoding)
        self._repairs = repair and self.decoding.repairable
        self.delimiter, header, self._header_lines = self._find_header()
        self.columns: Columns = map_columns(header)
        self.day_order: DayOrder | None = self._find_day_order()
        self.blank_rows = 0

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences for a person about the file as a whole."""
        return self.decoding.warnings if not self._repairs else ()

    def rows(self) -> Iterator[ExportRow | RowProblem]:
        """Every row of the file in order, from the start at each call; blank rows are only counted.

        One walk at a time: they share the source, which is read in bounded memory.
        Raises TooLargeError after `MOST_ROWS` rows, or at a line nobody can have meant.
        """
        read = RowReader(self.columns, self.day_order).read
        self.blank_rows = 0
        count = 0
        for line, cells in self._records():
            row = RowProblem(line, cells, "") if isinstance(cells, str) else read(line, cells)
            if row is None:
                self.blank_rows += 1
                continue
            count += 1
            if count > MOST_ROWS:
                raise TooLargeError(f"This file has more than {MOST_ROWS:,} rows; please split it.")
            yield row

    def _records(self) -> Iterator[tuple[int, list[str] | str]]:
        """The line where each record begins, and its cells or why it cannot be split."""
        with self._lines() as lines:
            reader = csv.reader(
                islice(lines, self._header_lines, None), delimiter=self.delimiter, strict=True
            )
            before = self._header_lines
            while True:
                line = before + reader.line_num + 1
                try:
                    cells = next(reader)
                except StopIteration:
                    return
                except csv.Error as error:
                    yield line, _reason(str(error), line, before + reader.line_num)
                else:
                    yield line, cells

    @contextmanager
    def _lines(self) -> Iterator[Iterator[str]]:
        """The decoded lines of the file, line ends kept; the source stays open afterwards."""
        self._source.seek(self.decoding.bom_length)
        text = io.TextIOWrapper(
            self._source, encoding=self.decoding.encoding, errors="replace", newline=""
        )
        try:
            lines = _bounded(text)
            yield map(repaired, lines) if self._repairs else lines
        finally:
            text.detach()

    def _find_header(self) -> tuple[str, list[str], int]:
        """The delimiter, the header's cells, and how many lines end with the header.

        Blank lines and Excel's "sep=;" may come before it.
        """
        with self._lines() as lines:
            for number, line in enumerate(islice(lines, _SAMPLE), start=1):
                text = line.strip("\r\n\x00 \ufeff")
                if text and not text.lower().startswith("sep="):
                    return *split_header(text), number
        raise InvalidInputError("This file is empty.")

    def _find_day_order(self) -> DayOrder | None:
        """The order of day and month, if the first rows show that a spreadsheet rewrote the dates.

        Only then all of the file is read for it. Raises InvalidInputError if there is no row.
        """
        sample = list(islice((cells for _, cells in self._records() if _is_filled(cells)), _SAMPLE))
        if not sample:
            raise InvalidInputError("There are no records in this file, only a header.")
        if not any(map(is_rewritten, filter(None, map(self._date_cell, sample)))):
            return None
        return day_order(self._date_cell(cells) for _, cells in self._records())

    def _date_cell(self, cells: list[str] | str) -> str:
        position = self.columns.positions.get("Date Added")
        if position is None or isinstance(cells, str) or position >= len(cells):
            return ""
        return cells[position]


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    """Lines, none longer than `LONGEST_LINE`: a file without line ends must not fill the memory."""
    number = 0
    while line := text.readline(LONGEST_LINE):
        number += 1
        if len(line) == LONGEST_LINE and not line.endswith(("\n", "\r")):
            raise TooLargeError(
                f"Line {number} has more than {LONGEST_LINE:,} characters;"
                " this cannot be a Discogs export."
            )
        yield line


def _is_filled(cells: list[str] | str) -> bool:
    return bool(cells) and bool("".join(cells).strip())


def _reason(error: str, first: int, last: int) -> str:
    """Why the lines `first` to `last` could not be split into cells."""
    lost = f"; the lines {first} to {last} cannot be read" if last > first else ""
    if "field larger" in error:
        hint = ", perhaps because a quote is missing" if lost else ""
        return f"A cell is longer than {LONGEST_CELL:,} characters{hint}{lost}."
    if "unexpected end of data" in error:
        return f"A quoted cell that begins in this line never ends{lost}."
    return f"The quotes in this line do not match{lost}."
