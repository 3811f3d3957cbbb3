"""What people changed, save by save: of one record, and of everything they own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, func, select

from app.domain.names import display_name
from app.extensions import db
from app.models import Artist, Copy, Edit, Label, Release, User
from app.queries.many_ids import among
from app.queries.paged import Page, place

PER_PAGE: Final = 50
SAMPLE: Final = 50
Record = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Reach:
    """How far one click went: records, fields of them, and how many of those still stand."""

    records: int
    fields: int
    standing: int


@dataclass(frozen=True, slots=True)
class Save:
    """What one click changed on one record, whose click it was, and how far it went in all."""

    batch: str
    at: datetime
    who: str
    how: str
    edits: tuple[Edit, ...]
    reach: Reach

    @property
    def standing(self) -> int:
        """How many of the edits here are not undone."""
        return sum(edit.undone_at is None for edit in self.edits)

    @property
    def record(self) -> Record:
        """What was changed: its kind and our id."""
        return self.edits[0].entity, self.edits[0].entity_id


def saves(owner_id: int, entity: str, entity_id: int, wanted: int, per_page: int) -> Page[Save]:
    """One page of what was changed on a record, newest first; four statements."""
    return _page(_of(owner_id, entity, entity_id), wanted, per_page, is_one_record=True)


def all_saves(owner_id: int, kind: str, how: str, wanted: int) -> Page[Save]:
    """One page of what was changed on any record ("": of any kind, in any way).

    Of a click that changed many records only one of them is in `edits`. Four statements.
    """
    mine: list[ColumnElement[bool]] = [Edit.owner_id == owner_id]
    mine += [Edit.entity == kind] if kind else []
    mine += [Edit.how == how] if how else []
    return _page(mine, wanted, PER_PAGE, is_one_record=False)


def ways(owner_id: int) -> Sequence[str]:
    """In which ways anything was changed: json, form, bulk …"""
    found = select(Edit.how).where(Edit.owner_id == owner_id).distinct().order_by(Edit.how)
    return db.session.scalars(found).all()


@dataclass(frozen=True, slots=True)
class Change:
    """All that one click changed; `sample` has its first fifty edits."""

    batch: str
    at: datetime
    who: str
    how: str
    reach: Reach
    sample: Sequence[Edit]


def change(owner_id: int, batch: str) -> Change | None:
    """What one click changed on however many records; None if there was no such click."""
    mine = (Edit.owner_id == owner_id, Edit.batch == batch)
    rows = db.session.execute(
        select(Edit, User.name)
        .join(User, User.id == Edit.owner_id)
        .where(*mine)
        .order_by(Edit.id)
        .limit(SAMPLE)
    ).all()
    if not rows:
        return None
    first, who = rows[0]
    reach = _reaches(owner_id, [batch])[batch]
    return Change(batch, first.at, who, first.how, reach, [edit for edit, _who in rows])


def _page(
    mine: Sequence[ColumnElement[bool]], wanted: int, per_page: int, *, is_one_record: bool
) -> Page[Save]:
    total = db.session.scalar(select(func.count(Edit.batch.distinct())).where(*mine)) or 0
    number, pages = place(total, wanted, per_page)
    newest = func.max(Edit.id)
    tops = db.session.execute(
        select(Edit.batch, newest.label("newest"), Edit.owner_id)
        .where(*mine)
        .group_by(Edit.batch, Edit.owner_id)
        .order_by(newest.desc())
        .limit(per_page)
        .offset((number - 1) * per_page)
    ).all()
    if not tops:
        return Page((), total, number, pages)
    reaches = _reaches(tops[0].owner_id, [row.batch for row in tops])
    found = _edits(mine, tops, reaches, is_one_record)
    rows = [_save(found[row.batch], reaches[row.batch]) for row in tops]
    return Page(rows, total, number, pages)


def _save(found: Sequence[tuple[Edit, str]], reach: Reach) -> Save:
    first, who = found[0]
    edits = tuple(edit for edit, _who in found)
    return Save(first.batch, first.at, who, first.how, edits, reach)


def _edits(
    mine: Sequence[ColumnElement[bool]],
    tops: Iterable[Any],
    reaches: Mapping[str, Reach],
    is_one_record: bool,
) -> dict[str, list[tuple[Edit, str]]]:
    """By save, the edits to show, with who made them."""
    whole: list[str] = []
    only: list[int] = []
    for row in tops:
        if is_one_record or reaches[row.batch].records == 1:
            whole.append(row.batch)
        else:
            only.append(row.newest)
    wanted = Edit.batch.in_(whole) | among(Edit.id, only)
    rows = db.session.execute(
        select(Edit, User.name)
        .join(User, User.id == Edit.owner_id)
        .where(*mine, wanted)
        .order_by(Edit.id)
    )
    found: dict[str, list[tuple[Edit, str]]] = defaultdict(list)
    for edit, who in rows:
        found[edit.batch].append((edit, who))
    return found


def _reaches(owner_id: int, batches: Sequence[str]) -> dict[str, Reach]:
    rows = db.session.execute(
        select(
            Edit.batch,
            func.count(Edit.entity_id.distinct()),
            func.count(),
            func.count() - func.count(Edit.undone_at),
        )
        .where(Edit.owner_id == owner_id, Edit.batch.in_(batches))
        .group_by(Edit.batch, Edit.entity)
    )
    told: dict[str, list[Any]] = defaultdict(list)
    for batch, *counts in rows:
        told[batch].append(counts)
    return {
        batch: Reach(*(sum(column) for column in zip(*counts, strict=True)))
        for batch, counts in told.items()
    }


def names_of(records: Iterable[Record]) -> dict[Record, str]:
    """What these records are called; one that is gone is left out. Four statements at most."""
    ids: dict[str, set[int]] = defaultdict(set)
    for kind, entity_id in records:
        ids[kind].add(entity_id)
    asked = {
        "release": select(Release.id, Release.title).where(among(Release.id, ids["release"])),
        "artist": select(Artist.id, Artist.name).where(among(Artist.id, ids["artist"])),
        "label": select(Label.id, Label.name).where(among(Label.id, ids["label"])),
        "copy": select(Copy.id, Release.title)
        .join(Release, Release.id == Copy.release_id)
        .where(among(Copy.id, ids["copy"])),
    }
    names: dict[Record, str] = {}
    for kind in ids.keys() & asked.keys():
        for entity_id, name in db.session.execute(asked[kind]):
            is_name = kind in ("artist", "label")
            names[kind, entity_id] = display_name(name) if is_name else name
    return names


def _of(owner_id: int, entity: str, entity_id: int) -> tuple[ColumnElement[bool], ...]:
    return (Edit.owner_id == owner_id, Edit.entity == entity, Edit.entity_id == entity_id)
