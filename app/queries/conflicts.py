"""Edits under which a provider came to say something else: what a person still has to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, or_, select

from app.extensions import db
from app.models import Artist, Copy, Edit, Label, QualityVerdict, Release
from app.models.base import utcnow
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.paged import Place, Stop

# What a verdict about an edit is called, among those about gaps.
PUT_OFF: Final = "conflict"
_MODELS: Mapping[str, Any] = {"release": Release, "copy": Copy, "artist": Artist, "label": Label}


@dataclass(frozen=True, slots=True)
class Conflict:
    """One field with three sides: what was there, what the provider says now, what is shown.

    `edit_id` is the newest standing edit of it; `before` what stood there when the person edited.
    """

    edit_id: int
    entity: str
    entity_id: int
    field: str
    before: Any
    theirs: Any
    mine: Any
    edited_at: datetime
    news_at: datetime


def conflict_count(owner_id: int) -> int:
    """How many fields wait for a person. One statement."""
    waiting = select(Edit.entity, Edit.entity_id, Edit.field).where(*_waiting(owner_id)).distinct()
    return db.session.scalar(select(func.count()).select_from(waiting.subquery())) or 0


def next_conflict(owner_id: int, after: int = 0, at: int = 0) -> Conflict | None:
    """The first field that waits beyond the edit `after`, or that of the edit `at`; the first of
    all where there is none. Two statements."""
    newest = _newest(owner_id)
    first = select(newest.c.id).order_by(newest.c.id != at, newest.c.id <= after, newest.c.id)
    edit_id = db.session.scalar(first.limit(1))
    return _conflict(edit_id) if edit_id else None


def place_of(owner_id: int, entity: str, entity_id: int, at: int) -> Place[Stop]:
    """Where a record stands among those with conflicts, in the order of their first ones.

    `at` is the edit it was opened from, which counts once nothing of it waits any more. Three
    statements.
    """
    fields = _newest(owner_id)
    records = (
        select(fields.c.entity, fields.c.entity_id, func.min(fields.c.id).label("at"))
        .group_by(fields.c.entity, fields.c.entity_id)
        .subquery()
    )
    this = records.c.entity == entity, records.c.entity_id == entity_id
    mine = db.session.scalar(select(records.c.at).where(*this))
    here = mine or at
    is_before, is_after = records.c.at < here, records.c.at > here
    total, number, before, after = db.session.execute(
        select(
            func.count(),
            func.count(case((is_before, 1))),
            func.max(case((is_before, records.c.at))),
            func.min(case((is_after, records.c.at))),
        ).select_from(records)
    ).one()
    beside = select(records).where(records.c.at.in_([each for each in (before, after) if each]))
    stops = {row.at: Stop(*row) for row in db.session.execute(beside)}
    return Place(number + 1 if mine else None, total, stops.get(before), stops.get(after))


def _newest(owner_id: int) -> Subquery:
    """The newest waiting edit of each field that waits."""
    field = Edit.entity, Edit.entity_id, Edit.field
    newest = select(*field, func.max(Edit.id).label("id")).where(*_waiting(owner_id))
    return newest.group_by(*field).subquery()


def _conflict(edit_id: int) -> Conflict:
    this = select(Edit.owner_id, Edit.entity, Edit.entity_id, Edit.field).where(Edit.id == edit_id)
    key = (Edit.owner_id, Edit.entity, Edit.entity_id, Edit.field)
    row = this.subquery()
    standing = db.session.scalars(
        select(Edit)
        .join(row, and_(*(column == row.c[column.key] for column in key)))
        .where(Edit.undone_at.is_(None))
        .order_by(Edit.id)
    ).all()
    first, last = standing[0], standing[-1]
    return Conflict(
        edit_id=edit_id,
        entity=last.entity,
        entity_id=last.entity_id,
        field=last.field,
        before=first.before,
        theirs=last.upstream,
        mine=last.after,
        edited_at=last.at,
        news_at=max(edit.news_at for edit in standing if edit.news_at),
    )


def _waiting(owner_id: int) -> tuple[ColumnElement[bool], ...]:
    """Of things that are still there."""
    there = (
        and_(Edit.entity == kind, exists().where(model.id == Edit.entity_id))
        for kind, model in _MODELS.items()
    )
    news = Edit.owner_id == owner_id, Edit.news_at.is_not(None), Edit.undone_at.is_(None)
    return *news, ~_put_off(owner_id), or_(*there)


def _put_off(owner_id: int) -> ColumnElement[bool]:
    """Somebody said later, and neither has that time come nor any newer news."""
    return exists().where(
        QualityVerdict.owner_id == owner_id,
        QualityVerdict.check_name == PUT_OFF,
        QualityVerdict.entity_id == Edit.id,
        QualityVerdict.until > utcnow(),
        QualityVerdict.at >= Edit.news_at,
    )


def row_of(owner_id: int, conflict: Conflict) -> ShelfRow | None:
    """A record the conflict is about; None for an artist, a label, or what stands nowhere."""
    if conflict.entity == "copy":
        return next(iter(shelf_rows(owner_id, [conflict.entity_id])), None)
    if conflict.entity != "release":
        return None
    copies = select(func.min(Copy.id)).where(
        Copy.release_id == conflict.entity_id, Copy.owner_id == owner_id
    )
    copy_id = db.session.scalar(copies)
    return next(iter(shelf_rows(owner_id, [copy_id] if copy_id else [])), None)
