"""How a shelf can be sorted, read from the database."""

from __future__ import annotations

from collections.abc import Callable, Set
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, select

from app.extensions import db
from app.models import Copy
from app.queries.many_ids import among_bound, as_list
from app.queries.shelf_order import Key, Keys, ShelfOrder, members

# Read once and then mended, so only the first has an index to be read along; the others are sorted
# then (some 50 ms for 100,000 copies), and an import is spared two indexes. The way back along a
# shelf is the same read from behind, but for dates: unknown ones come last either way.
ORDERS: dict[str, tuple[Any, ...]] = {
    "artist": (Copy.sort_artist, Copy.sort_year, Copy.sort_title, Copy.id),
    "title": (Copy.sort_title, Copy.sort_artist, Copy.id),
    "year": (Copy.sort_year, Copy.sort_artist, Copy.id),
    "added": (Copy.added_at.is_(None), Copy.added_at, Copy.id),
    "-added": (Copy.added_at.is_(None), Copy.added_at.desc(), Copy.id.desc()),
}


def read_order(owner_id: int, sort: str, shelf: int) -> ShelfOrder:
    """A person's shelf, a set, sorted by one of `ORDERS`."""
    mine = select(Copy.id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
    ids = db.session.scalars(mine.order_by(*ORDERS[sort])).all()
    # On PostgreSQL the table may have moved on since the set was made.
    return ShelfOrder(members(ids, shelf, max(ids, default=0)))


class HasMovedOnError(Exception):
    """The table is not as it was when the index was made (on PostgreSQL that may be)."""


def read_keys(sort: str, version: int, copies: Set[int]) -> Keys:
    """What these copies are sorted by, to be compared as the database compares it.

    Raises HasMovedOnError where one of them has changed since that version of the collection.
    """
    statement = _keys_by_ids(sort, db.engine.dialect.name)
    rows = db.session.connection().execute(statement, {"ids": as_list(copies)}).all()
    if len(rows) < len(copies) or any(row[1] > version for row in rows):
        raise HasMovedOnError
    key_of = _KEYS.get(sort, tuple)
    return {row[0]: key_of(row[2:]) for row in rows}


@cache
def _keys_by_ids(sort: str, dialect: str) -> Select[Any]:
    columns = ORDERS[sort.removeprefix("-")]
    found = select(Copy.id, Copy.changed_in, *columns)
    return found.where(among_bound(Copy.id, bindparam("ids", type_=Text), dialect))


def _last_added(key: Key) -> Key:
    is_unknown, added_at, copy_id = key
    return (is_unknown, 0 if is_unknown else -added_at.timestamp(), -copy_id)


_KEYS: dict[str, Callable[[Key], Key]] = {"-added": _last_added}
