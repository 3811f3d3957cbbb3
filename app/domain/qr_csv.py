"""The CSV file for QR Factory 3, written piece by piece."""

from __future__ import annotations

import codecs
import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import StringIO
from itertools import islice

from app.domain.qr_rows import COLUMNS, Dialect, Row

# About 64 kB a piece at the usual 320 bytes a row.
_ROWS_A_PIECE = 200
_NEEDS_QUOTES = re.compile(r'[",\\\r\n]')


def write_csv(rows: Iterable[Row], dialect: Dialect | None = None) -> Iterator[bytes]:
    """The file in UTF-8, header first, in pieces of some 64 kB; memory does not grow with it.

    Quotes stand only where a cell needs them. By default they are doubled inside (RFC 4180),
    lines end with LF and there is no byte order mark.
    """
    dialect = dialect or Dialect()
    write = _backslashed if dialect.quoting == "backslash" else _doubled
    line_end = "\r\n" if dialect.newline == "CRLF" else "\n"
    if dialect.bom:
        yield codecs.BOM_UTF8
    remaining = iter(rows)
    piece = [COLUMNS, *islice(remaining, _ROWS_A_PIECE)]
    while piece:
        yield write(piece, line_end).encode()
        piece = list(islice(remaining, _ROWS_A_PIECE))


def _doubled(rows: Iterable[Row], line_end: str) -> str:
    text = StringIO(newline="")
    csv.writer(text, lineterminator=line_end).writerows(rows)
    return text.getvalue()


def _backslashed(rows: Iterable[Row], line_end: str) -> str:
    # Python's writer leaves a cell with an escaped quote unquoted, which few readers expect.
    return "".join(",".join(map(_backslashed_cell, row)) + line_end for row in rows)


def _backslashed_cell(cell: str) -> str:
    if not _NEEDS_QUOTES.search(cell):
        return cell
    escaped = cell.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def download_name(now: datetime) -> str:
    """ "gatefold-qr-20261121-0753.csv": the name says when, in the zone of `now`."""
    return f"gatefold-qr-{now:%Y%m%d-%H%M}.csv"
