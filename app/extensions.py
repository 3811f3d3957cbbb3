"""Extensions without an app, and how we talk to the database.

SQLite runs in WAL mode with foreign keys on. A write transaction takes its lock at the beginning
(BEGIN IMMEDIATE): with SQLite's default a reader that turns writer fails or loses an update.
Writers of one process wait for each other in a queue of ours, for SQLite lets in whoever happens to
ask at the right moment, and a job of twenty threads would keep a person out for seconds.
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
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import DeclarativeBase, registry
from sqlalchemy.pool import QueuePool

from app import right_of_way, standstill
from app.waiting_line import WaitingLine

# So long somebody waits for other writers: a person until the page says so, a job through the
# longest change a person can make.
BUSY_SECONDS = 5
JOB_BUSY_SECONDS = 60
_WRITES = "writes"
_WAITS = "waits for the disk"
_PATIENCE = "seconds it waits for other writers"
_LOCKED = "database is locked"
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
_repeatable: ContextVar[bool] = ContextVar("repeatable", default=False)
_patient: ContextVar[bool] = ContextVar("patient", default=False)


def connected() -> Connection:
    """The connection of this transaction, with all written that waits to be.

    For what is asked about columns for every record: the ORM's own way takes twice as long.
    """
    db.session.flush()
    return db.session.connection()


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


def set_repeatable(is_so: bool) -> None:
    """What this thread writes could be fetched again: a power cut may cost its last moments.

    Its commits then do not wait for the disk. Whatever kills only the process loses nothing.
    """
    _repeatable.set(is_so)


@contextmanager
def repeatable() -> Iterator[None]:
    """The same for what is written inside."""
    token = _repeatable.set(True)
    try:
        yield
    finally:
        _repeatable.reset(token)


@contextmanager
def patient() -> Iterator[None]:
    """Transactions begun inside wait for other writers as long as a job may."""
    token = _patient.set(True)
    try:
        yield
    finally:
        _patient.reset(token)


def patience() -> int:
    """How many seconds whoever asks may wait for other writers."""
    return JOB_BUSY_SECONDS if _patient.get() else BUSY_SECONDS


def prepare_engine(engine: Engine) -> None:
    """Set up how transactions begin and, on SQLite, connections."""
    event.listen(engine, "begin", _let_pages_by)
    event.listen(engine, "before_cursor_execute", _let_pages_by_between_reads)
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _begin_on_server)
        return
    queue = _WriterQueue()
    event.listen(engine, "connect", _configure_sqlite)
    event.listen(engine, "begin", queue.begin)
    event.listen(engine, "checkin", queue.leave)
    event.listen(engine, "close", queue.leave)


def begin_in_this_process(engine: Engine) -> None:
    """To be called once in each process that was forked, before it serves anybody.

    A handle of SQLite carried over a fork breaks the locks of both processes, and one of PostgreSQL
    mixes their answers. Raises ForkedConnectionError if the database was open at the fork.
    """
    pool = engine.pool
    if isinstance(pool, QueuePool) and pool.checkedin() + pool.checkedout() > 0:
        raise ForkedConnectionError(
            "The database was open when this process was forked. Close it before: "
            "db.engine.dispose()."
        )


class ForkedConnectionError(RuntimeError):
    """A connection to the database was carried into another process."""


def _let_pages_by(*_arguments: Any) -> None:
    if _patient.get():
        right_of_way.pages.step_aside()


def _let_pages_by_between_reads(*_arguments: Any) -> None:
    # Not between writes: a page may wait for them.
    if _reading.get():
        _let_pages_by()


def _begin_on_server(connection: Connection) -> None:
    if not _reading.get():
        standstill.refuse_writer(connection)


class _WriterQueue:
    """Lets one write transaction of this process in at a time, until its connection is given back.

    Raises OperationalError to whoever has waited as long as they may.
    """

    def __init__(self) -> None:
        self._turn = WaitingLine()

    def begin(self, connection: Connection) -> None:
        """Begin a transaction in the way its context asks for."""
        if _reading.get():
            connection.exec_driver_sql("BEGIN")
            return
        if not connection.info.get(_WRITES):
            if not self._turn.acquire(timeout=patience()):
                raise OperationalError("BEGIN IMMEDIATE", {}, sqlite3.OperationalError(_LOCKED))
            connection.info[_WRITES] = True
        _wait_for_the_disk(connection, not _repeatable.get())
        _wait_for_others(connection, patience())
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        standstill.refuse_writer(connection)

    def leave(self, _connection: Any, record: Any) -> None:
        """A connection is not used any more: the next writer may begin."""
        if record.info.pop(_WRITES, False):
            self._turn.release()


def _wait_for_the_disk(connection: Connection, is_wanted: bool) -> None:
    if connection.info.get(_WAITS, True) != is_wanted:
        level = "FULL" if is_wanted else "NORMAL"
        connection.exec_driver_sql(f"PRAGMA synchronous={level}")
        connection.info[_WAITS] = is_wanted


def _wait_for_others(connection: Connection, seconds: int) -> None:
    """Writers of other processes: SQLite itself waits for them."""
    if connection.info.get(_PATIENCE, BUSY_SECONDS) != seconds:
        connection.exec_driver_sql(f"PRAGMA busy_timeout={seconds * 1000}")
        connection.info[_PATIENCE] = seconds


def _configure_sqlite(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        f"busy_timeout={BUSY_SECONDS * 1000}",
        "foreign_keys=ON",
        "synchronous=FULL",
        # 8 MB for each thread's connection. More makes no page quicker: the system keeps the file.
        "cache_size=-8000",
        "temp_store=MEMORY",
        "journal_size_limit=67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")
