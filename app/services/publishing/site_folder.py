"""The folder a site stands in: which files in it are ours, and how they are changed safely.

Three files tell what is ours. `manifest.json` has the digest of each file we wrote; it is written
last. `.gatefold/pending` has those of files about to be written, so that after a kill they are
known as ours too. `.gatefold/state.json` only saves time: size and time of each file, and what the
site was made of. A file is written under another name, brought to the disk and then moved into its
place, so that a reader sees the old one or the new one.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import orjson

from app.errors import InvalidInputError
from app.services.publishing.inside import Inside
from app.services.publishing.site_files import (
    is_ours,
    lock,
    read_json,
    read_manifest,
    told_plainly,
    write_small,
)
from app.services.publishing.waiting_files import Known, NewFile, WaitingFiles, part_of

MANIFEST = "manifest.json"
OURS = ".gatefold"
FORMAT = 2
# What may lie beside our pages: the signs of a Hugo site, of a repository, of a desktop.
_HUGO = ("hugo.toml", "hugo.yaml", "hugo.json", "config.toml", "config.yaml", "config.json")
_HUGO_FOLDER = "config/_default"
_HARMLESS = {"config", "themes", "archetypes", "lost+found", OURS, MANIFEST}
_WAITING_AT_MOST = 5_000


def digest(data: bytes) -> str:
    """The SHA-256 of a file's bytes."""
    return hashlib.sha256(data).hexdigest()


