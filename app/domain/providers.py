"""The outside services: how they are called, what they give, how many threads may call each."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Service:
    """A provider as the enrichment job knows it. So many `threads` call it, see threads_for.

    `asks_about` is what it is asked about, in words people use: several of them.
    """

    name: str
    title: str
    gives: str
    threads: int = 1
    asks_about: str = "questions"


SERVICES = (
    Service("discogs", "Discogs", "tracks, credits, identifiers, country, notes", 6, "records"),
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
# Who lets more than a hundred calls through in a second is waited for by so many threads.
MANY_A_SECOND, MOST_THREADS = 100, 16
BY_NAME = {service.name: service for service in SERVICES}


def threads_for(service: Service, calls: float, seconds: float) -> int:
    """How many threads call a service that lets so many calls through in so many seconds.

    One where it is to be asked one thing after the other.
    """
    is_fast = calls / seconds > MANY_A_SECOND and service.threads > 1
    return MOST_THREADS if is_fast else service.threads


def title_of(name: str) -> str:
    """What people call a provider; its short name if we do not know it."""
    return BY_NAME[name].title if name in BY_NAME else name
