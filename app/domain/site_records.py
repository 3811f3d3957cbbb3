"""What a published site says about a record or a name: only what may go public is in here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, NamedTuple


class SiteLink(NamedTuple):
    """A page elsewhere; `confidence` is exact or derived, never a guess."""

    provider: str
    title: str
    url: str
    confidence: str
    remote_id: str = ""


class SiteName(NamedTuple):
    """A name and the slug of its page, "" where it has none."""

    name: str
    slug: str


class SiteText(NamedTuple):
    """Words about something: whose, from where, under which licence ("" where none is needed).

    `markdown` are the same words with their bold, italics and links, where they have any.
    """

    text: str
    source: str
    url: str
    licence: str = ""
    markdown: str = ""


class SiteCover(NamedTuple):
    """A picture: the digest under which it is kept, where it came from, its file on the site."""

    sha256: str
    colour: str
    source: str
    url: str
    licence: str
    file: str = ""


class SiteTrack(NamedTuple):
    """A line of the track list."""

    position: str
    title: str
    duration: str
    kind: str
    depth: int
    artist: str


class SiteCredit(NamedTuple):
    """Somebody's part in a record."""

    role: str
    who: SiteName
    tracks: str


class SiteNumber(NamedTuple):
    """A barcode, matrix or other number on the record, and where it stands."""

    kind: str
    value: str
    where: str


class SiteCompany(NamedTuple):
    """Who pressed, printed, recorded or published it, with their number for it."""

    role: str
    name: str
    catno: str


class SiteLabel(NamedTuple):
    """A label the record came out on, with its number there."""

    name: str
    slug: str
    catno: str


@dataclass(slots=True)
class SiteAlbum:
    """A release as its page shows it. `key` is its Discogs id, or "own-<id>" of one made by hand.

    `notes` are Discogs' words about the release; what its owner wrote is `own_notes`.
    `further_pictures` are the addresses of pictures besides the cover.
    """

    key: str
    slug: str
    title: str
    artist_text: str
    discogs_url: str = ""
    aliases: Sequence[str] = ()
    added_at: datetime | None = None
    released: str = ""
    year: int | None = None
    original_year: int | None = None
    country: str = ""
    master_id: str = ""
    mbid: str = ""
    notes: str = ""
    formats: Sequence[dict[str, Any]] = ()
    artists: list[SiteName] = field(default_factory=list)
    labels: list[SiteLabel] = field(default_factory=list)
    genres: list[SiteName] = field(default_factory=list)
    styles: list[SiteName] = field(default_factory=list)
    folders: list[SiteName] = field(default_factory=list)
    tracks: list[SiteTrack] = field(default_factory=list)
    credits: list[SiteCredit] = field(default_factory=list)
    numbers: list[SiteNumber] = field(default_factory=list)
    companies: list[SiteCompany] = field(default_factory=list)
    videos: list[tuple[str, str]] = field(default_factory=list)
    links: list[SiteLink] = field(default_factory=list)
    cover: SiteCover | None = None
    further_pictures: Sequence[str] = ()
    description: SiteText | None = None
    copies: int = 0
    own_notes: str = ""
    rating: int | None = None
    media_condition: str = ""
    sleeve_condition: str = ""


@dataclass(slots=True)
class SiteTerm:
    """A page for a name: `kind` is artist, label, genre, style or folder."""

    kind: str
    name: str
    slug: str
    albums: int
    sort: str
    aliases: Sequence[str] = ()
    discogs_url: str = ""
    links: Sequence[SiteLink] = ()
    summary: SiteText | None = None
