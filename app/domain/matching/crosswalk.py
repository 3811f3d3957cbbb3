"""From what MusicBrainz and Wikidata know of a record to links: no guessing, only following."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.matching.addresses import Address, homepage, recognise
from app.domain.matching.artists import compare_names, read_names
from app.domain.matching.facts import (
    Badge,
    LinkRecord,
    MusicBrainzRelease,
    ReleaseGroupRecord,
    TitleFacts,
    WikidataRecord,
)
from app.domain.matching.titles import compare, plain_titles, take_apart
from app.domain.matching.words import as_written, comparable, is_latin

# What a crosswalk may be off by before somebody must look: another name is no proof of an error.
RELATED = 0.3

FIRST_YEARS = range(1860, 2101)
_YEAR = re.compile(r"(\d{4})(?:-\d\d)?(?:-\d\d)?", re.ASCII)
_ALBUM_THINGS = frozenset({"album", "master", "item", "article", "video"})
_ARTIST_THINGS = frozenset({"artist", "item", "article"})

# Wikidata's properties for pages elsewhere, as addresses.
_ALBUM_CLAIMS = {
    "P2205": "https://open.spotify.com/album/{}",
    "P2281": "https://music.apple.com/us/album/{}",
    "P1954": "https://www.discogs.com/master/{}",
    "P1729": "https://www.allmusic.com/album/{}",
    "P4300": "https://www.youtube.com/playlist?list={}",
}
_ARTIST_CLAIMS = {
    "P1902": "https://open.spotify.com/artist/{}",
    "P2850": "https://music.apple.com/us/artist/{}",
    "P1953": "https://www.discogs.com/artist/{}",
    "P1728": "https://www.allmusic.com/artist/{}",
    "P2397": "https://www.youtube.com/channel/{}",
    "P3283": "https://{}.bandcamp.com",
}
_HOMEPAGE_CLAIM = "P856"


@dataclass(frozen=True, slots=True)
class Crosslink:
    """A page of another service that a crosswalk leads to.

    `accepted` is False where what it leads to looks like another record: a person decides.
    """

    provider: str
    url: str
    remote_id: str
    badge: Badge
    accepted: bool = True


def links_of_release_group(
    record: ReleaseGroupRecord, facts: TitleFacts | None = None, badge: Badge = "exact"
) -> tuple[Crosslink, ...]:
    """The links a release group has, one an address, in its order; ended ones are left out.

    They are exact when the release group is reached from our own release or master; `badge` says
    so. With `facts` that its title and artists have nothing to do with they are derived and not
    accepted.
    """
    fits = facts is None or _is_about(facts, record)
    return tuple(
        _crosslink(address, badge if fits else "derived", accepted=fits)
        for address in _addresses(record.links, _ALBUM_THINGS)
    )


def links_of_release(record: MusicBrainzRelease, facts: TitleFacts) -> tuple[Crosslink, ...]:
    """The links of our very pressing, exact; not accepted where it looks like another record."""
    names = [name for _, name in record.group.artists] if record.group else []
    fits = consistent(facts, record.title, names)
    return tuple(
        _crosslink(address, "exact" if fits else "derived", accepted=fits)
        for address in _addresses(record.links, _ALBUM_THINGS)
    )


def work_by_barcode(
    facts: TitleFacts, records: Iterable[ReleaseGroupRecord]
) -> ReleaseGroupRecord | None:
    """The one work among those found by a barcode of ours that artist and title confirm.

    None where there is none, or two: barcodes are mistyped and used again.
    """
    fitting = {record.mbid: record for record in records if _is_about(facts, record)}
    return next(iter(fitting.values())) if len(fitting) == 1 else None


def _is_about(facts: TitleFacts, record: ReleaseGroupRecord) -> bool:
    return consistent(facts, record.title, [name for _, name in record.artists])


def links_of_artist(links: Iterable[LinkRecord]) -> tuple[Crosslink, ...]:
    """The links of an artist that MusicBrainz gives for our artist's own Discogs page."""
    return tuple(_crosslink(address, "exact") for address in _addresses(links, _ARTIST_THINGS))


