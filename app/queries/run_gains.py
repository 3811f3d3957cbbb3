"""What an enrichment run brought: counted once, when it ends, and kept with it for good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select

from app.domain.providers import BY_NAME
from app.extensions import db
from app.models import Article, Link, Picture, ProviderResult, Release, Run
from app.models.base import utcnow
from app.queries import enrich_status
from app.queries.enrich_status import LaneCount

MOST_NAMED = 100
GAINS, GONE, LANES = "gains", "gone", "lanes"


@dataclass(frozen=True, slots=True)
class Gains:
    """What came in while a run was under way. `gone` counts records Discogs has no more."""

    details: int = 0
    pictures: int = 0
    links: int = 0
    biographies: int = 0
    gone: int = 0


@dataclass(frozen=True, slots=True)
class Ended:
    """What a run that has ended brought; `gone` names records by (our id, name), a hundred at most.

    `waiting` questions wait for a person now; `is_past` once there is a later run.
    """

    gains: Gains
    gone: Sequence[tuple[int, str]]
    waiting: int
    is_past: bool


def ended(run: Run) -> Ended:
    """What a run brought. One statement, three more if it ended before this was kept."""
    later = select(Run.id).where(
        Run.owner_id == run.owner_id, Run.kind == run.kind, Run.id > run.id
    )
    questions = (
        select(Link.entity, Link.key, Link.provider)
        .where(Link.owner_id == run.owner_id, Link.state == "waiting", Link.decided_at.is_(None))
        .group_by(Link.entity, Link.key, Link.provider)
        .subquery()
    )
    waiting = select(func.count()).select_from(questions).scalar_subquery()
    now = db.session.execute(select(waiting.label("waiting"), later.exists().label("later"))).one()
    kept = run.counts
    if GAINS not in kept:
        kept = _brought(run.owner_id, run.started_at or run.created_at, run.ended_at or utcnow())
    named = [(number, name) for number, name in kept[GONE]]
    return Ended(Gains(**kept[GAINS]), named, now.waiting, bool(now.later))


def kept_lanes(run: Run) -> list[LaneCount] | None:
    """The lanes as they were at the end of a run; None if that was not kept."""
    kept = run.counts.get(LANES)
    if kept is None:
        return None
    return [
        LaneCount(name, states, postponed)
        for name, states, postponed in kept
        if name in BY_NAME  # a provider of another version is none of ours
    ]


def counts_at_end(run_id: int, end: datetime) -> dict[str, Any]:
    """`Run.counts` of a run that ends at this moment: an enrichment's later answers change none."""
    found = select(Run.kind, Run.owner_id, Run.started_at, Run.created_at, Run.counts)
    run = db.session.execute(found.where(Run.id == run_id)).one()
    if run.kind != "enrich":
        return dict(run.counts)
    return {**run.counts, **_brought(run.owner_id, run.started_at or run.created_at, end)}


def _brought(owner_id: int, begin: datetime, end: datetime) -> dict[str, Any]:
    """What came in between two moments. Three statements."""
    gone = _gone(owner_id, begin, end)
    counts = enrich_status.lane_counts()
    return {
        GAINS: asdict(_gains(owner_id, begin, end, len(gone))),
        GONE: gone[:MOST_NAMED],
        LANES: [[each.provider, dict(each.states), each.postponed] for each in counts],
    }


def _gone(owner_id: int, begin: datetime, end: datetime) -> list[list[Any]]:
    rows = db.session.execute(
        select(Release.id, Release.artist_text, Release.title)
        .where(Release.owner_id == owner_id, Release.gone_at.between(begin, end))
        .order_by(Release.artist_text, Release.title, Release.id)
    )
    return [[row.id, f"{row.artist_text} – {row.title}"] for row in rows]


def _gains(owner_id: int, begin: datetime, end: datetime, gone: int) -> Gains:
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
            Link.owner_id == owner_id,
            Link.state == "accepted",
            Link.found_at.between(begin, end),
        ),
        select(func.count()).where(Article.fetched_at.between(begin, end)),
    )
    row = db.session.execute(select(*(each.scalar_subquery() for each in counts))).one()
    details, pictures, links, biographies = row
    return Gains(details, pictures, links, biographies, gone)
