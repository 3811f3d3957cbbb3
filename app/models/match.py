"""Where else a record or an artist is found, and how sure we are of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Name, Owned, PrimaryId, Url, UtcDateTime, one_of, utcnow

LINKED_KINDS = ("title", "release", "artist")
BADGES = ("exact", "derived", "guess")
LINK_STATES = ("accepted", "waiting", "rejected")


class Link(Owned, Base):
    """A page of another service about a thing on somebody's shelf.

    `key` is that of provider_result: the Discogs id of a release or artist; a title (all pressings
    of one work) has "m<master id>", or "r<release id>" without a master. `remote_id` is the
    service's own id, `name` how the service calls the thing. `evidence` lists what speaks for the
    match, for a person to read. `state` waiting stands under Reviews; once `decided_at` is set a
    person has spoken, and no program changes the row again.
    """

    __tablename__ = "link"
    __table_args__ = (
        UniqueConstraint("owner_id", "entity", "key", "provider", "url"),
        CheckConstraint(one_of("entity", LINKED_KINDS), name="entity"),
        CheckConstraint(one_of("badge", BADGES), name="badge"),
        CheckConstraint(one_of("state", LINK_STATES), name="state"),
        Index(None, "owner_id", "state", "score"),
    )

    id: Mapped[PrimaryId]
    entity: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(40))
    provider: Mapped[str] = mapped_column(String(20))
    url: Mapped[Url]
    remote_id: Mapped[str] = mapped_column(String(200), default="")
    name: Mapped[Name] = mapped_column(default="")
    badge: Mapped[str] = mapped_column(String(10))
    score: Mapped[float]
    evidence: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10))
    found_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Article(Base):
    """The beginning of an encyclopaedia's article, shown with its source and licence.

    `url` is the page people can read; a Link of the same address tells whom it is about.
    """

    __tablename__ = "article"

    id: Mapped[PrimaryId]
    url: Mapped[str] = mapped_column(String(2000), unique=True)
    title: Mapped[Name]
    language: Mapped[str] = mapped_column(String(20))
    text: Mapped[str] = mapped_column(Text)
    licence: Mapped[Name]
    fetched_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
