"""Names as addresses of a published site: lower-case ASCII, safe on every disk, unique."""

from __future__ import annotations

import re
from collections.abc import Container

from app.domain.text import fold

SLUG_LIMIT = 80
# What Windows keeps for devices, and what Hugo keeps for itself inside a folder of pages.
RESERVED = frozenset(
    {"con", "prn", "aux", "nul", "index", "page", "feed"}
    | {f"{port}{number}" for port in ("com", "lpt") for number in range(10)}
)
_WORD = re.compile(r"[a-z0-9]+")


def slug(text: str) -> str:
    """`text` as lower-case ASCII words with hyphens between, "" if it has no letter or digit.

    Other scripts are transliterated: 久石譲 is "jiushirang".
    """
    short = "-".join(_WORD.findall(fold(text[: 4 * SLUG_LIMIT])))
    if len(short) <= SLUG_LIMIT:
        return short
    return short[: SLUG_LIMIT + 1].rpartition("-")[0] or short[:SLUG_LIMIT]


def album_slug(title: str, key: str) -> str:
    """The slug of an album; `key` tells it from all others (its Discogs id)."""
    return f"{slug(title) or 'album'}-{key}"


def name_slug(kind: str, name: str, key: str, taken: Container[str]) -> str:
    """The slug of an artist, label, genre, style or folder that is in nobody's way.

    `kind` stands in for a name without letters ("artist-12"), `key` is added where the name is
    taken or reserved.
    """
    short = slug(name) or kind
    if short != kind and short not in RESERVED and short not in taken:
        return short
    # Newer Hugos leave a hyphen at the end of an address out.
    longer = short = f"{short}-{slug(key)}".rstrip("-")
    number = 2
    while longer in taken:
        longer, number = f"{short}-{number}", number + 1
    return longer
