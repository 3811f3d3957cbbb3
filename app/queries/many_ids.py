"""Conditions on any number of ids, sent as one value: no statement grows with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import (
    BigInteger,
    BindParameter,
    ColumnElement,
    Text,
    and_,
    cast,
    func,
    literal,
    select,
)
from sqlalchemy.dialects import postgresql

from app.extensions import db
from app.models import Copy


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether `column` is one of `ids`."""
    return among_bound(column, literal(as_list(ids), Text), db.engine.dialect.name)


def among_bound(column: Any, listed: ColumnElement[str], dialect: str) -> ColumnElement[bool]:
    """The same for a statement that is made once: `listed` will hold what `as_list` made."""
    if dialect == "sqlite":
        values: Any = func.json_each(listed).table_valued("value").c.value
    else:
        texts = func.json_array_elements_text(cast(listed, postgresql.JSON))
        values = cast(texts.table_valued("value").c.value, BigInteger)
    condition: ColumnElement[bool] = column.in_(select(values))
    return condition


def as_list(ids: Iterable[int]) -> str:
    """Ids as the one value they are sent as."""
    return json.dumps(list(ids))


def own_copies(owner_id: int, ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether a copy is one of `ids` and this person's."""
    return and_(among(Copy.id, ids), owned_by(owner_id))


def owned_by(owner_id: int | BindParameter[int]) -> ColumnElement[bool]:
    """Whether a copy that was looked up by id is this person's."""
    # "+ 0" keeps an index on the owner out of it: SQLite would rather walk through everything
    # they own than look the ids up.
    return Copy.owner_id + 0 == owner_id
