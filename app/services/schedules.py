"""Runs that start by themselves: every six hours or every day, once however many processes look.

The next time stands in the database, in its clock's seconds. Whoever moves it on starts the run, in
the same commit; all others find it moved.
"""

from __future__ import annotations

import math
import secrets

from sqlalchemy import delete, select, update

from app.extensions import db, reading
from app.models import Run, Schedule
from app.models.base import DatabaseTime
from app.models.run import ACTIVE_STATES
from app.services import preferences, runs
from app.services.publishing import by_itself

SYNC = "sync"
ENRICH_AFTER_SYNC = "enrich_after_sync"
HOUR = 3600
# What a person can choose, by the value of the form.
CHOICES = {"off": 0, "6h": 6 * HOUR, "daily": 24 * HOUR}


def schedule_of(owner_id: int, kind: str = SYNC) -> Schedule | None:
    """When the next run of this kind starts by itself; None if none does."""
    return db.session.scalar(
        select(Schedule).where(Schedule.owner_id == owner_id, Schedule.kind == kind)
    )


def set_schedule(owner_id: int, every_seconds: int, kind: str = SYNC) -> None:
    """Start a run of this kind every so many seconds; 0 for never. Commits.

    The first one comes after one such time and up to an hour, so that not all installations call
    in the same minute; setting what is set already changes nothing.
    """
    known = schedule_of(owner_id, kind)
    if known is not None and known.every_seconds == every_seconds:
        db.session.rollback()
        return
    db.session.execute(delete(Schedule).where(Schedule.owner_id == owner_id, Schedule.kind == kind))
    if every_seconds:
        now = db.session.scalar(select(DatabaseTime()))
        first = float(now or 0) + every_seconds + secrets.randbelow(HOUR)
        db.session.add(
            Schedule(owner_id=owner_id, kind=kind, every_seconds=every_seconds, next_at=first)
        )
    db.session.commit()


def start_due() -> list[int]:
    """Start what is due by now, a publishing that follows other runs too; their ids. Commits.

    What was missed while nobody looked is made up for once. A run under way, or paused by a
    person, is left alone.
    """
    now = DatabaseTime()
    with reading():
        due = db.session.execute(
            select(
                Schedule.id,
                Schedule.owner_id,
                Schedule.kind,
                Schedule.every_seconds,
                Schedule.next_at,
                now.label("now"),
            ).where(Schedule.next_at <= now)
        ).all()
        db.session.commit()
    started = []
    for row in due:
        missed = math.floor((float(row.now) - row.next_at) / row.every_seconds)
        if not _move(row.id, row.next_at, row.next_at + (missed + 1) * row.every_seconds):
            db.session.rollback()
            continue
        if _is_active(row.owner_id, row.kind):
            db.session.commit()
        else:
            started.append(runs.start(row.owner_id, row.kind).id)
    return started + by_itself.start_due()


def _move(schedule_id: int, old: float, new: float) -> bool:
    """Set the next time, unless somebody else was quicker. Does not commit."""
    moved = db.session.execute(
        update(Schedule)
        .where(Schedule.id == schedule_id, Schedule.next_at == old)
        .values(next_at=new)
        .returning(Schedule.id)
        .execution_options(synchronize_session=False)
    ).first()
    return moved is not None


def after_sync(owner_id: int) -> int | None:
    """Go on with an enrichment run if the person wishes so; its id, None if there is none new."""
    wished = preferences.get(owner_id, ENRICH_AFTER_SYNC, False)
    if not wished or _is_active(owner_id, "enrich"):
        db.session.rollback()
        return None
    return runs.start(owner_id, "enrich").id


def _is_active(owner_id: int, kind: str) -> bool:
    found = db.session.scalar(
        select(Run.id)
        .where(Run.owner_id == owner_id, Run.kind == kind, Run.state.in_(ACTIVE_STATES))
        .limit(1)
    )
    return found is not None
