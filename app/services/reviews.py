"""What a person decides about the pages offered for a thing on their shelf.

A decision answers a whole question (all candidates of one provider about one thing) or one of its
candidates; all links it touches carry the same moment, by which it can be taken back. Everything
here commits.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Link
from app.models.base import utcnow
from app.queries.unmatched import copies_of
from app.services import catalogue_lock, shelf

ANSWERS = ("accept", "reject", "none")


def decide(owner_id: int, link_id: int, answer: str) -> Link | None:
    """Answer for a candidate: `accept` it, `reject` it, or `none` of its question's candidates.

    Accepting one rejects the others of that provider for that thing, those accepted unasked on
    mere likeness included. Returns the candidate; None if it was decided already. Raises
    NotFoundError.
    """
    links = _question(owner_id, link_id)
    chosen = next(link for link in links if link.id == link_id)
    if chosen.decided_at or chosen.state != "waiting":
        db.session.rollback()
        return None
    now = utcnow()
    for link in _answered(links, chosen, answer):
        link.state = "accepted" if link is chosen and answer == "accept" else "rejected"
        link.decided_at = now
    _tell_the_shelf(owner_id, chosen)
    db.session.commit()
    return chosen


def _answered(links: Sequence[Link], chosen: Link, answer: str) -> list[Link]:
    """Which links an answer settles."""
    if answer == "reject":
        return [chosen]
    open_ones = [link for link in links if not link.decided_at]
    if answer == "none":
        return [link for link in open_ones if link.state == "waiting"]
    return [link for link in open_ones if link.state == "waiting" or link.badge == "guess"]


def _tell_the_shelf(owner_id: int, link: Link) -> None:
    """Whether a record is found elsewhere is a gap, and those follow what changes on the shelf."""
    if copies := copies_of(owner_id, link.entity, link.key):
        shelf.touch(owner_id, copies)


def undo(owner_id: int, link_id: int) -> Link:
    """Take back the decision this link was part of; its question waits again.

    Raises NotFoundError.
    """
    links = _question(owner_id, link_id)
    chosen = next(link for link in links if link.id == link_id)
    at = chosen.decided_at
    for link in links:
        if at is not None and link.decided_at == at:
            link.state, link.decided_at = "waiting", None
    _tell_the_shelf(owner_id, chosen)
    db.session.commit()
    return chosen


def undo_last(owner_id: int) -> Link | None:
    """Take back the latest decision; None if there is none."""
    latest = db.session.scalar(
        select(Link.id)
        .where(Link.owner_id == owner_id, Link.decided_at.is_not(None))
        .order_by(Link.decided_at.desc(), Link.id)
        .limit(1)
    )
    return undo(owner_id, latest) if latest else None


def _question(owner_id: int, link_id: int) -> Sequence[Link]:
    """All links of one provider about the thing of this one, kept from the job meanwhile."""
    catalogue_lock.hold(owner_id)
    link = db.session.get(Link, link_id)
    if link is None or link.owner_id != owner_id:
        raise NotFoundError("There is nothing of that kind to decide.")
    return db.session.scalars(
        select(Link)
        .where(
            Link.owner_id == owner_id,
            Link.entity == link.entity,
            Link.key == link.key,
            Link.provider == link.provider,
        )
        .order_by(Link.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
