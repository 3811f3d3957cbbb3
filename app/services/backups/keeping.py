"""What each engine can do about backups; how it does so is its own business."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from app.domain.backups import Manifest
from app.extensions import db

if TYPE_CHECKING:
    from app.services.backups.settling import Kept

# Their rows never leave the installation: tokens, sealed as they are.
LEFT_OUT = ("connection", "oauth_request")
# What every Gatefold has had since its first version.
OURS = frozenset({"alembic_version", "user", "release", "copy"})


@dataclass(frozen=True, slots=True)
class Copied:
    """A copy of the database in a file: what its tables are at, and how many rows they have."""

    path: Path
    schema: str
    tables: Mapping[str, int]


class Keeping(Protocol):
    """The database of this installation, as far as backups go. `file` is its name inside one."""

    engine: str
    file: str

    def size(self) -> int:
        """How large it is, in bytes."""

    def copy(self, work: Path) -> Copied:
        """A consistent copy without secrets, looked through, while others go on writing."""

    def look_through(self, path: Path, manifest: Manifest) -> None:
        """Whether a copy is whole and has what its manifest says. Raises NotABackupError."""

    def make_ready(self, path: Path, kept: Kept) -> None:
        """Do to a copy what can be done to it before it is in place."""

    def put_in_place(self, path: Path, kept: Kept) -> None:
        """Replace what is in the database by a copy that was made ready.

        Older tables are then up to date, and `kept` is brought in. May stop half-way with an error.
        """

    def try_out(self, path: Path, work: Path) -> Mapping[str, int]:
        """Restore a copy into scratch; the rows of each table then. Raises NotABackupError."""


def keeping() -> Keeping:
    """That of the engine this installation runs on."""
    from app.services.backups.postgres_keeping import PostgresKeeping
    from app.services.backups.sqlite_keeping import SqliteKeeping

    is_postgres = db.engine.dialect.name == "postgresql"
    return PostgresKeeping() if is_postgres else SqliteKeeping()
