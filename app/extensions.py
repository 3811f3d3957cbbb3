"""Extensions without an app, and how we talk to the database.

SQLite runs in WAL mode with foreign keys on. A write transaction takes its lock at the beginning
(BEGIN IMMEDIATE): with SQLite's default a reader that turns writer fails or loses an update.
A page that only reads says so with `reading()`, and then waits for nobody.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from flask_compress import Compress
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import BigInteger, Connection, Engine, Integer, MetaData, event
from sqlalchemy.orm import DeclarativeBase, registry

NAMING = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """Base of all models; constraint names follow one convention so migrations can name them."""

    # SQLite gives a rowid, and so a cheap key, only to a column that is exactly INTEGER.
    registry = registry(
        metadata=MetaData(naming_convention=NAMING),
        type_annotation_map={int: BigInteger().with_variant(Integer, "sqlite")},
    )


db = SQLAlchemy(model_class=Base)
migrate = Migrate()
csrf = CSRFProtect()
compress = Compress()

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading() -> Iterator[None]:
    """Transactions begun inside only read, and so take no write lock."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(only: bool) -> None:
    """The same for a whole request, whose beginning and end are two separate hooks."""
    _reading.set(only)


def prepare_engine(engine: Engine) -> None:
    """Set up SQLite connections; does nothing for PostgreSQL."""
    if engine.dialect.name != "sqlite":
        return
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", _begin_sqlite)


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "synchronous=FULL",
        # 8 MB for each thread's connection. More makes no page quicker: the system keeps the file.
        "cache_size=-8000",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
