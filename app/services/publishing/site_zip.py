"""A published site as one file, to take elsewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from app.errors import NotFoundError
from app.services.publishing import theme
from app.services.publishing.site_files import told_plainly
from app.services.publishing.site_folder import MANIFEST, SiteFolder

# The same site gives the same file: no entry carries the time it was packed.
_NO_TIME = (1980, 1, 1, 0, 0, 0)
_PICTURES = (".jpg", ".png")


def pack(path: Path, target: IO[bytes], *, with_theme: bool = False) -> int:
    """Write the files of the site in `path` into `target`; how many. Raises NotFoundError.

    `with_theme`: and those of the theme, in the folder's own form where it has one, so that Hugo
    makes a site of what was unpacked.
    """
    folder = SiteFolder(path)
    if not folder.is_ours:
        raise NotFoundError("Nothing is published yet.")
    folder.load()
    with told_plainly(path), zipfile.ZipFile(target, "w") as archive:
        shipped = dict(theme.files()) if with_theme else {}
        here = {name for name in (*folder.files, MANIFEST, *shipped) if _is_there(path / name)}
        for name in sorted(here | shipped.keys()):
            source = path / name if name in here else shipped[name]
            archive.writestr(_entry(name), source.read_bytes())
        return len(archive.filelist)


def _is_there(path: Path) -> bool:
    """Whether a file can be taken along: somebody may have deleted it, or put a link there."""
    return path.is_file() and not path.is_symlink()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _NO_TIME)
    is_packed = name.endswith(_PICTURES)
    entry.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
