"""The theme that comes with Gatefold, laid beside the pages of a site so that Hugo can build it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from app.errors import InvalidInputError
from app.services.publishing.site_files import told_plainly, write_small
from config import ROOT

THEME = ROOT / "hugo"
SETTINGS = "hugo.toml"
# What Hugo may have left in the theme's own folder, and what is never of a theme.
_NOT_OURS = {"public", "resources", "content", "static"}


def get() -> Path:
    """The folder the theme is in. Raises InvalidInputError."""
    if not (THEME / SETTINGS).is_file():
        raise InvalidInputError(
            f"The theme is missing: {THEME}. Put it there from Gatefold's files."
        )
    return THEME


def files() -> Iterator[tuple[str, Path]]:
    """Each file of the theme by its path in a site, the settings first. Raises as `get` does."""
    theme = get()
    found = [
        (path.relative_to(theme).as_posix(), path)
        for path in sorted(theme.rglob("*"))
        if path.is_file() and _is_theme(path.relative_to(theme).parts)
    ]
    yield from sorted(found, key=lambda each: (each[0] != SETTINGS, each[0]))


def put(site: Path) -> int:
    """Lay the theme into a site; how many files were put there.

    A file that is there already stays: it may be somebody's own. Raises InvalidInputError,
    DiskFullError.
    """
    put = 0
    with told_plainly(site):
        for name, source in files():
            target = site / name
            if os.path.lexists(target):
                continue
            _make_room(site, name)
            write_small(target, source.read_bytes(), flush=False)
            put += 1
    return put


def _make_room(site: Path, name: str) -> None:
    """Make the folder of a file, if no symlink on the way leads out."""
    above = site
    for part in name.split("/")[:-1]:
        above /= part
        if above.is_symlink():
            raise InvalidInputError(
                f"{above} is a symlink. Gatefold does not write through it; remove it first."
            )
        above.mkdir(exist_ok=True)


def _is_theme(parts: tuple[str, ...]) -> bool:
    return parts[0] not in _NOT_OURS and not any(part.startswith(".") for part in parts)
