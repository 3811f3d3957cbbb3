"""Small shelves for tests, brought in the way people bring them in: as a CSV export."""

from __future__ import annotations

import csv
import io
from typing import Any

from app.domain.discogs_csv import DISCOGS_COLUMNS, ExportFile
from app.services import import_csv
from app.services.csv_report import CsvReport

OWNER = 1
BLANK = {
    "Catalog#": "CAT 1",
    "Artist": "Nobody",
    "Title": "Untitled",
    "Label": "Some Label",
    "Format": "LP, Album",
    "Released": "1970",
    "CollectionFolder": "Uncategorized",
    "Date Added": "2020-06-24 11:44:41",
}


def export_text(*rows: dict[str, Any]) -> str:
    """A CSV export with these rows; what a row does not say is as in `BLANK`."""
    out = io.StringIO()
    writer = csv.DictWriter(out, DISCOGS_COLUMNS, lineterminator="\n")
    writer.writeheader()
    for number, row in enumerate(rows, start=1):
        writer.writerow({**BLANK, "release_id": 1000 + number, **row})
    return out.getvalue()


def put_on_shelf(*rows: dict[str, Any]) -> CsvReport:
    """Import such an export."""
    export = ExportFile(io.BytesIO(export_text(*rows).encode()))
    return import_csv.import_export(OWNER, export, leave_out_unreadable=False)
