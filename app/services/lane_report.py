"""How each provider is, for the health page and for machines: state, calls, faults, next try."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from typing import Any

from sqlalchemy import and_, case, func, or_, select

from app.domain.providers import SERVICES, Service
from app.extensions import db
from app.models import CallSlot, NeighbourCalls, ProviderHealth, ProviderPause, ProviderResult
from app.queries import enrich_status
from app.queries.enrich_status import LaneCount
from app.services import provider_care, providers
from app.services.enrich import desk
from app.services.workplace import Workplace
from config import RateLimit

# Less than this is what clocks differ by anyway.
CLOCK_TOLERANCE_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class LaneReport:
    """One provider. `why_off` is a sentence, "" while it may be asked; `is_on` is its switch.

    `rest_until` (UTC) and `rest_reason`: nobody calls it before. `refusal`: it will not answer
    until a person changes something. `calls` of `limit` were made in the present window, and
    `neighbours` of others at our internet address; `next_try_at` is when the next thing that failed
    comes up again.
    """

    service: Service
    why_off: str
    is_on: bool
    rest_until: datetime | None
    rest_reason: str
    refusal: str
    failures: int
    calls: int
    neighbours: int
    limit: RateLimit
    calls_ever: int
    errors: Mapping[str, int]
    last_success_at: datetime | None
    last_failure_at: datetime | None
    last_error: str
    clock_skew: float | None
    next_try_at: datetime | None
    work: LaneCount

    @property
    def state(self) -> str:
        """One of: off, refused, resting, shaky, works, new."""
        if self.why_off:
            return "off"
        if self.refusal:
            return "refused"
        if self.rest_until:
            return "resting"
        if self.failures:
            return "shaky"
        return "works" if self.last_success_at else "new"

    @property
    def is_stuck(self) -> bool:
        """Whether "try again now" would change anything."""
        return bool(self.refusal or self.failures)


def report(workplace: Workplace, owner_id: int) -> list[LaneReport]:
    """All providers, in the order of SERVICES. A constant number of statements."""
    limits = providers.limits(workplace, owner_id)
    health = {row.provider: row for row in db.session.scalars(select(ProviderHealth))}
    pauses = {row.provider: row for row in db.session.scalars(select(ProviderPause))}
    calls, next_tries = _calls(limits), _next_tries()
    neighbours = _neighbours()
    off = provider_care.switched_off(owner_id)
    counts = {count.provider: count for count in enrich_status.lane_counts()}
    return [
        _lane(
            service,
            workplace,
            owner_id,
            health.get(service.name) or _untold(service.name),
            pauses.get(service.name),
            limit=limits[service.name],
            is_on=service.name not in off,
            calls=calls.get(service.name, 0),
            neighbours=neighbours.get(service.name, 0),
            next_try_at=next_tries.get(service.name),
            work=counts[service.name],
        )
        for service in SERVICES
    ]


def _lane(
    service: Service,
    workplace: Workplace,
    owner_id: int,
    health: ProviderHealth,
    pause: ProviderPause | None,
    **counted: Any,
) -> LaneReport:
    until, reason = _rest(health, pause)
    return LaneReport(
        service=service,
        why_off=desk.why_off(workplace, owner_id, service.name),
        rest_until=until,
        rest_reason=reason,
        refusal=health.refusal,
        failures=health.failures,
        calls_ever=health.calls,
        errors=health.errors,
        last_success_at=health.last_success_at,
        last_failure_at=health.last_failure_at,
        last_error=health.last_error,
        clock_skew=health.clock_skew,
        **counted,
    )


def clock_off_by(lanes: list[LaneReport]) -> float | None:
    """By how many seconds our clock is ahead (behind: below 0), as providers date their answers.

    None when it is right, or nobody told.
    """
    told = [lane.clock_skew for lane in lanes if lane.clock_skew is not None]
    ahead = -median(told) if told else 0.0
    return ahead if abs(ahead) > CLOCK_TOLERANCE_SECONDS else None


def _untold(provider: str) -> ProviderHealth:
    return ProviderHealth(
        provider=provider, failures=0, opened=0, refusal="", last_error="", calls=0, errors={}
    )


def _rest(health: ProviderHealth, pause: ProviderPause | None) -> tuple[datetime | None, str]:
    """Until when it is left alone, by its own wish or by the breaker, and why."""
    told = [(health.open_until, health.last_error)] if health.open_until else []
    if pause is not None:
        told.append((pause.until, pause.reason))
    until, reason = max(told, default=(0.0, ""))
    if until <= time.time():
        return None, ""
    return datetime.fromtimestamp(until, UTC), reason


def _calls(limits: Mapping[str, RateLimit]) -> dict[str, int]:
    """Calls made in the present window of each."""
    now = time.time()
    is_recent = or_(
        *(
            and_(CallSlot.provider == name, CallSlot.at > now - limit.seconds)
            for name, limit in limits.items()
        )
    )
    rows = db.session.execute(
        select(CallSlot.provider, func.count())
        .where(is_recent, CallSlot.at <= now)
        .group_by(CallSlot.provider)
    )
    return {row[0]: row[1] for row in rows}


def _neighbours() -> dict[str, int]:
    """Calls others make in the present window of each that told of them."""
    told = enrich_status.told_lately(NeighbourCalls.provider)
    rows = db.session.execute(select(NeighbourCalls.provider, NeighbourCalls.calls).where(told))
    return dict(iter(rows))


def _next_tries() -> dict[str, datetime]:
    """When the next thing that failed comes up again."""
    failed = case((ProviderResult.last_error.is_not(None), ProviderResult.due_at))
    rows = db.session.execute(
        select(ProviderResult.provider, func.min(failed))
        .where(ProviderResult.state == "pending", ProviderResult.due_at.is_not(None))
        .group_by(ProviderResult.provider)
    )
    return {provider: moment for provider, moment in rows if moment is not None}
