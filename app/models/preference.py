"""What a person set on the pages, and how the providers have been."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, Owned, PrimaryId, UtcDateTime, one_of

SCHEDULED_KINDS = ("sync",)


class Preference(Owned, Base):
    """One setting of one person ("cover_order", "provider.spotify")."""

    __tablename__ = "preference"
    __table_args__ = (UniqueConstraint("owner_id", "name"),)

    id: Mapped[PrimaryId]
    name: Mapped[str] = mapped_column(String(40))
    value: Mapped[Any] = mapped_column(JSON)


class Schedule(Owned, Base):
    """A run that starts by itself every so many seconds; next at `next_at`, in database time."""

    __tablename__ = "schedule"
    __table_args__ = (
        UniqueConstraint("owner_id", "kind"),
        CheckConstraint(one_of("kind", SCHEDULED_KINDS), name="kind"),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(20))
    every_seconds: Mapped[int]
    next_at: Mapped[float] = mapped_column(Float(53))


class ProviderHealth(Base):
    """How a provider has been lately; the circuit breaker is part of it.

    `failures` counts faults in a row. Nobody calls before `open_until` (seconds since 1970).
    `refusal` says why it is switched off until a person changes something, "" while it is not.
    `clock_skew` is its clock minus ours in seconds, as its answers date themselves.
    """

    __tablename__ = "provider_health"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    failures: Mapped[int] = mapped_column(default=0)
    open_until: Mapped[float | None] = mapped_column(Float(53))
    opened: Mapped[int] = mapped_column(default=0)
    refusal: Mapped[str] = mapped_column(Text, default="")
    last_success_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_failure_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    last_error: Mapped[str] = mapped_column(Text, default="")
    calls: Mapped[int] = mapped_column(default=0)
    errors: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    clock_skew: Mapped[float | None] = mapped_column(Float(53))
