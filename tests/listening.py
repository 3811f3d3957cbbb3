"""Listening to the database: which statements a page or a query costs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, event

from app.extensions import db


@contextmanager
def statements(engine: Engine | None = None) -> Iterator[list[str]]:
    """The SQL statements run inside, on the current app's database unless told otherwise."""
    heard: list[str] = []
    listened_to = engine or db.engine

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        heard.append(statement)

    event.listen(listened_to, "before_cursor_execute", note)
    try:
        yield heard
    finally:
        event.remove(listened_to, "before_cursor_execute", note)
