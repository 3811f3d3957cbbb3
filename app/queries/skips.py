"""What is to be left alone: which rows of the work list that means, and the list of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, literal, or_, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Skip
from app.queries.linked_things import Thing, things
from app.queries.paged import Page, place

PER_PAGE = 50


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something nobody asks about; `provider` "" for all of them."""

    id: int
    entity: str
    key: str
    provider: str
    reason: str
    at: datetime
    thing: Thing | None = None


def is_skipped(rows: Any) -> ColumnElement[bool]:
    """Whether a row of the work list (its table) is to be left alone.

    The one place that says what a skip means: a title's holds for its master and barcodes.
    """
    entity, key = rows.c.entity, rows.c.key
    is_of_title = entity.in_(("master", "barcode"))
    return skipped_at(
        case((is_of_title, "title"), else_=entity),
        case((entity == "master", literal("m").concat(key)), else_=key),
        rows.c.provider,
    )


def skipped_at(entity: Any, key: Any, provider: Any) -> ColumnElement[bool]:
    """Whether this provider is not to be asked about this release, title or artist."""
    to_these = Skip.provider.in_((literal(""), provider))
    return exists().where(Skip.entity == entity, Skip.key == key, to_these)


def is_left_alone(entity: str, key: str, provider: str) -> bool:
    """The same of one thing. One statement."""
    return bool(db.session.scalar(select(skipped_at(entity, key, provider))))


def skip_count(owner_id: int) -> int:
    """How many things are left alone. One statement."""
    listed = select(func.count()).select_from(Skip).where(*_listed(owner_id))
    return db.session.scalar(listed) or 0


def skips_of(owner_id: int, keys: Collection[tuple[str, str]]) -> Sequence[Skipped]:
    """The skips of these (entity, key). One statement."""
    meant = or_(*(and_(Skip.entity == entity, Skip.key == key) for entity, key in keys))
    found = select(Skip).where(*_listed(owner_id), meant).order_by(Skip.id)
    return [_skipped(skip) for skip in db.session.scalars(found)]


def page(owner_id: int, number: int) -> Page[Skipped]:
    """One page of what is left alone, the latest first. A constant number of statements."""
    total = skip_count(owner_id)
    number, pages = place(total, number, PER_PAGE)
    newest = (
        select(Skip)
        .where(*_listed(owner_id))
        .order_by(Skip.at.desc(), Skip.id.desc())
        .limit(PER_PAGE)
        .offset((number - 1) * PER_PAGE)
    )
    rows = db.session.scalars(newest).all()
    about = things(owner_id, {(row.entity, row.key) for row in rows})
    return Page(
        [_skipped(row, about.get((row.entity, row.key))) for row in rows], total, number, pages
    )


def _listed(owner_id: int) -> tuple[ColumnElement[bool], ...]:
    """A title skipped together with its only release is not told twice."""
    release = aliased(Skip)
    twin = exists().where(
        release.owner_id == Skip.owner_id,
        release.at == Skip.at,
        release.entity == "release",
        release.provider == Skip.provider,
    )
    return Skip.owner_id == owner_id, or_(Skip.entity != "title", ~twin)


def _skipped(skip: Skip, thing: Thing | None = None) -> Skipped:
    return Skipped(skip.id, skip.entity, skip.key, skip.provider, skip.reason, skip.at, thing)
