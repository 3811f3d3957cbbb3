"""The outside services: how they are called, what they give, how many threads may call each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A provider as the enrichment job knows it. `threads` call it side by side, in its limit.

    `asks_about` is what it is asked about, in words people use: several of them.
    """

    name: str
    title: str
    gives: str
    threads: int = 1
    asks_about: str = "questions"


SERVICES = (
    Service("discogs", "Discogs", "tracks, credits, identifiers, country, notes", 10, "records"),
    Service("musicbrainz", "MusicBrainz", "identities, original years, links"),
    Service("wikidata", "Wikidata", "identities, links"),
    Service("wikipedia", "Wikipedia", "biographies", asks_about="artists"),
    Service("spotify", "Spotify", "links to listen", 3, "albums"),
    Service("apple_music", "Apple Music", "links to listen", 3, "albums"),
    Service(
        "itunes",
        "iTunes",
        "links to listen, where Apple Music is not set up",
        asks_about="albums",
    ),
    Service("coverart", "Cover Art Archive", "covers", 3, "records"),
    Service("images", "Pictures", "covers from Discogs and Apple", 2, "records"),
)
BY_NAME = {service.name: service for service in SERVICES}


def title_of(name: str) -> str:
    """What people call a provider; its short name if we do not know it."""
    return BY_NAME[name].title if name in BY_NAME else name
