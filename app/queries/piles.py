"""Crates and own tags: what there is, and what a copy is in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple

from sqlalchemy import func, literal, select, union_all

from app.domain.filters import BrowseFilter
from app.extensions import db
from app.models import Copy, CopyTag, Crate, CrateCopy, OwnTag
from app.models.base import utcnow
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.many_ids import among
from app.queries.matching_copies import PILES
from app.queries.paged import Page, place
from app.queries.shelf_index import ShelfIndex

SLEEVES = 4
PER_PAGE = 100

# How long a deleted crate can be brought back.
KEPT_FOR = timedelta(days=30)


class Pile(NamedTuple):
    """A crate or tag a copy is in."""

    id: int
    name: str
    url: str


@dataclass(slots=True)
class Piles:
    """What one copy is in."""

    crates: list[Pile] = field(default_factory=list)
    tags: list[Pile] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class CrateCard:
    """A crate on the page of all of them: how many copies, and the sleeves at the front."""

    id: int
    name: str
    note: str
    count: int
    url: str
    sleeves: Sequence[ShelfRow]


@dataclass(frozen=True, slots=True)
class DeletedCrate:
    """A crate that can be brought back."""

    id: int
    name: str
    count: int
    removed_at: datetime


def crate_url(name: str) -> str:
    """The shelf narrowed to a crate, as it is packed."""
    return BrowseFilter().url(crate=(name,), sort="crate")


def of_copies(owner_id: int, copy_ids: Iterable[int]) -> Mapping[int, Piles]:
    """The crates and tags of these copies, by name. One statement."""
    ids = list(copy_ids)
    crates = (
        select(literal("crate"), CrateCopy.copy_id, Crate.id, Crate.name)
        .join(Crate, Crate.id == CrateCopy.crate_id)
        .where(
            Crate.owner_id == owner_id,
            Crate.removed_at.is_(None),
            among(CrateCopy.copy_id, ids),
        )
    )
    tags = (
        select(literal("tag"), CopyTag.copy_id, OwnTag.id, OwnTag.name)
        .join(OwnTag, OwnTag.id == CopyTag.own_tag_id)
        .where(OwnTag.owner_id == owner_id, among(CopyTag.copy_id, ids))
    )
    found: dict[int, Piles] = defaultdict(Piles)
    rows = db.session.execute(union_all(crates, tags)).all()
    for kind, copy_id, key, name in sorted(rows, key=lambda row: row[3].casefold()):
        if kind == "crate":
            found[copy_id].crates.append(Pile(key, name, crate_url(name)))
        else:
            found[copy_id].tags.append(Pile(key, name, BrowseFilter().url(tag=(name,))))
    return found


def all_names(index: ShelfIndex) -> dict[str, list[str]]:
    """What the crates ("crate") and tags ("tag") of a person are called, for suggestions."""
    return {kind: sorted(index.pile_names(kind).values(), key=str.casefold) for kind in PILES}


@dataclass(frozen=True, slots=True)
class TagLine:
    """A tag with how many copies carry it, and where they stand together."""

    id: Hashable
    name: str
    count: int
    url: str


def tags(index: ShelfIndex) -> list[TagLine]:
    """All tags, by name."""
    counted = index.totals("tag")
    named = sorted(index.pile_names("tag").items(), key=lambda item: item[1].casefold())
    return [
        TagLine(key, name, counted.get(key, 0), BrowseFilter().url(tag=(name,)))
        for key, name in named
    ]


def crates(owner_id: int, index: ShelfIndex) -> list[CrateCard]:
    """All crates, the latest first. Three statements."""
    mine = select(Crate).where(Crate.owner_id == owner_id, Crate.removed_at.is_(None))
    made = db.session.scalars(mine.order_by(Crate.made_at.desc(), Crate.id.desc())).all()
    front = _fronts(owner_id)
    rows = {row.copy_id: row for row in shelf_rows(owner_id, chain.from_iterable(front.values()))}
    counted = index.totals("crate")
    return [
        CrateCard(
            crate.id,
            crate.name,
            crate.note,
            counted.get(crate.id, 0),
            crate_url(crate.name),
            [rows[copy_id] for copy_id in front.get(crate.id, ()) if copy_id in rows],
        )
        for crate in made
    ]


def _fronts(owner_id: int) -> dict[int, list[int]]:
    """The first copies of each crate."""
    place = func.row_number().over(
        partition_by=CrateCopy.crate_id, order_by=(CrateCopy.position, CrateCopy.copy_id)
    )
    placed = (
        select(CrateCopy.crate_id, CrateCopy.copy_id, place.label("place"))
        .join(Crate, Crate.id == CrateCopy.crate_id)
        .join(Copy, Copy.id == CrateCopy.copy_id)
        .where(Crate.owner_id == owner_id, Crate.removed_at.is_(None), Copy.removed_at.is_(None))
        .subquery()
    )
    first = select(placed.c.crate_id, placed.c.copy_id).where(placed.c.place <= SLEEVES)
    found: dict[int, list[int]] = defaultdict(list)
    for crate_id, copy_id in db.session.execute(first.order_by(placed.c.crate_id, placed.c.place)):
        found[crate_id].append(copy_id)
    return found


def deleted(owner_id: int) -> list[DeletedCrate]:
    """The crates that can be brought back, the last deleted first. One statement."""
    count = (
        select(func.count()).where(CrateCopy.crate_id == Crate.id).correlate(Crate)
    ).scalar_subquery()
    gone = (
        select(Crate.id, Crate.name, count, Crate.removed_at)
        .where(Crate.owner_id == owner_id, Crate.removed_at > utcnow() - KEPT_FOR)
        .order_by(Crate.removed_at.desc(), Crate.id.desc())
    )
    return [DeletedCrate(*row) for row in db.session.execute(gone)]


def crate_page(owner_id: int, ids: Sequence[int], number: int) -> Page[ShelfRow]:
    """A page of a crate, from the front; one beyond the last gives the last. One statement."""
    number, pages = place(len(ids), number, PER_PAGE)
    rows = shelf_rows(owner_id, ids[(number - 1) * PER_PAGE : number * PER_PAGE])
    return Page(rows, len(ids), number, pages)


def only_crate(owner_id: int, wanted: BrowseFilter) -> Crate | None:
    """The crate a filter is about, if it names just one there is. At most one statement."""
    if len(wanted.crate) != 1:
        return None
    mine = select(Crate).where(Crate.owner_id == owner_id, Crate.removed_at.is_(None))
    name = wanted.crate[0].casefold()
    return next((each for each in db.session.scalars(mine) if each.name.casefold() == name), None)
