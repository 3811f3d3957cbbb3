"""How far the enrichment is: counted from the work list, which is the progress itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import func, select

from app.domain.providers import BY_NAME, SERVICES
from app.extensions import db
from app.models import Copy, ProviderHealth, ProviderPause, ProviderResult, Release
from app.models.base import utcnow

SETTLED = ("found", "none", "doubtful", "failed", "parked")
# Two windows of the slowest limit: shorter, and a burst would pass for the pace.
PACE_SECONDS = 120.0


@dataclass(frozen=True, slots=True)
class LaneCount:
    """The work of one provider: how many things are in each state, and settled since a moment.

    `postponed` of the pending failed and wait for another try.
    """

    provider: str
    states: Mapping[str, int] = field(default_factory=dict)
    lately: int = 0
    postponed: int = 0

    @property
    def total(self) -> int:
        """How many things there are to ask, or were."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """How many are settled, one way or the other."""
        return sum(self.states.get(state, 0) for state in SETTLED)

    @property
    def left(self) -> int:
        """How many are still to be asked."""
        return self.states.get("pending", 0)

    @property
    def troubled(self) -> int:
        """How many could not be had, for good or for now."""
        return self.states.get("failed", 0) + self.states.get("parked", 0) + self.postponed


def lane_counts(since: datetime | None = None) -> list[LaneCount]:
    """The work of every provider, in the order of SERVICES. Two statements, one without `since`."""
    states: dict[str, dict[str, int]] = {}
    postponed: dict[str, int] = {}
    # Both are read from the index alone, in its order.
    for provider, state, count, with_due in db.session.execute(
        select(
            ProviderResult.provider,
            ProviderResult.state,
            func.count(),
            func.count(ProviderResult.due_at),
        ).group_by(ProviderResult.provider, ProviderResult.state)
    ):
        states.setdefault(provider, {})[state] = count
        if state == "pending":
            postponed[provider] = with_due
    lately = settled_since(since) if since else {}
    return [
        LaneCount(
            service.name,
            states.get(service.name, {}),
            lately.get(service.name, (0, 0.0))[0],
            postponed.get(service.name, 0),
        )
        for service in SERVICES
    ]


def settled_since(moment: datetime) -> dict[str, tuple[int, float]]:
    """How many things each provider answered since a moment, and for how many seconds it has.

    One statement.
    """
    rows = db.session.execute(
        select(ProviderResult.provider, func.count(), func.min(ProviderResult.fetched_at))
        .where(ProviderResult.provider.in_(BY_NAME), ProviderResult.fetched_at >= moment)
        .group_by(ProviderResult.provider)
    )
    now = utcnow()
    return {row[0]: (row[1], (now - row[2]).total_seconds()) for row in rows if row[2]}


def paces() -> dict[str, float]:
    """How many things each provider answers a second, of late. One statement."""
    lately = settled_since(utcnow() - timedelta(seconds=PACE_SECONDS))
    return {name: count / max(seconds, 1.0) for name, (count, seconds) in lately.items()}


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a provider: until when it rests and why, or that it refuses and why.

    `rest_until` is in seconds since 1970, 0 while it does not rest; `reason` of that may be "".
    """

    rest_until: float = 0.0
    reason: str = ""
    refusal: str = ""
    last_success_at: datetime | None = None


def troubles() -> dict[str, Trouble]:
    """How the providers are, by name. One statement, a row for each provider."""
    rows = db.session.execute(
        select(
            ProviderHealth.provider,
            func.coalesce(ProviderHealth.open_until, 0.0).label("open_until"),
            ProviderHealth.last_error,
            ProviderHealth.refusal,
            ProviderHealth.last_success_at,
            func.coalesce(ProviderPause.until, 0.0).label("paused_until"),
            ProviderPause.reason,
        ).outerjoin(ProviderPause, ProviderPause.provider == ProviderHealth.provider)
    )
    return {
        row.provider: Trouble(
            max(row.open_until, row.paused_until),
            row.reason if row.paused_until > row.open_until else row.last_error,
            row.refusal,
            row.last_success_at,
        )
        for row in rows
    }


def progress() -> tuple[int, int]:
    """How many things are settled, and how many there are, over all providers. One statement."""
    counts = lane_counts()
    return sum(count.done for count in counts), sum(count.total for count in counts)


def waiting_records(owner_id: int) -> int:
    """How many records on the shelf have not been looked up in full. One statement."""
    counted = (
        select(func.count(func.distinct(Release.id)))
        .join(Copy, Copy.release_id == Release.id)
        .where(
            Copy.owner_id == owner_id,
            Copy.removed_at.is_(None),
            Release.discogs_id.is_not(None),
            Release.detailed_at.is_(None),
            Release.gone_at.is_(None),
        )
    )
    return db.session.scalar(counted) or 0
