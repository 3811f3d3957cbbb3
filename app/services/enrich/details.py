"""Discogs' details of each release: tracks, credits, identifiers, country, notes, pictures."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, or_, select, update

from app.clients.discogs import DiscogsClient
from app.domain.records import ReleaseRecord
from app.extensions import connected, db
from app.models import Release, User
from app.models.base import utcnow
from app.services import catalogue_lock
from app.services.enrich.steps import Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.release_details import FRESH_FOR, write_details

Found = tuple[ReleaseRecord, bytes]
GONE = "Discogs has no such release any more. What is known of it stays."

# Over the people, not over all releases: these are found by their owner's index.
_SHELVES = (
    select(Release.owner_id)
    .where(
        Release.owner_id.in_(select(User.id)),
        Release.discogs_id == bindparam("number"),
        or_(Release.owner_id == bindparam("asker"), Release.detailed_at.is_(None)),
    )
    .order_by(Release.owner_id)
)


class Details(Step):
    """One call a release, ever, for all shelves; what Discogs has no more keeps its last data."""

    provider = "discogs"
    entity = "release"

    def look(self, items: Sequence[Item]) -> int:
        """The Discogs id."""
        return int(items[0].key)

    def ask(self, client: DiscogsClient, question: int) -> Found | None:
        """1 call."""
        return client.release_with_raw(question)

    def keep(self, items: Sequence[Item], question: int, answer: Found | None) -> Outcomes:
        """Details of the release, or a note that it is gone.

        Here and on all shelves that wait for them: the runs of others count on what is settled.
        """
        asked = {"asker": self.owner_id, "number": question}
        shelves = connected().scalars(_SHELVES, asked).all()
        for owner_id in shelves:
            catalogue_lock.hold(owner_id)
        if answer is None:
            db.session.execute(
                update(Release)
                .where(Release.owner_id.in_(shelves), Release.discogs_id == question)
                .values(gone_at=utcnow())
            )
            return {items[0].key: Outcome("none", error=GONE)}
        record, raw = answer
        for owner_id in shelves:
            write_details(owner_id, record)
        return {items[0].key: Outcome("found", payload=raw, due_at=utcnow() + FRESH_FOR)}
