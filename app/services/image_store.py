"""The files of pictures: each kept once, under the digest of what it shows, in a few sizes.

A file is written under another name, flushed to the disk and only then given its own, so that half
a picture is never seen. The largest size comes last: where it is, all are.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import threading
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from app.domain.picture_files import LARGEST, SIZES, THUMBNAILS, PictureFiles, picture_files
from app.errors import DiskFullError

FOLDER = "images"
USE_COUNTS_FOR = timedelta(days=1)

_DIGEST = re.compile(r"[0-9a-f]{64}")
# A large picture takes 220 MB while it is decoded.
_one_at_a_time = threading.Lock()


class NoRoomError(DiskFullError):
    """The disk did not take a picture. Nothing was changed."""


@dataclass(frozen=True, slots=True)
class KeptImage:
    """A picture in the store. `bytes` of all its sizes together."""

    sha256: str
    width: int
    height: int
    bytes: int
    colour: str


class ImageStore:
    """The pictures below the instance folder."""

    def __init__(self, instance: Path) -> None:
        self.folder = instance / FOLDER

    def add(self, data: bytes) -> KeptImage:
        """Keep the picture in `data`; the same picture twice is kept once. Touches no database.

        Raises UnusablePictureError, and NoRoomError when the disk is full.
        """
        with _one_at_a_time:
            made = picture_files(data)
        try:
            self._write(made)
        except OSError as error:
            self.remove([made.sha256])
            raise NoRoomError(
                f"The picture could not be kept: {error.strerror or error}. Nothing was changed."
            ) from error
        size = sum(map(len, made.files.values()))
        return KeptImage(made.sha256, made.width, made.height, size, made.colour)

    def put_back(self, sha256: str, data: bytes) -> None:
        """Keep the largest size of a picture under its digest again, as it was given out once.

        Raises UnusablePictureError, and NoRoomError when the disk is full.
        """
        with _one_at_a_time:
            made = picture_files(data)
        try:
            self._write(replace(made, sha256=sha256, files={**made.files, LARGEST: data}))
        except OSError as error:
            raise NoRoomError(f"A picture could not be kept: {error.strerror or error}.") from error

    def find(self, sha256: str, size: int) -> Path | None:
        """The file that shows a picture `size` pixels wide or high, or less if it has no more."""
        if not _DIGEST.fullmatch(sha256) or size not in SIZES:
            return None
        for path in (self._path(sha256, size), self._path(sha256, LARGEST)):
            if path.is_file():
                return path
        return None

    def use(self, sha256: str, size: int) -> Path | None:
        """As `find`; notes, once a day, that the picture was looked at."""
        path = self.find(sha256, size)
        used = path and self.used_at(sha256)
        if used and datetime.now(UTC) - used > USE_COUNTS_FOR:
            with contextlib.suppress(OSError):
                os.utime(self._path(sha256, LARGEST))
        return path

    def used_at(self, sha256: str) -> datetime | None:
        """When a picture was last noted as looked at; None if it is not there.

        Kept as the time of its file: to look at a picture must not wait for who writes into the
        database.
        """
        try:
            return datetime.fromtimestamp(self._path(sha256, LARGEST).stat().st_mtime, UTC)
        except OSError:
            return None

    def remove(self, digests: Iterable[str]) -> None:
        """Delete these pictures in all sizes, as far as they are there."""
        for sha256 in digests:
            # The largest first: without it the picture is not there.
            for size in (LARGEST, *THUMBNAILS):
                with contextlib.suppress(OSError):
                    self._path(sha256, size).unlink()

    def _path(self, sha256: str, size: int) -> Path:
        ending = "" if size == LARGEST else f"-{size}"
        return self.folder / sha256[:2] / f"{sha256}{ending}.webp"

    def _write(self, made: PictureFiles) -> None:
        main = self._path(made.sha256, LARGEST)
        if main.is_file():
            return
        main.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for size in sorted(made.files):
            _write_whole(self._path(made.sha256, size), made.files[size])
        _flush_folder(main.parent)


def _write_whole(path: Path, data: bytes) -> None:
    passing = path.with_name(f".{secrets.token_hex(8)}.part")
    try:
        with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise


def _flush_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
