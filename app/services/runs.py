"""The life of a run: asked for, taken by one worker at a time, kept alive, ended.

A worker holds a run by a lease: a random name with an end in database time. Whoever takes it over
raises the fence; every write of a worker checks both, so one that slept through the end of its
lease cannot write any more.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, case, func, or_, select, update
from sqlalchemy.exc import IntegrityError

from app.domain import pace
from app.errors import ConflictError, NotFoundError
from app.extensions import db
from app.models import Run, RunEvent
from app.models.base import DatabaseTime, utcnow
from app.models.run import ACTIVE_STATES
from app.queries import run_gains

LEASE_SECONDS = 6.0
MOST_ATTEMPTS = 20
EVENTS_KEPT = 200
# What an enrichment may be bounded by: one provider, so many things of each.
BOUNDS = ("only", "most")
STOPPED = "Stopped as you asked. What had arrived stays."


class LostLeaseError(ConflictError):
    """Somebody else works on this run now; what was about to be written must not be."""


class CancelledError(ConflictError):
    """The person asked to stop."""


class StoppedError(ConflictError):
    """The worker was told to stop, for whatever reason; the run is not over."""


@dataclass(frozen=True, slots=True)
class Lease:
    """The right to work on a run that lost so many workers to sudden deaths.

    `attempts`: the how manieth it is since the run last got further.
    """

    run_id: int
    owner_id: int
    kind: str
    name: str
    fence: int
    deaths: int
    attempts: int = 1


def start(owner_id: int, kind: str, cursor: Mapping[str, Any] | None = None) -> Run:
    """A new run, or the one already under way: asking twice starts one. Commits.

    A run that waits for something, or was paused, is told to go on.
    """
    active = _active(owner_id, kind)
    if active is not None:
        _refuse_another(active, cursor or {})
        wake(active.id)
        active.paused_at = None
        db.session.commit()
        return active
    run = Run(owner_id=owner_id, kind=kind, cursor=dict(cursor or {}), counts={})
    db.session.add(run)
    try:
        db.session.commit()
    except IntegrityError:
        db.session.rollback()
        return _active(owner_id, kind) or start(owner_id, kind, cursor)
    return run


def wake(*run_ids: int) -> None:
    """Have these runs go on now, if they wait for something. Does not commit."""
    # Only where it still waits: a lease taken this moment is not to be touched.
    db.session.execute(
        update(Run)
        .where(Run.id.in_(run_ids), Run.state == "waiting")
        .values(lease_until=None)
        .execution_options(synchronize_session=False)
    )


def _refuse_another(active: Run, asked: Mapping[str, Any]) -> None:
    username, under_way = asked.get("username", ""), str(active.cursor.get("username", ""))
    if username and username.casefold() != under_way.casefold():
        raise ConflictError("Another sync is under way. Wait for its end, or cancel it.")
    if any(asked.get(bound) and asked[bound] != active.cursor.get(bound) for bound in BOUNDS):
        raise ConflictError(
            "Another run is under way, with other bounds. Wait for its end, or cancel it."
        )


def _active(owner_id: int, kind: str) -> Run | None:
    return db.session.scalar(
        select(Run).where(Run.owner_id == owner_id, Run.kind == kind, Run.state.in_(ACTIVE_STATES))
    )


def due() -> list[int]:
    """Runs nobody works on: newly asked for, waiting no longer, or left by a worker that died."""
    return list(
        db.session.scalars(
            select(Run.id)
            .where(Run.state.in_(ACTIVE_STATES), Run.paused_at.is_(None), _is_free())
            .order_by(Run.id)
        )
    )


def _is_free() -> ColumnElement[bool]:
    """Nobody holds the run, or no longer.

    A lease that would last longer than any is from before the clock was set back: its holder, if
    there is one, renews it within seconds.
    """
    now = DatabaseTime()
    impossible = and_(Run.state == "running", Run.lease_until > now + 2 * LEASE_SECONDS)
    return or_(Run.lease_until.is_(None), Run.lease_until < now, impossible)


def take(run_id: int) -> Lease | None:
    """Take a due run; None if somebody else has it. Commits."""
    now = DatabaseTime()
    name = secrets.token_hex(16)
    taken = db.session.execute(
        update(Run)
        .where(
            Run.id == run_id,
            Run.state.in_(ACTIVE_STATES),
            Run.paused_at.is_(None),
            _is_free(),
        )
        .values(
            state="running",
            lease=name,
            lease_until=now + LEASE_SECONDS,
            fence=Run.fence + 1,
            attempts=Run.attempts + 1,
            deaths=Run.deaths + case((Run.state == "running", 1), else_=0),
            marks=[],
            started_at=func.coalesce(Run.started_at, utcnow()),
        )
        .returning(Run.owner_id, Run.kind, Run.fence, Run.deaths, Run.attempts)
        .execution_options(synchronize_session=False)
    ).first()
    db.session.commit()
    if taken is None:
        return None
    fence, deaths, attempts = taken.fence, taken.deaths, taken.attempts
    lease = Lease(run_id, taken.owner_id, taken.kind, name, fence, deaths, attempts)
    if attempts > MOST_ATTEMPTS:
        end(lease, "failed", "This was tried too often without getting further.")
        return None
    return lease


def keep_alive(lease: Lease) -> bool:
    """Prolong the lease; False when it is lost, or the person asked to stop or pause. Commits."""
    kept = _mine(lease, lease_until=DatabaseTime() + LEASE_SECONDS)
    asked = _asked(lease)
    db.session.commit()
    return kept and asked is None


def progress(lease: Lease, **values: Any) -> None:
    """Note how far the run is, in the transaction of what was done. Does not commit.

    To begin a phase is not to get further. Raises LostLeaseError, CancelledError when the person
    asked to stop, StoppedError to pause.
    """
    if values.keys() != {"phase"}:
        values["attempts"] = 0
    values["lease_until"] = DatabaseTime() + LEASE_SECONDS
    if "done" in values:
        marks = db.session.scalar(select(Run.marks).where(Run.id == lease.run_id)) or []
        values["marks"] = pace.marked(marks, time.time(), values["done"])
    if not _mine(lease, **values):
        db.session.rollback()
        raise LostLeaseError("Another worker has taken this run over.")
    if (asked := _asked(lease)) is not None:
        db.session.rollback()
        raise asked


_HOLDER = select(Run.lease, Run.fence, Run.cancel_asked, Run.paused_at).where(
    Run.id == bindparam("run_id")
)
# PostgreSQL: so that nobody takes the run over between this look and the commit.
_HOLDER_KEPT = _HOLDER.with_for_update(read=True)
# Who is to write it takes it for that at once: two who looked together would wait for each other.
_HOLDER_TO_WRITE = _HOLDER.with_for_update(key_share=True)


def check(lease: Lease, *, to_write: bool = False) -> CancelledError | StoppedError | None:
    """Make sure, in the transaction of a write, that the run is still ours. Does not commit.

    `to_write`: the same transaction notes the progress of the run afterwards. Returns what to raise
    once the write is committed, if the person asked to stop or to pause: what was fetched already
    is kept. Raises LostLeaseError.
    """
    connection = db.session.connection()
    query = _HOLDER_TO_WRITE if to_write else _HOLDER_KEPT
    if connection.dialect.name == "sqlite":
        query = _HOLDER
    run = connection.execute(query, {"run_id": lease.run_id}).one()
    if (run.lease, run.fence) != (lease.name, lease.fence):
        db.session.rollback()
        raise LostLeaseError("Another worker has taken this run over.")
    if run.cancel_asked:
        return CancelledError(STOPPED)
    return StoppedError("Paused.") if run.paused_at else None


def _asked(lease: Lease) -> CancelledError | StoppedError | None:
    """What the person asked for meanwhile, as the error that ends the work."""
    run = db.session.execute(
        select(Run.cancel_asked, Run.paused_at).where(Run.id == lease.run_id)
    ).one()
    if run.cancel_asked:
        return CancelledError(STOPPED)
    return StoppedError("Paused.") if run.paused_at else None


def has_begun(lease: Lease) -> bool:
    """Whether the run has got so far that going on is worth more than starting again."""
    return "page" in get(lease.owner_id, lease.run_id).cursor


def give_back(lease: Lease) -> None:
    """Let an unfinished run go, so that the next worker need not wait; a cancelled one ends here.

    Commits.
    """
    if db.session.scalar(select(Run.cancel_asked).where(Run.id == lease.run_id)):
        end(lease, "cancelled", STOPPED)
        return
    _mine(lease, state="queued", lease=None, lease_until=None)
    db.session.commit()


def pause(owner_id: int, run_id: int) -> Run:
    """Let a run rest until `resume`; a worker on it gives it back at its next step. Commits."""
    run = get(owner_id, run_id)
    if run.state in ACTIVE_STATES and run.paused_at is None:
        run.paused_at = utcnow()
    db.session.commit()
    return run


def resume(owner_id: int, run_id: int) -> Run:
    """Let a paused run go on where it was. Commits."""
    run = get(owner_id, run_id)
    run.paused_at = None
    db.session.commit()
    return run


def postpone(lease: Lease, seconds: float, message: str) -> None:
    """Leave the run alone for a while, telling why. Commits.

    One that waits for others is never given up, however often it was tried in vain.
    """
    until = DatabaseTime() + seconds
    attempts = case((Run.attempts < MOST_ATTEMPTS, Run.attempts), else_=MOST_ATTEMPTS - 1)
    told = {"state": "waiting", "message": message, "attempts": attempts}
    _mine(lease, **told, lease=None, lease_until=until)
    db.session.commit()


def end(lease: Lease, state: str, message: str | None = None) -> None:
    """Close the run as done, failed or cancelled. Commits."""
    now = utcnow()
    counts = run_gains.counts_at_end(lease.run_id, now)
    values = {"state": state, "message": message, "ended_at": now, "counts": counts}
    _mine(lease, **values, lease=None, lease_until=None)
    db.session.commit()


def _mine(held: Lease, **values: Any) -> bool:
    changed = db.session.execute(
        update(Run)
        .where(Run.id == held.run_id, Run.lease == held.name, Run.fence == held.fence)
        .values(values)
        .returning(Run.id)
        .execution_options(synchronize_session=False)
    ).first()
    return changed is not None


def ask_to_stop(owner_id: int, run_id: int) -> Run:
    """Cancel a run: at once if nobody works on it, else at its next step. Commits."""
    run = get(owner_id, run_id)
    if run.state in ACTIVE_STATES:
        run.cancel_asked = True
        if run.state != "running":
            run.state, run.message, run.ended_at = "cancelled", STOPPED, utcnow()
            run.counts = run_gains.counts_at_end(run.id, run.ended_at)
    db.session.commit()
    return run


def get(owner_id: int, run_id: int) -> Run:
    """A run of this person. Raises NotFoundError."""
    run = db.session.get(Run, run_id)
    if run is None or run.owner_id != owner_id:
        raise NotFoundError("There is no such job.")
    return run


def tell(run_id: int, kind: str, text: str, copy_id: int | None = None) -> None:
    """Add a line to the run's story. Does not commit."""
    db.session.add(RunEvent(run_id=run_id, kind=kind, text=text[:1000], copy_id=copy_id))
