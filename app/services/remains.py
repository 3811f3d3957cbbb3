"""What is still known of a shelf whose last copy was emptied out of the trash. Nothing commits.

Discogs' facts stay for the next sync, and so do the edits laid over them, and tombstones. Where a
dump brings a whole shelf back, they are in its way.
"""

from __future__ import annotations

from sqlalchemy import delete, exists, select, update

from app.extensions import db
from app.models import Artist, Copy, Edit, Label, Release, Tombstone


def are_there(owner_id: int) -> bool:
    """Whether anything is known of records, on the shelf or not."""
    known = select(Release.id).where(Release.owner_id == owner_id).limit(1)
    return db.session.scalar(known) is not None


def clear(owner_id: int) -> None:
    """Forget all records of a shelf without copies, with the edits laid over them."""
    db.session.execute(delete(Edit).where(Edit.owner_id == owner_id))
    db.session.execute(delete(Release).where(Release.owner_id == owner_id))
    apart = update(Artist).where(Artist.owner_id == owner_id, Artist.merged_into_id.is_not(None))
    db.session.execute(apart.values(merged_into_id=None))
    for named in (Artist, Label):
        db.session.execute(delete(named).where(named.owner_id == owner_id))


def dig_up(owner_id: int) -> None:
    """Take the tombstones off copies that are there again."""
    again = select(Copy.discogs_instance_id).where(
        Copy.owner_id == owner_id, Copy.discogs_instance_id.is_not(None)
    )
    same_moment = exists().where(
        Copy.owner_id == owner_id,
        Copy.release_id == Release.id,
        Release.discogs_id == Tombstone.discogs_release_id,
        Copy.added_at == Tombstone.added_at,
        Tombstone.discogs_instance_id.is_(None),
    )
    mine = delete(Tombstone).where(Tombstone.owner_id == owner_id)
    plain = {"synchronize_session": False}
    is_again = Tombstone.discogs_instance_id.in_(again) | same_moment
    db.session.execute(mine.where(is_again), execution_options=plain)
