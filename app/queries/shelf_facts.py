"""Which copies are in which folder, of which genre, from which year …: read as sets of their ids.

A set is a Python integer with one bit per copy id (see shelf_index). The statements are made once,
for a page that comes after a change waits for all of them.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Collection, Hashable, Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, Text, bindparam, func, select

from app.extensions import db
from app.models import (
    Copy,
    CopyTag,
    Crate,
    CrateCopy,
    FormatTag,
    OwnTag,
    Release,
    ReleaseTag,
    Tag,
)
from app.queries.many_ids import among_bound, as_list
from app.queries.shelf_order import bits_of

FACETS = ("folder", "crate", "tag", "genre", "style", "format", "country", "year", "letter")
# What a person sorts their copies by: where it is called by name, and who is in it.
_PILES: dict[str, tuple[Any, Any, Any]] = {
    "crate": (
        select(Crate.id, Crate.name).where(
            Crate.owner_id == bindparam("owner_id"), Crate.removed_at.is_(None)
        ),
        CrateCopy.crate_id,
        CrateCopy.copy_id,
    ),
    "tag": (
        select(OwnTag.id, OwnTag.name).where(OwnTag.owner_id == bindparam("owner_id")),
        CopyTag.own_tag_id,
        CopyTag.copy_id,
    ),
}
_AT_ONCE = {"yield_per": 5_000}
_MINE = Copy.owner_id == bindparam("owner_id")
_ALL = select(Copy.id).where(_MINE).execution_options(**_AT_ONCE)
_COUNT = select(func.count()).select_from(Copy).where(_MINE)
_CHANGED = select(Copy.id).where(_MINE, Copy.changed_in > bindparam("version"))

Sets = dict[str, dict[Hashable, int]]


def read_shelf(owner_id: int) -> tuple[int, Sets]:
    """All copies on a person's shelf, and the sets of those that have something in common."""
    return _read(_statements(""), {"owner_id": owner_id})


def read_copies(ids: Collection[int]) -> tuple[int, Sets]:
    """Those of these copies that are on the shelf, and their sets."""
    return _read(_statements(db.engine.dialect.name), {"ids": as_list(ids)})


def known_copies(owner_id: int) -> int:
    """The set of all copies of a person, on the shelf or put away."""
    return bits_of(array("q", (row[0] for row in _rows(_ALL, {"owner_id": owner_id}))))


def count_known(owner_id: int) -> int:
    """How many those are."""
    return db.session.connection().scalar(_COUNT, {"owner_id": owner_id}) or 0


def changed_since(owner_id: int, version: int) -> list[int]:
    """The copies that changed after this version of the collection."""
    return [row[0] for row in _rows(_CHANGED, {"owner_id": owner_id, "version": version})]


def read_pile_names(kind: str, owner_id: int) -> dict[Hashable, str]:
    """What the crates ("crate") or own tags ("tag") of a person are called, by id."""
    return dict(tuple(row) for row in _rows(_PILES[kind][0], {"owner_id": owner_id}))


def _read(statements: dict[str, Select[Any]], values: dict[str, Any]) -> tuple[int, Sets]:
    found: dict[str, dict[Hashable, array[int]]] = {f: defaultdict(_no_ids) for f in FACETS}
    on_shelf = _no_ids()
    by_format: dict[int, array[int]] = defaultdict(_no_ids)
    facts = _rows(statements["facts"], values)
    for copy_id, folder_id, sort_artist, country, year, format_id in facts:
        on_shelf.append(copy_id)
        found["folder"][folder_id].append(copy_id)
        found["letter"][letter_of(sort_artist)].append(copy_id)
        found["year"][year].append(copy_id)
        if country:
            found["country"][country].append(copy_id)
        if format_id is not None:
            by_format[format_id].append(copy_id)
    for kind, tag_id, copy_id in _rows(statements["tags"], values):
        found[kind][tag_id].append(copy_id)
    for kind in _PILES:
        for pile, copy_id in _rows(statements[kind], values):
            found[kind][pile].append(copy_id)
    words = _format_words(db.engine.dialect.name)
    for format_id, tag_id in _rows(words, {"ids": as_list(by_format)}):
        found["format"][tag_id].extend(by_format[format_id])
    sets = {
        facet: {value: bits_of(ids) for value, ids in values.items()}
        for facet, values in found.items()
    }
    return bits_of(on_shelf), sets


def _no_ids() -> array[int]:
    """A list of ids in a quarter of the room."""
    return array("q")


@cache
def _statements(dialect: str) -> dict[str, Select[Any]]:
    """About all copies of `:owner_id`; with a dialect about those whose ids are `:ids`."""
    ids = bindparam("ids", type_=Text)
    mine = among_bound(Copy.id, ids, dialect) if dialect else _MINE
    shelf = select(Copy.id).where(mine, Copy.removed_at.is_(None)).execution_options(**_AT_ONCE)
    facts = (Copy.id, Copy.folder_id, Copy.sort_artist)
    pressing = (Release.country, Release.year, Release.format_id)
    return {
        "facts": shelf.join(Release, Release.id == Copy.release_id).with_only_columns(
            *facts, *pressing
        ),
        "tags": shelf.join(ReleaseTag, ReleaseTag.release_id == Copy.release_id)
        .join(Tag, Tag.id == ReleaseTag.tag_id)
        .with_only_columns(Tag.kind, Tag.id, Copy.id),
        **{
            kind: shelf.join(pile_id.class_, copy_id == Copy.id).with_only_columns(pile_id, Copy.id)
            for kind, (_names, pile_id, copy_id) in _PILES.items()
        },
    }


@cache
def _format_words(dialect: str) -> Select[Any]:
    columns: tuple[Any, ...] = (FormatTag.format_id, FormatTag.tag_id)
    ids = bindparam("ids", type_=Text)
    return select(*columns).where(among_bound(FormatTag.format_id, ids, dialect))


def _rows(statement: Select[Any], values: dict[str, Any]) -> Iterable[Any]:
    """Rows past the ORM, which would spend as long on handing them on as all else takes."""
    return db.session.connection().execute(statement, values)


def letter_of(sort_artist: str) -> str:
    """The letter under which a sort key is found: a–z, 0-9 or other."""
    first = sort_artist[:1]
    if "a" <= first <= "z":
        return first
    return "0-9" if "0" <= first <= "9" else "other"
