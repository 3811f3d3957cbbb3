"""What there is to do for a site: which pages there are to be, and which may not be right."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from app.domain.album_pages import picture_path
from app.errors import InvalidInputError, NotFoundError
from app.queries.site_shelf import Line
from app.services.publishing.changes import touched
from app.services.publishing.report import Missing, Wish
from app.services.publishing.seen import Page, Seen, code, digest, is_remembered
from app.services.publishing.site_folder import SiteFolder
from app.services.publishing.sources import Sources

SECTIONS = {"albums": "Albums", "artist": "Artists", "label": "Labels"} | {
    "genre": "Genres",
    "style": "Styles",
}
Name = tuple[str, int]


@dataclass(slots=True)
class Todo:
    """Pages and pictures to look at; the rest is as it is to be (`unchanged` files).

    `sections` are folders, `names` (kind, id). `is_news` says whether what is remembered of the
    site has to be written anew.
    """

    sections: list[str] = field(default_factory=list)
    names: list[Name] = field(default_factory=list)
    albums: list[Line] = field(default_factory=list)
    pictures: list[Line] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    unchanged: int = 0
    is_news: bool = False


class Finder:
    """Looks through a shelf. `seen` is what the site was made of, and becomes what it will be."""

    def __init__(self, sources: Sources, folder: SiteFolder, wish: Wish) -> None:
        self._sources, self._folder, self._wish = sources, folder, wish
        self.images = wish.images or folder.images
        self.seen = Seen.of(folder.memory)
        if not wish.is_whole and self.images != folder.images:
            raise InvalidInputError("Pictures move only when the whole shelf is published.")

    def find(self) -> Todo:
        """What to do. Raises NotFoundError."""
        return self._whole() if self._wish.is_whole else self._chosen()

    def page(self, release: Line) -> Page:
        """Where the page of an album belongs, and its picture."""
        slug = self._sources.slug(release)
        cover, why = self._sources.cover(release)
        picture = picture_path(slug, self.images) if cover else ""
        return Page(f"content/albums/{slug}/index.md", picture, why)

    def _whole(self) -> Todo:
        sources, seen = self._sources, self.seen
        basis = digest([code(), sorted(sources.public), sources.web, self.images])
        is_believed = (
            not self._wish.everything
            and seen.basis == basis
            and is_remembered(sources.owner_id, seen)
        )
        if is_believed:
            changed = touched(sources, seen)
        else:
            seen, changed = Seen(site=seen.site, basis=basis), set[str]()
            seen.see(sources.tables())
        self.seen = seen
        todo = Todo(is_news=bool(changed) or not is_believed)
        before, seen.pages = seen.pages, {}
        for key, name in self._pages_of_names():
            page = before.get(key)
            if page is None or key in changed or not self._is_there(page.path):
                page = Page(f"{_place(sources, name)}/_index.md")
                (todo.sections.append(name) if isinstance(name, str) else todo.names.append(name))
            else:
                todo.unchanged += 1
            seen.pages[key] = page
        self._albums(todo, before, changed)
        for gone in seen.mentions.keys() - seen.pages.keys():
            del seen.mentions[gone]
        return todo

    def _albums(self, todo: Todo, before: dict[str, Page], changed: set[str]) -> None:
        for release in self._sources.releases.values():
            key = f"album:{release.id}"
            page = before.get(key)
            if page is None or key in changed or not self._is_there(page.path):
                page = self.page(release)
                todo.albums.append(release)
            else:
                todo.unchanged += 1
            self.seen.pages[key] = page
            self._picture(todo, release, page)

    def _picture(self, todo: Todo, release: Line, page: Page) -> None:
        if not page.picture:
            todo.missing.append(Missing(release.title, page.why, release.id))
            return
        known = self._folder.is_as_noted(page.picture)
        if known and known.stamp == release.image_sha256:
            todo.unchanged += 1
        else:
            todo.pictures.append(release)

    def _pages_of_names(self) -> Iterator[tuple[str, str | Name]]:
        for section in SECTIONS:
            yield f"section:{section}", section
        for kind, row_id in self._sources.names():
            yield f"{kind}:{row_id}", (kind, row_id)

    def _chosen(self) -> Todo:
        wish, sources, todo = self._wish, self._sources, Todo(is_news=True)
        for kind, row_id in sources.names():
            sources.place(kind, row_id)  # whoever is named gets their address now
        if wish.artists or wish.artist is not None:
            rows = sources.artists.values()
            which = [row.id for row in rows if wish.artists or row.discogs_id == wish.artist]
            todo.names = [("artist", row_id) for row_id in which]
            if not (todo.names or wish.artists):
                raise NotFoundError(f"Discogs artist {wish.artist} has no page here.")
            return todo
        todo.albums = [
            row
            for row in sources.releases.values()
            if (row.id == wish.release if wish.album is None else row.discogs_id == wish.album)
        ]
        if not todo.albums:
            name = f"Discogs release {wish.album}" if wish.album else "This record"
            raise NotFoundError(f"{name} is not on this shelf.")
        for release in todo.albums:
            self._picture(todo, release, self.page(release))
        return todo

    def _is_there(self, path: str) -> bool:
        return self._folder.is_as_noted(path) is not None


def _place(sources: Sources, name: str | Name) -> str:
    return f"content/{name}" if isinstance(name, str) else sources.place(*name)
