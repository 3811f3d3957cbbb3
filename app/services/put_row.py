"""Adding a row, or changing the one that is there: two may find the same thing at one moment."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, bindparam
from sqlalchemy.dialects import postgresql, sqlite

Columns = tuple[str, ...]


def put(
    connection: Connection,
    model: Any,
    key: Columns,
    row: Mapping[str, Any],
    *,
    changed: Columns = (),
    grows: str = "",
) -> None:
    """Add `row`; where there is one with the same `key` columns, give it the rest of the values.

    Or only those of `changed`. `grows` is a column that has to get larger by it, else what is there
    stays as it is. Does not commit.
    """
    columns = tuple(row)
    changed = changed or tuple(column for column in columns if column not in key)
    dialect = connection.dialect.name
    connection.execute(_statement(dialect, model, key, columns, changed, grows), row)


# Built once: an enrichment makes these statements for every call and every picture.
@lru_cache(maxsize=32)
def _statement(
    dialect: str, model: Any, key: Columns, columns: Columns, changed: Columns, grows: str
) -> Any:
    table = model.__table__
    made = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    query = made.values({column: bindparam(column) for column in columns})
    return query.on_conflict_do_update(
        index_elements=list(key),
        set_={column: query.excluded[column] for column in changed},
        where=table.c[grows] < query.excluded[grows] if grows else None,
    )
