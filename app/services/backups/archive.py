"""A backup as one zip file that a person can open and check.

Inside: `manifest.json`, the database, a person's own pictures, and `SHA256SUMS` in the form that
`sha256sum --check` reads. Nothing is taken out of it under a name that the file chooses.
"""

from __future__ import annotations

import hashlib
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from app.domain.backups import FORMAT_VERSION, Manifest
from app.errors import InvalidInputError

MANIFEST, SUMS, README = "manifest.json", "SHA256SUMS", "READ ME.txt"
PICTURES = "pictures/"
MOST_MANIFEST_BYTES = 1 << 20
MOST_PICTURE_BYTES = 64 << 20
# Half the time of the usual level, for files a tenth larger.
LEVEL = 1
_CHUNK = 1 << 20
_PICTURE = re.compile(r"pictures/([0-9a-f]{64})\.webp")
_TEXT = """This is a backup of Gatefold. Put it back on the page Admin -> Backups, or with
`flask --app run restore FILE`. manifest.json says what is in it. To check it by hand:
unzip it and run `sha256sum --check SHA256SUMS`.
"""
DAMAGED = "This backup is damaged: {}. Use another one, or copy it here again."


class NotABackupError(InvalidInputError):
    """The file cannot be used as a backup; the sentence says why. Nothing was changed."""


def write(to: Path, manifest: Manifest, database: Path, pictures: Iterable[Path]) -> None:
    """Put everything into one file. A picture is called after the digest of its file."""
    sums = [f"{manifest.sha256}  {manifest.file}\n"]
    with zipfile.ZipFile(to, "x", zipfile.ZIP_DEFLATED, compresslevel=LEVEL) as file:
        file.writestr(MANIFEST, manifest.to_json())
        file.write(database, manifest.file)
        for picture in pictures:
            name = f"{PICTURES}{picture.name}"
            file.write(picture, name, zipfile.ZIP_STORED)
            sums.append(f"{picture.stem}  {name}\n")
        file.writestr(SUMS, "".join(sums))
        file.writestr(README, _TEXT)


@contextmanager
def opened(path: Path) -> Iterator[zipfile.ZipFile]:
    """The file, to read from. Raises NotABackupError where it cannot be read, at any time."""
    try:
        with zipfile.ZipFile(path) as file:
            yield file
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        if _begins_like_a_zip(path):
            raise NotABackupError(DAMAGED.format("it is cut off, or parts changed")) from error
        raise NotABackupError("This file is no backup of Gatefold.") from error


def _begins_like_a_zip(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(2) == b"PK"


def read_manifest(path: Path) -> Manifest:
    """What a backup says of itself. Raises NotABackupError, OSError."""
    with opened(path) as file:
        return manifest_in(file)


def manifest_in(file: zipfile.ZipFile) -> Manifest:
    """The same of an open one."""
    try:
        info = file.getinfo(MANIFEST)
        if info.file_size > MOST_MANIFEST_BYTES:
            raise ValueError("too long")
        manifest = Manifest.from_json(file.read(info))
        file.getinfo(manifest.file)
    except (KeyError, TypeError, ValueError, RecursionError):
        raise NotABackupError("This zip file is no backup of Gatefold.") from None
    if manifest.format_version > FORMAT_VERSION:
        raise NotABackupError(
            f"This backup was made by a newer Gatefold ({manifest.app_version}), in a form this one"
            " cannot read. Bring Gatefold up to date first."
        )
    return manifest


def take_database(file: zipfile.ZipFile, manifest: Manifest, to: Path) -> None:
    """Unpack the database, no more of it than the manifest says, and compare its digest."""
    digest, size = hashlib.sha256(), 0
    with file.open(manifest.file) as source, to.open("xb") as target:
        for chunk in _chunks(source):
            size += len(chunk)
            if size > manifest.size:
                break
            digest.update(chunk)
            target.write(chunk)
    if size != manifest.size or digest.hexdigest() != manifest.sha256:
        raise NotABackupError(DAMAGED.format("its database is not the one that was put in"))


def pictures_in(file: zipfile.ZipFile) -> Iterator[tuple[str, bytes]]:
    """A person's own pictures by digest, each looked through."""
    for info in file.infolist():
        match = _PICTURE.fullmatch(info.filename)
        if match is None:
            continue
        data = file.read(info) if info.file_size <= MOST_PICTURE_BYTES else b""
        if hashlib.sha256(data).hexdigest() != match[1]:
            raise NotABackupError(DAMAGED.format("a picture is not the one that was put in"))
        yield match[1], data


def read_through(path: Path) -> None:
    """Read everything once more and compare it. Raises NotABackupError."""
    with opened(path) as file:
        manifest = manifest_in(file)
        with file.open(manifest.file) as source:
            if _digest(source) != manifest.sha256:
                raise NotABackupError(DAMAGED.format("its database reads back differently"))
        found = sum(1 for _picture in pictures_in(file))
    if found != manifest.pictures:
        raise NotABackupError(DAMAGED.format("pictures are missing"))


def digest_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return _digest(file)


def _digest(source: IO[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in _chunks(source):
        digest.update(chunk)
    return digest.hexdigest()


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(_CHUNK):
        yield chunk
