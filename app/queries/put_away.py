"""What is not on the shelf: in the trash, gone from Discogs, or emptied out for good."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from app.extensions import db
from app.models import Copy, Tombstone
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.paged import place
from app.queries.shelf_index import ShelfIndex

PER_PAGE = 60


class AwayRow(NamedTuple):
    """A copy that is not on the shelf, as lists show it. `removed_by`: person or sync."""

    row: ShelfRow
    removed_at: datetime
    removed_by: str


class EmptiedRow(NamedTuple):
    """A copy that was let go, and that no sync brings back. `id` is that of its tombstone."""

    id: int
    title: str
    at: datetime


@dataclass(frozen=True, slots=True)
class AwayPage:
    """One page of a group, the last that came there first: `number` of `pages`.

    `counts` are those of all groups: person, sync and emptied.
    """

    group: str
    rows: Sequence[AwayRow]
    emptied: Sequence[EmptiedRow]
    number: int
    pages: int
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many the group has in all."""
        return self.counts[self.group]


def away_count(index: ShelfIndex) -> int:
    """How many copies of this shelf's owner are put away."""
    return (index.known & ~index.all).bit_count()


def away_page(owner_id: int, group: str, number: int) -> AwayPage:
    """A page of one group, else of the first that has anything. Four statements at most.

    A page beyond the last gives the last.
    """
    counts = _counts(owner_id)
    if group not in counts:
        group = next((each for each, count in counts.items() if count), "person")
    number, pages = place(counts[group], number, PER_PAGE)
    offset = (number - 1) * PER_PAGE
    if group == "emptied":
        return AwayPage(group, (), _emptied(owner_id, offset), number, pages, counts)
    away = (Copy.owner_id == owner_id, Copy.removed_at.is_not(None), Copy.removed_by == group)
    return AwayPage(group, _rows(owner_id, away, offset), (), number, pages, counts)


def _counts(owner_id: int) -> dict[str, int]:
    removed = (
        select(Copy.removed_by, func.count())
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_not(None))
        .group_by(Copy.removed_by)
    )
    by = dict(db.session.execute(removed).all())
    buried = select(func.count()).select_from(Tombstone).where(Tombstone.owner_id == owner_id)
    return {
        "person": by.get("person", 0),
        "sync": by.get("sync", 0),
        "emptied": db.session.scalar(buried) or 0,
    }


def _emptied(owner_id: int, offset: int) -> list[EmptiedRow]:
    newest = (
        select(Tombstone.id, Tombstone.title, Tombstone.at)
        .where(Tombstone.owner_id == owner_id)
        .order_by(Tombstone.id.desc())
        .limit(PER_PAGE)
        .offset(offset)
    )
    return [EmptiedRow(*row) for row in db.session.execute(newest)]


def _rows(owner_id: int, away: Sequence[ColumnElement[bool]], offset: int) -> list[AwayRow]:
    newest = (
        select(Copy.id, Copy.removed_at, Copy.removed_by)
        .where(*away)
        .order_by(Copy.removed_at.desc(), Copy.id.desc())
        .limit(PER_PAGE)
        .offset(offset)
    )
    removed = {copy_id: (at, by) for copy_id, at, by in db.session.execute(newest) if at and by}
    return [AwayRow(row, *removed[row.copy_id]) for row in shelf_rows(owner_id, removed)]
