"""Putting a backup back: looked at first, with a way back, and whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import func, select

from app.domain.backups import COUNTED, RESTORE, Backup, Manifest
from app.domain.picture_files import LARGEST, UnusablePictureError
from app.errors import ConflictError, DiskFullError
from app.extensions import db, reading, set_reading
from app.models import Connection, Image, Run
from app.models.run import ACTIVE_STATES
from app.queries.health import newest_revision
from app.services import image_room
from app.services.backups import archive, making, settling
from app.services.backups.checking import Opened, folder_of, opened
from app.services.backups.folder import BackupFailedError, BackupFolder, UntouchedError
from app.services.backups.keeping import keeping
from app.services.backups.settling import Kept
from app.services.image_store import ImageStore
from app.services.workplace import Workplace
from app.standstill import standstill

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Preview:
    """What restoring a backup would do.

    `now` counts what is here at present, by the names of COUNTED; `is_older_schema` that its tables
    are brought up to date, `is_connected` that tokens of this installation stay.
    """

    manifest: Manifest
    now: Mapping[str, int]
    is_older_schema: bool
    is_connected: bool

    @property
    def rows(self) -> list[tuple[str, int, int]]:
        """(what, in the backup, now) for each thing that is counted."""
        return [(what, self.manifest.count(what), self.now[what]) for what in COUNTED]


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put back, and the restore point made before."""

    manifest: Manifest
    point: Backup
    pictures: int


def preview(workplace: Workplace, path: Path) -> Preview:
    """Judge the backup at `path` and compare it with what is here. Changes nothing.

    Raises NotABackupError with the reason, NotFoundError, ConflictError.
    """
    folder = folder_of(workplace)
    with folder.held(), opened(folder, path) as found:
        return _preview(found.manifest)


def _preview(manifest: Manifest) -> Preview:
    with reading(), db.engine.connect() as connection:
        counted = settling.rows_of(connection, list(COUNTED.values()))
        tokens = connection.scalar(select(func.count()).select_from(Connection)) or 0
    now = {what: counted[table] for what, table in COUNTED.items()}
    return Preview(manifest, now, manifest.schema != newest_revision(), bool(tokens))


def restore(workplace: Workplace, path: Path) -> Restored:
    """Replace what is here by the backup at `path`; there is a restore point before. Commits.

    Nobody else writes meanwhile (see app.standstill). Raises NotABackupError, NotFoundError,
    DiskFullError, ConflictError (a job is under way, or others write) before anything was changed,
    BackupFailedError when it went wrong and everything was put back.
    """
    db.session.remove()  # nobody waits for us, nor we for ourselves
    set_reading(False)
    folder = folder_of(workplace)
    with folder.held(), opened(folder, path) as found, standstill(db.engine):
        refuse_while_busy()
        point = making.make_within(workplace, folder, RESTORE)
        with reading(), db.engine.connect() as connection:
            kept = settling.note(connection)
        # More pictures than are shown do no harm; a disk without room for them must be known now.
        store = ImageStore(workplace.settings.instance_path)
        pictures = _put_pictures_back(store, found)
        keeping().make_ready(found.database, kept)
        with _back_again(folder, point, kept):
            keeping().put_in_place(found.database, kept)
        db.engine.dispose()
        log.info("backup_restored", made_at=found.manifest.made_at.isoformat(), point=point.name)
        _forget_lost_pictures(store)
        return Restored(found.manifest, point, pictures)


def refuse_while_busy() -> None:
    """Raises ConflictError while a job may write: what it writes would belong to what was."""
    with reading(), db.engine.connect() as connection:
        kinds = connection.scalars(
            select(Run.kind).where(Run.state.in_(ACTIVE_STATES), Run.paused_at.is_(None))
        ).all()
    if kinds:
        raise ConflictError(
            "A job is under way. Pause or cancel it on its page, then restore; nothing was changed."
        )


@contextmanager
def _back_again(folder: BackupFolder, point: Backup, kept: Kept) -> Iterator[None]:
    """Whatever goes wrong inside, the database is what it was."""
    try:
        yield
    except (UntouchedError, ConflictError, DiskFullError):
        raise
    except BaseException as error:
        log.error("restore_failed", reason=type(error).__name__)
        db.engine.dispose()
        with opened(folder, folder.path / point.name) as before:
            keeping().make_ready(before.database, kept)
            keeping().put_in_place(before.database, kept)
        db.engine.dispose()
        raise BackupFailedError(
            f"The backup could not be restored ({type(error).__name__}). Everything is as it was."
        ) from error


def _put_pictures_back(store: ImageStore, found: Opened) -> int:
    """Keep the person's own pictures again; how many were not here any more."""
    if found.file is None:
        return 0
    with archive.opened(found.file) as file:
        return sum(_put_back(store, *picture) for picture in archive.pictures_in(file))


def _forget_lost_pictures(store: ImageStore) -> None:
    """Show none whose files are gone since; what can be fetched again will be."""
    digests = db.session.scalars(select(Image.sha256)).all()
    image_room.forget([each for each in digests if store.find(each, LARGEST) is None])


def _put_back(store: ImageStore, sha256: str, data: bytes) -> bool:
    if store.find(sha256, LARGEST) is not None:
        return False
    try:
        store.put_back(sha256, data)
    except UnusablePictureError:
        log.warning("picture_unusable", sha256=sha256)
        return False
    return True
