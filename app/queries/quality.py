"""What the pages about gaps ask: how many are open, which comes next, how the number went down."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, or_, select

from app.domain.quality import BY_NAME, CHECKS, Check
from app.extensions import db
from app.models import Artist, Copy, QualityCount, QualityVerdict, Release
from app.models.base import utcnow
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.linked_things import titles_of
from app.queries.paged import Place
from app.queries.quality_gaps import gaps, gaps_at_hand
from app.queries.shelf_order import bits_of

MOST_DAYS = 90
MOST_TWINS = 5


@dataclass(frozen=True, slots=True)
class Standing:
    """How many gaps of a check are `open`, put off until `later`, and left for good (`never`)."""

    check: Check
    open: int
    later: int
    never: int


def standings(owner_id: int) -> list[Standing]:
    """How it stands with every check. Two statements as long as nothing changes."""
    return _standings(owner_id, gaps(owner_id))


def open_now(owner_id: int) -> int:
    """How many gaps are open or, where that takes a look at the whole shelf, were when last
    counted."""
    found = gaps_at_hand(owner_id)
    if found is None:
        return _last_known_open(owner_id)
    return sum(each.open for each in _standings(owner_id, found))


def _standings(owner_id: int, found: Mapping[str, int]) -> list[Standing]:
    said = _verdicts(owner_id)
    standing = []
    for check in CHECKS:
        ids = found[check.name]
        later, never = (ids & said[check.name, verdict] for verdict in ("later", "never"))
        open_ones = ids & ~later & ~never
        numbers = (each.bit_count() for each in (open_ones, later, never))
        standing.append(Standing(check, *numbers))
    return standing


def _verdicts(owner_id: int) -> Mapping[tuple[str, str], int]:
    """What a person said that still holds: of each check and verdict the ids as bits."""
    rows = db.session.execute(
        select(QualityVerdict.check_name, QualityVerdict.verdict, QualityVerdict.entity_id).where(
            QualityVerdict.owner_id == owner_id,
            or_(QualityVerdict.until.is_(None), QualityVerdict.until > utcnow()),
        )
    )
    ids: dict[tuple[str, str], list[int]] = defaultdict(list)
    for name, verdict, entity_id in rows:
        ids[name, verdict].append(entity_id)
    bits: dict[tuple[str, str], int] = defaultdict(int)
    bits.update({key: bits_of(each) for key, each in ids.items()})
    return bits


def has_gap(owner_id: int, check: Check, entity_id: int) -> bool:
    """Whether this release, copy, artist or label has this gap now."""
    return bool(gaps(owner_id)[check.name] >> entity_id & 1)


@dataclass(frozen=True, slots=True)
class Turn:
    """The gap to look at now, one of `open` many."""

    check: Check
    entity_id: int
    open: int


def turn(owner_id: int, check: Check, wanted: int | None = None) -> Turn | None:
    """The gap of this check to look at: `wanted` if it is open, else the first; None if none is."""
    said = _verdicts(owner_id)
    settled = said[check.name, "later"] | said[check.name, "never"]
    open_ones = gaps(owner_id)[check.name] & ~settled
    if not open_ones:
        return None
    first = (open_ones & -open_ones).bit_length() - 1
    is_open = wanted is not None and open_ones >> wanted & 1
    return Turn(check, wanted if wanted and is_open else first, open_ones.bit_count())


def place_of(owner_id: int, check: Check, entity_id: int) -> Place[int]:
    """Where a gap stands among the open ones of its check."""
    said = _verdicts(owner_id)
    open_ones = gaps(owner_id)[check.name] & ~said[check.name, "later"] & ~said[check.name, "never"]
    below, above = open_ones & ((1 << entity_id) - 1), open_ones >> (entity_id + 1)
    return Place(
        below.bit_count() + 1 if open_ones >> entity_id & 1 else None,
        open_ones.bit_count(),
        below.bit_length() - 1 if below else None,
        entity_id + (above & -above).bit_length() if above else None,
    )


def waiting(owner_id: int) -> int:
    """How many details of records on the shelf nobody has asked Discogs for yet. One statement."""
    asked = select(func.count()).where(
        Release.owner_id == owner_id,
        Release.facts_from.in_(("listing", "csv")),
        Release.gone_at.is_(None),
        Release.discogs_id.is_not(None),
    )
    return db.session.scalar(asked) or 0


def row_of(owner_id: int, check: Check, entity_id: int) -> ShelfRow | None:
    """The record the gap is in; None for an artist or a label."""
    if check.entity in ("artist", "label"):
        return None
    copy_id: int | None = entity_id
    if check.entity == "release":
        copies = select(func.min(Copy.id)).where(
            Copy.release_id == entity_id, Copy.owner_id == owner_id, Copy.removed_at.is_(None)
        )
        copy_id = db.session.scalar(copies)
    return next(iter(shelf_rows(owner_id, [copy_id] if copy_id else [])), None)


def first_copies(owner_id: int, release_ids: Sequence[int]) -> list[ShelfRow]:
    """A copy of each of these releases, of a handful of them."""
    copies = (
        select(func.min(Copy.id))
        .where(
            Copy.owner_id == owner_id,
            Copy.release_id.in_(release_ids[:MOST_TWINS]),
            Copy.removed_at.is_(None),
        )
        .group_by(Copy.release_id)
    )
    return shelf_rows(owner_id, db.session.scalars(copies).all())


def other_copies(owner_id: int, row: ShelfRow) -> list[ShelfRow]:
    """The other copies of the same release."""
    copies = select(Copy.id).where(
        Copy.owner_id == owner_id,
        Copy.release_id == row.release_id,
        Copy.id != row.copy_id,
        Copy.removed_at.is_(None),
    )
    ids = db.session.scalars(copies.order_by(Copy.id).limit(MOST_TWINS)).all()
    return shelf_rows(owner_id, ids)


@dataclass(frozen=True, slots=True)
class Namesake:
    """An artist with a few titles on the shelf, by which they are told apart."""

    id: int
    name: str
    discogs_id: int | None
    titles: Sequence[str]


def namesakes(owner_id: int, artist_id: int) -> list[Namesake]:
    """The artist, and after them those Discogs knows by the same name. Two statements."""
    this = select(Artist.sort_key).where(Artist.id == artist_id, Artist.owner_id == owner_id)
    called = Artist.sort_key == this.scalar_subquery(), Artist.merged_into_id.is_(None)
    rows = db.session.execute(
        select(Artist.id, Artist.name, Artist.discogs_id)
        .where(Artist.owner_id == owner_id, *called)
        .where(or_(Artist.id == artist_id, Artist.discogs_id.is_not(None)))
        .order_by(Artist.id != artist_id, Artist.id)
        .limit(1 + MOST_TWINS)
    ).all()
    titles = titles_of([row.id for row in rows])
    return [Namesake(*row, titles.get(row.id, ())) for row in rows]


def master_of(release_id: int) -> int | None:
    """The Discogs id of the work a release is a pressing of."""
    return db.session.scalar(select(Release.master_discogs_id).where(Release.id == release_id))


def counts_by_day(owner_id: int) -> Mapping[date, Mapping[str, int]]:
    """How many gaps of each check were open, by day, the oldest first. One statement."""
    rows = db.session.execute(
        select(QualityCount.day, QualityCount.check_name, QualityCount.open)
        .where(
            QualityCount.owner_id == owner_id,
            QualityCount.day > utcnow().date() - timedelta(days=MOST_DAYS),
            QualityCount.check_name.in_(BY_NAME),
        )
        .order_by(QualityCount.day)
    )
    days: dict[date, dict[str, int]] = defaultdict(dict)
    for day, name, number in rows:
        days[day][name] = number
    return days


def _last_known_open(owner_id: int) -> int:
    newest = select(func.max(QualityCount.day)).where(QualityCount.owner_id == owner_id)
    counted: Any = select(func.sum(QualityCount.open)).where(
        QualityCount.owner_id == owner_id, QualityCount.day == newest.scalar_subquery()
    )
    return int(db.session.scalar(counted) or 0)
