"""A published site as one file, to take elsewhere."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import IO

from app.errors import NotFoundError
from app.services.publishing.site_files import told_plainly
from app.services.publishing.site_folder import MANIFEST, SiteFolder

# The same site gives the same file: no entry carries the time it was packed.
_NO_TIME = (1980, 1, 1, 0, 0, 0)


def pack(path: Path, target: IO[bytes]) -> int:
    """Write the files of the site in `path` into `target`; how many. Raises NotFoundError."""
    folder = SiteFolder(path)
    if not folder.is_ours:
        raise NotFoundError("Nothing is published yet.")
    folder.load()
    names = sorted((*folder.files, MANIFEST))
    with told_plainly(path), zipfile.ZipFile(target, "w") as archive:
        for name in names:
            entry = zipfile.ZipInfo(name, _NO_TIME)
            is_text = name.endswith((".md", ".json"))
            entry.compress_type = zipfile.ZIP_DEFLATED if is_text else zipfile.ZIP_STORED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, folder.read(name))
    return len(names)
