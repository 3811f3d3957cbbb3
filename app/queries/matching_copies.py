"""From a filter to the set of copies it means."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import partial
from typing import Any

from sqlalchemy import ColumnElement, Select, false, func, literal_column, or_, select, text
from sqlalchemy.orm import InstrumentedAttribute

from app.domain.arrivals import find_arrivals
from app.domain.filters import BrowseFilter, search_words
from app.domain.names import display_name
from app.domain.text import sort_key
from app.extensions import db
from app.models import Artist, Copy, Credit, Folder, Label, ReleaseLabel, Tag
from app.queries.shelf_index import ShelfIndex, shelf_index
from app.queries.shelf_order import bits_of

TAGGED = ("genre", "style", "format")
PILES = ("crate", "tag")


@dataclass(frozen=True, slots=True)
class Matches:
    """The copies a filter means: as one set, and per facet as a set without that facet's own part.

    The latter is what a facet counts in, so that its other values stay choosable.
    """

    index: ShelfIndex
    bits: int
    without: dict[str, int]

    @property
    def total(self) -> int:
        """How many copies match."""
        return self.bits.bit_count()


def matching(owner_id: int, wanted: BrowseFilter) -> Matches:
    """The copies on this person's shelf that `wanted` means."""
    index = shelf_index(owner_id)
    facets = _facet_sets(index, wanted)
    rest = index.all
    for bits in _searched_sets(index, wanted):
        rest &= bits
    everything = rest
    for bits in facets.values():
        everything &= bits
    return Matches(index, everything, {name: _all_but(name, rest, facets) for name in facets})


def _all_but(name: str, rest: int, facets: dict[str, int]) -> int:
    for other, bits in facets.items():
        if other != name:
            rest &= bits
    return rest


def _facet_sets(index: ShelfIndex, wanted: BrowseFilter) -> dict[str, int]:
    """One set for each facet that is filtered by."""
    sets: dict[str, int] = {}
    if wanted.folder:
        sets["folder"] = _union(index, "folder", _folder_ids(index.owner_id, wanted.folder))
    for kind in PILES:
        if names := getattr(wanted, kind):
            sets[kind] = _union(index, kind, pile_ids(index, kind, names))
    for kind in TAGGED:
        if names := getattr(wanted, kind):
            sets[kind] = _union(index, kind, _tag_ids(kind, names))
    if wanted.country:
        sets["country"] = _union(index, "country", wanted.country)
    if wanted.decade:
        years = (y for d in wanted.decade for y in range(int(d), int(d) + 10))
        sets["decade"] = _union(index, "year", years)
    if wanted.year_from or wanted.year_to:
        first, last = wanted.year_from or 1, wanted.year_to or 9999
        known = (year for year in index.sets["year"] if isinstance(year, int))
        sets["year"] = _union(index, "year", (year for year in known if first <= year <= last))
    if wanted.letter:
        sets["letter"] = _union(index, "letter", (wanted.letter,))
    return sets


def _union(index: ShelfIndex, facet: str, values: Iterable[Any]) -> int:
    bits = 0
    for value in values:
        bits |= index.sets[facet].get(value, 0)
    return bits


def _folder_ids(owner_id: int, names: Iterable[str]) -> list[int]:
    return list(
        db.session.scalars(
            select(Folder.id).where(Folder.owner_id == owner_id, Folder.name.in_(list(names)))
        )
    )


def pile_ids(index: ShelfIndex, kind: str, names: Iterable[str]) -> list[Any]:
    """The crates or own tags of these names, in whatever case they are written."""
    wanted = {name.casefold() for name in names}
    return [key for key, name in index.pile_names(kind).items() if name.casefold() in wanted]


def _tag_ids(kind: str, names: Iterable[str]) -> list[int]:
    lower = [name.lower() for name in names]
    found = select(Tag.id).where(Tag.kind == kind, func.lower(Tag.name).in_(lower))
    return list(db.session.scalars(found))


