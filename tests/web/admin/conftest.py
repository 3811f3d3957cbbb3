from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from sqlalchemy import event

from app.extensions import db


@pytest.fixture
def statements(app: Flask) -> Callable[[], AbstractContextManager[list[str]]]:
    """Listens to the database for the length of a block."""

    @contextmanager
    def listening() -> Iterator[list[str]]:
        heard: list[str] = []

        def hear(_c: object, _cursor: object, statement: str, *_rest: object) -> None:
            heard.append(statement)

        event.listen(db.engine, "before_cursor_execute", hear)
        try:
            yield heard
        finally:
            event.remove(db.engine, "before_cursor_execute", hear)

    return listening
