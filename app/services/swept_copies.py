"""Bringing back what a sync put away because Discogs no longer lists it."""

from __future__ import annotations

from app.extensions import db
from app.queries.run_status import swept_copies
from app.services import catalogue_lock, runs, shelf
from app.services.copies import put_back


def bring_back(owner_id: int, run_id: int) -> int:
    """Put the copies a run removed back on the shelf; returns how many.

    Commits. Raises NotFoundError.
    """
    catalogue_lock.hold(owner_id)
    copies = db.session.scalars(swept_copies(runs.get(owner_id, run_id))).all()
    for copy in copies:
        put_back(copy)
    db.session.flush()
    shelf.refresh(owner_id, [copy.release_id for copy in copies])
    db.session.commit()
    return len(copies)
