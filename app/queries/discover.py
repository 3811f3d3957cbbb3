"""What to play tonight: shelves of records picked by chance, each with its reason.

The same seed and the same collection give the same picks (the row for today follows the calendar).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import NamedTuple

from sqlalchemy import extract, select

from app.domain.filters import BrowseFilter
from app.extensions import db
from app.models import Copy, Tag
from app.queries.browse import ShelfRow, ordered_ids, shelf_rows
from app.queries.by_lot import picked
from app.queries.matching_copies import Matches
from app.queries.shelf_index import ShelfIndex, shelf_index
from app.queries.shelf_order import bits_of

PICKS = 12
GENRES_SHOWN = 24
# A style with fewer records makes no shelf.
STYLE_AT_LEAST = 4
GEM_RATING = 4
# Of the best rated, or of those longest here, so many are picked from.
GEMS_FROM = 60
LOOKED_AT = 2_000
DAYS_AROUND = 3


class GenreChoice(NamedTuple):
    """A genre, how many records picking it would leave (or leaves), and whether it is picked."""

    name: str
    records: int
    is_on: bool


class Card(NamedTuple):
    """A record and why it is here."""

    row: ShelfRow
    why: str


@dataclass(frozen=True, slots=True)
class DiscoverShelf:
    """A row of records; `about` says in a sentence what they have in common, `url` shows all."""

    name: str
    title: str
    about: str
    cards: Sequence[Card]
    url: str = ""


@dataclass(frozen=True, slots=True)
class DiscoverPage:
    """All shelves for the chosen genres. `total` records match of `collection_total`."""

    shelves: Sequence[DiscoverShelf]
    genres: Sequence[GenreChoice]
    total: int
    collection_total: int


class _Plan(NamedTuple):
    """A shelf before its records are read: copy ids with reasons ("": the row tells it)."""

    name: str
    title: str
    about: str
    picks: Sequence[tuple[int, str]]
    url: str = ""


def page(
    owner_id: int, genres: Sequence[str], match_all: bool, seed: str, today: date
) -> DiscoverPage:
    """The shelves for records of any (or of all) of these genres, picked with `seed`."""
    index = shelf_index(owner_id)
    tags = _Tags(index)
    bits = tags.of_genres(genres, match_all)
    total = bits.bit_count()
    chosen = Matches(index, bits, {})
    plans = list(_plans(chosen, tags, genres, match_all, seed, today)) if total else []
    ids = dict.fromkeys(copy_id for plan in plans for copy_id, _why in plan.picks)
    rows = {row.copy_id: row for row in shelf_rows(owner_id, ids)}
    return DiscoverPage(
        shelves=[_filled(plan, rows) for plan in plans],
        genres=tags.choices(genres, bits if match_all else index.all),
        total=total,
        collection_total=index.all.bit_count(),
    )


class _Tags:
    """Genres and styles by name, as sets of copies."""

    def __init__(self, index: ShelfIndex) -> None:
        self.index = index
        names = select(Tag.kind, Tag.name, Tag.id).where(Tag.kind.in_(("genre", "style")))
        self.ids = {(kind, name): tag_id for kind, name, tag_id in db.session.execute(names)}

    def set_of(self, kind: str, name: str) -> int:
        return self.index.sets[kind].get(self.ids.get((kind, name)), 0)

    def of_genres(self, genres: Sequence[str], match_all: bool) -> int:
        if not genres:
            return self.index.all
        bits = self.index.all if match_all else 0
        for genre in genres:
            one = self.set_of("genre", genre)
            bits = bits & one if match_all else bits | one
        return bits

    def choices(self, chosen: Sequence[str], within: int) -> list[GenreChoice]:
        """Genres with records within a set, most first; chosen ones always."""
        counted = {
            name: (self.set_of("genre", name) & within).bit_count()
            for kind, name in self.ids
            if kind == "genre"
        }
        counted |= {name: counted.get(name, 0) for name in chosen}
        ranked = sorted(counted.items(), key=lambda one: (one[0] not in chosen, -one[1], one[0]))
        kept = [one for one in ranked if one[1] or one[0] in chosen]
        return [GenreChoice(name, n, name in chosen) for name, n in kept[:GENRES_SHOWN]]

    def styles(self, within: int) -> list[tuple[str, int]]:
        """Styles that have enough records within a set, by name."""
        found = (
            (name, self.set_of("style", name) & within)
            for kind, name in sorted(self.ids)
            if kind == "style"
        )
        return [(name, bits) for name, bits in found if bits.bit_count() >= STYLE_AT_LEAST]


def _plans(
    chosen: Matches,
    tags: _Tags,
    genres: Sequence[str],
    match_all: bool,
    seed: str,
    today: date,
) -> Iterator[_Plan]:
    # The collection's filter knows "any of these genres", not "all".
    has_url = len(genres) < 2 or not match_all
    yield _crate(chosen, seed)
    yield from _this_day(chosen, today)
    yield from _decades(chosen, seed)
    yield from _style(chosen, tags, BrowseFilter(genre=tuple(genres)) if has_url else None, seed)
    yield _gems(chosen, seed)


def _crate(chosen: Matches, seed: str) -> _Plan:
    picks = [(one, "") for one in picked(chosen.bits, PICKS, Random(f"crate {seed}"))]
    return _Plan(
        "crate", "Tonight’s crate", "A dozen drawn by lot, from all over the shelf.", picks
    )


def _this_day(chosen: Matches, today: date) -> Iterator[_Plan]:
    """Records added on this day of other years, or on one close to it."""
    near = [today + timedelta(days) for days in range(-DAYS_AROUND, DAYS_AROUND + 1)]
    distance = {day.month * 100 + day.day: abs((day - today).days) for day in near}
    month_and_day = extract("month", Copy.added_at) * 100 + extract("day", Copy.added_at)
    rows = db.session.execute(
        select(Copy.id, Copy.added_at)
        .where(
            Copy.owner_id == chosen.index.owner_id,
            Copy.removed_at.is_(None),
            month_and_day.in_(list(distance)),
            extract("year", Copy.added_at) != today.year,
        )
        .order_by(Copy.added_at.desc(), Copy.id)
        .limit(LOOKED_AT)
    )
    found = [
        (distance[added.month * 100 + added.day], copy_id, added)
        for copy_id, added in rows
        if added and _has(chosen.bits, copy_id)
    ]
    shown = sorted(found, key=lambda one: one[0])[:PICKS]
    if not shown:
        return
    to_the_day = all(far == 0 for far, _copy_id, _added in shown)
    title = "On this day" if to_the_day else "Around this day"
    about = f"They came to the shelf {'on' if to_the_day else 'around'} {today.day} {today:%B}"
    about += " of other years."
    picks = [(copy_id, f"Added {added.day} {added:%b %Y}") for _far, copy_id, added in shown]
    yield _Plan("this-day", title, about, picks)


def _decades(chosen: Matches, seed: str) -> Iterator[_Plan]:
    by_decade: dict[int, int] = {}
    for year, bits in chosen.index.sets["year"].items():
        if isinstance(year, int) and bits & chosen.bits:
            decade = year // 10 * 10
            by_decade[decade] = by_decade.get(decade, 0) | (bits & chosen.bits)
    if len(by_decade) < 2:
        return
    picks = [
        (copy_id, f"From the {decade}s")
        for decade, bits in sorted(by_decade.items())
        for copy_id in picked(bits, 1, Random(f"decade {decade} {seed}"))
    ]
    about = "A walk through the years, one record each."
    yield _Plan("decades", "One per decade", about, picks)


def _style(chosen: Matches, tags: _Tags, wanted: BrowseFilter | None, seed: str) -> Iterator[_Plan]:
    styles = tags.styles(chosen.bits)
    if not styles:
        return
    chance = Random(f"style {seed}")
    name, bits = chance.choice(styles)
    count = bits.bit_count()
    picks = [(copy_id, f"Filed under {name}") for copy_id in picked(bits, PICKS, chance)]
    about = f"A style drawn by lot: {count:,} of your records are filed under it."
    url = replace(wanted, style=(name,)).url() if wanted else ""
    yield _Plan("style", name, about, picks, url)


def _gems(chosen: Matches, seed: str) -> _Plan:
    """The best rated that have been here longest; while nothing is rated, those longest here."""
    rated = db.session.execute(
        select(Copy.id, Copy.rating)
        .where(
            Copy.owner_id == chosen.index.owner_id,
            Copy.removed_at.is_(None),
            Copy.rating >= GEM_RATING,
        )
        .order_by(Copy.rating.desc(), Copy.added_at, Copy.id)
        .limit(LOOKED_AT)
    )
    best = [(one, f"You gave it {stars} stars") for one, stars in rated if _has(chosen.bits, one)]
    chance = Random(f"gems {seed}")
    picks = _some(best[:GEMS_FROM] or _longest_here(chosen), chance)
    if best:
        about = "What you rated highest, those longest on the shelf first in line."
        return _Plan("gems", "Hidden gems", about, picks)
    about = "Nothing is rated yet, so these are some of those that have waited longest."
    return _Plan("gems", "Longest on the shelf", about, picks)


def _longest_here(chosen: Matches) -> list[tuple[int, str]]:
    """Those first added; of those without a date nobody knows, so they only stand in."""
    undated = db.session.scalars(
        select(Copy.id).where(
            Copy.owner_id == chosen.index.owner_id,
            Copy.removed_at.is_(None),
            Copy.added_at.is_(None),
        )
    )
    dated = chosen.bits & ~bits_of(undated)
    first_added = BrowseFilter(sort="added", descending=False)
    looked_at = replace(chosen, bits=dated or chosen.bits)
    return [(one, "") for one in ordered_ids(looked_at, first_added, 0, GEMS_FROM)]


def _some(of: Sequence[tuple[int, str]], chance: Random) -> list[tuple[int, str]]:
    """A dozen, in the order they have."""
    places = sorted(chance.sample(range(len(of)), min(PICKS, len(of))))
    return [of[place] for place in places]


def _has(bits: int, copy_id: int) -> bool:
    return bits >> copy_id & 1 == 1


def _filled(plan: _Plan, rows: dict[int, ShelfRow]) -> DiscoverShelf:
    cards = [
        Card(rows[one], why or _reason(plan.name, rows[one]))
        for one, why in plan.picks
        if one in rows
    ]
    return DiscoverShelf(plan.name, plan.title, plan.about, cards, plan.url)


def _reason(shelf: str, row: ShelfRow) -> str:
    since = f"{row.added_at:%B %Y}" if row.added_at else "nobody knows when"
    return f"Drawn by lot, here since {since}" if shelf == "crate" else f"Here since {since}"
