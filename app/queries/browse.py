"""A page of the collection, in the wanted order."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, literal, select, tuple_

from app.domain.filters import BrowseFilter
from app.domain.sleeves import sleeve_version
from app.extensions import db
from app.models import Copy, Folder, Format, Release, Selection, StickerPrint
from app.queries.many_ids import own_copies
from app.queries.matching_copies import Matches, matching
from app.queries.shelf_index import ids_of

PER_PAGE = 60
# Up to so many matches are named to the database, which then sorts only them; more are met soon
# enough by walking the shelf in order.
NAMED_AT_MOST = 900

ORDERS: dict[str, tuple[Any, ...]] = {
    "artist": (Copy.sort_artist, Copy.sort_year, Copy.sort_title, Copy.id),
    "title": (Copy.sort_title, Copy.sort_artist, Copy.id),
    "year": (Copy.sort_year, Copy.sort_artist, Copy.id),
    "added": (Copy.added_at, Copy.id),
}


class ShelfRow(NamedTuple):
    """A copy as lists show it. `picked`: chosen for the next stickers."""

    copy_id: int
    release_id: int
    discogs_id: int | None
    title: str
    artist_text: str
    artist_id: int | None
    year: int | None
    label_text: str
    catno_text: str
    format_text: str
    country: str | None
    folder: str
    rating: int | None
    media_condition: str | None
    sleeve_condition: str | None
    added_at: datetime | None
    sleeve: str
    stickered_at: datetime | None
    picked: bool


@dataclass(frozen=True, slots=True)
class Page:
    """One page of copies: `number` of `pages`, `total` matching of `collection_total`."""

    rows: Sequence[ShelfRow]
    number: int
    pages: int
    total: int
    collection_total: int

    @property
    def first(self) -> int:
        """The position of the first row, from 1; 0 on an empty page."""
        return (self.number - 1) * PER_PAGE + 1 if self.rows else 0

    @property
    def last(self) -> int:
        """The position of the last row."""
        return self.first + len(self.rows) - 1 if self.rows else 0


def page(owner_id: int, wanted: BrowseFilter, matches: Matches | None = None) -> Page:
    """The page of the collection that `wanted` asks for; one beyond the last gives the last."""
    matches = matches or matching(owner_id, wanted)
    pages = max(1, -(-matches.total // PER_PAGE))
    number = min(wanted.page, pages)
    ids = ordered_ids(matches, wanted, (number - 1) * PER_PAGE, PER_PAGE)
    rows = shelf_rows(owner_id, ids)
    return Page(rows, number, pages, matches.total, matches.index.all.bit_count())


def page_of(owner_id: int, ids: Sequence[int], number: int) -> Page:
    """One page of these copies, in the order given."""
    pages = max(1, -(-len(ids) // PER_PAGE))
    number = min(number, pages)
    shown = ids[(number - 1) * PER_PAGE : number * PER_PAGE]
    return Page(shelf_rows(owner_id, shown), number, pages, len(ids), len(ids))


def ordered_ids(matches: Matches, wanted: BrowseFilter, offset: int, limit: int) -> list[int]:
    """Copy ids of the matches in the wanted order, from `offset` on."""
    if matches.bits == matches.index.all:
        walk = _in_order(matches, wanted).offset(offset).limit(limit)
        return list(db.session.scalars(walk))
    if matches.total <= NAMED_AT_MOST:
        these = own_copies(matches.index.owner_id, ids_of(matches.bits))
        named = select(Copy.id).where(these).order_by(*_order(wanted))
        return list(db.session.scalars(named.offset(offset).limit(limit)))
    return list(_walk(matches, wanted, offset, limit))


def all_ids(owner_id: int, wanted: BrowseFilter) -> Iterator[int]:
    """Every matching copy id in the wanted order."""
    matches = matching(owner_id, wanted)
    return _walk(matches, wanted, 0, matches.total)


def _in_order(matches: Matches, wanted: BrowseFilter) -> Select[Any]:
    """The whole shelf in the wanted order, for walking along an index."""
    owner_id = matches.index.owner_id
    shelf = select(Copy.id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
    return shelf.order_by(*_order(wanted))


def _order(wanted: BrowseFilter) -> Sequence[Any]:
    """Unknown dates of adding stand at the far end, as SQLite's index has them."""
    order = ORDERS[wanted.sort]
    if wanted.sort == "added":
        first = (
            Copy.added_at.desc().nulls_last() if wanted.descending else Copy.added_at.nulls_first()
        )
        return (first, Copy.id.desc() if wanted.descending else Copy.id)
    return tuple(column.desc() for column in order) if wanted.descending else order


