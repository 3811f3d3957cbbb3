"""Genres, styles and formats: the words many releases share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import JSON, CheckConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Name, PrimaryId, reference

TAG_KINDS = ("genre", "style", "format")


class Tag(Base):
    """One genre, style or format word ("LP", "Reissue"), shared by everybody."""

    __tablename__ = "tag"
    __table_args__ = (
        UniqueConstraint("kind", "name"),
        CheckConstraint(f"kind IN {TAG_KINDS}", name="kind"),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(200))


class ReleaseTag(Base):
    """A genre or style of a release, in the order the source gives them."""

    __tablename__ = "release_tag"
    __table_args__ = (Index(None, "tag_id", "release_id"),)

    release_id: Mapped[int] = mapped_column(reference("release.id", cascade=True), primary_key=True)
    tag_id: Mapped[int] = mapped_column(reference("tag.id"), primary_key=True)
    position: Mapped[int]


class Format(Base):
    """What is in a sleeve, kept once for all releases that come alike (twice Vinyl, LP, Album).

    `parts` is a list of {name, qty, text, descriptions}; `digest` identifies it; `text` shows it.
    """

    __tablename__ = "format"

    id: Mapped[PrimaryId]
    digest: Mapped[str] = mapped_column(String(32), unique=True)
    parts: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    text: Mapped[Name]


class FormatTag(Base):
    """A word by which a format can be filtered."""

    __tablename__ = "format_tag"

    format_id: Mapped[int] = mapped_column(reference("format.id"), primary_key=True)
    tag_id: Mapped[int] = mapped_column(reference("tag.id"), primary_key=True)
