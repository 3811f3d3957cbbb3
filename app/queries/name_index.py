"""Which copies stand under which artist, record label and style: what the graph counts in.

Like the shelf index a cache of one process, read anew when the collection version has moved. Only
main artists count, and names that stand for nobody (Various, Not On Label) are left out.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from app.domain.graph_ties import Key, Kind, stands_for_nobody
from app.domain.names import display_name
from app.extensions import db
from app.models import Artist, Copy, Credit, Label, ReleaseLabel, Tag
from app.queries.shelf_index import ShelfIndex


@dataclass(frozen=True, slots=True)
class NameIndex:
    """`copies[("artist", 7)]` are copy ids, each once; `names` what people read. Styles have
    names only: their copies are sets in the shelf index. `highest` is the largest copy id."""

    version: int
    highest: int
    copies: Mapping[Key, array[int]]
    names: Mapping[Key, str]


_lock = Lock()
_kept: WeakKeyDictionary[Engine, dict[int, NameIndex]] = WeakKeyDictionary()


def name_index(shelf: ShelfIndex) -> NameIndex:
    """The names on the shelf that `shelf` indexes, of the same collection version."""
    with _lock:
        kept = _kept.setdefault(db.engine, {})
        index = kept.get(shelf.owner_id)
        if index is None or index.version != shelf.version:
            index = kept[shelf.owner_id] = _read(shelf)
    return index


def _read(shelf: ShelfIndex) -> NameIndex:
    names = dict(_names(shelf.owner_id))
    links: dict[Kind, Any] = {
        "artist": select(Credit.artist_id, Copy.id)
        .join(Copy, Copy.release_id == Credit.release_id)
        .where(Credit.role == ""),
        "label": select(ReleaseLabel.label_id, Copy.id).join(
            Copy, Copy.release_id == ReleaseLabel.release_id
        ),
    }
    copies: dict[Key, array[int]] = {}
    for kind, statement in links.items():
        held = statement.where(Copy.owner_id == shelf.owner_id, Copy.removed_at.is_(None))
        for ref, ids in _grouped(held).items():
            if (kind, ref) in names:
                copies[kind, ref] = array("q", dict.fromkeys(ids))
    highest = max(map(max, copies.values()), default=0)
    shown = {key: name for key, name in names.items() if key[0] == "style" or key in copies}
    return NameIndex(shelf.version, highest, copies, shown)


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
