"""The small files that tell what in a site is ours, and what the disk says when it refuses."""

from __future__ import annotations

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import orjson

from app.domain.album_pages import PLACEMENTS
from app.errors import ConflictError, DiskFullError, InvalidInputError

# Below which folders of a site all files of ours lie.
PLACES = ("content/", "static/images/")
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@contextmanager
def told_plainly(path: Path) -> Iterator[None]:
    """Turn what the disk refuses below `path` into a sentence for a person."""
    try:
        yield
    except OSError as error:
        why, named = error.strerror or str(error), str(error.filename or "")
        if error.errno in _FULL:
            raise DiskFullError(
                f"There is no room left for the site in {path} ({why}). Every page there is whole, "
                "old or new. Make room and publish again; it goes on from there."
            ) from error
        where = named if named.startswith(f"{path}/") else path
        raise InvalidInputError(
            f"{where} cannot be used: {why}. Change its rights or choose another folder; "
            "every page of the site is whole, old or new."
        ) from error


def lock(handle: int) -> None:
    """Hold an open file against others. Raises ConflictError."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise ConflictError(
            "This folder is being published to already. Wait for the end."
        ) from None


def write_small(path: Path, data: bytes, *, flush: bool = True) -> None:
    """Write a small file whole, unless it says so already. `flush`: it outlives a power cut."""
    if path.is_file() and path.read_bytes() == data:
        return
    part = path.with_name(f".{path.name}.part")
    with part.open("wb") as stream:
        stream.write(data)
        if flush:
            stream.flush()
            os.fsync(stream.fileno())
    part.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """The object in a file, {} if there is none that can be read."""
    try:
        return _object(path.read_bytes())
    except OSError:
        return {}


def _object(data: bytes) -> dict[str, Any]:
    """The object that JSON tells, {} if it tells none."""
    try:
        found = orjson.loads(data)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def read_manifest(path: Path) -> tuple[dict[str, str], str]:
    """The digest of each file a manifest lists, and how pictures are placed.

    Raises InvalidInputError if it is not ours, OSError.
    """
    if not path.exists():
        return {}, PLACEMENTS[0]
    told = _object(path.read_bytes())
    files, images = told.get("files"), told.get("images")
    if told.get("app") != "gatefold" or not isinstance(files, dict):
        raise InvalidInputError(
            f"{path} is not Gatefold's, or damaged. Put it back as it was or name another folder. "
            "Without it, pages that are as Gatefold would write them count as its own."
        )
    listed = {str(name): str(sha256) for name, sha256 in files.items() if is_ours(str(name))}
    return listed, images if images in PLACEMENTS else PLACEMENTS[0]


def is_ours(path: str) -> bool:
    """Whether a path of a manifest is one we would write: nothing leads out of the folder."""
    return path.startswith(PLACES) and (".." not in path or ".." not in path.split("/"))
