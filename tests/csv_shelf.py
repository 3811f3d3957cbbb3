"""A shelf that came as a Discogs CSV export, for tests of what is made of it."""

from __future__ import annotations

import csv
import io
from typing import Any

from sqlalchemy import select

from app.domain.discogs_csv import DISCOGS_COLUMNS, ExportFile
from app.extensions import db
from app.models import Copy, Folder, Release, User
from app.services.import_csv import import_export

OWNER = 1
USUAL = {
    "Catalog#": "UAG 29505",
    "Artist": "Can",
    "Title": "Future Days",
    "Label": "United Artists Records",
    "Format": "LP, Album",
    "Released": "1973",
    "CollectionFolder": "Krautrock",
    "Date Added": "2024-05-04 23:25:07",
}


def row(release_id: int, **cells: Any) -> dict[str, str]:
    """A row of the export; `Title="…"` and the like replace the usual cells."""
    return {**USUAL, "release_id": str(release_id), **{k: str(v) for k, v in cells.items()}}


def shelve(*rows: dict[str, str]) -> list[int]:
    """Import the rows; returns the ids of all copies on the shelf, in the order they came."""
    text = io.StringIO()
    writer = csv.DictWriter(text, DISCOGS_COLUMNS, restval="")
    writer.writeheader()
    writer.writerows(rows)
    source = io.BytesIO(text.getvalue().encode())
    import_export(OWNER, ExportFile(source), leave_out_unreadable=False)
    return list(db.session.scalars(select(Copy.id).order_by(Copy.id)))


def shelve_many(count: int) -> list[int]:
    """`count` different records, "Title 001" and so on."""
    return shelve(*(row(1_000 + n, Title=f"Title {n:03}") for n in range(1, count + 1)))


def strangers_copy() -> int:
    """A copy of another person on another shelf."""
    stranger = User(name="Somebody else")
    db.session.add(stranger)
    db.session.flush()
    folder = Folder(owner_id=stranger.id, name="Theirs")
    release = Release(owner_id=stranger.id, title="Not Yours", artist_text="Stranger")
    db.session.add_all([folder, release])
    db.session.flush()
    copy = Copy(owner_id=stranger.id, release_id=release.id, folder_id=folder.id, source="hand")
    db.session.add(copy)
    db.session.commit()
    return copy.id
