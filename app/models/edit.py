"""A person's changes, laid over what providers say."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Owned, PrimaryId, UtcDateTime, utcnow

EDITED_KINDS = ("release", "artist", "label", "copy")


class Edit(Owned, Base):
    """One field changed by a person.

    `before` is what was shown, `after` what they made of it, `upstream` what the provider says
    now underneath: a sync writes only there. The value shown is the newest edit's not undone,
    else the provider's. `batch` groups what one click changed, `how` says which kind of click
    ("json", "form", "lock", "bulk", "sync undone" ...). An edit whose `after` is what was shown
    before locks the field. `news_at` is when the provider came to say something else than the
    person knew when they edited; they have not looked at that yet.
    """

    __tablename__ = "edit"
    __table_args__ = (
        CheckConstraint(f"entity IN {EDITED_KINDS}", name="entity"),
        Index(None, "entity", "entity_id", "field"),
        Index(None, "owner_id", "at"),
        Index(None, "batch"),
        Index(
            "ix_edit_news",
            "owner_id",
            sqlite_where=text("news_at IS NOT NULL"),
            postgresql_where=text("news_at IS NOT NULL"),
        ),
    )

    id: Mapped[PrimaryId]
    batch: Mapped[str] = mapped_column(String(32))
    entity: Mapped[str] = mapped_column(String(10))
    entity_id: Mapped[int]
    field: Mapped[str] = mapped_column(String(100))
    before: Mapped[Any] = mapped_column(JSON)
    after: Mapped[Any] = mapped_column(JSON)
    upstream: Mapped[Any] = mapped_column(JSON)
    how: Mapped[str] = mapped_column(String(20), default="json")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    news_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