def _searched_sets(index: ShelfIndex, wanted: BrowseFilter) -> Iterable[int]:
    """Sets for what only the database knows: words, labels, artists, dates."""
    owner_id = index.owner_id
    if wanted.q:
        words = search_words(wanted.q)
        yield index.keep(("words", *words), partial(found_by_words, words))
    if wanted.label:
        find = partial(_named, owner_id, Label, ReleaseLabel.label_id, wanted.label)
        yield index.keep(("label", *wanted.label), find)
    if wanted.artist:
        find = partial(_named, owner_id, Artist, Credit.artist_id, wanted.artist)
        yield index.keep(("artist", *wanted.artist), find)
    if wanted.arrived:
        find = partial(_arrived, owner_id, wanted.arrived)
        yield index.keep(("arrived", wanted.arrived), find)
    if wanted.added_from or wanted.added_to:
        yield _added_between(owner_id, wanted)


def found_by_words(words: list[str]) -> int:
    """Copies (anybody's) in whose search text every word begins some word."""
    if not words:
        return 0
    if db.engine.dialect.name == "sqlite":
        query = " ".join('"' + word.replace('"', '""') + '"*' for word in words)
        # One value instead of a row a hit: a common word has tens of thousands of them.
        found = text("SELECT json_group_array(rowid) FROM copy_fts WHERE copy_fts MATCH :query")
        return bits_of(json.loads(db.session.scalar(found, {"query": query}) or "[]"))
    return bits_of(db.session.scalar(_postgres_search(words)) or ())


def _postgres_search(words: list[str]) -> Select[Any]:
    """PostgreSQL's parser drops words of symbols, which are looked for letter by letter."""
    statement = select(func.array_agg(Copy.id))
    lettered = [word for word in words if any(char.isalnum() for char in word)]
    if lettered:
        query = " & ".join("'" + w.replace("\\", "").replace("'", "''") + "':*" for w in lettered)
        # 'simple' stands in the statement as it does in the index, or the index is not used.
        simple: Any = literal_column("'simple'")
        vector = func.to_tsvector(simple, Copy.search_text)
        statement = statement.where(vector.bool_op("@@")(func.to_tsquery(simple, query)))
    for word in words:
        if word not in lettered:
            statement = statement.where(Copy.search_text.contains(word, autoescape=True))
    return statement


def _named(
    owner_id: int, model: Any, link: InstrumentedAttribute[int], names: Iterable[str]
) -> int:
    """Copies whose release is linked to an artist or label filed under one of the names."""
    keys = [sort_key(display_name(name)) for name in names]
    links: Any = link.class_
    copies = (
        select(Copy.id)
        .join(links, links.release_id == Copy.release_id)
        .join(model, _is_linked(model, link))
        .where(model.owner_id == owner_id, model.sort_key.in_(keys))
    )
    if links is Credit:
        copies = copies.where(or_(Credit.role == "", Credit.role.is_(None)))
    return bits_of(db.session.scalars(copies))


def _is_linked(model: Any, link: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Somebody merged into another is found by their own name too."""
    is_told = model.id == Credit.told_artist_id if link.class_ is Credit else false()
    return or_(model.id == link, is_told)


def _arrived(owner_id: int, address: str) -> int:
    arrivals = find_arrivals(address)
    if arrivals is None:
        return 0
    copies = select(Copy.id).where(Copy.id >= arrivals.first, Copy.source == arrivals.source)
    if arrivals.last is not None:
        copies = copies.where(Copy.id <= arrivals.last)
    # "+ 0": along the ids from the first on, not through all that they own.
    return bits_of(db.session.scalars(copies.where(Copy.owner_id + 0 == owner_id)))


def _added_between(owner_id: int, wanted: BrowseFilter) -> int:
    copies = select(Copy.id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
    if wanted.added_from:
        copies = copies.where(Copy.added_at >= datetime.combine(wanted.added_from, time(), UTC))
    if wanted.added_to:
        after = wanted.added_to + timedelta(days=1)
        copies = copies.where(Copy.added_at < datetime.combine(after, time(), UTC))
    return bits_of(db.session.scalars(copies))
