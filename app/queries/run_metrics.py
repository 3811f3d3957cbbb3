"""How the jobs are, in numbers: which states they are in, and when one last got further."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import func, select

from app.extensions import db
from app.models import ProviderHealth, ProviderResult, Run


@dataclass(frozen=True, slots=True)
class RunMetrics:
    """The newest run of a kind: its state and, while somebody should be at it, since when
    nothing has moved (seconds).
    """

    kind: str
    state: str
    seconds_since_progress: float | None


def run_metrics() -> list[RunMetrics]:
    """The newest run of each kind. Three statements at most."""
    newest = select(func.max(Run.id)).group_by(Run.kind)
    found = db.session.scalars(select(Run).where(Run.id.in_(newest)).order_by(Run.kind)).all()
    return [RunMetrics(run.kind, _state(run), _since_progress(run)) for run in found]


def _state(run: Run) -> str:
    return "paused" if run.paused_at and run.ended_at is None else run.state


def _since_progress(run: Run) -> float | None:
    """A run that was told to wait, by a person or a provider, owes nobody any progress."""
    if run.state not in ("queued", "running") or run.paused_at:
        return None
    moments = [run.started_at or run.created_at]
    moments += [datetime.fromtimestamp(mark[0], UTC) for mark in run.marks[-1:]]
    if run.kind == "enrich":
        moments += _last_answers()
    return max((datetime.now(UTC) - max(moments)).total_seconds(), 0.0)


def _last_answers() -> list[datetime]:
    """Enrichment moves with every answer, good or bad."""
    good, bad = db.session.execute(
        select(func.max(ProviderHealth.last_success_at), func.max(ProviderHealth.last_failure_at))
    ).one()
    settled = db.session.scalar(select(func.max(ProviderResult.fetched_at)))
    return [moment for moment in (good, bad, settled) if moment]
