"""A page of the collection, in the wanted order."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Integer, Select, Text, bindparam, cast, func, select

from app.domain.filters import BrowseFilter
from app.domain.sleeves import sleeve_version
from app.extensions import db
from app.models import Copy, CrateCopy, Folder, Format, Image, Release, Selection, StickerPrint
from app.queries.many_ids import among_bound, as_list, owned_by
from app.queries.matching_copies import Matches, matching, pile_ids
from app.queries.paged import Place
from app.queries.shelf_order import ShelfOrder, members

PER_PAGE = 60
_IN_BRACKETS = re.compile(r"\((.*?)(?: or .*?)?\)")
# What Discogs writes for a release without a catalogue number.
NO_NUMBER = "none"


class ShelfRow(NamedTuple):
    """A copy as lists show it. `picked`: chosen for the next stickers.

    `image` is the digest of its cover and `colour` that picture's own; without one the sleeve is
    drawn, `sleeve` is the version of the drawing.
    """

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
    image: str | None
    colour: str | None

    @property
    def edition(self) -> str:
        """Year, format and number in a few words, what is known of them: "1959 · LP · CL 1355"."""
        known = [str(self.year)] if self.year else []
        if self.format_text:
            known.append(", ".join(self.format_text.split(", ", 2)[:2]))
        if self.catno_text and self.catno_text != NO_NUMBER:
            known.append(self.catno_text)
        return " · ".join(known)

    @property
    def label_and_number(self) -> str:
        """ "Blue Note – BLP 1577", or what is known of it."""
        number = self.catno_text if self.catno_text != NO_NUMBER else ""
        return " – ".join(filter(None, (self.label_text, number)))

    @property
    def grades(self) -> str:
        """Of the record and its sleeve, in letters: "NM / VG+", nothing if neither is known."""
        graded = (self.media_condition, self.sleeve_condition)
        return " / ".join(map(_letters_of, graded)) if any(graded) else ""


def _letters_of(grade: str | None) -> str:
    """ "Near Mint (NM or M-)" as "NM"; a grade without brackets as it is."""
    in_brackets = grade and _IN_BRACKETS.search(grade)
    return in_brackets[1] if in_brackets else grade or "–"


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
    """At most `limit` copy ids of the matches in the wanted order, from `offset` on."""
    order, backwards = _order(matches, wanted)
    return order.part(matches.bits, offset, limit, backwards=backwards)


def all_ids(owner_id: int, wanted: BrowseFilter) -> Iterator[int]:
    """Every matching copy id of this person in the wanted order."""
    matches = matching(owner_id, wanted)
    order, backwards = _order(matches, wanted)
    return order.among(matches.bits, backwards=backwards)


def _order(matches: Matches, wanted: BrowseFilter) -> tuple[ShelfOrder, bool]:
    """The copies in the wanted order, and whether to walk along them backwards."""
    index = matches.index
    if wanted.sort != "crate":
        return index.in_order(wanted.sort, descending=wanted.descending)
    packed = (
        select(CrateCopy.copy_id)
        .where(CrateCopy.crate_id.in_(pile_ids(index, "crate", wanted.crate)))
        .order_by(CrateCopy.position, CrateCopy.copy_id)
    )
    ids = db.session.scalars(packed).all()
    return ShelfOrder(members(ids, matches.bits, max(ids, default=0))), wanted.descending


def shelf_rows(owner_id: int, ids: Iterable[int]) -> list[ShelfRow]:
    """Rows for these copies of this person, in the order of `ids`. One statement."""
    order = {copy_id: place for place, copy_id in enumerate(ids)}
    if not order:
        return []
    values = {"owner_id": owner_id, "ids": as_list(order), "drawing": f"{sleeve_version()}."}
    # Past the ORM, which has nothing to add to plain rows.
    found = db.session.connection().execute(_rows_by_ids(db.engine.dialect.name), values)
    return sorted(map(ShelfRow._make, found), key=lambda row: order[row.copy_id])


@cache
def _rows_by_ids(dialect: str) -> Select[*tuple[Any, ...]]:
    """Made once: to put this statement together takes as long as to run it.

    The columns come in the order of a ShelfRow.
    """
    own = bindparam("owner_id", type_=Integer)
    stickered_at = select(func.max(StickerPrint.at)).where(StickerPrint.copy_id == Copy.id)
    return (
        select(
            *(Copy.id, Copy.release_id, Release.discogs_id, Release.title, Release.artist_text),
            *(Release.artist_id, Release.year, Release.label_text, Release.catno_text),
            *(func.coalesce(Format.text, ""), Release.country, Folder.name, Copy.rating),
            *(Copy.media_condition, Copy.sleeve_condition, Copy.added_at),
            bindparam("drawing", type_=Text).concat(cast(Release.version, Text)),
            stickered_at.scalar_subquery(),
            *(Selection.id.is_not(None), Release.image_sha256, Image.colour),
        )
        .join(Release, Release.id == Copy.release_id)
        .join(Folder, Folder.id == Copy.folder_id)
        .outerjoin(Format, Format.id == Release.format_id)
        .outerjoin(Image, Image.sha256 == Release.image_sha256)
        .outerjoin(Selection, (Selection.copy_id == Copy.id) & (Selection.owner_id == own))
        .where(among_bound(Copy.id, bindparam("ids", type_=Text), dialect), owned_by(own))
    )


class Neighbour(NamedTuple):
    """A record beside another on the shelf."""

    release_id: int
    title: str


def neighbours(
    matches: Matches, wanted: BrowseFilter, own: Collection[int]
) -> tuple[Neighbour | None, Neighbour | None]:
    """The records before and after one in the filter's order; None at the ends.

    `own` are the copies of that one. One statement.
    """
    order, backwards = _order(matches, wanted)
    before = here = after = None
    for copy_id in order.among(matches.bits, backwards=backwards):
        if copy_id in own:
            here = here or copy_id
        elif here:
            after = copy_id
            break
        else:
            before = copy_id
    if here is None:
        return None, None
    found = db.session.execute(
        select(Copy.id, Release.id, Release.title)
        .join(Release, Release.id == Copy.release_id)
        .where(Copy.id.in_([beside for beside in (before, after) if beside is not None]))
    )
    named = {copy_id: Neighbour(release_id, title) for copy_id, release_id, title in found}
    return named.get(before or 0), named.get(after or 0)


def place_of(owner_id: int, matches: Matches, wanted: BrowseFilter, release_id: int) -> Place[int]:
    """Where a release stands in the filter's order, counted in copies. Two statements."""
    mine = select(Copy.id).where(Copy.owner_id == owner_id, Copy.release_id == release_id)
    own = set(db.session.scalars(mine))
    before, after = neighbours(matches, wanted, own)
    order, backwards = _order(matches, wanted)
    ids = order.among(matches.bits, backwards=backwards)
    number = next((place for place, each in enumerate(ids, start=1) if each in own), None)
    return Place(number, matches.total, before and before.release_id, after and after.release_id)
