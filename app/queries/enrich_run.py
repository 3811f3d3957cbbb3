"""What the page of an enrichment run shows: its lanes, what arrived lately, what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import BigInteger, cast, func, select, union_all

from app.domain import pace
from app.domain.providers import BY_NAME, Service
from app.extensions import db
from app.models import Article, Copy, Link, Picture, ProviderResult, Release, Run
from app.models.base import utcnow
from app.models.run import ACTIVE_STATES
from app.queries import enrich_status, failures
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.enrich_status import LaneCount, Trouble

ARRIVALS_SHOWN = 12
MOST_REASONS = 8


@dataclass(frozen=True, slots=True)
class Lane:
    """One provider's part. `per_second` is its pace, None while there is nothing to measure."""

    service: Service
    count: LaneCount
    trouble: Trouble
    per_second: float | None
    bound: pace.Bound | None
    now: datetime

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.count.left == 0

    @property
    def rests_until(self) -> datetime | None:
        """Until when nobody calls it; None while it does not rest."""
        until = self.trouble.rest_until
        return datetime.fromtimestamp(until, UTC) if until > self.now.timestamp() else None

    def was_silent(self, since: datetime | None) -> bool:
        """Whether it is not done and has not answered since a moment."""
        answered = self.trouble.last_success_at
        return not self.is_done and not (answered and since and answered >= since)

    @property
    def seconds_left(self) -> float | None:
        """How long it takes at this pace, its rest included; None if that cannot be told."""
        if self.is_done or self.per_second is None:
            return None
        rest = max(self.trouble.rest_until - self.now.timestamp(), 0.0)
        return rest + pace.seconds_left(self.count.left, self.per_second, self.bound)


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of trouble: so many things of a provider could not be had, and why."""

    provider: str
    text: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class EnrichStatus:
    """A run of kind "enrich" and how far it is. `arrivals` are the newest records it touched."""

    run: Run
    lanes: Sequence[Lane]
    arrivals: Sequence[ShelfRow]
    reasons: Sequence[Reason]
    now: datetime = field(default_factory=utcnow)

    @property
    def is_active(self) -> bool:
        """Whether it has not ended."""
        return self.run.state in ACTIVE_STATES

    @property
    def resumes_at(self) -> datetime | None:
        """When it goes on by itself, while it waits for something."""
        if self.run.state != "waiting" or not self.run.lease_until:
            return None
        return datetime.fromtimestamp(self.run.lease_until, UTC)

    @property
    def seconds(self) -> float:
        """How long it has been (or was) under way, in seconds."""
        if self.run.started_at is None:
            return 0.0
        return max(((self.run.ended_at or self.now) - self.run.started_at).total_seconds(), 0.0)

    @property
    def slowest(self) -> Lane | None:
        """The lane that decides how long it takes; None before that can be told."""
        known = [lane for lane in self.lanes if lane.seconds_left is not None]
        return max(known, key=lambda lane: lane.seconds_left or 0.0, default=None)


def status(run: Run, bounds: Mapping[str, pace.Bound]) -> EnrichStatus:
    """How far this run is. Five statements, six when something could not be had.

    `bounds` are limits of providers that are called once for every thing.
    """
    only = run.cursor.get("only", "")
    now = utcnow()
    paces, troubles = enrich_status.paces(), enrich_status.troubles()
    lanes = [
        Lane(
            BY_NAME[count.provider],
            count,
            troubles.get(count.provider, Trouble()),
            paces.get(count.provider),
            bounds.get(count.provider),
            now,
        )
        for count in enrich_status.lane_counts()
        if count.total and only in ("", count.provider)
    ]
    return EnrichStatus(
        run=run,
        lanes=lanes,
        arrivals=_arrivals(run.owner_id, run.started_at or now),
        reasons=_reasons() if any(lane.count.troubled for lane in lanes) else (),
        now=now,
    )


def _arrivals(owner_id: int, since: datetime) -> list[ShelfRow]:
    """The records that got details or a picture last. Two statements that look at a few rows."""
    told = (
        select(ProviderResult.key, ProviderResult.fetched_at)
        .where(
            ProviderResult.provider == "discogs",
            ProviderResult.entity == "release",
            ProviderResult.state == "found",
            ProviderResult.fetched_at >= since,
        )
        .order_by(ProviderResult.fetched_at.desc())
        .limit(ARRIVALS_SHOWN)
        .subquery()
    )
    newest = (
        select(Picture.image_sha256, Picture.fetched_at)
        .where(Picture.image_sha256.is_not(None), Picture.source != "upload")
        .order_by(Picture.id.desc())
        .limit(ARRIVALS_SHOWN)
        .subquery()
    )
    touched = union_all(
        select(Release.id.label("release_id"), told.c.fetched_at.label("at"))
        .join(told, Release.discogs_id == cast(told.c.key, BigInteger))
        .where(Release.owner_id == owner_id),
        select(Release.id, newest.c.fetched_at)
        .join(newest, Release.image_sha256 == newest.c.image_sha256)
        .where(Release.owner_id == owner_id, newest.c.fetched_at >= since),
    ).subquery()
    ids = db.session.scalars(
        select(func.min(Copy.id))
        .join(touched, touched.c.release_id == Copy.release_id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .group_by(Copy.release_id)
        .order_by(func.max(touched.c.at).desc())
        .limit(ARRIVALS_SHOWN)
    )
    return shelf_rows(owner_id, ids.all())


def _reasons() -> list[Reason]:
    """Why things could not be had, the most frequent first. One statement."""
    text = func.coalesce(func.substr(ProviderResult.last_error, 1, failures.LONGEST_REASON), "")
    counted = (
        select(ProviderResult.provider, text, func.count())
        .where(failures.FailureFilter().condition)
        .group_by(ProviderResult.provider, text)
        .order_by(func.count().desc())
        .limit(MOST_REASONS)
    )
    return [
        Reason(provider, why, count, failures.FailureFilter(provider=provider, reason=why).url())
        for provider, why, count in db.session.execute(counted)
    ]


@dataclass(frozen=True, slots=True)
class Gains:
    """What came in while a run was under way, and how many questions wait for a person now."""

    details: int
    pictures: int
    links: int
    biographies: int
    waiting: int


def gains(run: Run) -> Gains:
    """What a run brought. One statement."""
    begin, end = run.started_at or run.created_at, run.ended_at or utcnow()
    questions = (
        select(Link.entity, Link.key, Link.provider)
        .where(Link.owner_id == run.owner_id, Link.state == "waiting", Link.decided_at.is_(None))
        .group_by(Link.entity, Link.key, Link.provider)
        .subquery()
    )
    counts = (
        select(func.count()).where(
            ProviderResult.provider == "discogs",
            ProviderResult.entity == "release",
            ProviderResult.state == "found",
            ProviderResult.fetched_at.between(begin, end),
        ),
        select(func.count()).where(
            Picture.source != "upload",
            Picture.image_sha256.is_not(None),
            Picture.fetched_at.between(begin, end),
        ),
        select(func.count()).where(
            Link.owner_id == run.owner_id,
            Link.state == "accepted",
            Link.found_at.between(begin, end),
        ),
        select(func.count()).where(Article.fetched_at.between(begin, end)),
        select(func.count()).select_from(questions),
    )
    row = db.session.execute(select(*(each.scalar_subquery() for each in counts))).one()
    return Gains(*row)
