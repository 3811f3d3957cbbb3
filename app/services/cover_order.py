"""Whose covers a person prefers: the order of the sources, which all records follow at once."""

from __future__ import annotations

from sqlalchemy import select

from app.errors import InvalidInputError
from app.extensions import db
from app.models import Release
from app.services import covers, preferences


def order_of(owner_id: int) -> tuple[str, ...]:
    """The sources a person can order, best first; their own pictures come before all of them."""
    chosen = [source for source in covers.cover_order(owner_id) if source != covers.UPLOAD]
    others = [source for source in covers.DEFAULT_ORDER if source != covers.UPLOAD]
    return tuple(dict.fromkeys([*chosen, *others]))


def move(owner_id: int, source: str, by: int) -> tuple[str, ...]:
    """Move a source up (-1) or down (1), and let every record show its best cover. Commits.

    Returns the new order. Raises InvalidInputError for a source nobody knows.
    """
    order = list(order_of(owner_id))
    if source not in order:
        raise InvalidInputError("There is no such source of covers.")
    place = order.index(source)
    order.insert(min(max(place + by, 0), len(order) - 1), order.pop(place))
    preferences.put(owner_id, covers.COVER_ORDER, order)
    # Only what has a picture of some source can change its cover.
    shown = select(Release.id).where(Release.owner_id == owner_id).order_by(Release.id)
    covers.choose_cover(owner_id, db.session.scalars(shown).all())
    db.session.commit()
    return tuple(order)
