"""The collection in memory as sets of copies, one per genre, folder, year …

A set is a Python integer with one bit per copy id, so "Jazz from the sixties in two folders" is a
few ANDs, and a facet's count is a popcount: exact, and far quicker than joins over link tables.
It is a cache of one process: each copy knows the collection version of its last change, and an
index that is behind takes in just the copies changed since. See docs/decisions/0004.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Set
from dataclasses import dataclass, field, replace
from functools import partial
from threading import Lock
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, bindparam, select

from app.extensions import db
from app.models import Tag, User
from app.models.tag import TAG_KINDS
from app.queries.shelf_facts import (
    Sets,
    changed_since,
    count_known,
    known_copies,
    read_copies,
    read_pile_names,
    read_shelf,
)
from app.queries.shelf_order import ShelfOrder, bits_of, ids_of
from app.queries.shelf_sorting import ORDERS, HasMovedOnError, read_keys, read_order

# Beyond this share of changed copies, building anew is cheaper than mending.
REBUILD_SHARE = 0.2
# A set takes an eighth of a byte a copy, so these need 800 KB on a shelf of 100,000.
ANSWERS_KEPT = 64
# An order is read anew where more than one copy in so many has changed: to find a place takes some
# fifty times as long as to read one more row.
MEND_BELOW = 50


@dataclass(frozen=True, slots=True)
class ShelfIndex:
    """Sets of the copies on one person's shelf at one collection version. Never changed once made:
    several requests look at it at the same time.

    `sets[facet][value]`; `all` is every copy on the shelf, `known` every one of this person's, put
    away or not. Values: folder id, crate id, own tag id, tag id for genre, style and format,
    country, year (None unknown), letter. The others fill as they are asked for: `orders`, `found`
    (sets that only the database knows), `counted` (what all facets add up to), `words` and
    `words_of_piles`. `old_orders` are of a former version, with the copies changed since.
    """

    owner_id: int
    version: int
    all: int
    known: int
    sets: Sets
    old_orders: dict[str, tuple[ShelfOrder, Set[int]]] = field(default_factory=dict)
    orders: dict[str, ShelfOrder] = field(default_factory=dict)
    found: dict[Hashable, int] = field(default_factory=dict)
    counted: dict[str, dict[Hashable, int]] = field(default_factory=dict)
    words: dict[str, dict[Hashable, str]] = field(default_factory=dict)
    words_of_piles: dict[str, dict[Hashable, str]] = field(default_factory=dict)

    def tag_names(self, kind: str) -> dict[Hashable, str]:
        """What the tags of a kind are called, by id: a tag is its name, which never changes."""
        if not self.words:
            rows = db.session.execute(select(Tag.kind, Tag.id, Tag.name)).all()
            self.words.update({k: {i: name for of, i, name in rows if of == k} for k in TAG_KINDS})
        return self.words[kind]

    def pile_names(self, kind: str) -> dict[Hashable, str]:
        """What the crates ("crate") or own tags ("tag") of this person are called, by id."""
        if kind not in self.words_of_piles:
            self.words_of_piles[kind] = read_pile_names(kind, self.owner_id)
        return self.words_of_piles[kind]

    def keep(self, question: Hashable, find: Callable[[], int]) -> int:
        """The set that answers `question`, looked for once: people page through what they find."""
        answer = self.found.get(question)
        if answer is None:
            answer = find()
            if len(self.found) >= ANSWERS_KEPT:
                self.found.clear()
            self.found[question] = answer
        return answer

    def totals(self, facet: str) -> dict[Hashable, int]:
        """How many copies each value of a facet has on the whole shelf, counted once."""
        if facet not in self.counted:
            self.counted[facet] = {v: bits.bit_count() for v, bits in self.sets[facet].items()}
        return self.counted[facet]

    def in_order(self, sort: str, *, descending: bool = False) -> tuple[ShelfOrder, bool]:
        """All copies, sorted by one of `ORDERS`, and whether to walk along them backwards."""
        turned = f"-{sort}"
        name = turned if descending and turned in ORDERS else sort
        with _lock:
            if name not in self.orders:
                self.orders[name] = _order(self, name)
        return self.orders[name], descending and name == sort


def _built(owner_id: int, version: int) -> ShelfIndex:
    """The index of the whole shelf."""
    known = known_copies(owner_id)  # first: what is deleted meanwhile is missed at the next look
    on_shelf, sets = read_shelf(owner_id)
    return ShelfIndex(owner_id, version, on_shelf, known, sets)


def _mended(old: ShelfIndex, version: int) -> ShelfIndex:
    """The index with what changed since `old` taken in."""
    changed = frozenset(changed_since(old.owner_id, old.version))
    known = old.known | bits_of(changed)
    if known.bit_count() != count_known(old.owner_id):
        # Copies that are deleted leave no row that says so: emptied out of the trash, or samples.
        there = known_copies(old.owner_id)
        changed = changed.union(ids_of(known & ~there))
        known &= there
    if len(changed) > max(500, old.all.bit_count() * REBUILD_SHARE):
        return _built(old.owner_id, version)
    if not changed:
        # A crate got another name, say: the copies stand as they stood.
        return replace(old, version=version, found={}, words={}, words_of_piles={})
    moved = bits_of(changed)
    sets = {facet: _without(moved, values) for facet, values in old.sets.items()}
    found, parts = read_copies(changed)
    on_shelf = old.all & ~moved | found
    for facet, values in parts.items():
        for value, bits in values.items():
            sets[facet][value] = sets[facet].get(value, 0) | bits
    orders = _out_of_date(old, changed)
    index = ShelfIndex(old.owner_id, version, on_shelf, known, sets, orders)
    if all(parts[kind].keys() <= old.words.get(kind, {}).keys() for kind in TAG_KINDS):
        index.words.update(old.words)
    return index


def _without(moved: int, values: dict[Hashable, int]) -> dict[Hashable, int]:
    """The sets of a facet without these copies; sets that would be empty are left out."""
    left = {}
    for value, bits in values.items():
        if not bits & moved:
            left[value] = bits
        elif stay := bits & ~moved:
            left[value] = stay
    return left


def _out_of_date(
    old: ShelfIndex, changed: frozenset[int]
) -> dict[str, tuple[ShelfOrder, Set[int]]]:
    """The orders of an index whose copies changed, as far as it is quicker to mend them."""
    orders = {name: (order, changed) for name, order in old.orders.items()}
    for name, (order, before) in old.old_orders.items():
        orders.setdefault(name, (order, changed.union(before)))
    return {
        name: (order, moved)
        for name, (order, moved) in orders.items()
        if len(moved) * MEND_BELOW < len(order.ids)
    }


def _order(index: ShelfIndex, sort: str) -> ShelfOrder:
    order, changed = index.old_orders.pop(sort, (None, frozenset()))
    if order is not None:
        try:
            return order.resorted(changed, index.all, partial(read_keys, sort, index.version))
        except HasMovedOnError:
            pass
    return read_order(index.owner_id, sort, index.all)


# Asked by every page, so put together once and sent past the ORM.
_VERSION = select(User.collection_version).where(User.id == bindparam("owner_id"))
_lock = Lock()
_kept: WeakKeyDictionary[Engine, dict[int, ShelfIndex]] = WeakKeyDictionary()


def shelf_index(owner_id: int) -> ShelfIndex:
    """The index of a person's shelf, up to date with the database."""
    version = db.session.connection().scalar(_VERSION, {"owner_id": owner_id}) or 0
    with _lock:
        kept = _kept.setdefault(db.engine, {})
        index = kept.get(owner_id)
        if index is None:
            index = _built(owner_id, version)
        elif index.version != version:
            index = _mended(index, version)
        kept[owner_id] = index
    return index
