"""What each provider answered about each thing: evidence, work list and dead letters in one."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, PrimaryId, UtcDateTime

RESULT_STATES = ("pending", "found", "none", "doubtful", "failed", "parked")


class ProviderResult(Base):
    """What one provider said about one thing, or will be asked.

    `key` is the Discogs id of a release, master or artist, or "own:<id>" for a hand-made release; a
    title (all pressings of one work) has "m<master id>", or "r<release id>" without a master; so
    have the barcodes of its pressings. Pages of a listing lie here until they are stored.
    `evidence` holds the small facts other lanes go on with (an MBID, a Wikidata id); `payload` is
    the provider's raw answer, zlib-compressed; pages never read it. `attempts` is raised before a
    call is made, so that a thing that kills its worker is put aside (parked) after a few times;
    `tried_at` is the moment of the last one. While somebody asks, `held_by` is the lease of their
    run; once no run has that lease any more, nobody asks.
    """

    __tablename__ = "provider_result"
    __table_args__ = (
        UniqueConstraint("entity", "key", "provider"),
        CheckConstraint(f"state IN {RESULT_STATES}", name="state"),
        Index(None, "provider", "state", "due_at"),
        Index(None, "provider", "fetched_at"),
    )

    id: Mapped[PrimaryId]
    entity: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(40))
    provider: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10))
    score: Mapped[float | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None] = mapped_column(Text)
    tried_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    held_by: Mapped[str | None] = mapped_column(String(32))
