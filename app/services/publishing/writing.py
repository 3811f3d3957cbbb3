"""Pages and pictures made, compared with what is there, and written where they differ."""

from __future__ import annotations

import difflib
import gc
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from app.domain.album_pages import album_page, picture_path
from app.domain.picture_files import LARGEST, UnusablePictureError, as_jpeg
from app.domain.term_pages import section_page, term_page
from app.extensions import db, reading
from app.queries.site_shelf import Line
from app.services.bulk import in_chunks
from app.services.image_store import ImageStore
from app.services.publishing.albums import albums
from app.services.publishing.finding import SECTIONS, Finder, Name, Todo
from app.services.publishing.report import Missing, Report, Wish
from app.services.publishing.site_files import told_plainly
from app.services.publishing.site_folder import SiteFolder, digest
from app.services.publishing.sources import Sources
from app.services.publishing.waiting_files import NewFile

AT_ONCE = 1_000
PICTURES_AT_ONCE = 40

Tell = Callable[[int, int], None]


class Writer:
    """Does what a `Finder` found, in one folder that is locked (or in none, for a dry run)."""

    def __init__(
        self, sources: Sources, folder: SiteFolder, store: ImageStore, wish: Wish, finder: Finder
    ) -> None:
        self._sources, self._folder, self._store = sources, folder, store
        self._wish, self._finder = wish, finder
        self.report = Report()
        self.is_news = False
        self._compared = Counter[str]()

    def write(self, todo: Todo, tell: Tell) -> Report:
        """Do it. `tell(done, total)` may raise to stop."""
        self.is_news, self.report.unchanged = todo.is_news, todo.unchanged
        self.report.missing += todo.missing
        # A look has nothing of its own to clear away, and must not touch what a publishing has.
        with nullcontext() if self._wish.dry else self._folder.writing():
            self._make(todo, tell)
        if self._wish.is_whole:
            self._remove_orphans()
        return self.report

    def _make(self, todo: Todo, tell: Tell) -> None:
        self._take([self._section(name) for name in todo.sections])
        steps: tuple[tuple[Sequence[object], int, Callable[..., Iterable[NewFile]]], ...] = (
            (todo.names, AT_ONCE, self._names),
            (todo.albums, AT_ONCE, self._albums),
            (todo.pictures, PICTURES_AT_ONCE, self._pictures),
        )
        total, done = sum(len(things) for things, _size, _make in steps), 0
        for things, size, make in steps:
            for some in in_chunks(things, size):
                tell(done, total)
                if done:
                    gc.collect(0)  # it rests, but others may leave cycles meanwhile
                self._take(list(make(some)))
                if things is todo.pictures and not self._wish.dry:
                    self._folder.settle()
                done += len(some)
        tell(total, total)

    def _section(self, name: str) -> NewFile:
        as_of = self._sources.as_of if name == "albums" else ""
        return _file(f"content/{name}/_index.md", section_page(SECTIONS[name], as_of))

    def _names(self, some: Sequence[Name]) -> Iterator[NewFile]:
        with reading():
            for kind, row_id in some:
                text = term_page(self._sources.term(kind, row_id))
                self._mention(f"{kind}:{row_id}")
                yield _file(f"{self._sources.place(kind, row_id)}/_index.md", text)
            db.session.rollback()

    def _albums(self, some: Sequence[Line]) -> Iterator[NewFile]:
        with reading():
            made = albums(self._sources, some, self._finder.images)
            for album, release in zip(made, some, strict=True):
                text = album_page(album, self._sources.name_of)
                self._mention(f"album:{release.id}")
                yield _file(f"content/albums/{album.slug}/index.md", text)
            db.session.rollback()

    def _mention(self, key: str) -> None:
        """Note whom a page names by number: it is to be made anew when they are renamed."""
        found, all_of_them = self._sources.mentions(), self._finder.seen.mentions
        if found:
            all_of_them[key] = found
        else:
            all_of_them.pop(key, None)

    def _pictures(self, some: Sequence[Line]) -> Iterator[NewFile]:
        for release in some:
            path, sha256 = self._finder.page(release).picture, str(release.image_sha256)
            if self._wish.dry and not self._folder.read(path):
                # To make it takes as long as to publish it, and would tell no more.
                if self._kept(release, sha256):
                    self.report.new.append(path)
                continue
            data = self._moved(release, sha256) or self._encoded(release, sha256)
            if data:
                yield NewFile(path, data, digest(data), sha256)

    def _moved(self, release: Line, sha256: str) -> bytes:
        """The picture as it lies where pictures were placed before."""
        old = picture_path(self._sources.slug(release), self._folder.images)
        known = self._folder.is_as_noted(old)
        return self._folder.read(old) if known and known.stamp == sha256 else b""

    def _encoded(self, release: Line, sha256: str) -> bytes:
        kept = self._kept(release, sha256)
        if kept is None:
            return b""
        with told_plainly(kept):
            data = kept.read_bytes()
        try:
            return as_jpeg(data)
        except UnusablePictureError:
            return self._miss(release, "its picture in the images folder is damaged")

    def _kept(self, release: Line, sha256: str) -> Path | None:
        """Where the picture of a release is kept; missed if it is not there."""
        kept = self._store.find(sha256, LARGEST)
        if kept is None:
            self._miss(release, "its picture is gone from the images folder")
        return kept

    def _miss(self, release: Line, why: str) -> bytes:
        self.report.missing.append(Missing(release.title, why, release.id))
        return b""

    def _take(self, files: Sequence[NewFile]) -> None:
        """Sort these files by what is there now, and write those that are to be."""
        report, writing = self.report, []
        lists = {"new": report.new, "changed": report.changed, "edited": report.edited}
        states = self._folder.states((file.path, file.sha256) for file in files)
        for file, state in zip(files, states, strict=True):
            if state == "same":
                report.unchanged += 1
                if not self._wish.dry:
                    self.is_news |= self._folder.note(file)
                continue
            found = "changed" if state == "edited" and self._wish.replaces(file.path) else state
            lists[found].append(file.path)
            if found in self._wish.diffs_of:
                self._compare(file, found)
            if found != "edited":
                writing.append(file)
        if writing and not self._wish.dry:
            self.is_news = True
            self._folder.put(writing)

    def _compare(self, file: NewFile, state: str) -> None:
        if self._compared[state] >= self._wish.diffs or not file.path.endswith(".md"):
            return
        self._compared[state] += 1
        before = self._folder.read(file.path).decode("utf-8", "replace").splitlines()
        after = file.data.decode("utf-8").splitlines()
        lines = difflib.unified_diff(before, after, file.path, file.path, lineterm="", n=1)
        self.report.diffs.append((file.path, "\n".join(lines)))

    def _remove_orphans(self) -> None:
        pages = self._finder.seen.pages.values()
        wanted = {page.path for page in pages} | {page.picture for page in pages}
        for path in sorted(self._folder.files.keys() - wanted):
            if self._wish.replaces(path) or self._folder.is_untouched(path):
                self.report.orphaned.append(path)
            else:
                self.report.edited.append(path)
                self.report.left.append(path)
        if self.report.orphaned and not self._wish.dry:
            self.is_news = True
            self._folder.remove(self.report.orphaned)


def _file(path: str, text: str) -> NewFile:
    data = text.encode("utf-8", "replace")
    return NewFile(path, data, digest(data))
