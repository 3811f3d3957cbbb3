"""Small files of the shape of Discogs' export, made by hand."""

from __future__ import annotations

import csv
import io

from app.domain.discogs_csv import DISCOGS_COLUMNS, ExportFile, ExportRow, RowProblem

ROW: dict[str, str] = {
    "Catalog#": "TST 001",
    "Artist": "The Examples (2)",
    "Title": "First Light",
    "Label": "Test Pressings",
    "Format": "LP, Album, RE",
    "Rating": "4",
    "Released": "1994",
    "release_id": "4711",
    "CollectionFolder": "Jazz",
    "Date Added": "2020-06-24 11:44:41",
    "Collection Media Condition": "Near Mint (NM or M-)",
    "Collection Sleeve Condition": "",
    "Collection Notes": "",
}


def row(**changes: str) -> dict[str, str]:
    """A row with some cells changed; `release_id` and `Title` by name, others as keywords."""
    names = {"added": "Date Added", "notes": "Collection Notes", "catno": "Catalog#"}
    return {**ROW, **{names.get(name, name): value for name, value in changes.items()}}


def export(
    *rows: dict[str, str],
    header: tuple[str, ...] = DISCOGS_COLUMNS,
    delimiter: str = ",",
    line_end: str = "\r\n",
    encoding: str = "utf-8",
) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=line_end)
    writer.writerow(header)
    writer.writerows([cells.get(name, "") for name in header] for cells in rows or (ROW,))
    return text.getvalue().encode(encoding)


def opened(content: bytes, *, encoding: str | None = None, repair: bool = False) -> ExportFile:
    return ExportFile(io.BytesIO(content), encoding=encoding, repair=repair)


def read(content: bytes) -> list[ExportRow]:
    """All rows of a file that has no problems."""
    rows = list(opened(content).rows())
    assert [item for item in rows if isinstance(item, RowProblem)] == []
    return [item for item in rows if isinstance(item, ExportRow)]


def problems(content: bytes) -> list[RowProblem]:
    return [item for item in opened(content).rows() if isinstance(item, RowProblem)]
