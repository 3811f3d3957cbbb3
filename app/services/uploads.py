"""Files people upload, kept between looking at them and importing them for an hour.

The job threads look every minute for files whose hour is over, and so does every upload. A file is
called by a random name that only its uploader's page knows; the name it had on their machine is
never used here.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.errors import NotFoundError, TooLargeError

FOLDER = "uploads"
MOST_BYTES = 64 * 1024 * 1024
KEPT_SECONDS = 3600
_CHUNK = 1 << 16
_TOKEN = re.compile(r"[0-9a-f]{32}")


def keep(instance: Path, source: IO[bytes]) -> str:
    """Copy `source` into the instance folder; the token by which it is found again.

    Raises TooLargeError beyond MOST_BYTES. Whatever goes wrong, no part of the file stays.
    """
    sweep(instance)
    folder = instance / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    token = secrets.token_hex(16)
    path = folder / f"{token}.csv"
    try:
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as kept:
            _copy(source, kept)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return token


def _copy(source: IO[bytes], kept: IO[bytes]) -> None:
    size = 0
    while chunk := source.read(_CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            raise TooLargeError(
                f"This file is larger than {MOST_BYTES // 2**20} MB, more than a million records "
                "would be. Please choose the CSV file Discogs sent you."
            )
        kept.write(chunk)


@contextmanager
def opened(instance: Path, token: str) -> Iterator[IO[bytes]]:
    """The kept file, to read. Raises NotFoundError when it is gone."""
    try:
        file = _path(instance, token).open("rb")
    except FileNotFoundError:
        raise _gone() from None
    with file:
        yield file


def discard(instance: Path, token: str) -> None:
    """Remove a kept file, if it is still there."""
    _path(instance, token).unlink(missing_ok=True)


def sweep(instance: Path) -> None:
    """Remove files whose hour is over."""
    limit = time.time() - KEPT_SECONDS
    for path in (instance / FOLDER).glob("*.csv"):
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_mtime < limit:
                path.unlink()


def _path(instance: Path, token: str) -> Path:
    if not _TOKEN.fullmatch(token):
        raise _gone()
    return instance / FOLDER / f"{token}.csv"


def _gone() -> NotFoundError:
    return NotFoundError(
        "This upload is no longer here: a file is kept for an hour, and only until it has been "
        "imported. Choose it once more on the import page."
    )
