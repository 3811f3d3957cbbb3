"""What a job's page shows: how far it is, what it brought, what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import func, select

from app.domain import pace
from app.domain.arrivals import Arrivals
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, ProviderPause, Run, RunChange, RunEvent
from app.models.run import ACTIVE_STATES
from app.queries.browse import ShelfRow, shelf_rows

PHASES = (("", "Connect"), ("folders", "Folders"), ("copies", "Copies"), ("done", "Done"))
# What a run changed, in the order people want to hear it; other kinds of events are warnings.
CHANGES = {
    "added": "new on the shelf",
    "returned": "back on the shelf",
    "removed": "gone from Discogs",
    "moved": "moved to another folder",
    "rated": "rated anew",
    "graded": "graded anew",
    "annotated": "with new notes",
    "dated": "added on another day",
    "corrected": "corrected at Discogs",
    "merged": "merged at Discogs",
}
WARNINGS = {"odd": "Entries Discogs sent damaged; they were left out", "note": "Notes"}
SLEEVES_SHOWN = 12
LINES_SHOWN = 20
RECENT = 30
LONG = timedelta(hours=1)

Phase = tuple[str, str, int | None, int | None]


@dataclass(frozen=True, slots=True)
class RunStatus:
    """A run and its story. `resumes_at` and `pause_reason`: until when and why it waits.

    `changes` are (kind, count, the first lines about it), `warnings` (words, lines), `arrived`
    finds all that are new by it in the collection ("" if none is). Times are UTC.
    """

    run: Run
    changes: Sequence[tuple[str, int, Sequence[str]]]
    warnings: Sequence[tuple[str, Sequence[str]]]
    arrivals: Sequence[ShelfRow]
    arrived: str
    resumes_at: datetime | None
    pause_reason: str
    now: datetime

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.run.state in ACTIVE_STATES

    @property
    def waits_long(self) -> bool:
        """Whether it waits for longer than anybody would look on."""
        return self.resumes_at is not None and self.resumes_at - self.now > LONG

    @property
    def phases(self) -> list[Phase]:
        """Each phase as (words, state, done, total) for the checklist."""
        known = [name for name, _words in PHASES]
        at = known.index(self.run.phase) if self.run.phase in known else 0
        return [
            (words, self._phase_state(place, at), *self._counted(name))
            for place, (name, words) in enumerate(PHASES)
        ]

    def _phase_state(self, place: int, at: int) -> str:
        if self.run.state == "done" or place < at:
            return "done"
        if place > at:
            return "todo"
        return "now" if self.is_active else "failed"

    def _counted(self, name: str) -> tuple[int | None, int | None]:
        return (
            (self.run.done, self.run.total) if name == "copies" and self.run.total else (None,) * 2
        )

    @property
    def seconds(self) -> float:
        """How long it has been (or was) worked on, in seconds."""
        if self.run.started_at is None:
            return 0.0
        return max(((self.run.ended_at or self.now) - self.run.started_at).total_seconds(), 0.0)

    @property
    def _per_second(self) -> float | None:
        is_at_work = self.run.state == "running"
        return pace.per_second(self.run.marks, self.now.timestamp()) if is_at_work else None

    @property
    def per_minute(self) -> int | None:
        """Copies a minute of late; None before there is anything to measure, and after the end."""
        return round(self._per_second * 60) if self._per_second else None

    @property
    def seconds_left(self) -> float | None:
        """How long it will take at this rate, the present pause included; None if unknown."""
        if self._per_second is None or self.run.total is None:
            return None
        pause = (self.resumes_at - self.now).total_seconds() if self.resumes_at else 0.0
        bound = self.run.cursor.get("bound")
        left = max(self.run.total - self.run.done, 0)
        needed = pace.seconds_left(left, self._per_second, pace.Bound(*bound) if bound else None)
        return needed + max(pause, 0.0)


def get(owner_id: int, run_id: int) -> Run:
    """A run of this person. Raises NotFoundError."""
    run = db.session.scalar(select(Run).where(Run.id == run_id, Run.owner_id == owner_id))
    if run is None:
        raise NotFoundError("There is no such job.")
    return run


def status(run: Run) -> RunStatus:
    """A sync with its story. At most eight statements."""
    run_id, owner_id = run.id, run.owner_id
    events = db.session.execute(
        select(RunEvent.kind, RunEvent.text).where(RunEvent.run_id == run_id).order_by(RunEvent.id)
    ).all()
    resumes_at, reason = _pause(run)
    warnings: dict[str, list[str]] = {}
    for kind, text in events:
        warnings.setdefault(kind, []).append(text)
    added = _added(run)
    return RunStatus(
        run=run,
        changes=_changes(run),
        warnings=[(WARNINGS.get(kind, kind), lines) for kind, lines in warnings.items()],
        arrivals=shelf_rows(owner_id, added.newest),
        arrived=added.address,
        resumes_at=resumes_at,
        pause_reason=reason,
        now=datetime.now(UTC),
    )


def _changes(run: Run) -> list[tuple[str, int, Sequence[str]]]:
    told = {kind: run.counts[kind] for kind in CHANGES if run.counts.get(kind)}
    if not told or run.state in ACTIVE_STATES:
        return [(kind, count, ()) for kind, count in told.items()]
    place = func.row_number().over(partition_by=RunChange.kind, order_by=RunChange.id)
    numbered = (
        select(RunChange.kind, RunChange.title, place.label("place"))
        .where(RunChange.run_id == run.id)
        .subquery()
    )
    lines: dict[str, list[str]] = {}
    first = select(numbered.c.kind, numbered.c.title).where(numbered.c.place <= LINES_SHOWN)
    for kind, title in db.session.execute(first.order_by(numbered.c.place)):
        lines.setdefault(kind, []).append(title)
    return [(kind, count, lines.get(kind, ())) for kind, count in told.items()]


class _Added(NamedTuple):
    """The newest copies a sync added, and where to find all of them ("" if there is none)."""

    newest: Sequence[int]
    address: str


def _added(run: Run) -> _Added:
    if not run.counts.get("added"):
        return _Added((), "")
    ids = select(RunChange.copy_id).where(RunChange.run_id == run.id, RunChange.kind == "added")
    newest = db.session.scalars(ids.order_by(RunChange.id.desc()).limit(SLEEVES_SHOWN)).all()
    first = db.session.scalar(ids.order_by(RunChange.id).limit(1))
    known = [copy_id for copy_id in newest if copy_id]
    if not known or not first:
        return _Added((), "")
    last = None if run.state in ACTIVE_STATES else known[0]
    return _Added(known, Arrivals("discogs", first, last).address)


def _pause(run: Run) -> tuple[datetime | None, str]:
    """Until when and why Discogs must not be called, or the run itself waits."""
    if run.state not in ACTIVE_STATES:
        return None, ""
    now = datetime.now(UTC)
    if run.state == "waiting" and run.lease_until:
        return datetime.fromtimestamp(run.lease_until, UTC), run.message or ""
    pause = db.session.execute(
        select(ProviderPause.until, ProviderPause.reason).where(
            ProviderPause.provider == "discogs", ProviderPause.until > now.timestamp()
        )
    ).first()
    if pause is None:
        return None, ""
    until = datetime.fromtimestamp(pause.until, UTC)
    return min(until, now + timedelta(days=365)), pause.reason


def recent(owner_id: int) -> Sequence[Run]:
    """The latest jobs, newest first."""
    mine = select(Run).where(Run.owner_id == owner_id)
    return db.session.scalars(mine.order_by(Run.id.desc()).limit(RECENT)).all()


def under_way(owner_id: int, kind: str = "") -> Run | None:
    """The newest job that has not ended, of this kind if one is named. One statement."""
    mine = select(Run).where(Run.owner_id == owner_id, Run.state.in_(ACTIVE_STATES))
    if kind:
        mine = mine.where(Run.kind == kind)
    return db.session.scalar(mine.order_by(Run.id.desc()).limit(1))


def latest(owner_id: int, kind: str) -> Run | None:
    """The newest job of a kind, under way or ended."""
    mine = select(Run).where(Run.owner_id == owner_id, Run.kind == kind)
    return db.session.scalar(mine.order_by(Run.id.desc()).limit(1))


def last_done(owner_id: int, kind: str) -> Run | None:
    """The newest job of a kind that came to its end."""
    done = select(Run).where(Run.owner_id == owner_id, Run.kind == kind, Run.state == "done")
    return db.session.scalar(done.order_by(Run.id.desc()).limit(1))


def owns_anything(owner_id: int, *, but_samples: bool = False) -> bool:
    """Whether there is any copy, put away ones included; with `but_samples` one of their own."""
    found = select(Copy.id).where(Copy.owner_id == owner_id)
    if but_samples:
        found = found.where(Copy.source != "sample")
    counted = select(func.count()).select_from(found.limit(1).subquery())
    return bool(db.session.scalar(counted))
