"""Making a backup: copied, looked through, put into one file, read back, and only then named."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from sqlalchemy import inspect, text

from app.domain.backups import HAND, Backup, House, Manifest, name_of
from app.domain.picture_files import LARGEST
from app.errors import GatefoldError
from app.extensions import db, reading
from app.models.base import utcnow
from app.queries.health import newest_revision
from app.services.backups import archive
from app.services.backups.folder import BackupFolder, move_into_place, told_plainly
from app.services.backups.keeping import LEFT_OUT, Copied, keeping
from app.services.backups.notes import NoteBook
from app.services.image_store import ImageStore
from app.services.workplace import Workplace
from config import VERSION

SPARE_BYTES = 10_000_000


def house(*, has_records: bool = True) -> House:
    """What is installed now."""
    return House(VERSION, newest_revision(), keeping().engine, has_records)


def make(workplace: Workplace, why: str = HAND) -> Backup:
    """Make a backup in the folder. Other transactions go on meanwhile; there must be none of ours.

    Raises DiskFullError, BackupFailedError, ConflictError: then there is none, and all others are
    as they were.
    """
    folder = BackupFolder(workplace.settings.instance_path)
    with folder.held():
        return make_within(workplace, folder, why)


def make_within(workplace: Workplace, folder: BackupFolder, why: str) -> Backup:
    """The same for who holds the folder already."""
    notes = NoteBook(folder)
    try:
        with told_plainly("The backup was not made"):
            made = _made(workplace, folder, why)
    except GatefoldError as error:
        notes.failed(str(error))
        raise
    notes.succeeded()
    return made


def _made(workplace: Workplace, folder: BackupFolder, why: str) -> Backup:
    database = keeping()
    # The copy, and the file it goes into, which may be hardly smaller.
    pictures = own_pictures(ImageStore(workplace.settings.instance_path))
    folder.need(2 * database.size() + _bytes_of(pictures) + SPARE_BYTES)
    with folder.work() as work:
        copied = database.copy(work)
        return put_together(folder, work, copied, why, pictures)


def put_together(
    folder: BackupFolder, work: Path, copied: Copied, why: str, pictures: Iterable[Path] = ()
) -> Backup:
    """Make the one file of a copy that was looked through, read it back and give it its name."""
    here = list(pictures)
    manifest = _manifest(copied, why, len(here))
    packed = work / "backup.zip"
    archive.write(packed, manifest, copied.path, here)
    archive.read_through(packed)
    packed.chmod(0o600)
    name = name_of(manifest.made_at, why, taken=(path.name for path in folder.path.iterdir()))
    size = packed.stat().st_size
    move_into_place(packed, folder.path / name)
    return Backup(name, size, manifest)


def _manifest(copied: Copied, why: str, pictures: int) -> Manifest:
    return Manifest(
        why=why,
        made_at=utcnow(),
        app_version=VERSION,
        schema=copied.schema,
        engine=keeping().engine,
        file=copied.path.name,
        size=copied.path.stat().st_size,
        sha256=archive.digest_of(copied.path),
        tables=copied.tables,
        pictures=pictures,
        left_out=LEFT_OUT,
    )


def own_pictures(store: ImageStore) -> list[Path]:
    """The files of pictures people put in themselves; all others can be fetched again."""
    with reading(), db.engine.connect() as connection:
        if not inspect(connection).has_table("picture"):
            return []
        digests = connection.scalars(
            text(
                "SELECT DISTINCT image_sha256 FROM picture"
                " WHERE source = 'upload' AND image_sha256 IS NOT NULL ORDER BY image_sha256"
            )
        ).all()
    return [path for each in digests if (path := store.find(each, LARGEST)) is not None]


def _bytes_of(paths: Iterable[Path]) -> int:
    total = 0
    for path in paths:
        with suppress(OSError):
            total += path.stat().st_size
    return total


def copy_out(folder: BackupFolder, backup: Backup, to: Path) -> None:
    """Put a backup where a person wants it, in one go. Raises DiskFullError, BackupFailedError."""
    beside = to.with_name(f".{to.name}.{secrets.token_hex(4)}.part")
    with told_plainly(f"{to} was not written"):
        try:
            handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as target, folder.file(backup.name).open("rb") as source:
                shutil.copyfileobj(source, target, 1 << 20)
            move_into_place(beside, to)
        finally:
            beside.unlink(missing_ok=True)
