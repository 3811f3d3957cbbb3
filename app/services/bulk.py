"""Writing many rows at once, past the ORM: what an import of 100,000 copies lives on.

Ids are reserved before the rows are made, so rows that point at each other need no reading back.
Values are those the driver takes as they are: text, numbers, None, JSON as text and moments as
`stamp()` writes them.
"""

from __future__ import annotations

import gc
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, TypeVar, cast

from sqlalchemy import Connection, Table, bindparam, func, select, text

from app.extensions import connected, db

Row = tuple[Any, ...]
T = TypeVar("T")
# Well below the 32,766 variables SQLite takes in one statement.
MANY = 5_000
PAGES_IN_THE_LOG = 1_000  # SQLite's own measure
ROWS_A_STATEMENT = 25
_INDEXES = text(
    "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name IN :tables"
    " AND sql LIKE 'CREATE INDEX %' ORDER BY rowid"
).bindparams(bindparam("tables", expanding=True))


def stamp(moment: datetime | None) -> str | None:
    """`moment` as UtcDateTime stores it."""
    if moment is None:
        return None
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return moment.isoformat(" ", "microseconds").removesuffix("+00:00")


def in_chunks(things: Iterable[T], size: int = MANY) -> Iterator[list[T]]:
    """`things` in lists of at most `size`."""
    iterator = iter(things)
    while chunk := list(islice(iterator, size)):
        yield chunk


@contextmanager
def without_garbage_collection() -> Iterator[None]:
    """Let the cycle collector rest while many rows are made.

    Rows are tuples, which cannot form cycles and die with their batch; still each batch sets the
    collector off, which then walks through everything else the process holds: a twentieth of an
    import's time. Other threads go on meanwhile, their cycles are collected afterwards.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def commit_large() -> None:
    """Commit a transaction of many megabytes, and let its person go on at once.

    SQLite writes what is committed into a log first; carrying it over into the database itself
    takes as long again, and is nobody's to wait for: a thread does that.
    """
    if db.engine.dialect.name != "sqlite":
        db.session.commit()
        return
    db.session.connection().exec_driver_sql("PRAGMA wal_autocheckpoint=0")
    db.session.commit()
    db.session.connection().exec_driver_sql(f"PRAGMA wal_autocheckpoint={PAGES_IN_THE_LOG}")
    db.session.rollback()
    path = db.engine.url.database
    if path:
        threading.Thread(target=_carry_over, args=(path,), name="checkpoint").start()


def _carry_over(path: str) -> None:
    # A failure costs nothing: the next commit that finds the log too long does the same.
    with suppress(sqlite3.Error), closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


class IdSource:
    """Fresh primary keys of one table, for the length of one write transaction.

    SQLite lets one writer in at a time, so counting on from the highest is safe there; PostgreSQL
    hands out its sequence in blocks.
    """

    BLOCK = 1_000

    next: Callable[[], int]
    """Gives one id nobody else gets."""

    def __init__(self, model: Any) -> None:
        self._table = cast("Table", model.__table__)
        # The iterator's own method: an import asks for 300,000 ids.
        self.next = chain.from_iterable(self._blocks()).__next__

    def _blocks(self) -> Iterator[Iterable[int]]:
        while True:
            yield self._more()

    def _more(self) -> Iterable[int]:
        if db.engine.dialect.name == "sqlite":
            return range(self._highest_ever() + 1, 2**62)
        sequence = f"pg_get_serial_sequence('\"{self._table.name}\"', 'id')"
        return db.session.scalars(
            text(f"SELECT nextval({sequence}) FROM generate_series(1, :n)"), {"n": self.BLOCK}
        ).all()

    def _highest_ever(self) -> int:
        """The highest id SQLite gave here; where it notes that, to rows since deleted too."""
        highest = connected().scalar(select(func.max(self._table.c.id))) or 0
        if not self._table.dialect_options["sqlite"]["autoincrement"]:
            return highest
        noted = text("SELECT seq FROM sqlite_sequence WHERE name = :name")
        return max(highest, connected().scalar(noted, {"name": self._table.name}) or 0)


def insert_rows(model: Any, columns: Sequence[str], rows: Sequence[Row]) -> None:
    """Insert `rows` (tuples in the order of `columns`) into the table of `model`."""
    if not rows:
        return
    name = f'"{model.__table__.name}"'
    listed = ", ".join(f'"{column}"' for column in columns)
    connection = db.session.connection()
    if connection.dialect.name == "sqlite":
        _insert_into_sqlite(connection, f"INSERT INTO {name} ({listed}) VALUES ", rows)
        return
    driver = connection.connection.dbapi_connection
    with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({listed}) FROM STDIN") as copy:  # type: ignore[union-attr]
        for row in rows:
            copy.write_row(row)


def _insert_into_sqlite(connection: Connection, insert: str, rows: Sequence[Row]) -> None:
    """Several rows to a statement: to begin and end one costs as much as a row or two."""
    marks = f"({', '.join('?' * len(rows[0]))})"
    whole = len(rows) - len(rows) % ROWS_A_STATEMENT
    if whole:
        together = ", ".join([marks] * ROWS_A_STATEMENT)
        values = [
            tuple(chain.from_iterable(rows[at : at + ROWS_A_STATEMENT]))
            for at in range(0, whole, ROWS_A_STATEMENT)
        ]
        connection.exec_driver_sql(insert + together, values)
    if whole < len(rows):
        connection.exec_driver_sql(insert + marks, list(rows[whole:]))


def lift_indexes(models: Iterable[Any]) -> list[str]:
    """Take away what indexes of these tables can be made again; returns how to make them.

    Within the transaction, so whatever ends it early brings them back. An index made of all its
    rows at once is sorted and written from end to end, in a third of the time that it takes to put
    each row in its place. Those that guarantee something stay. Only SQLite knows any.
    """
    connection = db.session.connection()
    if connection.dialect.name != "sqlite":
        return []
    tables = [model.__table__.name for model in models]
    found = connection.execute(_INDEXES, {"tables": tables}).all()
    for name, _statement in found:
        connection.exec_driver_sql(f'DROP INDEX "{name}"')
    return [statement for _name, statement in found]


def lay_indexes(statements: Iterable[str]) -> None:
    """Make lifted indexes again."""
    for statement in statements:
        db.session.connection().exec_driver_sql(statement)
