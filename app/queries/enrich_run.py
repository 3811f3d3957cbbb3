"""What the page of an enrichment run shows: its lanes, what arrived lately, what it brought."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import BigInteger, cast, func, select, union_all

from app.domain.pace import WAITED_FOR_SECONDS, Bound, seconds_left
from app.domain.providers import BY_NAME, Service
from app.extensions import db
from app.models import Copy, Picture, ProviderResult, Release, Run
from app.models.base import utcnow
from app.models.run import ACTIVE_STATES
from app.queries import enrich_status, failures, run_gains
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.enrich_status import LaneCount, Pace, Trouble
from app.queries.run_gains import Ended

ARRIVALS_SHOWN = 12
MOST_REASONS = 8
# Who has not answered for longer than this waits for something; one whose window is full, for that.
SILENCE_SECONDS = 15.0
# A call, and a little patience before the next try.
LONGEST_CALL_SECONDS = 50.0
NO_LIMIT = Bound(float("inf"), 0.0)


@dataclass(frozen=True, slots=True)
class Lane:
    """One provider's part. `limit` is how often it may be called, `bound` what that comes to.

    A bound has only who is called once for every thing.
    """

    service: Service
    count: LaneCount
    trouble: Trouble
    pace: Pace | None
    limit: Bound
    bound: Bound | None
    now: datetime

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to ask."""
        return self.count.left == 0

    @property
    def per_second(self) -> float | None:
        """Its pace; None before it can be told, and while it waits for what others find out.

        That is no pace which would be less from look to look.
        """
        if self.pace is None:
            return None
        may_be_full = self.bound is not None or self.pace.answers >= self.limit.things
        longest = SILENCE_SECONDS + (self.limit.seconds if may_be_full else 0.0)
        is_silent = self.pace.silent_seconds > longest
        return None if is_silent and not self.rests_until else self.pace.per_second

    @property
    def is_asking(self) -> bool:
        """Whether it was called and has not answered since."""
        asked_for = self.now.timestamp() - self.trouble.called_at
        silent = self.pace.silent_seconds if self.pace else LONGEST_CALL_SECONDS
        return asked_for < min(silent, LONGEST_CALL_SECONDS)

    @property
    def is_answering(self) -> bool:
        """Whether it has a pace: it neither rests nor refuses, nor met a fault just now."""
        trouble = self.trouble
        keeps = self.rests_until or trouble.refusal or trouble.faults or trouble.is_switched_off
        return self.per_second is not None and not keeps

    @property
    def rests_until(self) -> datetime | None:
        """Until when nobody calls it; None while it does not rest."""
        until = self.trouble.rest_until
        return datetime.fromtimestamp(until, UTC) if until > self.now.timestamp() else None

    @property
    def seconds_left(self) -> float | None:
        """How long it takes at this pace, its rest included; None if that cannot be told.

        Nor where the run does not wait for it. Before it has a pace, at that of its bound.
        """
        rest = max(self.trouble.rest_until - self.now.timestamp(), 0.0)
        trouble = self.trouble
        ends_early = trouble.refusal or trouble.is_switched_off
        is_left_out = ends_early or rest > WAITED_FOR_SECONDS
        bound = self.bound and beside(self.bound, trouble.neighbours)
        rate = self.per_second or (bound and bound.things / bound.seconds)
        if self.is_done or rate is None or is_left_out:
            return None
        return rest + seconds_left(self.count.left, rate, bound)


def beside(bound: Bound, neighbours: int) -> Bound:
    """What is left of a bound beside so many calls of others."""
    return Bound(max(bound.things - neighbours, 1), bound.seconds)


@dataclass(frozen=True, slots=True)
class Reason:
    """A kind of trouble: so many things of a provider could not be had, and why."""

    provider: str
    text: str
    count: int
    url: str


@dataclass(frozen=True, slots=True)
class EnrichStatus:
    """A run of kind "enrich" and how far it is. `arrivals` are the newest records it touched.

    `troubles` are those of all providers. `is_past`: a later run has taken over what this one left,
    and so `lanes` are as they were at its end.
    """

    run: Run
    lanes: Sequence[Lane]
    troubles: Mapping[str, Trouble]
    arrivals: Sequence[ShelfRow]
    reasons: Sequence[Reason]
    ended: Ended | None
    now: datetime = field(default_factory=utcnow)

    @property
    def is_past(self) -> bool:
        """Whether a later run has begun."""
        return self.ended is not None and self.ended.is_past

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
        """Of the lanes that answer, the one that takes longest; None before that can be told."""
        answering = [lane for lane in self.lanes if lane.is_answering and lane.count.left]
        return max(answering, key=lambda lane: lane.seconds_left or 0.0, default=None)

    @property
    def seconds_left(self) -> float | None:
        """How long it takes, rests included; None before that can be told."""
        known = [lane.seconds_left for lane in self.lanes if lane.seconds_left is not None]
        return max(known, default=None)


def status(run: Run, bounds: Mapping[str, Bound], limits: Mapping[str, Bound]) -> EnrichStatus:
    """How far this run is. Five statements while it is under way, four to seven afterwards.

    `limits` tells how often each provider may be called, `bounds` that of those that are called
    once for every thing; neither is needed once the run has ended.
    """
    now = utcnow()
    ended = run_gains.ended(run) if run.state not in ACTIVE_STATES else None
    kept = run_gains.kept_lanes(run) if ended and ended.is_past else None
    troubles = {} if kept else enrich_status.troubles(run.owner_id)
    counts, paces = (kept, {}) if kept else enrich_status.counts_and_paces()
    only = run.cursor.get("only", "")
    lanes = [
        Lane(
            BY_NAME[count.provider],
            count,
            troubles.get(count.provider, Trouble()),
            paces.get(count.provider),
            limits.get(count.provider, NO_LIMIT),
            bounds.get(count.provider),
            now,
        )
        for count in counts
        if count.total and only in ("", count.provider)
    ]
    is_troubled = not kept and any(lane.count.troubled for lane in lanes)
    return EnrichStatus(
        run=run,
        lanes=lanes,
        troubles=troubles,
        arrivals=_arrivals(run.owner_id, run.started_at or now, run.ended_at or now),
        reasons=_reasons() if is_troubled else (),
        ended=ended,
        now=now,
    )


def _arrivals(owner_id: int, since: datetime, until: datetime) -> list[ShelfRow]:
    """The records that got details or a picture last. Two statements that look at a few rows."""
    told = (
        select(ProviderResult.key, ProviderResult.fetched_at)
        .where(
            ProviderResult.provider == "discogs",
            ProviderResult.entity == "release",
            ProviderResult.state == "found",
            ProviderResult.fetched_at.between(since, until),
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
        .where(Release.owner_id == owner_id, newest.c.fetched_at.between(since, until)),
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
