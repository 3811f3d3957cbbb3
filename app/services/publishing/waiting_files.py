"""Files on their way into a site: written beside their places, brought to the disk, then moved.

A reader sees the old file or the new one. What is on its way is announced first, so that after a
kill it is known as ours.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from app.errors import InvalidInputError

# From so many files on it is quicker to bring everything to the disk at once.
FLUSH_EACH = 32


class NewFile(NamedTuple):
    """A file to be written: where below the folder, what, and the SHA-256 of that.

    `stamp` of a picture is the digest of the one it was made from.
    """

    path: str
    data: bytes
    sha256: str
    stamp: str = ""


class Known(NamedTuple):
    """What was noted of a file when it was last written or looked at.

    `stamp` of a picture is the digest of the one it was made from.
    """

    size: int
    mtime_ns: int
    stamp: str


class WaitingFiles:
    """The files that are not in their places yet. Raises OSError, InvalidInputError.

    `pending` is the file in which they are announced; `inside` gives the place of a path, or
    raises if a symlink would lead out.
    """

    def __init__(self, root: str, pending: str, inside: Callable[[str], Path]) -> None:
        self._root, self._pending, self._inside = root, pending, inside
        self._waiting: list[tuple[NewFile, str, Known]] = []
        self._folders: set[str] = set()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, files: Sequence[NewFile]) -> None:
        """Write these beside their places."""
        if not files:
            return
        lines = "".join(f"{file.sha256} {file.path}\n" for file in files)
        with self._inside(self._pending).open("a", encoding="utf-8") as stream:
            stream.write(lines)
        self._waiting += [self._part(file) for file in files]

    def settle(self) -> list[tuple[NewFile, Known]]:
        """Move all into their places; gives what moved, and what to note of it."""
        waiting, self._waiting = self._waiting, []
        self._flush([part for _file, part, _known in waiting])
        for file, part, _known in waiting:
            os.replace(part, f"{self._root}/{file.path}")
        self._folders.clear()
        return [(file, known) for file, _part, known in waiting]

    def forget(self) -> None:
        """Move nothing."""
        self._waiting = []

    def _part(self, file: NewFile) -> tuple[NewFile, str, Known]:
        self._make_room(file.path.rpartition("/")[0])
        # Beside its place: thousands of new files in one folder take ten times as long.
        part = f"{self._root}/{part_of(file.path)}"
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o644)
        try:
            left = memoryview(file.data)
            while left:
                left = left[os.write(handle, left) :]
            found = os.fstat(handle)
        finally:
            os.close(handle)
        return file, part, Known(found.st_size, found.st_mtime_ns, file.stamp)

    def _make_room(self, folder: str) -> None:
        if folder in self._folders:
            return
        try:
            os.mkdir(f"{self._root}/{folder}")
        except FileExistsError:
            if not self._inside(folder).is_dir():
                raise InvalidInputError(
                    f"{self._root}/{folder} is a file where a folder belongs. Move it away."
                ) from None
        except FileNotFoundError:
            self._make_room(folder.rpartition("/")[0])
            os.mkdir(f"{self._root}/{folder}")
        self._folders.add(folder)

    def _flush(self, parts: Sequence[str]) -> None:
        """What was announced and written has to be on the disk before anything is replaced."""
        if len(parts) > FLUSH_EACH:
            os.sync()
            return
        for path in (f"{self._root}/{self._pending}", *parts) if parts else ():
            handle = os.open(path, os.O_RDONLY)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)


def part_of(path: str) -> str:
    """Where a file is written before it is moved into its place."""
    above, _, name = path.rpartition("/")
    return f"{above}/.{name}.part"
