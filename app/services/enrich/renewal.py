"""Links found long ago: which they are, and what a new look says of them. Nothing commits.

What a person decided about is no affair of these.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Select, select

from app.extensions import db
from app.models import Link
from app.models.base import utcnow
from app.services import catalogue_lock


def old(
    owner_id: int, entity: str, provider: str, keys: Collection[str], before: datetime
) -> dict[str, str]:
    """The address accepted by us and found before a moment, by key."""
    return {
        row.key: row.url
        for row in db.session.scalars(
            _undecided(owner_id, entity, provider).where(
                Link.key.in_(keys), Link.state == "accepted", Link.found_at < before
            )
        )
    }


def confirm(owner_id: int, entity: str, provider: str, key: str, url: str) -> None:
    """Note that a page we linked to is still there."""
    link = db.session.scalar(
        _undecided(owner_id, entity, provider).where(Link.key == key, Link.url == url)
    )
    if link is not None:
        link.found_at = utcnow()


def drop_old(owner_id: int, entity: str, provider: str, key: str, before: datetime) -> None:
    """Forget what was found before a moment and not since."""
    catalogue_lock.hold(owner_id)
    for link in db.session.scalars(
        _undecided(owner_id, entity, provider).where(Link.key == key, Link.found_at < before)
    ).all():
        db.session.delete(link)
    db.session.flush()


def _undecided(owner_id: int, entity: str, provider: str) -> Select[Link]:
    return select(Link).where(
        Link.owner_id == owner_id,
        Link.entity == entity,
        Link.provider == provider,
        Link.decided_at.is_(None),
    )
