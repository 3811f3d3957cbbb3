"""Records that tie artists, labels and styles together, for the graph and for discover."""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from datetime import UTC, datetime
from itertools import count

from sqlalchemy import select

from app.domain.records import CopyRecord, CreditRecord, FolderRecord, LabelRecord, ReleaseRecord
from app.extensions import db
from app.models import Copy
from app.services.copy_writer import store_copies
from app.services.folders import store_folders

OWNER = 1
ADDED = datetime(2020, 3, 4, 12, tzinfo=UTC)
_numbers = count(50_000)


def record(
    artists: str,
    labels: str = "",
    styles: str = "",
    *,
    genres: str = "Jazz",
    year: int | None = 1960,
    credits: Sequence[tuple[str, str]] = (),
    rating: int | None = None,
    added_at: datetime | None = ADDED,
    title: str = "",
) -> CopyRecord:
    """A copy of a record of its own; names are separated by "|", `credits` are (name, role)."""
    number = next(_numbers)
    release = ReleaseRecord(
        title=title or f"Record {number}",
        discogs_id=number,
        artists=tuple(CreditRecord(name, _id_of(name)) for name in _parted(artists)),
        labels=tuple(LabelRecord(name, "", _id_of(name)) for name in _parted(labels)),
        genres=_parted(genres),
        styles=_parted(styles),
        year=year,
        credits=tuple(CreditRecord(name, _id_of(name), role=role) for name, role in credits),
    )
    return CopyRecord(
        release=release,
        instance_id=number,
        folder_discogs_id=1,
        rating=rating,
        added_at=added_at,
    )


def shelve(*copies: CopyRecord) -> list[int]:
    """Put these copies on the shelf; their ids."""
    store_folders(OWNER, [FolderRecord(1, "Uncategorized", 1)])
    store_copies(OWNER, copies)
    db.session.commit()
    wanted = [copy.instance_id for copy in copies]
    found = db.session.execute(
        select(Copy.discogs_instance_id, Copy.id).where(Copy.discogs_instance_id.in_(wanted))
    )
    ids = {row[0]: row[1] for row in found}
    return [ids[instance_id] for instance_id in wanted]


def _parted(names: str) -> tuple[str, ...]:
    return tuple(name for name in names.split("|") if name)


def _id_of(name: str) -> int:
    """The same Discogs id for the same name, in every process."""
    return zlib.crc32(name.encode()) + 1_000
