"""What must hold after a restore, whatever the backup says.

The tokens of this installation stay; what is under way in the backup is over; every copy counts as
changed, so that no process goes on showing what it keeps in memory; and an id given out since the
backup is not given again: it may stand on a printed sticker.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, MetaData, Table, delete, func, insert, select, text, update

from app.extensions import db
from app.models import Connection as ProviderConnection
from app.models import Copy, Run, User
from app.models.base import utcnow
from app.models.run import ACTIVE_STATES
from app.services.backups.keeping import LEFT_OUT

STOPPED = "Stopped when a backup was restored."
_USERS: Any = User.__table__
_COPIES: Any = Copy.__table__
_RUNS: Any = Run.__table__
_CONNECTIONS: Any = ProviderConnection.__table__


@dataclass(frozen=True, slots=True)
class Kept:
    """What is carried over from the database as it was before."""

    connections: Sequence[Mapping[str, Any]]
    versions: Mapping[int, int]
    highest_ids: Mapping[str, int]


def note(connection: Connection) -> Kept:
    """Read it from a database that is up to date."""
    tokens = [dict(row) for row in connection.execute(select(_CONNECTIONS)).mappings()]
    versions = connection.execute(select(_USERS.c.id, _USERS.c.collection_version)).all()
    return Kept(tokens, dict(map(tuple, versions)), _highest_ids(connection))


def settle(connection: Connection, kept: Kept) -> None:
    """Bring it into a restored database that is up to date. Does not commit."""
    for name in LEFT_OUT:
        connection.execute(delete(db.metadata.tables[name]))
    _raise_ids(connection, kept.highest_ids)
    people = set(connection.scalars(select(_USERS.c.id)))
    tokens = [row for row in kept.connections if row["owner_id"] in people]
    if tokens:
        connection.execute(insert(_CONNECTIONS), tokens)
    _end_runs(connection)
    for owner_id in people:
        _count_as_changed(connection, owner_id, kept.versions.get(owner_id, 0))


def _end_runs(connection: Connection) -> None:
    ended = {"state": "cancelled", "message": STOPPED, "ended_at": utcnow()}
    released = {"lease": None, "lease_until": None, "paused_at": None}
    active = _RUNS.c.state.in_(ACTIVE_STATES)
    connection.execute(update(_RUNS).where(active).values(**ended, **released))


def _count_as_changed(connection: Connection, owner_id: int, at_least: int) -> None:
    mine = _USERS.c.id == owner_id
    restored = connection.scalar(select(_USERS.c.collection_version).where(mine)) or 0
    version = max(restored, at_least) + 1
    connection.execute(update(_USERS).where(mine).values(collection_version=version))
    copies = _COPIES.c.owner_id == owner_id
    connection.execute(update(_COPIES).where(copies).values(changed_in=version))


def _highest_ids(connection: Connection) -> dict[str, int]:
    """The highest id ever given, by table (SQLite) or sequence (PostgreSQL)."""
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
    else:
        rows = connection.execute(
            text(
                "SELECT sequencename, last_value FROM pg_sequences"
                " WHERE schemaname = current_schema() AND last_value IS NOT NULL"
            )
        )
    return {name: int(highest) for name, highest in rows}


def _raise_ids(connection: Connection, kept: Mapping[str, int]) -> None:
    now = _highest_ids(connection)
    for name, highest in kept.items():
        if now.get(name, 0) >= highest:
            continue
        if connection.dialect.name == "postgresql":
            _set_sequence(connection, name, highest)
        else:
            _set_highest(connection, name, highest, is_there=name in now)


def _set_sequence(connection: Connection, name: str, highest: int) -> None:
    exists = text("SELECT to_regclass(quote_ident(:name)) IS NOT NULL")
    if connection.scalar(exists, {"name": name}):
        found = text("SELECT setval(quote_ident(:name)::regclass, :highest)")
        connection.execute(found, {"name": name, "highest": highest})


def _set_highest(connection: Connection, name: str, highest: int, *, is_there: bool) -> None:
    values = {"name": name, "highest": highest}
    statement = (
        "UPDATE sqlite_sequence SET seq = :highest WHERE name = :name"
        if is_there
        else "INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :highest)"
    )
    connection.execute(text(statement), values)


def rows_of(connection: Connection, tables: Sequence[str]) -> dict[str, int]:
    """How many rows each of these tables has."""
    return {
        name: connection.scalar(select(func.count()).select_from(Table(name, MetaData()))) or 0
        for name in tables
    }
