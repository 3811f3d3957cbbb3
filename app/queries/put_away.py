"""Copies that were put away, by a person or by a sync that no longer met them at Discogs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from app.extensions import db
from app.models import Copy
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.shelf_index import ShelfIndex

PER_PAGE = 60


class AwayRow(NamedTuple):
    """A copy that is not on the shelf, as lists show it. `removed_by`: person or sync."""

    row: ShelfRow
    removed_at: datetime
    removed_by: str


@dataclass(frozen=True, slots=True)
class AwayPage:
    """One page of them, the last put away first: `number` of `pages`, `total` in all."""

    rows: Sequence[AwayRow]
    number: int
    pages: int
    total: int


def away_count(index: ShelfIndex) -> int:
    """How many copies of this shelf's owner are put away.

    Counted once for each state of the shelf, and as a difference: all copies stand in an index of
    the database, while those put away would have to be looked for among them.
    """

    def count() -> int:
        mine = select(func.count()).select_from(Copy).where(Copy.owner_id == index.owner_id)
        return max((db.session.scalar(mine) or 0) - index.all.bit_count(), 0)

    # Kept beside the sets, though it is a number.
    return index.keep("put away", count)


def away_page(owner_id: int, number: int) -> AwayPage:
    """A page of what is put away; one beyond the last gives the last. Three statements."""
    away = (Copy.owner_id == owner_id, Copy.removed_at.is_not(None))
    total = db.session.scalar(select(func.count()).select_from(Copy).where(*away)) or 0
    pages = max(1, -(-total // PER_PAGE))
    number = min(number, pages)
    return AwayPage(_rows(owner_id, away, (number - 1) * PER_PAGE), number, pages, total)


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
