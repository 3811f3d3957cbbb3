"""Which copies stand under which artist, record label and style: what the graph counts in.

Like the shelf index a cache of one process, which takes in the copies changed since it was made.
Only main artists count, and names that stand for nobody (Various, Not On Label) are left out.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from app.domain.graph_ties import Key, Kind, stands_for_nobody
from app.domain.names import display_name
from app.extensions import db
from app.models import Artist, Copy, Credit, Label, ReleaseLabel, Tag
from app.queries.many_ids import own_copies
from app.queries.shelf_index import ShelfIndex
from app.queries.shelf_order import ids_of

# Beyond this many changed copies all are read anew.
FEW = 5_000
_NO_COPIES: array[int] = array("q")


@dataclass(frozen=True, slots=True)
class NameIndex:
    """`copies[("artist", 7)]` are copy ids, each once; `names` what people read. Styles have
    names only: their copies are sets in the shelf index. `highest` is the largest copy id,
    `on_shelf` the set of all of them, `nobodies` are left out until they get another name."""

    version: int
    on_shelf: int
    highest: int
    copies: Mapping[Key, array[int]]
    names: Mapping[Key, str]
    nobodies: Mapping[Key, array[int]]


_lock = Lock()
_kept: WeakKeyDictionary[Engine, dict[int, NameIndex]] = WeakKeyDictionary()


def name_index(shelf: ShelfIndex) -> NameIndex:
    """The names on the shelf that `shelf` indexes, of the same collection version."""
    with _lock:
        kept = _kept.setdefault(db.engine, {})
        index = kept.get(shelf.owner_id)
        if index is None:
            index = _made(shelf, _linked(shelf.owner_id))
        elif index.version != shelf.version:
            index = _mended(index, shelf)
        kept[shelf.owner_id] = index
    return index


def _made(shelf: ShelfIndex, linked: Mapping[Key, array[int]]) -> NameIndex:
    names = dict(_names(shelf.owner_id))
    copies = {key: ids for key, ids in linked.items() if key in names}
    nobodies = {key: ids for key, ids in linked.items() if key not in names}
    highest = max(map(max, copies.values()), default=0)
    shown = {key: name for key, name in names.items() if key[0] == "style" or key in copies}
    return NameIndex(shelf.version, shelf.all, highest, copies, shown, nobodies)


def _mended(old: NameIndex, shelf: ShelfIndex) -> NameIndex:
    """The index with what changed since `old` taken in. Names are few, and read again."""
    changed = set(
        db.session.scalars(
            select(Copy.id).where(Copy.owner_id == shelf.owner_id, Copy.changed_in > old.version)
        )
    )
    if len(changed) > FEW:
        return _made(shelf, _linked(shelf.owner_id))
    # A deleted copy leaves no row that says so.
    changed.update(ids_of(old.on_shelf & ~shelf.all))
    before = {**old.copies, **old.nobodies}
    linked = {key: left for key, ids in before.items() if (left := _without(changed, ids))}
    for key, ids in _linked(shelf.owner_id, changed).items():
        linked[key] = linked.get(key, _NO_COPIES) + ids
    return _made(shelf, linked)


def _without(changed: Set[int], ids: array[int]) -> array[int]:
    if changed.isdisjoint(ids):
        return ids
    return array("q", (copy_id for copy_id in ids if copy_id not in changed))


def _linked(owner_id: int, only: Iterable[int] | None = None) -> dict[Key, array[int]]:
    """Who has which copies on the shelf: all of them, or `only` these."""
    links: dict[Kind, Any] = {
        "artist": select(Credit.artist_id, Copy.id)
        .join(Copy, Copy.release_id == Credit.release_id)
        .where(Credit.role == ""),
        "label": select(ReleaseLabel.label_id, Copy.id).join(
            Copy, Copy.release_id == ReleaseLabel.release_id
        ),
    }
    wanted = Copy.owner_id == owner_id if only is None else own_copies(owner_id, only)
    return {
        (kind, ref): array("q", dict.fromkeys(ids))
        for kind, statement in links.items()
        for ref, ids in _grouped(statement.where(wanted, Copy.removed_at.is_(None))).items()
    }


def _names(owner_id: int) -> Iterator[tuple[Key, str]]:
    """Everybody there is a name for, copies or not, but nobody who stands for nobody."""
    everybody: dict[Kind, Any] = {
        "artist": select(Artist.id, Artist.name).where(Artist.owner_id == owner_id),
        "label": select(Label.id, Label.name).where(Label.owner_id == owner_id),
        "style": select(Tag.id, Tag.name).where(Tag.kind == "style"),
    }
    for kind, statement in everybody.items():
        for ref, name in db.session.execute(statement):
            if not stands_for_nobody(name):
                yield (kind, ref), display_name(name)


def _grouped(statement: Any) -> Mapping[int, Iterable[int]]:
    found: defaultdict[int, list[int]] = defaultdict(list)
    for ref, copy_id in db.session.execute(statement.execution_options(yield_per=20_000)):
        found[ref].append(copy_id)
    return found
