"""Putting away what a complete listing did not meet."""

from __future__ import annotations

from sqlalchemy import exists, select
from sqlalchemy.orm import joinedload

from app.extensions import db
from app.models import Copy, RunSeen
from app.models.base import utcnow
from app.services import shelf
from app.services.changes import Changes


def sweep(owner_id: int, run_id: int) -> Changes:
    """Put away the synced copies a complete listing did not meet. Does not commit."""
    changes = Changes()
    met = exists().where(
        RunSeen.run_id == run_id, RunSeen.discogs_instance_id == Copy.discogs_instance_id
    )
    gone = db.session.scalars(
        select(Copy)
        .where(
            Copy.owner_id == owner_id,
            Copy.discogs_instance_id.is_not(None),
            Copy.removed_at.is_(None),
            ~met,
        )
        .options(joinedload(Copy.release))
    ).all()
    for copy in gone:
        copy.removed_at, copy.removed_by = utcnow(), "sync"
        name = f"{copy.release.artist_text} – {copy.release.title}"
        changes.note("removed", name, copy.release_id, copy.id)
    if gone:
        db.session.flush()
        shelf.refresh(owner_id, [copy.release_id for copy in gone])
    return changes