class SiteFolder:
    """A folder of pages. Raises InvalidInputError, ConflictError, DiskFullError with a sentence."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.files: dict[str, str] = {}
        self.known: dict[str, Known] = {}
        self.memory: dict[str, Any] = {}
        self.images = "bundle"
        self._pending: dict[str, str] = {}
        self._inside = Inside(str(path))
        self._waiting = WaitingFiles(str(path), f"{OURS}/pending", self._inside)
        self._root = str(path)
        with told_plainly(path):
            self._look()

    def load(self) -> None:
        """Read what is known of the files here: whoever changes them holds the lock by now."""
        with told_plainly(self.path):
            self.files, self.images = read_manifest(self.path / MANIFEST)
            state = read_json(self.path / OURS / "state.json")
            with suppress(KeyError, TypeError, AttributeError):  # it only saves time
                known = {path: Known(*entry) for path, entry in state["files"].items()}
                if state["format"] == FORMAT:
                    self.known, self.memory = known, dict(state["memory"])
            self._read_pending()

    def _read_pending(self) -> None:
        for line in self.read(f"{OURS}/pending").splitlines():
            sha256, _, path = line.decode("utf-8", "replace").partition(" ")
            if is_ours(path):
                self._pending[path] = sha256

    @property
    def is_ours(self) -> bool:
        """Whether we published here before."""
        return (self.path / MANIFEST).is_file()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other publishers out, and sweep away what one that was killed left half-written."""
        with told_plainly(self.path):
            self._inside(OURS).mkdir(parents=True, exist_ok=True)
            handle = os.open(self._inside(OURS) / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        try:
            with told_plainly(self.path):
                lock(handle)
                self._read_pending()
                self._sweep()
                write_small(self._inside(OURS) / ".gitignore", b"*\n")
            yield
        finally:
            os.close(handle)

    def is_as_noted(self, path: str) -> Known | None:
        """What was noted of a file of ours, if it still has that size and time."""
        known = self.known.get(path)
        if known is None or path not in self.files:
            return None
        try:
            found = os.lstat(f"{self._root}/{path}")
        except OSError:
            return None
        if found.st_mtime_ns != known.mtime_ns or found.st_size != known.size:
            return None
        return known if stat.S_ISREG(found.st_mode) else None

    def states(self, wanted: Iterable[tuple[str, str]]) -> list[str]:
        """How files are against what they should be: same, new, changed, or edited by somebody.

        `wanted` has the path of each and its digest.
        """
        with told_plainly(self.path):
            return [self._state(path, sha256) for path, sha256 in wanted]

    def _state(self, path: str, sha256: str) -> str:
        if self.is_as_noted(path) and self.files[path] == sha256:
            return "same"
        there = self._digest_of(path)
        if there is None:
            return "new"
        if there == sha256:
            return "same"
        is_ours = there in (self.files.get(path), self._pending.get(path))
        return "changed" if is_ours else "edited"

    def is_untouched(self, path: str) -> bool:
        """Whether a file that is not wanted any more is as we wrote it, or gone."""
        with told_plainly(self.path):
            there = self._digest_of(path)
        return there is None or there in (self.files.get(path), self._pending.get(path))

    def read(self, path: str) -> bytes:
        """A file's bytes, b"" if it is not there."""
        try:
            return (self.path / path).read_bytes()
        except OSError:
            return b""

    @contextmanager
    def writing(self) -> Iterator[None]:
        """What is `put` inside stands in its place afterwards; after an error, nothing waits."""
        is_whole = False
        try:
            yield
            self.settle()
            is_whole = True
        finally:
            if not is_whole:
                self._waiting.forget()
                self._sweep()

    def put(self, files: Sequence[NewFile]) -> None:
        """Write these files beside their places, and move them there when it is worth it."""
        with told_plainly(self.path):
            self._pending |= {file.path: file.sha256 for file in files}
            self._waiting.add(files)
        if len(self._waiting) >= _WAITING_AT_MOST:
            self.settle()

    def settle(self) -> None:
        """Move what waits into its place, each file whole."""
        with told_plainly(self.path):
            for file, known in self._waiting.settle():
                self.files[file.path] = file.sha256
                self.known[file.path] = known

    def remove(self, paths: Iterable[str]) -> None:
        """Delete files of ours, and the folders that are empty then."""
        with told_plainly(self.path):
            for path in paths:
                target = self._inside(path)
                target.unlink(missing_ok=True)
                self.files.pop(path, None)
                self.known.pop(path, None)
                if target.parent.is_dir() and not any(target.parent.iterdir()):
                    target.parent.rmdir()
                    self._inside.forget(path.rpartition("/")[0])

    def note(self, file: NewFile) -> bool:
        """Remember a file that is there as it is to be; whether that was news."""
        found = os.lstat(f"{self._root}/{file.path}")
        now = Known(found.st_size, found.st_mtime_ns, file.stamp)
        was = self.known.get(file.path), self.files.get(file.path)
        self.known[file.path], self.files[file.path] = now, file.sha256
        return was != (now, file.sha256)

    def close(self, memory: Mapping[str, Any], images: str) -> None:
        """Write the manifest, last of all. `memory` is given back by the next `load`."""
        with told_plainly(self.path):
            listed = {"app": "gatefold", "format": FORMAT, "images": images, "files": self.files}
            options = orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS | orjson.OPT_APPEND_NEWLINE
            write_small(self._inside(MANIFEST), orjson.dumps(listed, option=options))
            known = {path: entry for path, entry in self.known.items() if path in self.files}
            state = {"format": FORMAT, "memory": memory, "files": known}
            written = orjson.dumps(state, default=tuple)
            write_small(self._inside(OURS) / "state.json", written, flush=False)
            (self._inside(OURS) / "pending").unlink(missing_ok=True)

    def _look(self) -> None:
        for place in (self.path, *self.path.parents):
            if os.path.lexists(place):
                break
        if not place.is_dir():
            what = "a symlink that leads nowhere" if place.is_symlink() else "a file"
            raise InvalidInputError(f"{place} is {what}. Name a folder; nothing was changed.")
        for name in (OURS, MANIFEST, "content", "static"):
            self._inside(name)
        if not self.is_ours:
            self._refuse_strangers()

    def _refuse_strangers(self) -> None:
        names = {each.name for each in self.path.iterdir()} if self.path.is_dir() else set()
        if names & set(_HUGO) or (self.path / _HUGO_FOLDER).is_dir():
            return
        others = sorted(n for n in names - _HARMLESS if not n.startswith("."))
        # Pages of ours without a manifest: a first publishing that was killed.
        if others and not (OURS in names and set(others) <= {"content", "static"}):
            raise InvalidInputError(
                f"{self.path} holds things that are not Gatefold's ({', '.join(others[:3])}). "
                "Name an empty folder or a Hugo site; nothing was changed."
            )

    def _digest_of(self, path: str) -> str | None:
        try:
            mode = os.lstat(f"{self._root}/{path}").st_mode
        except (FileNotFoundError, NotADirectoryError):
            return None
        place = self._inside(path)
        if not stat.S_ISREG(mode):
            raise InvalidInputError(f"{place} is no file, but one belongs there. Move it away.")
        return digest(place.read_bytes())

    def _sweep(self) -> None:
        """Delete what stands half-written beside its place, as far as it can be reached."""
        for path in self._pending:
            with suppress(OSError, InvalidInputError):
                self._inside(part_of(path)).unlink()
