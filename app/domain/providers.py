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
# Who lets hundreds of calls through in a second is waited for by more threads, up to so many: one
# for each call of so long, which is what an answer takes at least.
MOST_THREADS = 16
AN_ANSWER_SECONDS = 0.1
BY_NAME = {service.name: service for service in SERVICES}


def threads_for(service: Service, calls: float, seconds: float) -> int:
    """How many threads call a service that lets so many calls through in so many seconds.

    One where it is to be asked one thing after the other.
    """
    if service.threads == 1:
        return 1
    under_way = round(calls / seconds * AN_ANSWER_SECONDS)
    return max(service.threads, min(under_way, MOST_THREADS))


def title_of(name: str) -> str:
    """What people call a provider; its short name if we do not know it."""
    return BY_NAME[name].title if name in BY_NAME else name
