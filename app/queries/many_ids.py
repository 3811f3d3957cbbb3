"""Conditions on any number of ids, sent as one value: no statement grows with them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from sqlalchemy import BigInteger, ColumnElement, Text, cast, func, literal, select
from sqlalchemy.dialects import postgresql

from app.extensions import db


def among(column: Any, ids: Iterable[int]) -> ColumnElement[bool]:
    """Whether `column` is one of `ids`."""
    listed = literal(json.dumps(list(ids)), Text)
    condition: ColumnElement[bool]
    if db.engine.dialect.name == "sqlite":
        condition = column.in_(select(func.json_each(listed).table_valued("value").c.value))
    else:
        texts = func.json_array_elements_text(cast(listed, postgresql.JSON)).column_valued("id")
        condition = column.in_(select(cast(texts, BigInteger)))
    return condition
