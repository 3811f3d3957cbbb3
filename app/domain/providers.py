"""The outside services: how they are called, what they give, how many threads may call each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A provider as the enrichment job knows it. `threads` call it side by side, in its limit."""

    name: str
    title: str
    gives: str
    threads: int = 1


SERVICES = (
    Service("discogs", "Discogs", "tracks, credits, identifiers, country, notes", 6),
    Service("musicbrainz", "MusicBrainz", "identities, original years, links"),
    Service("wikidata", "Wikidata", "identities, links"),
    Service("wikipedia", "Wikipedia", "biographies"),
    Service("spotify", "Spotify", "links to listen", 2),
    Service("apple_music", "Apple Music", "links to listen", 2),
    Service("itunes", "iTunes", "links to listen, where Apple Music is not set up"),
    Service("coverart", "Cover Art Archive", "covers", 3),
    Service("images", "Pictures", "covers from Discogs and Apple", 2),
)
BY_NAME = {service.name: service for service in SERVICES}


def title_of(name: str) -> str:
    """What people call a provider; its short name if we do not know it."""
    return BY_NAME[name].title if name in BY_NAME else name
