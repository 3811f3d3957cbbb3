"""People, and what connects them to Discogs."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Name, Owned, PrimaryId, UtcDateTime, utcnow


class User(Base):
    """Somebody who owns records.

    `collection_version` grows by one with every commit that changes what their shelf shows;
    each changed copy remembers the version it changed in, so that kept counts can catch up.
    """

    __tablename__ = "user"
    __table_args__ = (Index("uq_user_name", "name", unique=True),)

    id: Mapped[PrimaryId]
    name: Mapped[Name]
    collection_version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class Connection(Owned, Base):
    """How a person reaches a provider. `secret` is encrypted JSON; a username needs none."""

    __tablename__ = "connection"
    __table_args__ = (
        UniqueConstraint("owner_id", "provider"),
        CheckConstraint("kind IN ('username', 'token', 'oauth')", name="kind"),
    )

    id: Mapped[PrimaryId]
    provider: Mapped[str] = mapped_column(String(20))
    kind: Mapped[str] = mapped_column(String(20))
    username: Mapped[Name]
    provider_user_id: Mapped[BigId | None]
    secret: Mapped[bytes | None] = mapped_column(LargeBinary)
    checked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)


class OAuthRequest(Owned, Base):
    """A request token waiting for its owner to come back from Discogs; lives 15 minutes."""

    __tablename__ = "oauth_request"

    id: Mapped[PrimaryId]
    token: Mapped[str] = mapped_column(String(255), unique=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
