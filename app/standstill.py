"""Nobody writes into the database while a backup is put into its place.

What was written after the restore point and before the end of a restore would be in neither. So
whoever restores first lets all writers come to an end, and then keeps new ones out, in whatever
process; reading goes on. It ends by itself with the process that asked for it: on SQLite it is a
lock on a file beside the database, on PostgreSQL a lock of the server.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from contextvars import ContextVar
from pathlib import Path
from typing import Final

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import OperationalError

from app.errors import ConflictError

# So long whoever restores waits for those who write already.
WAIT_SECONDS: Final = 30
SENTENCE: Final = (
    "A backup is being put back just now, so nothing can be saved. What you sent was not saved: "
    "wait for its end, and send it again."
)
_BUSY = (
    "Something else writes into the database all the time. Nothing was changed; wait for its end "
    "and try again."
)
_KEY = "hashtextextended('gatefold: writing', 0)"
_ours: ContextVar[bool] = ContextVar("stands still for us", default=False)


class BeingRestoredError(Exception):
    """The reason within the OperationalError that a writer gets meanwhile."""


def refuse_writer(connection: Connection) -> None:
    """To be called where a transaction that writes has just begun.

    Raises OperationalError while a backup is put back; the transaction is then over.
    """
    if _ours.get() or not _stands_still(connection):
        return
    connection.exec_driver_sql("ROLLBACK")
    raise OperationalError("BEGIN", {}, BeingRestoredError(SENTENCE))


def _stands_still(connection: Connection) -> bool:
    if connection.dialect.name == "postgresql":
        # Kept until the end of the transaction: whoever restores waits for that.
        asked = connection.exec_driver_sql(f"SELECT pg_try_advisory_xact_lock_shared({_KEY})")
        return not asked.scalar_one()
    return _is_locked(_file(connection.engine))


@contextmanager
def standstill(engine: Engine) -> Iterator[None]:
    """Nobody but the caller writes meanwhile, and nobody is still writing when it begins.

    Raises ConflictError where others do not come to an end.
    """
    token = _ours.set(True)
    try:
        with _on_server(engine) if engine.dialect.name == "postgresql" else _on_file(engine):
            yield
    finally:
        _ours.reset(token)


@contextmanager
def _on_server(engine: Engine) -> Iterator[None]:
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # the pool it came from is given up within a restore
        connection.exec_driver_sql(f"SET lock_timeout = '{WAIT_SECONDS}s'")
        try:
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_KEY})")
        except OperationalError as error:
            raise ConflictError(_BUSY) from error
        finally:
            connection.exec_driver_sql("RESET lock_timeout")
        try:
            yield
        finally:
            connection.exec_driver_sql(f"SELECT pg_advisory_unlock({_KEY})")


@contextmanager
def _on_file(engine: Engine) -> Iterator[None]:
    path = _file(engine)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        _let_writers_end(engine)
        yield
    finally:
        path.unlink(missing_ok=True)
        os.close(handle)


def _let_writers_end(engine: Engine) -> None:
    """Whoever begins to write later than this has looked at the file."""
    live = sqlite3.connect(engine.url.database or "", timeout=WAIT_SECONDS, isolation_level=None)
    with closing(live) as connection:
        try:
            connection.execute("BEGIN IMMEDIATE")
        except sqlite3.OperationalError as error:
            raise ConflictError(_BUSY) from error
        connection.execute("ROLLBACK")


def _file(engine: Engine) -> Path:
    return Path(f"{engine.url.database}-restoring")


def _is_locked(path: Path) -> bool:
    try:
        handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(handle)
    return False
