"""Discogs' details of each release: tracks, credits, identifiers, country, notes, pictures."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

from sqlalchemy import update

from app.clients.discogs import DiscogsClient
from app.clients.discogs_answers import kept_release
from app.domain.records import ReleaseRecord
from app.extensions import db
from app.models import Release
from app.models.base import utcnow
from app.services import catalogue_lock
from app.services.enrich import shared_answers
from app.services.enrich.steps import Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.release_details import FRESH_FOR, write_details

Found = tuple[ReleaseRecord, bytes]
GONE = "Discogs has no such release any more. What is known of it stays."


class Details(Step):
    """One call a release, ever, for all shelves; what Discogs has no more keeps its last data."""

    provider = "discogs"
    entity = "release"

    def look(self, items: Sequence[Item]) -> int | None:
        """The Discogs id; None if its answer is kept and only this shelf has not read it."""
        discogs_id = int(items[0].key)
        kept = shared_answers.kept_details(self.owner_id, discogs_id)
        return discogs_id if kept is None else None

    def ask(self, client: DiscogsClient, question: int) -> Found | None:
        """1 call."""
        return client.release_with_raw(question)

    def keep_known(self, items: Sequence[Item]) -> Outcomes:
        """Details from the answers that are kept."""
        catalogue_lock.hold(self.owner_id)
        return {item.key: self._read_again(int(item.key)) for item in items}

    def _read_again(self, discogs_id: int) -> Outcome:
        kept = shared_answers.kept_details(self.owner_id, discogs_id)
        if kept is None:  # it was looked up at somebody's wish meanwhile
            return Outcome("found", due_at=utcnow() + FRESH_FOR)
        raw, told_at = kept
        write_details(self.owner_id, kept_release(zlib.decompress(raw)), told_at)
        return Outcome("found", due_at=told_at + FRESH_FOR, fetched_at=told_at)

    def keep(self, items: Sequence[Item], question: int, answer: Found | None) -> Outcomes:
        """Details of the release, or a note that it is gone."""
        catalogue_lock.hold(self.owner_id)
        if answer is None:
            db.session.execute(
                update(Release)
                .where(Release.owner_id == self.owner_id, Release.discogs_id == question)
                .values(gone_at=utcnow())
            )
            return {items[0].key: Outcome("none", error=GONE)}
        record, raw = answer
        write_details(self.owner_id, record)
        return {items[0].key: Outcome("found", payload=raw, due_at=utcnow() + FRESH_FOR)}
