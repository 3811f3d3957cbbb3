"""Which copies stand under which artist, record label and style: what the graph counts in.

Like the shelf index a cache of one process, read anew when the collection version has moved. Only
main artists count, and names that stand for nobody (Various, Not On Label) are left out.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, select

from app.domain.graph_ties import Key, stands_for_nobody
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
    held = (Copy.owner_id == shelf.owner_id, Copy.removed_at.is_(None))
    artists = (
        select(Artist.id, Artist.name, Copy.id)
        .select_from(Copy)
        .join(Credit, Credit.release_id == Copy.release_id)
        .join(Artist, Artist.id == Credit.artist_id)
        .where(Credit.role == "", *held)
    )
    labels = (
        select(Label.id, Label.name, Copy.id)
        .select_from(Copy)
        .join(ReleaseLabel, ReleaseLabel.release_id == Copy.release_id)
        .join(Label, Label.id == ReleaseLabel.label_id)
        .where(*held)
    )
    names: dict[Key, str] = {}
    copies: dict[Key, array[int]] = {}
    for kind, statement in (("artist", artists), ("label", labels)):
        for (ref, name), ids in _grouped(statement).items():
            if not stands_for_nobody(name):
                key: Any = (kind, ref)
                names[key] = display_name(name)
                copies[key] = array("q", dict.fromkeys(ids))
    for ref, name in db.session.execute(select(Tag.id, Tag.name).where(Tag.kind == "style")):
        names["style", ref] = name
    highest = max(map(max, copies.values()), default=0)
    return NameIndex(shelf.version, highest, copies, names)


def _grouped(statement: Any) -> Mapping[tuple[int, str], Iterable[int]]:
    found: defaultdict[tuple[int, str], list[int]] = defaultdict(list)
    for ref, name, copy_id in db.session.execute(statement.execution_options(yield_per=5_000)):
        found[ref, name].append(copy_id)
    return found
