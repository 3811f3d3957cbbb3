"""Artists and record labels, as one person's shelf knows them."""

from __future__ import annotations

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Name, Owned, PrimaryId, SortKey


class Artist(Owned, Base):
    """An artist. Without a Discogs id it is only a name, as a CSV export or a person gave it."""

    __tablename__ = "artist"
    __table_args__ = (
        UniqueConstraint("owner_id", "discogs_id"),
        Index(
            "uq_artist_name_only",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=text("discogs_id IS NULL"),
            postgresql_where=text("discogs_id IS NULL"),
        ),
    )

    id: Mapped[PrimaryId]
    discogs_id: Mapped[BigId | None]
    name: Mapped[Name]
    sort_key: Mapped[SortKey]
    profile: Mapped[str | None] = mapped_column(Text)
    version: Mapped[int] = mapped_column(default=1)


class Label(Owned, Base):
    """A record label ("label" alone never means a sticker). Same rule for the name."""

    __tablename__ = "label"
    __table_args__ = (
        UniqueConstraint("owner_id", "discogs_id"),
        Index(
            "uq_label_name_only",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=text("discogs_id IS NULL"),
            postgresql_where=text("discogs_id IS NULL"),
        ),
    )

    id: Mapped[PrimaryId]
    discogs_id: Mapped[BigId | None]
    name: Mapped[Name]
    sort_key: Mapped[SortKey]
