"""Backups of PostgreSQL: pg_dump's own format, read back with pg_restore, put back by psql.

What is put back replaces our tables in one transaction. Tables of others in the same database are
neither dumped nor touched.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import structlog
from sqlalchemy import Connection, create_engine, func, inspect, select, text
from sqlalchemy.exc import DBAPIError, ProgrammingError

from app.domain.backups import Manifest
from app.extensions import db, reading
from app.services.backups import settling, upgrading
from app.services.backups.archive import DAMAGED, NotABackupError
from app.services.backups.folder import BackupFailedError
from app.services.backups.keeping import LEFT_OUT, Copied
from app.services.backups.postgres_programs import address, output_of, run
from app.services.backups.settling import Kept

LOCK_SECONDS = 20
FAILED = "The backup was not made"
_BEGIN, _END = b"COPY ", b"\\.\n"
log = structlog.get_logger(__name__)


class PostgresKeeping:
    """The database of this installation on its server."""

    engine = "postgresql"
    file = "gatefold.pgdump"

    def size(self) -> int:
        """What the server says."""
        with reading(), db.engine.connect() as connection:
            size = func.pg_database_size(func.current_database())
            return int(connection.scalar(select(size)) or 0)

    def copy(self, work: Path) -> Copied:
        """One snapshot, counted in the same snapshot and read back."""
        path = work / self.file
        with reading(), _snapshot() as (connection, snapshot):
            place = connection.scalar(select(func.current_schema()))
            names = [name for name in inspect(connection).get_table_names() if _is_ours(name)]
            rows = settling.rows_of(connection, names)
            rows |= dict.fromkeys(set(LEFT_OUT) & set(rows), 0)
            schema = connection.scalar(text("SELECT version_num FROM alembic_version")) or ""
            where, environment = address(db.engine.url)
            tables = [f'--table="{place}"."{name}"' for name in names]
            without = [f'--exclude-table-data="{place}"."{name}"' for name in LEFT_OUT]
            words = ["pg_dump", "--format=custom", "--no-owner", "--no-privileges", "--no-comments"]
            to = [f"--snapshot={snapshot}", f"--file={path}", f"--dbname={where}"]
            run(FAILED, [*words, *tables, *without, *to], environment)
        if (found := rows_in(path)) != rows:
            raise BackupFailedError(f"{FAILED}: {_difference(found, rows)}.")
        return Copied(path, str(schema), rows)

    def look_through(self, path: Path, manifest: Manifest) -> None:
        """Everything is unpacked and its rows counted."""
        try:
            found = rows_in(path)
        except BackupFailedError as error:
            raise NotABackupError(DAMAGED.format(str(error).rstrip("."))) from error
        if found != dict(manifest.tables):
            told = _difference(found, manifest.tables)
            raise NotABackupError(DAMAGED.format(told))

    def make_ready(self, path: Path, kept: Kept) -> None:
        """Nothing can be done to a dump."""

    def put_in_place(self, path: Path, kept: Kept) -> None:
        """Our tables, in one transaction; then what is older is brought up to date."""
        _replace(path, "")
        db.engine.dispose()
        with db.engine.connect() as connection:
            upgrading.bring_up_to_date(connection)
        with db.engine.begin() as connection:
            settling.settle(connection, kept)

    def try_out(self, path: Path, work: Path) -> Mapping[str, int]:
        """Into a database of its own, where we may make one; else it is unpacked and counted."""
        name = f"gatefold_drill_{secrets.token_hex(4)}"
        try:
            _on_server(f'CREATE DATABASE "{name}" TEMPLATE template0')
        except ProgrammingError as error:
            log.info("no_scratch_database", reason=str(error.orig).partition("\n")[0])
            return rows_in(path)
        try:
            _replace(path, name)
            return _brought_up_to_date(name)
        finally:
            _on_server(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def rows_in(path: Path) -> dict[str, int]:
    """The rows of each table in a dump, which is unpacked completely for it."""
    found: dict[str, int] = {}
    table = ""
    with output_of("It cannot be read", ["pg_restore", "--file=-", str(path)]) as script:
        for line in script:
            if table:
                if line == _END:
                    table = ""
                else:
                    found[table] += 1
            elif line.startswith(_BEGIN) and line.endswith(b" FROM stdin;\n"):
                table = _table_in(line)
                found[table] = 0
            elif line.startswith(b"CREATE TABLE "):
                found.setdefault(_table_in(line), 0)
    return found


def _table_in(line: bytes) -> str:
    """The name in `COPY public."user" (id, …` or `CREATE TABLE public.copy (`."""
    words = line.decode("utf-8").removeprefix("COPY ").removeprefix("CREATE TABLE ")
    return words.partition(" (")[0].rpartition(".")[2].strip('"')


def _is_ours(name: str) -> bool:
    return name == "alembic_version" or name in db.metadata.tables


@contextmanager
def _snapshot() -> Iterator[tuple[Connection, str]]:
    """A transaction that sees one moment, and the name by which pg_dump sees the same."""
    with db.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="REPEATABLE READ")
        snapshot = connection.scalar(select(func.pg_export_snapshot()))
        yield connection, str(snapshot)


def _replace(path: Path, database: str) -> None:
    """Put the tables of a dump in place of ours, in one transaction."""
    where, environment = address(db.engine.url, database)
    script = path.with_name("restore.sql")
    run("The backup cannot be read", ["pg_restore", f"--file={script}", "--no-owner", str(path)])
    first = path.with_name("first.sql")
    first.write_text(_before(database), "utf-8")
    words = ["psql", "--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", "--single-transaction"]
    files = [f"--file={first}", f"--file={script}", f"--dbname={where}"]
    run("The backup was not restored", [*words, *files], environment)


def _before(database: str) -> str:
    """Wait only so long for others, and make room where there are tables already."""
    lines = [f"SET lock_timeout = '{LOCK_SECONDS}s';"]
    if not database:
        with reading(), db.engine.connect() as connection:
            names = [name for name in inspect(connection).get_table_names() if _is_ours(name)]
        if names:
            listed = ", ".join(f'"{name}"' for name in names)
            lines.append(f"DROP TABLE {listed} CASCADE;")
    return "\n".join(lines) + "\n"


def _on_server(statement: str) -> None:
    with db.engine.connect() as plain:
        connection = plain.execution_options(isolation_level="AUTOCOMMIT")
        connection.exec_driver_sql(statement)


def _brought_up_to_date(database: str) -> dict[str, int]:
    engine = create_engine(db.engine.url.set(database=database))
    try:
        with engine.connect() as connection:
            upgrading.bring_up_to_date(connection)
        with engine.connect() as connection:
            return settling.rows_of(connection, inspect(connection).get_table_names())
    except DBAPIError as error:
        told = str(error.orig).partition("\n")[0]
        raise NotABackupError(
            DAMAGED.format(f"it cannot be brought up to date ({told})")
        ) from error
    finally:
        engine.dispose()


def _difference(found: Mapping[str, int], wanted: Mapping[str, int]) -> str:
    for name in sorted({*found, *wanted}):
        if found.get(name) != wanted.get(name):
            return f"{name} has {found.get(name, 'no')} rows instead of {wanted.get(name, 'none')}"
    return "nothing differs"
