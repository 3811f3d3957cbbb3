"""Opening a file somebody calls a backup, and judging it, before anything live is touched."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from app.domain.backups import UPLOAD, Backup, Manifest, name_of
from app.errors import NotFoundError, TooLargeError
from app.queries.health import known_revisions
from app.services.backups import archive, making, sqlite_keeping
from app.services.backups.archive import NotABackupError
from app.services.backups.folder import BackupFolder, move_into_place, told_plainly
from app.services.backups.keeping import LEFT_OUT, Copied, keeping
from app.services.backups.notes import NoteBook
from app.services.workplace import Workplace

MOST_UPLOAD_BYTES = 64 * 1024 * 1024
ENGINES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Opened:
    """A backup that was judged good: its database unpacked at `database`, in a folder for work."""

    manifest: Manifest
    database: Path
    file: Path | None


def folder_of(workplace: Workplace) -> BackupFolder:
    """Where the backups of this installation are."""
    return BackupFolder(workplace.settings.instance_path)


@contextmanager
def opened(folder: BackupFolder, path: Path) -> Iterator[Opened]:
    """Unpack and judge the backup at `path`; gone again afterwards. To be used by a holder.

    Raises NotABackupError with the reason: no backup, cut off, of another program, of a newer
    version, of another engine. NotFoundError where there is no file.
    """
    if not path.is_file():
        raise NotFoundError(f"There is no file {path}.")
    with told_plainly("The backup cannot be read"), folder.work() as work:
        if _is_sqlite(path):
            yield _bare(folder, path, work)
        else:
            yield _packed(folder, path, work)


def _is_sqlite(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(len(sqlite_keeping.MAGIC)) == sqlite_keeping.MAGIC


def _packed(folder: BackupFolder, path: Path, work: Path) -> Opened:
    with archive.opened(path) as file:
        manifest = archive.manifest_in(file)
        refuse_what_does_not_fit(manifest)
        folder.need(manifest.size)
        database = work / keeping().file
        archive.take_database(file, manifest, database)
        found = sum(1 for _picture in archive.pictures_in(file))
    if found < manifest.pictures:
        raise NotABackupError(archive.DAMAGED.format("pictures are missing"))
    keeping().look_through(database, manifest)
    return Opened(manifest, database, path)


def refuse_what_does_not_fit(manifest: Manifest) -> None:
    """Raises NotABackupError for a newer version or another engine."""
    ours = keeping().engine
    if manifest.engine != ours:
        raise NotABackupError(
            f"This is a backup of {ENGINES.get(manifest.engine, 'another database')}, and this "
            f"installation uses {ENGINES[ours]}. To move a shelf from one to the other use "
            "flask dump and flask load (docs/guide/backups.md)."
        )
    if manifest.schema not in known_revisions():
        raise NotABackupError(
            f"This backup is of a newer Gatefold (version {manifest.app_version}, its tables are "
            f"at {manifest.schema}; this one knows {known_revisions()[0]} at most). Bring Gatefold "
            "up to date first."
        )


def _bare(folder: BackupFolder, path: Path, work: Path) -> Opened:
    """A database file as it lay in an instance folder, with what its log still held."""
    if keeping().engine != "sqlite":
        raise NotABackupError(
            "This is an SQLite database, and this installation uses PostgreSQL. To move a shelf "
            "from one to the other use flask dump and flask load (docs/guide/backups.md)."
        )
    folder.need(path.stat().st_size)
    database = work / keeping().file
    shutil.copyfile(path, database)
    log = path.with_name(f"{path.name}-wal")
    if log.is_file():
        shutil.copyfile(log, database.with_name(f"{database.name}-wal"))
    schema = sqlite_keeping.judge(database)
    tables = sqlite_keeping.stripped(database)
    made_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    size, digest = database.stat().st_size, archive.digest_of(database)
    manifest = Manifest(
        *(UPLOAD, made_at, "", schema, "sqlite", database.name, size, digest, tables),
        left_out=LEFT_OUT,
    )
    return Opened(manifest, database, None)


def check(workplace: Workplace, name: str) -> str:
    """Look a backup in the folder through once more; what is wrong with it, "" for nothing.

    What was found is remembered. Raises NotFoundError, ConflictError.
    """
    folder = folder_of(workplace)
    with folder.held():
        path = folder.path / folder.find(name).name
        try:
            with opened(folder, path):
                problem = ""
        except NotABackupError as error:
            problem = str(error)
        NoteBook(folder).checked(name, problem)
        return problem


def take_in(workplace: Workplace, source: IO[bytes]) -> Backup:
    """Keep an uploaded backup in the folder if it can be restored here.

    Raises NotABackupError with the reason, TooLargeError, DiskFullError; then nothing of it stays.
    """
    folder = folder_of(workplace)
    with folder.held(), told_plainly("The file was not kept"), folder.work() as work:
        path = work / "uploaded"
        _receive(source, path)
        with opened(folder, path) as found:
            return _kept(folder, found, work)


def _receive(source: IO[bytes], path: Path) -> None:
    size = 0
    with path.open("xb") as target:
        while chunk := source.read(_CHUNK):
            size += len(chunk)
            if size > MOST_UPLOAD_BYTES:
                raise TooLargeError(
                    f"This file is larger than {MOST_UPLOAD_BYTES // 2**20} MB. Copy it into the "
                    "folder “backups” of the installation; it is then in the list below."
                )
            target.write(chunk)


def _kept(folder: BackupFolder, found: Opened, work: Path) -> Backup:
    """Give it a name of ours: as it is, or, of a bare database, packed like all others."""
    if found.file is None:
        copied = Copied(found.database, found.manifest.schema, found.manifest.tables)
        return making.put_together(folder, work, copied, UPLOAD)
    name = name_of(
        found.manifest.made_at, UPLOAD, taken=(path.name for path in folder.path.iterdir())
    )
    size = found.file.stat().st_size
    found.file.chmod(0o600)
    move_into_place(found.file, folder.path / name)
    return Backup(name, size, found.manifest)
