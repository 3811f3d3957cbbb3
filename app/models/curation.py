"""What a person does with a collection beyond correcting it: crates, tags, skips, verdicts."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Date, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import (
    Base,
    BigId,
    Name,
    Owned,
    PrimaryId,
    UtcDateTime,
    one_of,
    reference,
    utcnow,
)

SKIPPED_KINDS = ("release", "artist", "title")
VERDICTS = ("later", "never")
FEEDBACK_STATES = ("open", "answered", "closed")


class Skip(Owned, Base):
    """Something the enrichment leaves alone, and why.

    `entity` and `key` are those of provider_result; `provider` "" means all of them. A title's
    skip holds for its master and its barcodes too. What was skipped at one moment (a release with
    its title) is taken back together.
    """

    __tablename__ = "skip"
    __table_args__ = (
        UniqueConstraint("owner_id", "entity", "key", "provider"),
        CheckConstraint(one_of("entity", SKIPPED_KINDS), name="entity"),
        Index(None, "entity", "key"),
    )

    id: Mapped[PrimaryId]
    entity: Mapped[str] = mapped_column(String(10))
    key: Mapped[str] = mapped_column(String(40))
    provider: Mapped[str] = mapped_column(String(20), default="")
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Crate(Owned, Base):
    """A named pile of copies: for tonight, for sale, to clean.

    A deleted one keeps its row (`removed_at`) for a while, so that it can come back.
    """

    __tablename__ = "crate"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(Text, default="")
    made_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    removed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class CrateCopy(Base):
    """A copy in a crate; `position` is its place from the front."""

    __tablename__ = "crate_copy"

    crate_id: Mapped[int] = mapped_column(reference("crate.id", cascade=True), primary_key=True)
    copy_id: Mapped[int] = mapped_column(
        reference("copy.id", cascade=True), primary_key=True, index=True
    )
    position: Mapped[int]


class OwnTag(Owned, Base):
    """A word of a person's own for their copies; no genre or style of Discogs."""

    __tablename__ = "own_tag"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(100))


class CopyTag(Base):
    """A copy that carries a tag of its owner's."""

    __tablename__ = "copy_tag"

    own_tag_id: Mapped[int] = mapped_column(reference("own_tag.id", cascade=True), primary_key=True)
    copy_id: Mapped[int] = mapped_column(
        reference("copy.id", cascade=True), primary_key=True, index=True
    )


class QualityVerdict(Owned, Base):
    """A person's word on one gap in the data: not now (until `until`), or never.

    `check_name` is that of domain.quality; the gap is in the release, copy, artist or label
    `entity_id`.
    For "conflict" it is the edit that contradicts what a provider came to say.
    """

    __tablename__ = "quality_verdict"
    __table_args__ = (
        UniqueConstraint("owner_id", "check_name", "entity_id"),
        CheckConstraint(one_of("verdict", VERDICTS), name="verdict"),
    )

    id: Mapped[PrimaryId]
    check_name: Mapped[str] = mapped_column(String(30))
    entity_id: Mapped[int]
    verdict: Mapped[str] = mapped_column(String(10))
    until: Mapped[datetime | None] = mapped_column(UtcDateTime)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class QualityCount(Owned, Base):
    """How many gaps of a check were open at the end of a day, for the burn-down."""

    __tablename__ = "quality_count"
    __table_args__ = (UniqueConstraint("owner_id", "check_name", "day"),)

    id: Mapped[PrimaryId]
    check_name: Mapped[str] = mapped_column(String(30))
    day: Mapped[date] = mapped_column(Date)
    open: Mapped[int]


class Tombstone(Owned, Base):
    """A copy that was emptied out of the trash: no sync or file brings it back.

    A sync knows it by its instance, a CSV file by release and moment.
    """

    __tablename__ = "tombstone"
    __table_args__ = (UniqueConstraint("owner_id", "discogs_instance_id"),)

    id: Mapped[PrimaryId]
    discogs_instance_id: Mapped[BigId | None]
    discogs_release_id: Mapped[BigId | None]
    added_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    title: Mapped[Name]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Feedback(Owned, Base):
    """What somebody told us from a page of the app, and what they were answered."""

    __tablename__ = "feedback"
    __table_args__ = (
        CheckConstraint(one_of("state", FEEDBACK_STATES), name="state"),
        Index(None, "owner_id", "state"),
    )

    id: Mapped[PrimaryId]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    kind: Mapped[str] = mapped_column(String(20))
    page: Mapped[str] = mapped_column(String(2000), default="")
    text: Mapped[Name]
    state: Mapped[str] = mapped_column(String(10), default="open")
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
