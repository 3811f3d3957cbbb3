"""The trash: copies their owner removed, kept for thirty days, then gone for good.

What was emptied out leaves a tombstone, by which a later sync or CSV file knows that the copy is
not wanted.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, delete, exists, select
from sqlalchemy.orm import joinedload

from app.errors import NotFoundError
from app.extensions import db, reading
from app.models import Copy, Edit, Release, Tombstone
from app.models.base import utcnow
from app.services import catalogue_lock, shelf
from app.services.bulk import in_chunks

KEPT_FOR = timedelta(days=30)


def emptied_on(removed_at: datetime) -> datetime:
    """When a copy that its owner removed then is let go."""
    return removed_at + KEPT_FOR


def empty_all_old() -> int:
    """Let go what anybody removed more than thirty days ago; returns how many copies. Commits.

    Any number of processes may call this: whoever comes second finds nothing left.
    """
    old = select(Copy.owner_id).where(
        Copy.removed_by == "person", Copy.removed_at < utcnow() - KEPT_FOR
    )
    with reading():
        owners = db.session.scalars(old.distinct()).all()
        db.session.commit()
    return sum(map(empty_old, owners))


def empty_old(owner_id: int) -> int:
    """Let go what was removed more than thirty days ago; returns how many copies. Commits."""
    catalogue_lock.hold(owner_id)
    old = select(Copy.id).where(*_removed(owner_id), Copy.removed_at < utcnow() - KEPT_FOR)
    return _let_go(owner_id, db.session.scalars(old).all())


def empty(owner_id: int, copy_ids: Sequence[int] | None = None) -> int:
    """Let go these removed copies (None: all) now; returns how many. Commits.

    Raises NotFoundError if one of them is not in the trash.
    """
    catalogue_lock.hold(owner_id)
    removed = select(Copy.id).where(*_removed(owner_id))
    if copy_ids is not None:
        removed = removed.where(Copy.id.in_(copy_ids))
    found = db.session.scalars(removed).all()
    if copy_ids is not None and len(found) != len(set(copy_ids)):
        db.session.rollback()
        raise NotFoundError("That is not in the trash any more.")
    return _let_go(owner_id, found)


def remove_release(owner_id: int, release_id: int) -> int:
    """Put all copies of a release into the trash; returns how many. Commits.

    Raises NotFoundError.
    """
    catalogue_lock.hold(owner_id)
    copies = _copies_of(owner_id, release_id)
    for copy in copies:
        if copy.removed_by != "person":
            copy.removed_at, copy.removed_by = utcnow(), "person"
    db.session.flush()
    shelf.refresh(owner_id, [release_id])
    db.session.commit()
    return len(copies)


def _removed(owner_id: int) -> tuple[ColumnElement[bool], ...]:
    return Copy.owner_id == owner_id, Copy.removed_by == "person", Copy.removed_at.is_not(None)


def _copies_of(owner_id: int, release_id: int) -> Sequence[Copy]:
    mine = select(Copy).where(Copy.owner_id == owner_id, Copy.release_id == release_id)
    copies = db.session.scalars(mine).all()
    if not copies:
        db.session.rollback()
        raise NotFoundError("There is no such record on this shelf.")
    return copies


def _let_go(owner_id: int, copy_ids: Sequence[int]) -> int:
    releases: set[int] = set()
    for ids in in_chunks(copy_ids):
        copies = select(Copy).where(Copy.id.in_(ids)).options(joinedload(Copy.release))
        db.session.execute(delete(Tombstone).where(*_instances_of(owner_id, ids)))
        for copy in db.session.scalars(copies):
            releases.add(copy.release_id)
            # What Discogs knows nothing of, nothing could bring back.
            if copy.discogs_instance_id or copy.release.discogs_id:
                db.session.add(_tombstone(copy))
        db.session.flush()
        edits = delete(Edit).where(
            Edit.owner_id == owner_id, Edit.entity == "copy", Edit.entity_id.in_(ids)
        )
        db.session.execute(edits)
        db.session.execute(delete(Copy).where(Copy.id.in_(ids)))
    _let_go_of_own_releases(owner_id, releases)
    if copy_ids:
        shelf.next_version(owner_id)
    db.session.commit()
    return len(copy_ids)


def _instances_of(owner_id: int, copy_ids: Sequence[int]) -> tuple[ColumnElement[bool], ...]:
    """Tombstones of these very copies, from a time before they came back some other way."""
    instances = select(Copy.discogs_instance_id).where(
        Copy.id.in_(copy_ids), Copy.discogs_instance_id.is_not(None)
    )
    return Tombstone.owner_id == owner_id, Tombstone.discogs_instance_id.in_(instances)


def _tombstone(copy: Copy) -> Tombstone:
    return Tombstone(
        owner_id=copy.owner_id,
        discogs_instance_id=copy.discogs_instance_id,
        discogs_release_id=copy.release.discogs_id,
        added_at=copy.added_at,
        title=f"{copy.release.artist_text} – {copy.release.title}",
    )


def _let_go_of_own_releases(owner_id: int, release_ids: set[int]) -> None:
    """A release typed by hand goes with its last copy; what Discogs knows can be had again."""
    owned = exists().where(Copy.release_id == Release.id)
    for ids in in_chunks(release_ids):
        own = db.session.scalars(
            select(Release.id).where(Release.id.in_(ids), Release.discogs_id.is_(None), ~owned)
        ).all()
        edits = delete(Edit).where(
            Edit.owner_id == owner_id, Edit.entity == "release", Edit.entity_id.in_(own)
        )
        db.session.execute(edits)
        db.session.execute(delete(Release).where(Release.id.in_(own)))


def buried_instances(owner_id: int, instance_ids: Sequence[int]) -> set[int]:
    """Which of these Discogs instances were emptied out of the trash."""
    found = select(Tombstone.discogs_instance_id).where(
        Tombstone.owner_id == owner_id, Tombstone.discogs_instance_id.in_(instance_ids)
    )
    return {instance for instance in db.session.scalars(found) if instance}


def buried_moments(owner_id: int) -> set[tuple[int, datetime]]:
    """The same as a CSV file has them: Discogs' release id, and when the copy was added."""
    found = select(Tombstone.discogs_release_id, Tombstone.added_at).where(
        Tombstone.owner_id == owner_id
    )
    return {(release, at) for release, at in db.session.execute(found) if release and at}


def forget(owner_id: int, tombstone_id: int) -> str:
    """Let a copy that was emptied out come back with the next sync; its title. Commits.

    Raises NotFoundError.
    """
    mine = delete(Tombstone).where(Tombstone.id == tombstone_id, Tombstone.owner_id == owner_id)
    gone: str | None = db.session.scalar(mine.returning(Tombstone.title))
    if gone is None:
        db.session.rollback()
        raise NotFoundError("There is no such record among the emptied ones.")
    db.session.commit()
    return gone
