"""Putting a copy away and bringing it back. Its row stays, so that nothing is lost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy
from app.models.base import utcnow
from app.queries.many_ids import own_copies
from app.services import catalogue_lock, shelf


def standing(owner_id: int, copy_ids: Iterable[int]) -> Sequence[int]:
    """Those of these copies that stand on this person's shelf.

    Raises NotFoundError where none does: whoever asked looks at a page of long ago.
    """
    mine = select(Copy.id).where(own_copies(owner_id, copy_ids), Copy.removed_at.is_(None))
    found = db.session.scalars(mine).all()
    if not found:
        raise NotFoundError("That does not stand on your shelf any more. Nothing was changed.")
    return found


def remove_copy(owner_id: int, copy_id: int) -> int:
    """Put a copy into the trash: a sync that lists it again leaves it there.

    One that a sync took off the shelf has its thirty days from now on. Returns the id of its
    release. Raises NotFoundError.
    """
    catalogue_lock.hold(owner_id)
    copy = _get(owner_id, copy_id)
    if copy.removed_by != "person":
        copy.removed_at, copy.removed_by = utcnow(), "person"
        _store(copy)
    return copy.release_id


def restore_copy(owner_id: int, copy_id: int) -> int:
    """Put a removed copy back; returns the id of its release. Raises NotFoundError."""
    catalogue_lock.hold(owner_id)
    copy = _get(owner_id, copy_id)
    if copy.removed_at is not None:
        put_back(copy)
        _store(copy)
    return copy.release_id


def put_back(copy: Copy) -> None:
    """Have a removed copy stand on the shelf again. Does not commit.

    One that Discogs no longer lists becomes the person's own: it loses its place in the listing
    (the instance id), or the next sync would put it away again. Should Discogs list it once more,
    that sync adopts it like a copy from a CSV file.
    """
    if copy.removed_by == "sync":
        copy.discogs_instance_id, copy.source = None, "hand"
    copy.removed_at = copy.removed_by = None


def _get(owner_id: int, copy_id: int) -> Copy:
    copy = db.session.scalar(select(Copy).where(Copy.id == copy_id, Copy.owner_id == owner_id))
    if copy is None:
        raise NotFoundError("There is no such copy on this shelf.")
    return copy


def _store(copy: Copy) -> None:
    db.session.flush()
    shelf.refresh(copy.owner_id, [copy.release_id])
    db.session.commit()
