"""How far the enrichment is: counted from the work list, which is the progress itself."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    String,
    and_,
    cast,
    func,
    literal,
    null,
    or_,
    select,
    union,
    union_all,
)

from app.domain.matching.keys import title_key
from app.domain.providers import BY_NAME, SERVICES
from app.extensions import db
from app.models import (
    CallSlot,
    Copy,
    NeighbourCalls,
    Preference,
    ProviderHealth,
    ProviderPause,
    ProviderResult,
    Release,
    Skip,
)
from app.models.base import utcnow
from app.queries.skips import skipped_at

SETTLED = ("found", "none", "doubtful", "failed", "parked")
# Two windows of the slowest limit: shorter, and a burst would pass for the pace.
PACE_SECONDS = 120.0
# What a provider told of its window holds for about as long as the longest of them.
TOLD_LATELY_SECONDS = 75.0
# What the preference that switches a provider begins with.
SWITCH = "provider."
# Records that came one by one since the last run; nobody adds more by hand.
MOST_NEW = 500


@dataclass(frozen=True, slots=True)
class LaneCount:
    """The work of one provider: how many things are in each state.

    `postponed` of the pending failed and wait for another try.
    """

    provider: str
    states: Mapping[str, int] = field(default_factory=dict)
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


def lane_counts() -> list[LaneCount]:
    """The work of every provider, in the order of SERVICES. One statement."""
    return _lane_counts(db.session.execute(_by_state()))


@dataclass(frozen=True, slots=True)
class Pace:
    """How many things a provider answers a second, how many it has, and for how long none.

    All of that of late.
    """

    per_second: float
    answers: int
    silent_seconds: float


def counts_and_paces() -> tuple[list[LaneCount], dict[str, Pace]]:
    """The same, and how fast each provider answers. One statement."""
    now = utcnow()
    rows = db.session.execute(
        union_all(_by_state(), _answered_since(now - timedelta(seconds=PACE_SECONDS)))
    ).all()
    paces = {
        row.provider: Pace(
            row.number / max((now - row.begun_at).total_seconds(), 1.0),
            row.number,
            (now - row.ended_at).total_seconds(),
        )
        for row in rows
        if row.begun_at
    }
    return _lane_counts(row for row in rows if row.state), paces


def _by_state() -> Select[*tuple[Any, ...]]:
    """Read from the index alone, in its order."""
    return select(
        ProviderResult.provider,
        ProviderResult.state,
        func.count().label("number"),
        func.count(ProviderResult.due_at).label("with_due"),
        cast(null(), ProviderResult.fetched_at.type).label("begun_at"),
        cast(null(), ProviderResult.fetched_at.type).label("ended_at"),
    ).group_by(ProviderResult.provider, ProviderResult.state)


def _answered_since(moment: datetime) -> Select[*tuple[Any, ...]]:
    """In the columns of the other: how many things, the first and last of them answered when."""
    return (
        select(
            ProviderResult.provider,
            literal(""),
            func.count(),
            literal(0),
            func.min(ProviderResult.fetched_at),
            func.max(ProviderResult.fetched_at),
        )
        .where(ProviderResult.provider.in_(BY_NAME), ProviderResult.fetched_at >= moment)
        .group_by(ProviderResult.provider)
    )


def _lane_counts(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[LaneCount]:
    states: dict[str, dict[str, int]] = {}
    postponed: dict[str, int] = {}
    for row in rows:
        # What was put aside has a moment only if a person wants it left alone (services.skips).
        skipped = row.with_due if row.state == "parked" else 0
        states.setdefault(row.provider, {})[row.state] = row.number - skipped
        if row.state == "pending":
            postponed[row.provider] = row.with_due
    return [
        LaneCount(service.name, states.get(service.name, {}), postponed.get(service.name, 0))
        for service in SERVICES
    ]


@dataclass(frozen=True, slots=True)
class Trouble:
    """What keeps a provider: until when it rests and why, that it refuses and why, or its faults.

    `rest_until` is in seconds since 1970, 0 while it does not rest; `reason` of that, or of the
    `faults` in a row, may be "". `is_switched_off` is what the person wants. `called_at` is when
    it was called last, 0 if that is long ago. `neighbours` counts the calls of its window that
    others at our internet address make.
    """

    rest_until: float = 0.0
    reason: str = ""
    refusal: str = ""
    faults: int = 0
    is_switched_off: bool = False
    called_at: float = 0.0
    neighbours: int = 0


def troubles(owner_id: int) -> dict[str, Trouble]:
    """How the providers are, by name, and which this person has switched off. One statement."""
    names = union_all(*(select(literal(service.name).label("name")) for service in SERVICES))
    named = names.subquery()
    switch = and_(
        Preference.owner_id == owner_id, Preference.name == literal(SWITCH).concat(named.c.name)
    )
    called_at = (
        select(func.max(CallSlot.at))
        .where(CallSlot.provider == named.c.name, CallSlot.at <= time.time())
        .scalar_subquery()
    )
    rows = db.session.execute(
        select(
            named.c.name,
            func.coalesce(called_at, 0.0).label("called_at"),
            func.coalesce(ProviderHealth.open_until, 0.0).label("open_until"),
            func.coalesce(ProviderHealth.last_error, "").label("last_error"),
            func.coalesce(ProviderHealth.refusal, "").label("refusal"),
            func.coalesce(ProviderHealth.failures, 0).label("failures"),
            func.coalesce(ProviderPause.until, 0.0).label("paused_until"),
            func.coalesce(ProviderPause.reason, "").label("reason"),
            func.coalesce(NeighbourCalls.calls, 0).label("neighbours"),
            Preference.value,
        )
        .outerjoin(ProviderHealth, ProviderHealth.provider == named.c.name)
        .outerjoin(ProviderPause, ProviderPause.provider == named.c.name)
        .outerjoin(NeighbourCalls, told_lately(named.c.name))
        .outerjoin(Preference, switch)
    )
    return {
        row.name: Trouble(
            max(row.open_until, row.paused_until),
            row.reason if row.paused_until > row.open_until else row.last_error,
            row.refusal,
            row.failures,
            row.value is False,
            row.called_at,
            row.neighbours,
        )
        for row in rows
    }


def told_lately(provider: SQLColumnExpression[str]) -> ColumnElement[bool]:
    """Whether this provider told of late of the calls of others."""
    return and_(
        NeighbourCalls.provider == provider,
        NeighbourCalls.told_at > time.time() - TOLD_LATELY_SECONDS,
    )


def progress() -> tuple[int, int]:
    """How many things are settled, and how many there are, over all providers. One statement."""
    counts = lane_counts()
    return sum(count.done for count in counts), sum(count.total for count in counts)


def waiting_records(owner_id: int, since: datetime | None, asked: Collection[str]) -> int:
    """How many records on the shelf wait: not looked up in full, or not asked about elsewhere.

    The latter are those that came one by one after `since`, the end of the last run; `asked` are
    the providers that may be. Three statements at most.
    """
    on_shelf = (
        select(Release.id, Release.discogs_id, Release.master_discogs_id)
        .join(Copy, Copy.release_id == Release.id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .distinct()
    )
    unknown = on_shelf.where(
        Release.discogs_id.is_not(None),
        Release.detailed_at.is_(None),
        Release.gone_at.is_(None),
        ~skipped_at("release", cast(Release.discogs_id, String), "discogs"),
    )
    count = db.session.scalar(select(func.count()).select_from(unknown.subquery())) or 0
    if since is None or not set(asked) - {"discogs"}:
        return count
    is_new = or_(Release.discogs_id.is_(None), Release.detailed_at > since)
    newest = on_shelf.where(is_new).order_by(Release.id.desc()).limit(MOST_NEW)
    return count + _never_asked_about(db.session.execute(newest).all())


def _never_asked_about(releases: Sequence[Row[*tuple[Any, ...]]]) -> int:
    keys = {title_key(row.master_discogs_id, row.discogs_id, row.id) for row in releases}
    known = select(ProviderResult.key).where(
        ProviderResult.entity == "title", ProviderResult.key.in_(keys)
    )
    skipped = select(Skip.key).where(
        Skip.entity == "title", Skip.key.in_(keys), Skip.provider == ""
    )
    return len(keys - set(db.session.scalars(union(known, skipped)))) if keys else 0
