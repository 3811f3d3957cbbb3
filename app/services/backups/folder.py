"""The folder of backups: what lies there, who may work in it, and room for what is half done.

A backup has its name only once it is whole. Whatever is on its way stands in a folder of its own
whose name begins with a dot; who holds the lock knows that nobody else works here, and so sweeps
away what a killed process left.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from app.domain.backups import Backup, is_name, newest_first
from app.errors import ConflictError, DiskFullError, GatefoldError, NotFoundError
from app.services.backups import archive

FOLDER = "backups"
WAIT_SECONDS = 20.0
NO_ROOM = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_WORK = ".work-"
_LOCK = ".lock"


class BackupFailedError(GatefoldError):
    """A backup could not be made or read; the sentence says why and what is as it was."""


class UntouchedError(BackupFailedError):
    """It failed, and the database is as it was: there is nothing to put back."""


class BackupFolder:
    """The backups below the instance folder."""

    def __init__(self, instance: Path) -> None:
        self.path = instance / FOLDER

    def all(self) -> list[Backup]:
        """The backups here, newest first; other files are passed over."""
        paths = self.path.iterdir() if self.path.is_dir() else ()
        found = (self._read(path) for path in paths if is_name(path.name))
        return newest_first(each for each in found if each is not None)

    def _read(self, path: Path) -> Backup | None:
        with suppress(archive.NotABackupError, OSError):
            return Backup(path.name, path.stat().st_size, archive.read_manifest(path))
        return None

    def find(self, name: str) -> Backup:
        """The backup of this name. Raises NotFoundError."""
        found = self._read(self.path / name) if is_name(name) else None
        if found is None:
            raise NotFoundError("There is no such backup any more.")
        return found

    def file(self, name: str) -> Path:
        """Where a backup lies. Raises NotFoundError."""
        return self.path / self.find(name).name

    def delete(self, name: str) -> None:
        """Remove a backup."""
        (self.path / name).unlink(missing_ok=True)

    @contextmanager
    def held(self, wait: float = WAIT_SECONDS) -> Iterator[None]:
        """Nobody else makes, restores or deletes a backup meanwhile, in whatever process.

        Raises ConflictError when somebody still does after `wait` seconds. The lock is let go by
        the system itself when its holder dies.
        """
        with told_plainly("The folder for backups cannot be used"):
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            _wait_for(handle, wait)
            self._sweep()
            yield
        finally:
            os.close(handle)

    def _sweep(self) -> None:
        for left in self.path.glob(f"{_WORK}*"):
            shutil.rmtree(left, ignore_errors=True)

    @contextmanager
    def work(self) -> Iterator[Path]:
        """A folder for what is half done, gone afterwards. For who holds the lock."""
        folder = tempfile.mkdtemp(prefix=_WORK, dir=self.path)
        try:
            yield Path(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def free_bytes(self) -> int:
        """Room on the disk."""
        there = self.path if self.path.is_dir() else self.path.parent
        return shutil.disk_usage(there).free

    def need(self, count: int) -> None:
        """Make sure that so many bytes fit. Raises DiskFullError."""
        free = self.free_bytes()
        if free < count:
            raise DiskFullError(
                f"The disk is full: {count / 1e6:,.0f} MB are needed for this, and "
                f"{free / 1e6:,.0f} MB are free. Nothing was changed.",
                count,
            )


def _wait_for(handle: int, seconds: float) -> None:
    give_up_at = time.monotonic() + seconds
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= give_up_at:
                raise ConflictError(
                    "A backup is being made or restored just now. Wait a moment and try again."
                ) from None
            time.sleep(0.05)


@contextmanager
def told_plainly(what: str) -> Iterator[None]:
    """Turn what the disk refuses into a sentence: DiskFullError, or BackupFailedError."""
    try:
        yield
    except OSError as error:
        if error.errno in NO_ROOM:
            raise DiskFullError(f"{what}: the disk is full. Nothing was changed.") from error
        raise BackupFailedError(f"{what}: {error.strerror or error}.") from error


def move_into_place(finished: Path, place: Path) -> None:
    """Give a whole file its name, so that it is there even if the power fails now."""
    with finished.open("rb") as file:
        os.fsync(file.fileno())
    finished.replace(place)
    handle = os.open(place.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
