"""Backups that make themselves: when one is due, which go, and whether they can be restored."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress

import structlog
from sqlalchemy import select

from app.domain import backups as rules
from app.domain.backups import Backup
from app.errors import ConflictError, GatefoldError
from app.extensions import db, reading
from app.models import Copy, Edit
from app.models.base import utcnow
from app.services.backups import making
from app.services.backups.archive import DAMAGED, NotABackupError
from app.services.backups.checking import folder_of, opened
from app.services.backups.folder import BackupFolder
from app.services.backups.keeping import keeping
from app.services.backups.notes import NoteBook
from app.services.workplace import Workplace

log = structlog.get_logger(__name__)


def tend(workplace: Workplace) -> None:
    """Make what is due, let go what is over, try one out once a week.

    Any number of processes may call this as often as they like: who holds the folder looks again
    whether it is still due, and the newest backup is what says so.
    """
    with suppress(ConflictError):  # somebody is at it
        _back_up(workplace)
        _drill(workplace)


def _back_up(workplace: Workplace) -> None:
    folder = folder_of(workplace)
    if not _due(folder):
        return
    with folder.held(wait=0):
        why = _due(folder)
        if not why:
            return
        try:
            made = making.make_within(workplace, folder, why)
        except GatefoldError as error:
            log.warning("backup_failed", reason=str(error))
            return
        log.info("backup_made", name=made.name, bytes=made.size)
        rotate(folder)


def _due(folder: BackupFolder) -> str:
    there, notes, now = folder.all(), NoteBook(folder).read(), utcnow()
    if not rules.due(there, notes, making.house(), now):
        return ""
    return rules.due(there, notes, making.house(has_records=has_records()), now)


def has_records() -> bool:
    """Whether there is anything that would be missed."""
    with reading(), db.engine.connect() as connection:
        return any(
            connection.scalar(select(table.id).limit(1)) is not None for table in (Copy, Edit)
        )


def rotate(folder: BackupFolder) -> list[str]:
    """Delete what is over; returns the names. To be called once a new one is there."""
    gone = rules.expired(folder.all(), NoteBook(folder).read(), keeping().engine, utcnow())
    for each in gone:
        folder.delete(each.name)
        log.info("backup_expired", name=each.name)
    NoteBook(folder).forget({each.name for each in gone})
    return [each.name for each in gone]


def delete(workplace: Workplace, name: str) -> None:
    """Delete a backup. Raises NotFoundError, ConflictError for the only good one."""
    folder = folder_of(workplace)
    with folder.held():
        folder.find(name)
        notes = NoteBook(folder)
        if only_good_one(folder.all(), notes) == name:
            raise ConflictError("This is the only good backup. Make another one first.")
        folder.delete(name)
        notes.forget({name})


def only_good_one(backups: Sequence[Backup], notes: NoteBook) -> str:
    """The name of the backup that must stay, "" where there are several."""
    told, engine, now = notes.read(), keeping().engine, utcnow()
    last = rules.newest(backups, told, engine, now)
    others = [each for each in backups if each != last]
    is_alone = last is not None and rules.newest(others, told, engine, now) is None
    return last.name if last and is_alone else ""


def _drill(workplace: Workplace) -> None:
    folder = folder_of(workplace)
    if _drill_due(folder) is None:
        return
    with folder.held(wait=0):
        chosen = _drill_due(folder)
        if chosen is not None:
            drill_within(folder, chosen)


def _drill_due(folder: BackupFolder) -> Backup | None:
    notes = NoteBook(folder).read()
    return rules.drill_due(folder.all(), notes, keeping().engine, utcnow())


def drill(workplace: Workplace, name: str) -> bool:
    """Restore a backup into scratch now, and remember what came of it; whether it went well."""
    folder = folder_of(workplace)
    with folder.held():
        return drill_within(folder, folder.find(name))


def drill_within(folder: BackupFolder, backup: Backup) -> bool:
    """The same for who holds the folder already."""
    begun, notes = time.monotonic(), NoteBook(folder)
    try:
        with opened(folder, folder.path / backup.name) as found, folder.work() as work:
            rows = keeping().try_out(found.database, work)
        _compare(backup, rows)
    except GatefoldError as error:
        log.error("restore_drill_failed", name=backup.name, reason=str(error))
        notes.drilled(backup.name, str(error), ok=False)
        if isinstance(error, NotABackupError):
            notes.checked(backup.name, str(error))
        return False
    seconds = max(1, round(time.monotonic() - begun))
    copies = backup.manifest.count("copies")
    told = f"restored into scratch in {seconds} s, all rows there ({copies:,} copies)"
    notes.drilled(backup.name, told, ok=True)
    return True


def _compare(backup: Backup, rows: Mapping[str, int]) -> None:
    """Every table has its rows. A migration on the way may have brought tables, or taken some."""
    for name, count in backup.manifest.tables.items():
        if rows.get(name, count) != count:
            raise NotABackupError(DAMAGED.format(f"{name} has {rows[name]} rows, not {count}"))
