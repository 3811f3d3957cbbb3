"""A shelf published into a folder: what would change, and the changing of it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from app.domain import privacy
from app.domain.album_pages import COVER_ENDING, album_page
from app.domain.picture_files import LARGEST, UnusablePictureError, as_jpeg
from app.domain.site_records import SiteCover
from app.domain.term_pages import section_page, term_page
from app.errors import NotFoundError
from app.extensions import db, reading
from app.queries.site_shelf import Line
from app.services import preferences
from app.services.bulk import in_chunks
from app.services.image_store import ImageStore
from app.services.publishing.albums import albums
from app.services.publishing.report import Missing, Report, Wish
from app.services.publishing.site_files import told_plainly
from app.services.publishing.site_folder import NewFile, SiteFolder, digest
from app.services.publishing.slug_book import section_of
from app.services.publishing.sources import Sources, key_of
from app.services.workplace import Workplace

AT_ONCE = 500
PICTURES_AT_ONCE = 40
SECTIONS = {"albums": "Albums", "artist": "Artists", "label": "Labels"} | {
    "genre": "Genres",
    "style": "Styles",
}

Tell = Callable[[int, int], None]


def public_classes(owner_id: int) -> frozenset[str]:
    """The classes of fields this person lets out."""
    return privacy.chosen(preferences.get(owner_id, privacy.PREFERENCE))


def let_out(owner_id: int, names: Sequence[str]) -> None:
    """Choose the classes that go public. Commits."""
    preferences.put(owner_id, privacy.PREFERENCE, privacy.as_stored(names))


def publish(
    workplace: Workplace,
    owner_id: int,
    path: Path,
    wish: Wish,
    tell: Tell = lambda done, total: None,
) -> Report:
    """Publish a shelf into a folder, or with `wish.dry` only say what would change.

    `tell(done, total)` is called after some hundred pages and may raise to stop. Whatever stops it,
    every file is the old or the new one, and the next time goes on from there. No transaction may
    be open. Raises InvalidInputError, ConflictError, DiskFullError, NotFoundError.
    """
    folder = SiteFolder(path)
    with reading():
        public = public_classes(owner_id)
        sources = Sources(owner_id, public, workplace.settings.discogs_web_url)
        work = _Publishing(sources, folder, ImageStore(workplace.settings.instance_path), wish)
        work.find_albums()
        db.session.rollback()
    if wish.gives_addresses and not wish.dry:
        sources.slugs.save()
    with nullcontext() if wish.dry else folder.locked():
        return work.all(tell)


class _Publishing:
    """One publishing of one shelf."""

    def __init__(self, sources: Sources, folder: SiteFolder, store: ImageStore, wish: Wish) -> None:
        self.sources, self.folder, self.store, self.wish = sources, folder, store, wish
        self.report = Report()
        self._wanted: set[str] = set()
        self._todo: list[tuple[Line, str, str]] = []
        self._pictures: list[tuple[str, SiteCover, Line]] = []

    def find_albums(self) -> None:
        """Which albums there are, and of which the page may have changed."""
        _last, names = self.sources.digest(self.folder.upto)
        is_quick = not self.wish.everything and names == self.folder.names
        chosen = self._chosen()
        for release in self.sources.releases:
            key = key_of(release.discogs_id, release.id)
            slug = self.sources.slugs.album(key, release.title)
            page = f"content/albums/{slug}/index.md"
            self._wanted.add(page)
            cover, why_none = self.sources.cover(release)
            if cover:
                picture = f"content/albums/{slug}/{slug}{COVER_ENDING}"
                self._wanted.add(picture)
            if release not in chosen:
                continue
            if cover:
                self._pictures.append((picture, cover, release))
            else:
                self._miss(release, why_none)
            stamp = self.sources.stamp(release)
            known = self.folder.is_as_noted(page) if is_quick else None
            if known and known.stamp == stamp:
                self.report.unchanged += 1
            else:
                self._todo.append((release, page, stamp))

    def _chosen(self) -> Sequence[Line] | set[Line]:
        wish, releases = self.wish, self.sources.releases
        if wish.is_whole:
            return set(releases)
        if wish.artist is not None:
            return ()
        if wish.release is not None:
            found = [release for release in releases if release.id == wish.release]
        else:
            found = [release for release in releases if release.discogs_id == wish.album]
        if not found:
            name = f"Discogs release {wish.album}" if wish.album else "This record"
            raise NotFoundError(f"{name} is not on this shelf.")
        return found

    def all(self, tell: Tell) -> Report:
        """Do it."""
        total, done = len(self._todo) + len(self._pictures), 0
        self._take(list(self._name_pages()))
        for some in in_chunks(self._todo, AT_ONCE):
            tell(done, total)
            self._take(self._album_pages(some))
            done += len(some)
        for pictures in in_chunks(self._pictures, PICTURES_AT_ONCE):
            tell(done, total)
            self._take(list(self._picture_files(pictures)))
            done += len(pictures)
        if self.wish.is_whole:
            self._remove_orphans()
        self._close()
        tell(total, total)
        return self.report

    def _name_pages(self) -> Iterator[tuple[NewFile, str]]:
        terms = self.sources.terms
        if self.wish.is_one_album:
            return
        if self.wish.artist is not None:
            address = self.sources.address("artist", self.wish.artist)
            terms = [t for t in terms if t.kind == "artist" and t.discogs_url == address]
            if not terms:
                raise NotFoundError(f"Discogs artist {self.wish.artist} has no page here.")
        else:
            for section, title in SECTIONS.items():
                yield self._file(f"content/{section}/_index.md", section_page(title)), ""
        for term in terms:
            path = f"content/{section_of(term.kind)}/{term.slug}/_index.md"
            yield self._file(path, term_page(term)), ""

    def _album_pages(self, some: Sequence[tuple[Line, str, str]]) -> list[tuple[NewFile, str]]:
        with reading():
            made = albums(self.sources, [release for release, _page, _stamp in some])
            files = [
                (self._file(page, album_page(album, self.sources.name_of)), stamp)
                for album, (_release, page, stamp) in zip(made, some, strict=True)
            ]
            db.session.rollback()
        return files

    def _picture_files(
        self, some: Sequence[tuple[str, SiteCover, Line]]
    ) -> Iterator[tuple[NewFile, str]]:
        for path, cover, release in some:
            self._wanted.add(path)
            known = self.folder.is_as_noted(path)
            if known and known.stamp == cover.sha256:
                self.report.unchanged += 1
                continue
            kept = self.store.find(cover.sha256, LARGEST)
            if kept is None:
                self._miss(release, "its picture is gone from the images folder")
                continue
            with told_plainly(kept):
                data = kept.read_bytes()
            try:
                data = as_jpeg(data)
            except UnusablePictureError:
                self._miss(release, "its picture in the images folder is damaged")
                continue
            yield NewFile(path, data, digest(data)), cover.sha256

    def _miss(self, release: Line, why: str) -> None:
        self.report.missing.append(Missing(release.title, why, release.id))

    def _file(self, path: str, text: str) -> NewFile:
        self._wanted.add(path)
        data = text.encode("utf-8", "replace")
        return NewFile(path, data, digest(data))

    def _take(self, files: Sequence[tuple[NewFile, str]]) -> None:
        """Sort these files by what is there now, and write those that are to be."""
        report, writing = self.report, []
        for file, stamp in files:
            state = self.folder.state(file.path, file.sha256)
            if state == "edited" and self.wish.replaces(file.path):
                state = "changed"
            if state == "same":
                report.unchanged += 1
                self.folder.files[file.path] = file.sha256
                self._note(file.path, stamp)
                continue
            {"new": report.new, "changed": report.changed, "edited": report.edited}[state].append(
                file.path
            )
            if state in self.wish.diffs_of:
                self._compare(file)
            if state != "edited":
                writing.append((file, stamp))
        if not self.wish.dry:
            self.folder.write([file for file, _stamp in writing])
            for file, stamp in writing:
                self._note(file.path, stamp)

    def _note(self, path: str, stamp: str) -> None:
        if not self.wish.dry:
            self.folder.note(path, stamp)

    def _compare(self, file: NewFile) -> None:
        if len(self.report.diffs) >= self.wish.diffs or not file.path.endswith(".md"):
            return
        before = self.folder.read(file.path).decode("utf-8", "replace").splitlines()
        after = file.data.decode("utf-8").splitlines()
        lines = difflib.unified_diff(before, after, file.path, file.path, lineterm="", n=1)
        self.report.diffs.append((file.path, "\n".join(lines)))

    def _remove_orphans(self) -> None:
        left = sorted(set(self.folder.files) - self._wanted)
        for path in left:
            ours = self.wish.replaces(path) or self.folder.is_untouched(path)
            (self.report.orphaned if ours else self.report.edited).append(path)
            if not ours:
                self.report.left.append(path)
        if not self.wish.dry:
            self.folder.remove(self.report.orphaned)

    def _close(self) -> None:
        if self.wish.dry:
            return
        if self.wish.is_whole:
            with reading():
                upto, names = self.sources.digest()
                db.session.rollback()
            self.folder.close(upto, names)
        else:
            self.folder.close(self.folder.upto or {}, self.folder.names)
