"""Names of artists as they are shown, by the rules of Discogs' credits."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.records import CreditRecord

VARIOUS_ID = 194
UNKNOWN_ARTIST_ID = 355
NO_ARTIST_ID = 118760
PLACEHOLDER_IDS = frozenset({VARIOUS_ID, UNKNOWN_ARTIST_ID, NO_ARTIST_ID})

_VARIOUS_NAMES = frozenset({"various", "various artists"})
_PLACEHOLDER_NAMES = _VARIOUS_NAMES | {"unknown artist", "no artist"}
_DISAMBIGUATOR = re.compile(r" \(\d+\)$")
# The same inside a line of several names, which a CSV export gives as one text.
_WITHIN = re.compile(
    r" \(\d{1,3}\)(?=,| (?:[&/+]|x|vs?\.?|and|feat\.?|featuring|ft\.?|with|meets|presents) )",
    re.IGNORECASE,
)


def display_name(name: str) -> str:
    """`name` without the number Discogs adds to tell namesakes apart: "Justice (3)" is Justice.

    Brackets of the name itself stay: "Sunn O)))", "(həd) p.e.".
    """
    return _DISAMBIGUATOR.sub("", name) if name.endswith(")") else name


def display_line(names: str) -> str:
    """The same of a line that may hold several names: "Vendetta (2) & Barber (3)"."""
    return _WITHIN.sub("", display_name(names)) if "(" in names else names


def credit_line(credits: Sequence[CreditRecord]) -> str:
    """The artists of a record as one line: "DJ Shadow And Cut Chemist", "Daft Punk, Pharrell".

    Each by the name as printed, if Discogs has one. What Discogs notes as join after the last
    artist is left over from older data and never shown.
    """
    pieces: list[str] = []
    last = len(credits) - 1
    for position, credit in enumerate(credits):
        pieces.append(credit.anv or display_name(credit.name))
        if position < last:
            pieces.append(_joint(credit.join))
    return "".join(pieces)


def is_various(name: str, discogs_id: int | None = None) -> bool:
    """Whether this "artist" only says that a record has many of them."""
    if discogs_id is not None:
        return discogs_id == VARIOUS_ID
    return name.strip().lower() in _VARIOUS_NAMES


def is_placeholder(name: str, discogs_id: int | None = None) -> bool:
    """Whether this is no artist at all (Various, Unknown Artist, No Artist): never looked up."""
    if discogs_id is not None:
        return discogs_id in PLACEHOLDER_IDS
    return name.strip().lower() in _PLACEHOLDER_NAMES


def _joint(join: str) -> str:
    word = join.strip()
    return ", " if word in ("", ",") else f" {word} "
