"""Runs of the background job, and the traffic rules all runs share."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, Float, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.models.base import Base, BigId, Name, Owned, PrimaryId, UtcDateTime, reference, utcnow

ACTIVE_STATES = ("queued", "running", "waiting")
ENDED_STATES = ("done", "failed", "cancelled")
IS_ACTIVE = text("state IN ('queued', 'running', 'waiting')")


class Run(Owned, Base):
    """One execution of a job, from click to end; the row is the truth, the queue only a wake-up.

    Whoever holds `lease` until `lease_until` may work on it; each taking adds one to `fence`, and
    a write by an older fence is refused; `deaths` counts the holders that neither ended the run nor
    gave it back. `cursor` says where to go on, `counts` what was done,
    `marks` how fast (see domain.pace). Times of the lease are seconds of the database's clock.
    Nobody takes up a run with `paused_at`.
    """

    __tablename__ = "run"
    __table_args__ = (
        CheckConstraint(f"state IN {ACTIVE_STATES + ENDED_STATES}", name="state"),
        Index(
            "uq_run_active",
            "owner_id",
            "kind",
            unique=True,
            sqlite_where=IS_ACTIVE,
            postgresql_where=IS_ACTIVE,
        ),
    )

    id: Mapped[PrimaryId]
    kind: Mapped[str] = mapped_column(String(20))
    state: Mapped[str] = mapped_column(String(10), default="queued")
    phase: Mapped[str] = mapped_column(String(20), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    cursor: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    marks: Mapped[list[list[float]]] = mapped_column(JSON, default=list)
    cancel_asked: Mapped[bool] = mapped_column(default=False)
    paused_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    message: Mapped[str | None] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(default=0)
    lease: Mapped[str | None] = mapped_column(String(32))
    lease_until: Mapped[float | None] = mapped_column(Float(53))
    fence: Mapped[int] = mapped_column(default=0)
    deaths: Mapped[int] = mapped_column(default=0, server_default="0")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    started_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RunEvent(Base):
    """Something worth telling about a run: a warning, a change, a reason."""

    __tablename__ = "run_event"

    id: Mapped[PrimaryId]
    run_id: Mapped[int] = mapped_column(reference("run.id", cascade=True), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=utcnow)
    kind: Mapped[str] = mapped_column(String(20))
    text: Mapped[Name]
    copy_id: Mapped[int | None] = mapped_column(reference("copy.id", cascade=True))


class RunChange(Base):
    """One thing a sync changed on the shelf, so that it can be looked at and taken back.

    `kind` is added, removed, returned, moved, rated, graded, annotated, dated, merged or corrected;
    `fields` maps the name of what changed to [before, after]. `batch` is that of the edits (see
    Edit) by which it was taken back at `undone_at`.
    """

    __tablename__ = "run_change"
    __table_args__ = (Index(None, "run_id", "kind"),)

    id: Mapped[PrimaryId]
    run_id: Mapped[int] = mapped_column(reference("run.id", cascade=True))
    kind: Mapped[str] = mapped_column(String(20))
    title: Mapped[Name]
    release_id: Mapped[int | None] = mapped_column(
        reference("release.id", cascade=True), index=True
    )
    copy_id: Mapped[int | None] = mapped_column(reference("copy.id", cascade=True), index=True)
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    undone_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    batch: Mapped[str | None] = mapped_column(String(32))


class RunSeen(Base):
    """A copy met in a listing still under way; what was not met at its end has gone."""

    __tablename__ = "run_seen"
    __table_args__ = (UniqueConstraint("run_id", "discogs_instance_id"),)

    id: Mapped[PrimaryId]
    run_id: Mapped[int] = mapped_column(reference("run.id", cascade=True))
    discogs_instance_id: Mapped[BigId]


class CallSlot(Base):
    """A call to a provider, made or reserved, at a second of the shared clock.

    `for_person`: somebody waited for it at a page.
    """

    __tablename__ = "call_slot"
    __table_args__ = (Index(None, "provider", "at"),)

    id: Mapped[PrimaryId]
    provider: Mapped[str] = mapped_column(String(40))
    for_person: Mapped[bool] = mapped_column(default=False)
    at: Mapped[float] = mapped_column(Float(53))


class ProviderPause(Base):
    """A provider that must not be called before `until` (seconds since 1970), and why."""

    __tablename__ = "provider_pause"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    until: Mapped[float] = mapped_column(Float(53))
    reason: Mapped[Name]


class NeighbourCalls(Base):
    """How many of the calls a provider's window has for us are of others at our internet address.

    So it told at `told_at` (seconds since 1970).
    """

    __tablename__ = "neighbour_calls"

    provider: Mapped[str] = mapped_column(String(40), primary_key=True)
    calls: Mapped[int]
    told_at: Mapped[float] = mapped_column(Float(53))
