"""Bringing back what a sync put away because Discogs no longer lists it."""

from __future__ import annotations

from app.extensions import db
from app.queries.run_status import swept_copies
from app.services import runs, shelf


def bring_back(owner_id: int, run_id: int) -> int:
    """Put the copies a run removed back on the shelf, as the person's own; returns how many.

    They lose their place in the listing (the instance id), or the next sync would put them away
    again. Should Discogs list them once more, that sync adopts them like copies from a CSV file.
    Commits. Raises NotFoundError.
    """
    copies = db.session.scalars(swept_copies(runs.get(owner_id, run_id))).all()
    for copy in copies:
        copy.removed_at = copy.removed_by = copy.discogs_instance_id = None
        copy.source = "hand"
    db.session.flush()
    shelf.refresh(owner_id, [copy.release_id for copy in copies])
    db.session.commit()
    return len(copies)
