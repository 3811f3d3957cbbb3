"""Everything a site is made of, read in a few statements, with only what may go public in it.

What is read is kept as rows and made into names, links and texts when a page asks: of ten thousand
records mostly one has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from app.domain.markdown import from_discogs, plain_from_discogs
from app.domain.matching.keys import title_key
from app.domain.names import display_line, display_name, is_placeholder
from app.domain.providers import title_of
from app.domain.site_records import SiteCover, SiteLink, SiteName, SiteTerm, SiteText
from app.queries import merged_artists, run_status, site_shelf
from app.queries.elsewhere import SITES
from app.queries.site_shelf import Line, Rows
from app.services.publishing.slug_book import SlugBook, address

# What a cover's source is called, the class of fields it goes public with, and whose it is.
COVER_SOURCES = {
    "upload": ("", "own_covers", ""),
    "coverart": ("Cover Art Archive", "coverart", "Copyright of its makers."),
    "discogs": ("Discogs", "discogs_covers", "Copyright of its makers."),
}
NOBODY = SiteName("", "")
Key = tuple[Any, Any]


def key_of(discogs_id: int | None, own_id: int) -> str:
    """Under which key something stands in the book of slugs."""
    return str(discogs_id) if discogs_id else own_key(own_id)


def own_key(own_id: int) -> str:
    """The same of what Discogs does not know."""
    return f"own-{own_id}"


class Sources:
    """A shelf on its way to a site. Reading it costs the same statements however large it is."""

    def __init__(self, owner_id: int, public: frozenset[str], discogs_web_url: str) -> None:
        self.owner_id, self.public, self.web = owner_id, public, discogs_web_url
        self.slugs = SlugBook(owner_id)
        synced = run_status.last_done(owner_id, "sync")
        self.as_of = f"{synced.ended_at:%Y-%m-%d}" if synced and synced.ended_at else ""
        self.releases = _by_id(site_shelf.releases(owner_id))
        artists = _by_id(site_shelf.artists(owner_id))
        self.artists = {
            key: row for key, row in artists.items() if not is_placeholder(row.name, row.discogs_id)
        }
        self.labels = _by_id(site_shelf.labels(owner_id))
        self.tags = _by_id(site_shelf.tags(owner_id))
        self.folders = _by_id(site_shelf.folders(owner_id)) if "folders" in public else {}
        self.people = {
            key: (name, key in self.artists) for key, name in site_shelf.people(owner_id)
        }
        self.links = self._grouped("links", site_shelf.links)
        self.texts = self._grouped("texts", site_shelf.articles)
        self.covers = _grouped(site_shelf.covers(owner_id), 1)
        self._own_profiles = site_shelf.own_profiles(owner_id)
        self._merged = self._merged_slugs()
        self._numbered: dict[str, dict[int, str]] = {}
        self._mentioned: dict[str, str] = {}
        self._names: dict[Key, SiteName] = {}
        self._album_slugs: dict[int, str] = {}

    def tables(self) -> dict[str, Mapping[Any, Any]]:
        """All that pages are made of beside the facts of an album, which its version stands for."""
        return {
            "release": self.releases,
            "artist": self.artists,
            "label": self.labels,
            "tag": self.tags,
            "folder": self.folders,
            "person": self.people,
            "label name": {key: row.name for key, row in self.labels.items()},
            "folder name": {key: row.name for key, row in self.folders.items()},
            "link": self.links,
            "text": self.texts,
            "cover": self.covers,
            "alias": self.slugs.aliased,
            "own profile": dict.fromkeys(sorted(self._own_profiles), 1),
            "merged": self._merged,
            "as of": {"albums": self.as_of},
        }

    def numbered(self, kind: str, discogs_ids: Iterable[int]) -> dict[int, str]:
        """The names by which texts show these artists ("a"), labels ("l") or releases ("r")."""
        found = site_shelf.names_by_discogs_id(self.owner_id, kind, discogs_ids)
        return {key: display_name(name) for key, name in found.items()}

    def name_of(self, kind: str, discogs_id: int) -> str:
        """The name of an artist, label or release that a text only numbers; "" if unknown."""
        if kind not in self._numbered:
            self._numbered[kind] = site_shelf.names_by_discogs_id(self.owner_id, kind)
        name = display_name(self._numbered[kind].get(discogs_id, ""))
        self._mentioned[f"{kind}{discogs_id}"] = name
        return name

    def mentions(self) -> dict[str, str]:
        """The names `name_of` gave since this was last asked: {"a7": name}."""
        found, self._mentioned = self._mentioned, {}
        return found

    def address(self, kind: str, discogs_id: int | None) -> str:
        """The page of something at Discogs, "" for what it does not know."""
        return f"{self.web}/{kind}/{discogs_id}" if discogs_id else ""

    def slug(self, release: Line) -> str:
        """The slug of an album."""
        slug = self._album_slugs.get(release.id)
        if slug is None:
            key = key_of(release.discogs_id, release.id)
            slug = self.slugs.album(key, release.title, own_key(release.id))
            self._album_slugs[release.id] = slug
        return slug

    def artist(self, artist_id: int) -> SiteName:
        """A main artist as albums name them; without a name or slug who has no page."""
        return self._name("artist", artist_id, self.artists)

    def label(self, label_id: int) -> SiteName:
        """The same of a label."""
        return self._name("label", label_id, self.labels)

    def tag(self, tag_id: int) -> SiteName:
        """The same of a genre or style."""
        return self._name("tag", tag_id, self.tags)

    def folder(self, folder_id: int) -> SiteName:
        """The same of a folder."""
        return self._name("folder", folder_id, self.folders)

    def album_links(self, release: Line) -> list[SiteLink]:
        """Where else a release and its title are found."""
        here = ("title", title_key_of(release)), ("release", str(release.discogs_id))
        return [link for key in here for link in self._links_of(key)]

    def description(self, release: Line) -> SiteText | None:
        """What an encyclopaedia says about the title."""
        return self._text_of(("title", title_key_of(release)))

    def cover(self, release: Line) -> tuple[SiteCover | None, str]:
        """The picture that may go public, or why there is none."""
        rows = self.covers.get(release.image_sha256 or "", ())
        if not rows:
            return None, "no picture was found"
        own, title = str(release.discogs_id), title_key_of(release)
        rows = sorted(rows, key=lambda row: (row.source != "upload", row.release_key != own))
        for row in rows:
            name, needed, licence = COVER_SOURCES.get(row.source, ("", "", ""))
            is_its_own = row.release_key in (own, title, f"own:{release.id}")
            if needed in self.public and (row.source != "upload" or is_its_own):
                url = self._picture_page(row, release)
                return SiteCover(row.sha256, row.colour, name, url, licence), ""
        return None, f"its picture, from {title_of(rows[0].source)}, does not go public"

    def names(self) -> Iterator[tuple[str, int]]:
        """All that have a page, in the order in which they choose their addresses."""
        kinds = {"artist": self.artists, "label": self.labels, "tag": self.tags}
        for kind, rows in (kinds | {"folder": self.folders}).items():
            for row_id in rows:
                yield kind, row_id

    def place(self, kind: str, row_id: int) -> str:
        """The folder of the site in which this artist, label, tag or folder has its page."""
        section = self.tags[row_id].kind if kind == "tag" else kind
        name = getattr(self, kind)(row_id)
        return f"content/{section}/{name.slug}"

    def term(self, kind: str, row_id: int) -> SiteTerm:
        """The page of an artist, a label, a tag or a folder."""
        if kind in ("artist", "label"):
            return self._person(kind, (self.artists if kind == "artist" else self.labels)[row_id])
        row = (self.tags if kind == "tag" else self.folders)[row_id]
        name = self.tag(row_id) if kind == "tag" else self.folder(row_id)
        kind, key = _kind_and_key(kind, row)
        aliases = self.slugs.aliases(kind, key)
        return SiteTerm(kind, name.name, name.slug, row.albums, name.slug, aliases)

    def _name(self, kind: str, row_id: int, rows: Mapping[int, Line]) -> SiteName:
        known = self._names.get((kind, row_id))
        if known is None:
            row = rows.get(row_id)
            known = self._names[kind, row_id] = self._made(kind, row) if row else NOBODY
        return known

    def _made(self, kind: str, row: Line) -> SiteName:
        kind, key = _kind_and_key(kind, row)
        shown = {"artist": display_line, "label": display_name}.get(kind)
        name = shown(row.name) if shown else row.name
        own = own_key(row.id) if shown else ""
        return SiteName(name, self.slugs.name(kind, key, name, own))

    def _person(self, kind: str, row: Line) -> SiteTerm:
        name = self.artist(row.id) if kind == "artist" else self.label(row.id)
        url = self.address(kind, row.discogs_id)
        also = self._merged.get(row.id, ()) if kind == "artist" else ()
        aliases = self.slugs.aliases(kind, key_of(row.discogs_id, row.id))
        return SiteTerm(
            kind=kind,
            name=name.name,
            slug=name.slug,
            albums=row.albums,
            sort=row.sort_key,
            aliases=[*aliases, *(address(kind, each) for each in also)],
            discogs_url=url,
            links=self._links_of((kind, str(row.discogs_id))),
            summary=self._summary(kind, row, url),
        )

    def _summary(self, kind: str, row: Line, url: str) -> SiteText | None:
        """Wikipedia before Discogs; a person's own words before both (see domain.fallbacks)."""
        if "texts" not in self.public:
            return None
        profile = plain_from_discogs(row.profile, self.name_of) if row.profile else ""
        dressed = from_discogs(row.profile, self.name_of) if profile else ""
        is_own = kind == "artist" and row.id in self._own_profiles
        if profile and (is_own or row.discogs_id is None):
            return SiteText(profile, "", "", markdown=dressed)
        article = self._text_of((kind, str(row.discogs_id)))
        told = SiteText(profile, "Discogs", url, markdown=dressed) if profile else None
        return article or told

    def _links_of(self, key: Key) -> list[SiteLink]:
        return [
            SiteLink(
                *(row.provider, SITES.get(row.provider) or title_of(row.provider), row.url),
                *(row.badge, row.remote_id),
            )
            for row in self.links.get(key, ())
        ]

    def _text_of(self, key: Key) -> SiteText | None:
        rows = self.texts.get(key)
        return SiteText(rows[0].text, "Wikipedia", rows[0].url, rows[0].licence) if rows else None

    def _picture_page(self, row: Line, release: Line) -> str:
        if row.source == "discogs":
            return self.address("release", release.discogs_id)
        return row.url if row.source == "coverart" else ""

    def _merged_slugs(self) -> dict[int, list[str]]:
        """The slugs of artists who are shown on another's page, by the artist of that page."""
        roots, slugs = merged_artists.roots(self.owner_id), defaultdict[int, list[str]](list)
        for row in site_shelf.merged(self.owner_id) if roots else ():
            key = key_of(row.discogs_id, row.id)
            if row.id not in self.artists and (slug := self.slugs.find("artist", key)):
                slugs[roots[row.id]] += (slug, *self.slugs.aliased.get(("artist", key), ()))
        return dict(slugs)

    def _grouped(self, needed: str, read: Callable[[int], Rows]) -> dict[Any, list[Line]]:
        return _grouped(read(self.owner_id), 2) if needed in self.public else {}


def title_key_of(release: Line) -> str:
    """The key under which links and texts of its title are filed."""
    return title_key(release.master_discogs_id, release.discogs_id, release.id)


def _kind_and_key(kind: str, row: Line) -> Key:
    """What a page is called in the book of slugs."""
    if kind == "tag":
        return row.kind, row.name[:300]
    return kind, str(row.id) if kind == "folder" else key_of(row.discogs_id, row.id)


def _by_id(rows: Iterable[Line]) -> dict[int, Line]:
    return {row.id: row for row in rows}


def _grouped(rows: Iterable[Line], columns: int) -> dict[Any, list[Line]]:
    """Rows by their first column, or by the first two."""
    groups: dict[Any, list[Line]] = defaultdict(list)
    for row in rows:
        groups[row[0] if columns == 1 else (row[0], row[1])].append(row)
    return groups
