"""Under which addresses things stand on the site a person publishes."""

from __future__ import annotations

from sqlalchemy import JSON, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Owned, PrimaryId


class PublishedPage(Owned, Base):
    """The address of an album or a name, which stays for ever once it was given out.

    `entity` is album, artist, label, genre, style or folder. `key` is the Discogs id, "own-<id>"
    for what Discogs does not know, the name of a genre or style. `aliases` are slugs that lead to
    it too: those its newer names would have.
    """

    __tablename__ = "published_page"
    __table_args__ = (
        UniqueConstraint("owner_id", "entity", "key"),
        UniqueConstraint("owner_id", "entity", "slug"),
    )

    id: Mapped[PrimaryId]
    entity: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(300))
    slug: Mapped[str] = mapped_column(String(150))
    aliases: Mapped[list[str]] = mapped_column(JSON, default=list)
