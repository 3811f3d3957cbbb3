"""A shelf as a Discogs listing leaves it, for tests of what people then do to it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.domain.records import (
    CopyRecord,
    CreditRecord,
    FolderRecord,
    FormatRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
)
from app.extensions import db
from app.models import Release
from app.services.copy_writer import store_copies
from app.services.folders import store_folders

OWNER = 1
KIND_OF_BLUE = ReleaseRecord(
    title="Kind Of Blue",
    discogs_id=1_234,
    artists=(CreditRecord("Miles Davis", 23_755),),
    labels=(LabelRecord("Columbia", "CL 1355", 1_866),),
    formats=(FormatRecord("Vinyl", 1, ("LP", "Album", "Mono")),),
    year=1959,
    genres=("Jazz",),
    styles=("Modal",),
    country="US",
    tracks=(TrackRecord("So What", "A1", "9:22"), TrackRecord("Freddie Freeloader", "A2", "9:46")),
    credits=(CreditRecord("Bill Evans", 252_311, role="Piano"),),
    notes="",
    released="1959-08-17",
)


def listed(**facts: Any) -> int:
    """Sync "Kind Of Blue" with other `facts`, as often as wanted; returns our release id."""
    record = replace(KIND_OF_BLUE, **facts)
    copy = CopyRecord(
        release=record,
        instance_id=record.discogs_id,
        folder_discogs_id=1,
        added_at=datetime(2026, 1, 2, tzinfo=UTC),
    )
    store_folders(OWNER, [FolderRecord(1, "Uncategorized", 1)])
    store_copies(OWNER, [copy])
    db.session.commit()
    found = select(Release.id).where(Release.discogs_id == record.discogs_id)
    return db.session.execute(found).scalar_one()