def links_of_item(
    record: WikidataRecord, *, is_artist: bool, facts: TitleFacts | None = None
) -> tuple[Crosslink, ...]:
    """The links a Wikidata item has, all derived. An album's are checked against `facts`."""
    claims = _ARTIST_CLAIMS if is_artist else _ALBUM_CLAIMS
    links = [
        LinkRecord("", form.format(value.strip()))
        for claim, form in claims.items()
        for value in record.claims.get(claim, ())
    ]
    links += [LinkRecord("official homepage", u) for u in record.claims.get(_HOMEPAGE_CLAIM, ())]
    things = _ARTIST_THINGS if is_artist else _ALBUM_THINGS
    fits = facts is None or not record.name or consistent(facts, record.name)
    return tuple(_crosslink(a, "derived", accepted=fits) for a in _addresses(links, things))


def _addresses(links: Iterable[LinkRecord], things: frozenset[str]) -> list[Address]:
    found: dict[tuple[str, str], Address] = {}
    for link in links:
        address = None if link.ended else _address(link)
        if address and (address.thing in things or address.provider == "homepage"):
            found.setdefault((address.provider, address.remote_id), address)
    return list(found.values())


def _address(link: LinkRecord) -> Address | None:
    """A known service's page; any other only if it is called the official one."""
    known = recognise(link.url)
    return known or (homepage(link.url) if link.kind == "official homepage" else None)


def _crosslink(address: Address, badge: Badge, *, accepted: bool = True) -> Crosslink:
    return Crosslink(address.provider, address.url, address.remote_id, badge, accepted)


def consistent(facts: TitleFacts, name: str, artists: Sequence[str] = ()) -> bool:
    """Whether a record called `name` (by `artists`, if told) can at all be ours.

    Meant to notice that somebody linked the wrong record, so it forgives much: translations, other
    scripts, subtitles, spellings. It fails for a title with nothing in common, for another number
    ("II" for "III"), and for other artists.
    """
    return _title_fits(facts, name) and _artists_fit(facts, artists)


def _title_fits(facts: TitleFacts, name: str) -> bool:
    ours, theirs = take_apart(facts.title), take_apart(name)
    found = compare(ours, theirs)
    if found.score < 0.98 and ours.numbers and theirs.numbers and ours.numbers != theirs.numbers:
        return False
    if found.score >= RELATED or not (_is_legible(name) and _is_legible(facts.title)):
        return True
    return bool(_telling(facts.title) & _telling(name))


def _is_legible(title: str) -> bool:
    """Whether a title is in Latin letters, and so can be compared at all; "★" is not."""
    return as_written(title) != "" and any(map(is_latin, plain_titles(title)))


def _telling(title: str) -> set[str]:
    return {word for word in comparable(title) if len(word) > 3}


def _artists_fit(facts: TitleFacts, artists: Sequence[str]) -> bool:
    if not artists or not facts.artists or facts.is_various:
        return True
    ours = read_names(facts.artists)
    theirs = read_names(artists)
    if ours.is_various or theirs.is_various or not (ours.latin and theirs.latin):
        return True
    variations = [read_names((name,)) for name in facts.other_names]
    if compare_names(ours, variations, theirs).score >= 0.5:
        return True
    return bool(_telling(ours.shown) & _telling(theirs.shown))


def first_year(first_date: str) -> int | None:
    """The year of "1973-03-01", "1973-03" or "1973"; None for what is no year of a record."""
    found = _YEAR.fullmatch(first_date.strip())
    year = int(found[1]) if found else 0
    return year if year in FIRST_YEARS else None


def wikipedia_sitelink(
    record: WikidataRecord, languages: Sequence[str] = ("en",)
) -> tuple[str, str] | None:
    """Language and title of the item's article, in the first of `languages` that has one."""
    for language in languages:
        title = record.sitelinks.get(f"{language.replace('-', '_')}wiki", "")
        if title:
            return language, title
    return None
