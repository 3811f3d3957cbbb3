"""Backups of SQLite: a copy by VACUUM INTO, put back through SQLite's own backup.

Both work on a database that others use: the copy is one snapshot, and what is put back replaces all
pages of the live file in one transaction, so that open connections of any process just see it.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.exc import DBAPIError

from app.domain.backups import Manifest
from app.errors import ConflictError, DiskFullError
from app.extensions import db, prepare_engine
from app.queries.health import known_revisions
from app.services.backups import settling, upgrading
from app.services.backups.archive import DAMAGED, NotABackupError
from app.services.backups.folder import UntouchedError
from app.services.backups.keeping import LEFT_OUT, OURS, Copied
from app.services.backups.settling import Kept

BUSY_SECONDS = 30.0
MAGIC = b"SQLite format 3\0"


class SqliteKeeping:
    """The database file of this installation."""

    engine = "sqlite"
    file = "gatefold.db"

    def size(self) -> int:
        """The size of its pages."""
        with _opened(live_path()) as connection:
            return _number(connection, "page_count") * _number(connection, "page_size")

    def copy(self, work: Path) -> Copied:
        """One snapshot in a file of its own, without secrets and looked through."""
        path = work / self.file
        with _told_plainly("The backup was not made"):
            with _opened(live_path()) as live:
                live.execute("VACUUM INTO ?", (str(path),))
            with _opened(path) as copy:
                strip(copy)
                _check_pages(copy)
                return Copied(path, _revision(copy), count_rows(copy))

    def look_through(self, path: Path, manifest: Manifest) -> None:
        """Page by page, then row by row."""
        judge(path)
        with _readable(path) as connection:
            found = count_rows(connection)
        if manifest.tables and found != dict(manifest.tables):
            raise NotABackupError(DAMAGED.format("it does not have the rows it should have"))

    def make_ready(self, path: Path, kept: Kept) -> None:
        """Up to date and settled: everything that can fail."""
        with _told_plainly("The backup was not restored"):
            _make_ready(path, kept)

    def put_in_place(self, path: Path, kept: Kept) -> None:
        """All pages at once."""
        with _told_plainly("The backup was not restored"):
            _pour(path, live_path())

    def try_out(self, path: Path, work: Path) -> Mapping[str, int]:
        """The same into an empty file."""
        with _told_plainly("The backup could not be tried out"):
            _make_ready(path, None)
            target = work / "tried.db"
            _pour(path, target)
            with _opened(target) as connection:
                _check_pages(connection)
                strays = connection.execute("PRAGMA foreign_key_check").fetchone()
                if strays is not None:
                    raise NotABackupError(DAMAGED.format(f"rows of {strays[0]} point nowhere"))
                return count_rows(connection)


def live_path() -> Path:
    """The file of the database in use."""
    return Path(db.engine.url.database or "")


def judge(path: Path) -> str:
    """The revision of a database of ours that is whole. Raises NotABackupError."""
    with _readable(path) as connection:
        _check_pages(connection)
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if not tables >= OURS:
            raise NotABackupError("This is a database, but not one of Gatefold.")
        revision = _revision(connection)
    if revision not in known_revisions():
        raise NotABackupError(
            f"This backup is of a newer Gatefold (its tables are at {revision}; this one knows "
            f"{known_revisions()[0]} at most). Bring Gatefold up to date first."
        )
    return revision


def strip(connection: sqlite3.Connection) -> None:
    """Take out what must not leave the installation, and overwrite where it stood. Commits."""
    # A journal on the disk would hold what is deleted.
    connection.execute("PRAGMA journal_mode=MEMORY")
    connection.execute("PRAGMA secure_delete=ON")
    there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
    for name in there.intersection(LEFT_OUT):
        connection.execute(f'DELETE FROM "{name}"')
    connection.commit()


def count_rows(connection: sqlite3.Connection) -> dict[str, int]:
    """The rows of each table, those of SQLite's own and of the search index aside."""
    names = connection.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table'"
        " AND name NOT LIKE 'sqlite_%' AND name NOT LIKE 'copy_fts%' ORDER BY name"
    ).fetchall()
    return {
        name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]
        for (name,) in names
    }


def _make_ready(path: Path, kept: Kept | None) -> None:
    """Bring a copy up to date, and give it what the live database keeps."""
    engine = create_engine(f"sqlite:///{path}")
    prepare_engine(engine)
    try:
        with engine.connect() as connection:
            upgrading.bring_up_to_date(connection)
        if kept is not None:
            with engine.begin() as connection:
                settling.settle(connection, kept)
    except DBAPIError as error:
        told = f"it cannot be brought up to date ({error.orig})"
        raise NotABackupError(DAMAGED.format(told)) from error
    finally:
        engine.dispose()


def _pour(source_path: Path, target_path: Path) -> None:
    """Replace all pages of a database in one transaction."""
    with _opened(target_path) as target, _opened(source_path) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        size = _number(target, "page_size")
        if _number(source, "page_size") != size:
            source.execute("PRAGMA journal_mode=DELETE")
            source.execute(f"PRAGMA page_size={size}")
            source.execute("VACUUM")
        give_up_at = time.monotonic() + BUSY_SECONDS

        def waited(_status: int, _left: int, _total: int) -> None:
            if time.monotonic() > give_up_at:
                raise ConflictError(
                    "Something else writes into the database all the time. Nothing was changed; "
                    "wait for its end and try again."
                )

        source.backup(target, pages=-1, progress=waited, sleep=0.05)


@contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
        yield connection


@contextmanager
def _readable(path: Path) -> Iterator[sqlite3.Connection]:
    """A database that may be none. Raises NotABackupError for what SQLite cannot make of it."""
    try:
        with _opened(path) as connection:
            connection.execute("PRAGMA trusted_schema=OFF")
            connection.execute("PRAGMA query_only=ON")
            yield connection
    except sqlite3.DatabaseError as error:
        raise NotABackupError(DAMAGED.format(f"SQLite says “{error}”")) from error


def _check_pages(connection: sqlite3.Connection) -> None:
    found = [line for (line,) in connection.execute("PRAGMA quick_check(1)")]
    if found != ["ok"]:
        raise NotABackupError(DAMAGED.format(f"SQLite says “{found[0]}”"))


def _revision(connection: sqlite3.Connection) -> str:
    row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return str(row[0]) if row else ""


def _number(connection: sqlite3.Connection, pragma: str) -> int:
    found: int = connection.execute(f"PRAGMA {pragma}").fetchone()[0]
    return found


@contextmanager
def _told_plainly(what: str) -> Iterator[None]:
    """Turn what SQLite refuses into a sentence: DiskFullError, or UntouchedError."""
    try:
        yield
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL:
            raise DiskFullError(f"{what}: the disk is full. Nothing was changed.") from error
        raise UntouchedError(f"{what}: {error}. Nothing was changed.") from error


def stripped(path: Path) -> dict[str, int]:
    """Take the secrets out of a database file, log and all; the rows it then has."""
    with _told_plainly("The file cannot be read"), _opened(path) as connection:
        connection.execute("PRAGMA journal_mode=DELETE")
        strip(connection)
        return count_rows(connection)
