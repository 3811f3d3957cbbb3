"""Artists and record labels, as one person's shelf knows them."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Name, Owned, PrimaryId, SortKey, reference


def _told_apart(table: str) -> tuple[Any, ...]:
    """By Discogs id or, where only a CSV export or a person named them, by the bare name."""
    is_bare = text("discogs_id IS NULL")
    return (
        UniqueConstraint("owner_id", "discogs_id"),
        Index(
            f"uq_{table}_name_only",
            "owner_id",
            "name",
            unique=True,
            sqlite_where=is_bare,
            postgresql_where=is_bare,
        ),
    )


class _Named(Owned):
    """Somebody or something known by a name."""

    id: Mapped[PrimaryId]
    discogs_id: Mapped[BigId | None]
    name: Mapped[Name]
    sort_key: Mapped[SortKey]
    profile: Mapped[str | None] = mapped_column(Text)


class Artist(_Named, Base):
    """An artist. Without a Discogs id it is only a name.

    `merged_into_id` is the artist whose page a person made this one part of.
    """

    __tablename__ = "artist"
    __table_args__ = (
        *_told_apart(__tablename__),
        Index(
            "ix_artist_merged",
            "merged_into_id",
            sqlite_where=text("merged_into_id IS NOT NULL"),
            postgresql_where=text("merged_into_id IS NOT NULL"),
        ),
    )

    version: Mapped[int] = mapped_column(default=1)
    merged_into_id: Mapped[int | None] = mapped_column(reference("artist.id"))


class Label(_Named, Base):
    """A record label ("label" alone never means a sticker)."""

    __tablename__ = "label"
    __table_args__ = _told_apart(__tablename__)