def _walk(matches: Matches, wanted: BrowseFilter, offset: int, limit: int) -> Iterator[int]:
    member = matches.bits.to_bytes(matches.bits.bit_length() // 8 + 1, "little")
    seen = 0
    shelf = _in_order(matches, wanted).execution_options(yield_per=2_000)
    with closing(db.session.scalars(shelf)) as ids:
        for copy_id in ids:
            if copy_id >> 3 < len(member) and member[copy_id >> 3] & (1 << (copy_id & 7)):
                seen += 1
                if seen > offset:
                    yield copy_id
                if seen >= offset + limit:
                    return


def shelf_rows(owner_id: int, ids: Iterable[int]) -> list[ShelfRow]:
    """Rows for these copies of this person, in the order of `ids`. One statement."""
    order = {copy_id: place for place, copy_id in enumerate(ids)}
    if not order:
        return []
    stickered = (
        select(func.max(StickerPrint.at)).where(StickerPrint.copy_id == Copy.id).scalar_subquery()
    )
    found = db.session.execute(
        select(
            Copy.id,
            Copy.release_id,
            Release.discogs_id,
            Release.title,
            Release.artist_text,
            Release.artist_id,
            Release.year,
            Release.label_text,
            Release.catno_text,
            func.coalesce(Format.text, ""),
            Release.country,
            Folder.name,
            Copy.rating,
            Copy.media_condition,
            Copy.sleeve_condition,
            Copy.added_at,
            Release.version,
            stickered,
            Selection.id,
        )
        .join(Release, Release.id == Copy.release_id)
        .join(Folder, Folder.id == Copy.folder_id)
        .outerjoin(Format, Format.id == Release.format_id)
        .outerjoin(Selection, (Selection.copy_id == Copy.id) & (Selection.owner_id == owner_id))
        .where(own_copies(owner_id, order))
    )
    drawing = sleeve_version()
    rows = [_row(tuple(row), drawing) for row in found]
    return sorted(rows, key=lambda row: order[row.copy_id])


def _row(row: tuple[Any, ...], drawing: str) -> ShelfRow:
    version, stickered_at, selection_id = row[16:]
    return ShelfRow._make(
        (*row[:16], f"{drawing}.{version}", stickered_at, selection_id is not None)
    )


class Neighbour(NamedTuple):
    """A record beside another on the shelf."""

    release_id: int
    title: str


def neighbours(
    owner_id: int, wanted: BrowseFilter, release_id: int
) -> tuple[Neighbour | None, Neighbour | None]:
    """The records before and after a release in the filter's order; None at the ends.

    Walks from the record's own place in both directions, so its place does not matter.
    """
    matches = matching(owner_id, wanted)
    here = _place(matches, wanted, release_id)
    if here is None:
        return None, None
    before = _beside(matches, wanted, here, release_id, forward=wanted.descending)
    after = _beside(matches, wanted, here, release_id, forward=not wanted.descending)
    return before, after


def _place(matches: Matches, wanted: BrowseFilter, release_id: int) -> tuple[Any, ...] | None:
    """The sort values of the release's first copy among the matches."""
    rows = db.session.execute(
        select(Copy.id, *ORDERS[wanted.sort])
        .where(Copy.release_id == release_id, Copy.removed_at.is_(None))
        .order_by(Copy.id)
    )
    for copy_id, *place in rows:
        if matches.bits >> copy_id & 1 and None not in place:
            return tuple(place)
    return None


def _beside(
    matches: Matches,
    wanted: BrowseFilter,
    here: tuple[Any, ...],
    release_id: int,
    *,
    forward: bool,
) -> Neighbour | None:
    columns = ORDERS[wanted.sort]
    place, there = tuple_(*columns), tuple_(*map(_bound, columns, here))
    walk = (
        select(Copy.id, Release.id, Release.title)
        .join(Release, Release.id == Copy.release_id)
        .where(
            Copy.owner_id == matches.index.owner_id,
            Copy.removed_at.is_(None),
            Copy.release_id != release_id,
            place > there if forward else place < there,
        )
        .order_by(*(column if forward else column.desc() for column in columns))
        .execution_options(yield_per=500)
    )
    with closing(db.session.execute(walk)) as rows:
        for copy_id, found_id, title in rows:
            if matches.bits >> copy_id & 1:
                return Neighbour(found_id, title)
    return None


def _bound(column: Any, value: Any) -> Any:
    return literal(value, column.type)
