"""The two sides of a match: what we know of a title, and what a service offers."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Badge = Literal["exact", "derived", "guess"]


@dataclass(frozen=True, slots=True)
class TitleFacts:
    """What is known of a title: all pressings of one work on somebody's shelf.

    `artists` are the main artists as shown (no Discogs number), `other_names` their variations and
    names as printed. `year` is the original year, else the earliest known of a pressing, and
    `pressing_years` are those of the pressings: a service may tell any of them. `tracks` and
    `barcodes` come from releases whose details are known; `words` are the format's descriptions
    ("Album", "Live", "Compilation", "EP").
    """

    title: str
    artists: tuple[str, ...]
    other_names: tuple[str, ...] = ()
    year: int | None = None
    tracks: int | None = None
    barcodes: tuple[str, ...] = ()
    words: frozenset[str] = frozenset()
    is_various: bool = False
    pressing_years: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A record another service offers. `kind` is album, single, ep, compilation or "" (not told).

    `url` is the page for people. `year` of this edition, `tracks` their number.
    """

    remote_id: str
    url: str
    title: str
    artists: tuple[str, ...]
    year: int | None = None
    tracks: int | None = None
    kind: str = ""
    barcode: str = ""
    artwork_url: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """How well a candidate fits. `score` 0 to 1; `evidence` maps a point to what was compared."""

    badge: Badge
    score: float
    accepted: bool
    evidence: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LinkRecord:
    """A link as a service tells it about one of its things: kind ("wikidata"), address, ended."""

    kind: str
    url: str
    ended: bool = False


@dataclass(frozen=True, slots=True)
class ReleaseGroupRecord:
    """A MusicBrainz release group: the work behind all pressings. `first_date` "1973-03-01"."""

    mbid: str
    title: str
    first_date: str = ""
    kind: str = ""
    secondary_kinds: tuple[str, ...] = ()
    artists: tuple[tuple[str, str], ...] = ()
    links: tuple[LinkRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class MusicBrainzMatch:
    """What MusicBrainz says a Discogs address stands for: a release, release group or artist."""

    mbid: str
    name: str
    first_date: str = ""


@dataclass(frozen=True, slots=True)
class MusicBrainzRelease:
    """One pressing at MusicBrainz: the release group it belongs to, and the links of its own."""

    mbid: str
    title: str
    group: ReleaseGroupRecord | None = None
    links: tuple[LinkRecord, ...] = ()


@dataclass(frozen=True, slots=True)
class WikidataRecord:
    """A Wikidata item. `claims` maps a property ("P1953") to its values, `sitelinks` "enwiki" to
    the title of an article."""

    qid: str
    name: str
    description: str = ""
    claims: dict[str, tuple[str, ...]] = field(default_factory=dict)
    sitelinks: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """The beginning of a Wikipedia article. `asked` is the title we asked for."""

    asked: str
    title: str
    url: str
    language: str
    text: str
    description: str = ""
    qid: str = ""
    is_disambiguation: bool = False
