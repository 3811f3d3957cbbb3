"""Pictures: the files kept, and where each was found."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, PrimaryId, UtcDateTime, one_of, reference, utcnow

PICTURE_SOURCES = ("discogs", "coverart", "itunes", "apple_music", "upload")
DIGEST_LETTERS = 64


class Image(Base):
    """A picture kept in the images folder once, under the SHA-256 of its re-encoded bytes.

    `width` and `height` in pixels of the largest size kept, `bytes` of all sizes together,
    `colour` the dominant one as "#rrggbb". `used_at` tells what can go when room is short.
    """

    __tablename__ = "image"

    sha256: Mapped[str] = mapped_column(String(DIGEST_LETTERS), primary_key=True)
    width: Mapped[int]
    height: Mapped[int]
    bytes: Mapped[int]
    colour: Mapped[str] = mapped_column(String(7))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    used_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow, index=True)


class Picture(Base):
    """A picture of a source, known by a name that stays: addresses change, pictures do not.

    `key` is Discogs' object name ("R-6279933-1415470633-4125.jpeg"), "release/<mbid>" at the Cover
    Art Archive, a collection id at Apple, "<owner>/<release key>/<digest>" for an upload.
    `release_key` is the Discogs id of the release it shows, or "own:<id>" of one entered by hand;
    a picture of all pressings has the key of their title ("m<master id>", "r<Discogs id>").
    A picture without an image was let go for room, or is gone (`gone_at`; an upload: put away).
    Without `fetched_at` it is wanted.
    """

    __tablename__ = "picture"
    __table_args__ = (
        UniqueConstraint("source", "key"),
        CheckConstraint(one_of("source", PICTURE_SOURCES), name="source"),
        Index(None, "release_key"),
    )

    id: Mapped[PrimaryId]
    source: Mapped[str] = mapped_column(String(20))
    key: Mapped[str] = mapped_column(String(300))
    release_key: Mapped[str] = mapped_column(String(40))
    url: Mapped[str] = mapped_column(Text, default="")
    image_sha256: Mapped[str | None] = mapped_column(reference("image.sha256"), index=True)
    fetched_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    gone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
