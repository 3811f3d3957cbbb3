"""Releases and everything printed on them.

A release row shows the present truth for its owner: the provider's facts with the owner's edits
laid over them (see docs/decisions/0003). What one provider said is kept in provider_result.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, CheckConstraint, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.artist import Artist, Label
from app.models.base import (
    NEVER_AGAIN,
    Base,
    BigId,
    Name,
    Owned,
    PrimaryId,
    UtcDateTime,
    one_of,
    reference,
)
from app.models.tag import Format, ReleaseTag, Tag

FACTS_FROM = ("listing", "details", "csv", "hand", "sample")
TRACK_KINDS = ("track", "heading", "index")


class Master(Base):
    """The work behind all pressings of a title; `year` is the original year.

    `year_from` names the provider that told it, `mbid` is MusicBrainz' release group.
    """

    __tablename__ = "master"

    discogs_id: Mapped[BigId] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str | None] = mapped_column(Text)
    year: Mapped[int | None]
    year_from: Mapped[str | None] = mapped_column(String(20))
    mbid: Mapped[str | None] = mapped_column(String(36))


class Release(Owned, Base):
    """One pressing. `discogs_id` is None for a record entered by hand.

    `artist_text` is the credit line as shown, `label_text` and `catno_text` the labels and numbers
    joined by ", ". `year` None = unknown. `version` grows with every change, for the editor's lock.
    `facts_from` names the source of the facts; `facts_digest` is that of the listing entry they
    came from, so that an unchanged entry costs nothing. `image_sha256` is the cover shown;
    `further_pictures` are the addresses at Discogs of its other pictures.
    """

    __tablename__ = "release"
    __table_args__ = (
        UniqueConstraint("owner_id", "discogs_id"),
        CheckConstraint("year IS NULL OR year BETWEEN 1 AND 9999", name="year"),
        CheckConstraint(one_of("facts_from", FACTS_FROM), name="facts_from"),
        Index(
            None,
            "image_sha256",
            sqlite_where=text("image_sha256 IS NOT NULL"),
            postgresql_where=text("image_sha256 IS NOT NULL"),
        ),
        Index(
            None,
            "master_discogs_id",
            "owner_id",
            sqlite_where=text("master_discogs_id IS NOT NULL"),
            postgresql_where=text("master_discogs_id IS NOT NULL"),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[PrimaryId]
    discogs_id: Mapped[BigId | None]
    title: Mapped[Name]
    artist_text: Mapped[Name]
    artist_id: Mapped[int | None] = mapped_column(reference("artist.id"), index=True)
    label_text: Mapped[str] = mapped_column(Text, default="")
    catno_text: Mapped[str] = mapped_column(Text, default="")
    format_id: Mapped[int | None] = mapped_column(reference("format.id"))
    year: Mapped[int | None]
    released: Mapped[str | None] = mapped_column(Text)
    country: Mapped[str | None] = mapped_column(Text)
    notes: Mapped[str | None] = mapped_column(Text)
    master_discogs_id: Mapped[BigId | None]
    thumb_url: Mapped[str | None] = mapped_column(Text)
    cover_url: Mapped[str | None] = mapped_column(Text)
    further_pictures: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    image_sha256: Mapped[str | None] = mapped_column(reference("image.sha256"))
    version: Mapped[int] = mapped_column(default=1)
    facts_from: Mapped[str] = mapped_column(String(10), default="hand")
    facts_digest: Mapped[str | None] = mapped_column(String(32))
    detailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    artist: Mapped[Artist | None] = relationship(lazy="raise_on_sql")
    format: Mapped[Format | None] = relationship(lazy="raise_on_sql")
    credits: Mapped[list[Credit]] = relationship(
        lazy="raise_on_sql", order_by="Credit.position", cascade="all, delete-orphan"
    )
    labels: Mapped[list[ReleaseLabel]] = relationship(
        lazy="raise_on_sql", order_by="ReleaseLabel.position", cascade="all, delete-orphan"
    )
    tracks: Mapped[list[Track]] = relationship(
        lazy="raise_on_sql", order_by="Track.position", cascade="all, delete-orphan"
    )
    identifiers: Mapped[list[Identifier]] = relationship(
        lazy="raise_on_sql", order_by="Identifier.position", cascade="all, delete-orphan"
    )
    companies: Mapped[list[Company]] = relationship(
        lazy="raise_on_sql", order_by="Company.position", cascade="all, delete-orphan"
    )
    videos: Mapped[list[Video]] = relationship(
        lazy="raise_on_sql", order_by="Video.position", cascade="all, delete-orphan"
    )
    tags: Mapped[list[Tag]] = relationship(
        secondary=ReleaseTag.__table__,
        lazy="raise_on_sql",
        order_by=ReleaseTag.position,
        viewonly=True,
    )


class _PartOfRelease:
    """A line of a release, in the order printed."""

    id: Mapped[PrimaryId]
    release_id: Mapped[int] = mapped_column(reference("release.id", cascade=True), index=True)
    position: Mapped[int]


class Credit(_PartOfRelease, Base):
    """An artist's part in a release; `role` is empty for the main artists.

    `told_artist_id` is the artist the source names, where a person made that one part of another.
    """

    __tablename__ = "credit"
    __table_args__ = (
        Index(None, "artist_id", "release_id"),
        Index(
            "ix_credit_told_artist",
            "told_artist_id",
            sqlite_where=text("told_artist_id IS NOT NULL"),
            postgresql_where=text("told_artist_id IS NOT NULL"),
        ),
    )

    artist_id: Mapped[int] = mapped_column(reference("artist.id"))
    told_artist_id: Mapped[int | None] = mapped_column(reference("artist.id"))
    role: Mapped[str] = mapped_column(Text, default="")
    anv: Mapped[str] = mapped_column(Text, default="")
    join: Mapped[str] = mapped_column(Text, default="")
    tracks: Mapped[str] = mapped_column(Text, default="")

    artist: Mapped[Artist] = relationship(lazy="raise_on_sql", foreign_keys=[artist_id])
    told_artist: Mapped[Artist | None] = relationship(
        lazy="raise_on_sql", foreign_keys=[told_artist_id]
    )


class ReleaseLabel(_PartOfRelease, Base):
    """A label a release came out on, with its catalogue number there."""

    __tablename__ = "release_label"
    __table_args__ = (Index(None, "label_id", "release_id"),)

    label_id: Mapped[int] = mapped_column(reference("label.id"))
    catno: Mapped[str] = mapped_column(Text, default="")

    label: Mapped[Label] = relationship(lazy="raise_on_sql")


class Track(_PartOfRelease, Base):
    """A line of the track list. `depth` 1 is part of the work (kind index) above it."""

    __tablename__ = "track"
    __table_args__ = (CheckConstraint(one_of("kind", TRACK_KINDS), name="kind"),)

    kind: Mapped[str] = mapped_column(String(10), default="track")
    depth: Mapped[int] = mapped_column(default=0)
    number: Mapped[str] = mapped_column(Text, default="")
    title: Mapped[Name]
    duration: Mapped[str] = mapped_column(Text, default="")
    artist_text: Mapped[str] = mapped_column(Text, default="")


class Identifier(_PartOfRelease, Base):
    """A barcode, matrix / run-out or other number found on the record."""

    __tablename__ = "identifier"

    kind: Mapped[Name]
    value: Mapped[Name]
    description: Mapped[str] = mapped_column(Text, default="")


class Company(_PartOfRelease, Base):
    """Who pressed, printed, recorded or published it."""

    __tablename__ = "company"

    name: Mapped[Name]
    role: Mapped[Name]
    catno: Mapped[str] = mapped_column(Text, default="")
    discogs_id: Mapped[BigId | None]


class Video(_PartOfRelease, Base):
    """A video that shows the release. `duration` in seconds."""

    __tablename__ = "video"

    url: Mapped[Name]
    title: Mapped[str] = mapped_column(Text, default="")
    duration: Mapped[int | None]
