"""Who is believed about what: for each datum its sources, the best first.

This is the one place that says so; docs/guide/providers.md shows it, and a test holds them
together. A person's edit or upload comes before all of them.
"""

from __future__ import annotations

FALLBACKS: dict[str, tuple[str, ...]] = {
    "cover": ("upload", "coverart", "discogs", "itunes"),
    "biography": ("wikipedia", "discogs"),
    "original year": ("musicbrainz", "discogs"),
    "links to listen": ("musicbrainz", "wikidata", "spotify", "apple_music", "itunes"),
    "identifiers": ("discogs",),
}


def is_as_good(datum: str, source: str, known: str | None) -> bool:
    """Whether what `source` tells about a datum may take the place of what `known` told."""
    order = FALLBACKS[datum]
    return known is None or known not in order or order.index(source) <= order.index(known)
