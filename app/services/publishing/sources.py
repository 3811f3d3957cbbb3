"""Everything a site is made of, read in a few statements, with only what may go public in it."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from app.domain.markdown import plain_from_discogs
from app.domain.matching.keys import title_key
from app.domain.names import display_name, is_placeholder
from app.domain.providers import title_of
from app.domain.site_records import SiteCover, SiteLink, SiteName, SiteTerm, SiteText
from app.extensions import db
from app.models import Artist
from app.queries import site_shelf
from app.queries.elsewhere import SITES
from app.queries.site_shelf import Line
from app.services.publishing.slug_book import SlugBook

# What a cover's source is called, the class of fields it goes public with, and whose it is.
COVER_SOURCES = {
    "upload": ("", "own_covers", ""),
    "coverart": ("Cover Art Archive", "coverart", "Copyright of its makers."),
    "discogs": ("Discogs", "discogs_covers", "Copyright of its makers."),
}
Key = tuple[str, str]


def key_of(discogs_id: int | None, own_id: int) -> str:
    """Under which key something stands in the book of slugs."""
    return str(discogs_id) if discogs_id else f"own-{own_id}"


class Sources:
    """A shelf on its way to a site. Reading it costs the same statements however large it is."""

    def __init__(self, owner_id: int, public: frozenset[str], discogs_web_url: str) -> None:
        self.owner_id, self.public, self._web = owner_id, public, discogs_web_url
        self.slugs = SlugBook(owner_id)
        self.releases = site_shelf.releases(owner_id)
        self.covers: dict[str, list[Line]] = defaultdict(list)
        self._names: dict[str, dict[int, str]] = {}
        self._read_links()
        for row in site_shelf.covers(owner_id):
            self.covers[row.sha256].append(row)
        self.artists: dict[int, SiteName] = {}
        self.labels: dict[int, SiteName] = {}
        self.tags: dict[int, SiteName] = {}
        self.folders: dict[int, SiteName] = {}
        self.terms = [*self._artists(), *self._labels(), *self._tags(), *self._folders()]

    def name_of(self, kind: str, discogs_id: int) -> str:
        """The name of an artist, label or release that a text only numbers; "" if unknown."""
        if kind not in self._names:
            self._names[kind] = site_shelf.names_by_discogs_id(self.owner_id, kind)
        return display_name(self._names[kind].get(discogs_id, ""))

    def address(self, kind: str, discogs_id: int | None) -> str:
        """The page of something at Discogs, "" for what it does not know."""
        return f"{self._web}/{kind}/{discogs_id}" if discogs_id else ""

    def album_links(self, release: Line) -> list[SiteLink]:
        """Where else a release and its title are found."""
        here = ("title", self._title_key(release)), ("release", str(release.discogs_id))
        return [link for key in here for link in self._links.get(key, ())]

    def description(self, release: Line) -> SiteText | None:
        """What an encyclopaedia says about the title."""
        return self._texts.get(("title", self._title_key(release)))

    def cover(self, release: Line) -> tuple[SiteCover | None, str]:
        """The picture that may go public, or why there is none."""
        rows = self.covers.get(release.image_sha256 or "", ())
        if not rows:
            return None, "no picture was found"
        own, title = str(release.discogs_id), self._title_key(release)
        rows = sorted(rows, key=lambda row: (row.source != "upload", row.release_key != own))
        for row in rows:
            name, needed, licence = COVER_SOURCES.get(row.source, ("", "", ""))
            is_its_own = row.release_key in (own, title, f"own:{release.id}")
            if needed in self.public and (row.source != "upload" or is_its_own):
                url = self._picture_page(row, release)
                return SiteCover(row.sha256, row.colour, name, url, licence), ""
        return None, f"its picture, from {title_of(rows[0].source)}, does not go public"

    def _picture_page(self, row: Line, release: Line) -> str:
        if row.source == "discogs":
            return self.address("release", release.discogs_id)
        return row.url if row.source == "coverart" else ""

    def digest(self, upto: Mapping[str, int] | None = None) -> tuple[dict[str, int], str]:
        """What pages of albums show of names: the highest ids known, and a digest up to there.

        As long as it is the same for the ids known before, the page of an album that is as it was
        is right; names that are new since stand on no such page.
        """
        known = {"artist": self.artists, "label": self.labels, "tag": self.tags}
        known["folder"] = self.folders
        last = dict(upto or {kind: max(names, default=0) for kind, names in known.items()})
        highest = select(func.max(Artist.id)).where(Artist.owner_id == self.owner_id)
        last.setdefault("anybody", db.session.execute(highest).scalar() or 0)
        changes = select(func.count(), func.sum(Artist.version)).where(
            Artist.owner_id == self.owner_id, Artist.id <= last["anybody"]
        )
        seen = [
            *(sorted(self.public), self._web, tuple(db.session.execute(changes).one())),
            *(
                [each for each in names.items() if each[0] <= last.get(kind, 0)]
                for kind, names in known.items()
            ),
        ]
        return last, hashlib.sha256(repr(seen).encode("utf-8", "replace")).hexdigest()

    def stamp(self, release: Line) -> str:
        """What tells whether the page of an album is still right, but for names."""
        here = ("title", self._title_key(release)), ("release", str(release.discogs_id))
        said = self.description(release)
        seen = (
            *release,
            self.cover(release)[0],
            [self._links.get(key) for key in here],
            said and said.text,
            self.slugs.aliases("album", key_of(release.discogs_id, release.id)),
        )
        return hashlib.blake2b(repr(seen).encode("utf-8", "replace"), digest_size=12).hexdigest()

    def _title_key(self, release: Line) -> str:
        return title_key(release.master_discogs_id, release.discogs_id, release.id)

    def _read_links(self) -> None:
        self._links: dict[Key, list[SiteLink]] = defaultdict(list)
        self._texts: dict[Key, SiteText] = {}
        if "links" in self.public:
            for row in site_shelf.links(self.owner_id):
                title = SITES.get(row.provider) or title_of(row.provider)
                link = SiteLink(row.provider, title, row.url, row.badge, row.remote_id)
                self._links[row.entity, row.key].append(link)
        if "texts" in self.public:
            for row in site_shelf.articles(self.owner_id):
                text = SiteText(row.text, "Wikipedia", row.url, row.licence)
                self._texts.setdefault((row.entity, row.key), text)

    def _artists(self) -> list[SiteTerm]:
        own = site_shelf.own_profiles(self.owner_id)
        rows = site_shelf.artists(self.owner_id)
        real = [row for row in rows if not is_placeholder(row.name, row.discogs_id)]
        return [self._person("artist", row, self.artists, row.id in own) for row in real]

    def _labels(self) -> list[SiteTerm]:
        rows = site_shelf.labels(self.owner_id)
        return [self._person("label", row, self.labels, False) for row in rows]

    def _person(self, kind: str, row: Line, names: dict[int, SiteName], is_own: bool) -> SiteTerm:
        key, name = key_of(row.discogs_id, row.id), display_name(row.name)
        names[row.id] = SiteName(name, self.slugs.name(kind, key, name))
        url = self.address(kind, row.discogs_id)
        return SiteTerm(
            kind=kind,
            name=name,
            slug=names[row.id].slug,
            albums=row.albums,
            sort=row.sort_key,
            aliases=self.slugs.aliases(kind, key),
            discogs_url=url,
            links=self._links.get((kind, str(row.discogs_id)), ()),
            summary=self._summary(kind, row, url, is_own),
        )

    def _summary(self, kind: str, row: Line, url: str, is_own: bool) -> SiteText | None:
        """Wikipedia before Discogs; a person's own words before both (see domain.fallbacks)."""
        if "texts" not in self.public:
            return None
        profile = plain_from_discogs(row.profile, self.name_of) if row.profile else ""
        article = self._texts.get((kind, str(row.discogs_id)))
        if profile and (is_own or row.discogs_id is None):
            return SiteText(profile, "", "")
        return article or (SiteText(profile, "Discogs", url) if profile else None)

    def _tags(self) -> list[SiteTerm]:
        terms = []
        for row in site_shelf.tags(self.owner_id):
            made = self.slugs.name(row.kind, row.name[:300], row.name)
            self.tags[row.id] = SiteName(row.name, made)
            terms.append(self._plain(row.kind, row.name[:300], self.tags[row.id], row.albums))
        return terms

    def _folders(self) -> Sequence[SiteTerm]:
        if "folders" not in self.public:
            return ()
        terms = []
        for row in site_shelf.folders(self.owner_id):
            made = self.slugs.name("folder", str(row.id), row.name)
            self.folders[row.id] = SiteName(row.name, made)
            terms.append(self._plain("folder", str(row.id), self.folders[row.id], row.albums))
        return terms

    def _plain(self, kind: str, key: str, name: SiteName, albums: int) -> SiteTerm:
        return SiteTerm(
            *(kind, name.name, name.slug, albums, name.slug), self.slugs.aliases(kind, key)
        )
