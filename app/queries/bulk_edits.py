"""Changes that were made to many records at once, and the words such a change may choose from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import func, select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, Edit, Tag
from app.models.base import utcnow
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.field_names import field_names
from app.queries.folder_names import folder_names
from app.queries.many_ids import among
from app.queries.shelf_index import shelf_index

LATELY = timedelta(days=30)
SHOWN = 8


class MadeChange(NamedTuple):
    """One click: how many records it changed, in which field, and how many it still changes."""

    batch: str
    entity: str
    field: str
    records: int
    standing: int
    at: datetime
    undone_at: datetime | None


def made_lately(owner_id: int) -> Sequence[MadeChange]:
    """What was changed in bulk within thirty days, the last first; at most eight."""
    lately = _made(owner_id).where(Edit.at > utcnow() - LATELY)
    rows = db.session.execute(lately.order_by(func.max(Edit.id).desc()).limit(SHOWN))
    return [MadeChange(*row) for row in rows]


def made(owner_id: int, batch: str) -> MadeChange:
    """One of them. Raises NotFoundError."""
    row = db.session.execute(_made(owner_id).where(Edit.batch == batch)).first()
    if row is None:
        raise NotFoundError("There is no such change.")
    return MadeChange(*row)


def _made(owner_id: int) -> Any:
    return (
        select(
            Edit.batch,
            func.max(Edit.entity),
            func.max(Edit.field),
            func.count(),
            func.count() - func.count(Edit.undone_at),
            func.max(Edit.at),
            func.max(Edit.undone_at),
        )
        .where(Edit.owner_id == owner_id, Edit.how == "bulk")
        .group_by(Edit.batch)
    )


def rows_of_releases(owner_id: int, release_ids: Iterable[int]) -> dict[int, ShelfRow]:
    """These releases as lists show them, by their ids. Two statements."""
    first = (
        select(func.min(Copy.id))
        .where(Copy.owner_id == owner_id, among(Copy.release_id, release_ids))
        .group_by(Copy.release_id)
    )
    rows = shelf_rows(owner_id, db.session.scalars(first).all())
    return {row.release_id: row for row in rows}


def words_for(owner_id: int, field: str) -> Sequence[str]:
    """What a change of this field of a document may put there, as far as the shelf knows words."""
    match field:
        case "folder":
            return folder_names(owner_id)
        case "fields":
            return list(field_names(owner_id).values())
        case "genres" | "styles":
            known = select(Tag.name).where(Tag.kind == field.removesuffix("s"))
            return db.session.scalars(known.order_by(Tag.name)).all()
        case "country":
            countries = shelf_index(owner_id).sets["country"]
            return sorted(name for name in countries if isinstance(name, str) and name)
        case _:
            return ()
