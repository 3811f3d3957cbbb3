"""Where the files of a folder lie, as long as no symlink on the way leads out of it."""

from __future__ import annotations

import os
from pathlib import Path

from app.errors import InvalidInputError


class Inside:
    """Called with a path below a folder, gives its place. Raises InvalidInputError for a symlink.

    Folders that are there were looked at once and are not looked at again.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self._checked: set[str] = set()

    def __call__(self, path: str) -> Path:
        above, _, _name = path.rpartition("/")
        if above and above not in self._checked and self(above).is_dir():
            self._checked.add(above)
        place = os.path.join(self._root, path)
        if os.path.islink(place):
            raise InvalidInputError(
                f"{place} is a symlink. Gatefold does not write through it; remove it first."
            )
        return Path(place)

    def forget(self, folder: str) -> None:
        """This folder is gone: whatever stands there next is looked at again."""
        self._checked.discard(folder)
