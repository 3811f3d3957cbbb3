"""The collection in memory as sets of copies, one per genre, folder, year …

A set is a Python integer with one bit per copy id, so "Jazz from the sixties in two folders" is a
few ANDs, and a facet's count is a popcount: exact, and far quicker than joins over link tables.
It is a cache of one process: each copy knows the collection version of its last change, and an
index that is behind takes in just the copies changed since. See docs/decisions/0004.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass, field, replace
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine, Select, bindparam, func, select

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
    User,
)
from app.models.tag import TAG_KINDS
from app.queries.shelf_order import ShelfOrder, ids_of, members

__all__ = ["FACETS", "ORDERS", "ShelfIndex", "bits_of", "ids_of", "letter_of", "shelf_index"]

FACETS = ("folder", "crate", "tag", "genre", "style", "format", "country", "year", "letter")
# Beyond this share of changed copies, building anew is cheaper than mending.
REBUILD_SHARE = 0.2
# A set takes an eighth of a byte a copy, so these need 800 KB on a shelf of 100,000.
ANSWERS_KEPT = 64
# Read once a change, so only the first has an index to be read along; the others are sorted then
# (some 50 ms for 100,000 copies), and an import is spared two indexes. The way back along a shelf
# is the same read from behind, but for dates: unknown ones come last either way.
ORDERS: dict[str, tuple[Any, ...]] = {
    "artist": (Copy.sort_artist, Copy.sort_year, Copy.sort_title, Copy.id),
    "title": (Copy.sort_title, Copy.sort_artist, Copy.id),
    "year": (Copy.sort_year, Copy.sort_artist, Copy.id),
    "added": (Copy.added_at.is_(None), Copy.added_at, Copy.id),
    "-added": (Copy.added_at.is_(None), Copy.added_at.desc(), Copy.id.desc()),
}
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

Sets = dict[str, dict[Hashable, int]]


@dataclass(frozen=True, slots=True)
class ShelfIndex:
    """Sets of the copies on one person's shelf at one collection version. Never changed once made:
    several requests look at it at the same time.

    `sets[facet][value]`; `all` is every copy. Values: folder id, crate id, own tag id, tag id for
    genre, style and format, country, year (None unknown), letter. The others fill as they are asked
    for: `orders`, `found` (sets that only the database knows), `counted` (what all facets add up
    to), `words` and `words_of_piles`.
    """

    owner_id: int
    version: int
    all: int
    sets: Sets
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
            names = db.session.connection().execute(_PILES[kind][0], {"owner_id": self.owner_id})
            self.words_of_piles[kind] = dict(names.all())
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
                self.orders[name] = _read_order(self, name)
        return self.orders[name], descending and name == sort


def _built(owner_id: int, version: int) -> ShelfIndex:
    """The index of the whole shelf."""
    everything = select(Copy.id).where(Copy.owner_id == owner_id)
    on_shelf, sets = _read(everything)
    return ShelfIndex(owner_id, version, on_shelf, sets)


def _mended(old: ShelfIndex, version: int) -> ShelfIndex:
    """The index with what changed since `old` taken in."""
    changed = list(
        db.session.scalars(
            select(Copy.id).where(Copy.owner_id == old.owner_id, Copy.changed_in > old.version)
        )
    )
    if len(changed) > max(500, old.all.bit_count() * REBUILD_SHARE):
        return _built(old.owner_id, version)
    stay = ~bits_of(changed)
    on_shelf = old.all & stay
    sets = {
        facet: {value: left for value, bits in values.items() if (left := bits & stay)}
        for facet, values in old.sets.items()
    }
    for start in range(0, len(changed), 500):
        found, parts = _read(select(Copy.id).where(Copy.id.in_(changed[start : start + 500])))
        on_shelf |= found
        for facet, values in parts.items():
            for value, bits in values.items():
                sets[facet][value] = sets[facet].get(value, 0) | bits
    if on_shelf.bit_count() != _counted(old.owner_id):
        # A deleted copy leaves no row that says so (taking the sample shelf down deletes).
        return _built(old.owner_id, version)
    if not changed:
        # A crate got another name, say: the copies stand as they stood.
        return replace(old, version=version, found={}, words={}, words_of_piles={})
    return ShelfIndex(old.owner_id, version, on_shelf, sets)


def _counted(owner_id: int) -> int:
    on_shelf = (Copy.owner_id == owner_id) & Copy.removed_at.is_(None)
    return db.session.scalar(select(func.count()).select_from(Copy).where(on_shelf)) or 0


def _read(copies: Select[Any]) -> tuple[int, Sets]:
    """The sets of these copies, as far as they are on the shelf."""
    found: dict[str, dict[Hashable, array[int]]] = {f: defaultdict(_no_ids) for f in FACETS}
    on_shelf = _no_ids()
    by_format: dict[int, array[int]] = defaultdict(_no_ids)
    shelf = copies.where(Copy.removed_at.is_(None))
    for copy_id, folder_id, sort_artist, country, year, format_id in _facts(shelf):
        on_shelf.append(copy_id)
        found["folder"][folder_id].append(copy_id)
        found["letter"][letter_of(sort_artist)].append(copy_id)
        found["year"][year].append(copy_id)
        if country:
            found["country"][country].append(copy_id)
        if format_id is not None:
            by_format[format_id].append(copy_id)
    for kind, tag_id, copy_id in _tags(shelf):
        found[kind][tag_id].append(copy_id)
    for kind, (_names, pile_id, copy_in_it) in _PILES.items():
        within = shelf.join(pile_id.class_, copy_in_it == Copy.id)
        for pile, copy_id in _rows(within.with_only_columns(pile_id, Copy.id)):
            found[kind][pile].append(copy_id)
    for format_id, tag_id in _format_words(by_format):
        found["format"][tag_id].extend(by_format[format_id])
    sets = {
        facet: {value: bits_of(ids) for value, ids in values.items()}
        for facet, values in found.items()
    }
    return bits_of(on_shelf), sets


def _no_ids() -> array[int]:
    """A list of ids in a quarter of the room."""
    return array("q")


def _facts(shelf: Select[Any]) -> Iterable[Any]:
    columns = (
        Copy.id,
        Copy.folder_id,
        Copy.sort_artist,
        Release.country,
        Release.year,
        Release.format_id,
    )
    return _rows(shelf.join(Release, Release.id == Copy.release_id).with_only_columns(*columns))


def _tags(shelf: Select[Any]) -> Iterable[Any]:
    return _rows(
        shelf.join(ReleaseTag, ReleaseTag.release_id == Copy.release_id)
        .join(Tag, Tag.id == ReleaseTag.tag_id)
        .with_only_columns(Tag.kind, Tag.id, Copy.id)
    )


def _rows(statement: Select[*tuple[Any, ...]]) -> Iterable[Any]:
    """Rows past the ORM, which would spend as long on handing them on as all else takes."""
    return db.session.connection().execute(statement.execution_options(yield_per=5_000))


def _format_words(formats: Iterable[int]) -> Iterable[Any]:
    known = set(formats)
    rows = db.session.execute(select(FormatTag.format_id, FormatTag.tag_id))
    return (row for row in rows if row[0] in known)


def _read_order(index: ShelfIndex, sort: str) -> ShelfOrder:
    shelf = select(Copy.id).where(Copy.owner_id == index.owner_id, Copy.removed_at.is_(None))
    ids = db.session.scalars(shelf.order_by(*ORDERS[sort])).all()
    # On PostgreSQL the table may have moved on since the index was made.
    return ShelfOrder(members(ids, index.all, max(ids, default=0)))


def letter_of(sort_artist: str) -> str:
    """The letter under which a sort key is found: a–z, 0-9 or other."""
    first = sort_artist[:1]
    if "a" <= first <= "z":
        return first
    return "0-9" if "0" <= first <= "9" else "other"


def bits_of(ids: Iterable[int]) -> int:
    """A set of copy ids as an integer."""
    ids = ids if isinstance(ids, array) else array("q", ids)
    if not ids:
        return 0
    buffer = bytearray(max(ids) // 8 + 1)
    for number in ids:
        buffer[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(buffer, "little")


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
