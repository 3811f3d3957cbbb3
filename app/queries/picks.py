"""What is picked for the next stickers."""

from __future__ import annotations

from sqlalchemy import func, select

from app.extensions import db
from app.models import Copy, Selection


def picked_count(owner_id: int) -> int:
    """How many copies on the shelf are picked."""
    counted = (
        select(func.count())
        .select_from(Selection)
        .join(Copy, Copy.id == Selection.copy_id)
        .where(Selection.owner_id == owner_id, Copy.removed_at.is_(None))
    )
    return db.session.scalar(counted) or 0
