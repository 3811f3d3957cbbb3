"""Copies, the folders they stand in and the columns their owner added."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.base import (
    NEVER_AGAIN,
    Base,
    BigId,
    Name,
    Owned,
    PrimaryId,
    SortKey,
    UtcDateTime,
    one_of,
    reference,
)
from app.models.release import Release

SOURCES = ("discogs", "csv", "hand", "sample")
REMOVERS = ("sync", "person")
UNCATEGORIZED = "Uncategorized"
ON_SHELF = text("removed_at IS NULL")


class Folder(Owned, Base):
    """A collection folder; Discogs' own has a Discogs id, one from a CSV only its name."""

    __tablename__ = "folder"
    __table_args__ = (UniqueConstraint("owner_id", "discogs_id"),)

    id: Mapped[PrimaryId]
    discogs_id: Mapped[BigId | None]
    name: Mapped[Name]


class CollectionField(Owned, Base):
    """A column of the collection that its owner made ("Cleaned", "Shelf")."""

    __tablename__ = "collection_field"
    __table_args__ = (UniqueConstraint("owner_id", "discogs_id"),)

    id: Mapped[PrimaryId]
    discogs_id: Mapped[BigId | None]
    name: Mapped[Name]
    kind: Mapped[str] = mapped_column(String(20), default="textarea")
    position: Mapped[int] = mapped_column(default=0)
    options: Mapped[list[str] | None] = mapped_column(JSON)


def _shelf_index(name: str, *columns: str) -> Index:
    """An order of the shelf. Ties go by id, which SQLite keeps in every index by itself."""
    return Index(name, "owner_id", *columns, sqlite_where=ON_SHELF, postgresql_where=ON_SHELF)


class Copy(Owned, Base):
    """One record somebody owns: the unit of the collection.

    `fields` maps our id of a collection_field (as text) to its value. A removed copy keeps its row
    (`removed_at`, `removed_by` sync or person) so that it can come back. The `sort_…` columns and
    `search_text` repeat what its release shows, because a shelf is sorted and searched by copy;
    `changed_in` is the collection version of its last change.
    """

    __tablename__ = "copy"
    __table_args__ = (
        UniqueConstraint("owner_id", "discogs_instance_id"),
        CheckConstraint("rating IS NULL OR rating BETWEEN 1 AND 5", name="rating"),
        CheckConstraint(one_of("source", SOURCES), name="source"),
        CheckConstraint(one_of("removed_by", REMOVERS), name="removed_by"),
        _shelf_index("ix_copy_by_artist", "sort_artist", "sort_year", "sort_title"),
        _shelf_index("ix_copy_by_added", "added_at"),
        Index(None, "owner_id", "changed_in"),
        NEVER_AGAIN,
    )

    id: Mapped[PrimaryId]
    release_id: Mapped[int] = mapped_column(reference("release.id"), index=True)
    folder_id: Mapped[int] = mapped_column(reference("folder.id"))
    discogs_instance_id: Mapped[BigId | None]
    rating: Mapped[int | None]
    media_condition: Mapped[str | None] = mapped_column(Text)
    sleeve_condition: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    fields: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    source: Mapped[str] = mapped_column(String(10))
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    removed_by: Mapped[str | None] = mapped_column(String(10))
    sort_artist: Mapped[SortKey] = mapped_column(default="")
    sort_title: Mapped[SortKey] = mapped_column(default="")
    sort_year: Mapped[int] = mapped_column(default=9999)
    search_text: Mapped[str] = mapped_column(Text, default="")
    changed_in: Mapped[int] = mapped_column(default=0)

    release: Mapped[Release] = relationship(lazy="raise_on_sql")
    folder: Mapped[Folder] = relationship(lazy="raise_on_sql")
