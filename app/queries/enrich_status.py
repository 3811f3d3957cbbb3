"""How far the enrichment is: counted from the work list, which is the progress itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select

from app.domain.providers import SERVICES
from app.extensions import db
from app.models import ProviderResult

SETTLED = ("found", "none", "doubtful", "failed", "parked")


@dataclass(frozen=True, slots=True)
class LaneCount:
    """The work of one provider: how many things are in each state, and settled since a moment."""

    provider: str
    states: Mapping[str, int] = field(default_factory=dict)
    lately: int = 0

    @property
    def total(self) -> int:
        """How many things there are to ask, or were."""
        return sum(self.states.values())

    @property
    def done(self) -> int:
        """How many are settled, one way or the other."""
        return sum(self.states.get(state, 0) for state in SETTLED)


def lane_counts(since: datetime | None = None) -> list[LaneCount]:
    """The work of every provider, in the order of SERVICES. Two statements."""
    states: dict[str, dict[str, int]] = {}
    for provider, state, count in db.session.execute(
        select(ProviderResult.provider, ProviderResult.state, func.count()).group_by(
            ProviderResult.provider, ProviderResult.state
        )
    ):
        states.setdefault(provider, {})[state] = count
    lately = _settled_since(since) if since else {}
    return [
        LaneCount(service.name, states.get(service.name, {}), lately.get(service.name, 0))
        for service in SERVICES
    ]


def _settled_since(moment: datetime) -> dict[str, int]:
    rows = db.session.execute(
        select(ProviderResult.provider, func.count())
        .where(ProviderResult.fetched_at >= moment)
        .group_by(ProviderResult.provider)
    )
    return {row[0]: row[1] for row in rows}


def progress() -> tuple[int, int]:
    """How many things are settled, and how many there are, over all providers."""
    counts = lane_counts()
    return sum(count.done for count in counts), sum(count.total for count in counts)
