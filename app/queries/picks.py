"""What is picked for the next stickers."""

from __future__ import annotations

from sqlalchemy import bindparam, func, select

from app.extensions import db
from app.models import Copy, Selection


def picked_count(owner_id: int) -> int:
    """How many copies on the shelf are picked."""
    return db.session.connection().scalar(_PICKED, {"owner_id": owner_id}) or 0


# Asked by every page of the collection, so put together once and sent past the ORM.
_PICKED = (
    select(func.count())
    .select_from(Selection)
    .join(Copy, Copy.id == Selection.copy_id)
    .where(Selection.owner_id == bindparam("owner_id"), Copy.removed_at.is_(None))
)
