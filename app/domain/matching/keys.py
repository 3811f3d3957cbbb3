"""Under which key a title is filed, and what to type into a store's search for it."""

from __future__ import annotations

from app.domain.matching.artists import usual_name
from app.domain.matching.facts import TitleFacts
from app.domain.matching.titles import plain_title, plain_titles
from app.domain.matching.words import comparable, is_latin
from app.domain.names import is_placeholder

LONGEST_TERM = 100
_SAYS_NOTHING = frozenset({"untitled", "unknown", "white", "label", "test", "pressing", "promo"})


def title_key(master_id: int | None, release_id: int | None, own_id: int = 0) -> str:
    """The key of all pressings of one work: "m<master id>", or "r<release id>" without a master.

    A record entered by hand has neither at Discogs: "own:<our id>".
    """
    if master_id:
        return f"m{master_id}"
    return f"r{release_id}" if release_id else f"own:{own_id}"


def search_terms(facts: TitleFacts) -> tuple[str, str]:
    """Artist and title as somebody would type them into a store's search.

    The first artist by the usual name ("" for various artists); the title without its edition and
    without what stands in brackets; of "A = B" the half in Latin letters, or the first.
    """
    artist = "" if facts.is_various or not facts.artists else usual_name(facts.artists[0])
    if is_placeholder(artist):
        artist = ""
    halves = plain_titles(facts.title)
    title = next(filter(is_latin, halves), halves[0])
    return _cut(artist), _cut(title)


def is_searchable(facts: TitleFacts) -> bool:
    """Whether a search could tell anything: a title that says something, by somebody.

    A compilation by various artists needs a title of two words or more, or a barcode.
    """
    words = [word for word in comparable(plain_title(facts.title)) if word not in _SAYS_NOTHING]
    if not words:
        return False
    if facts.is_various or not any(artist.strip() for artist in facts.artists):
        return len(words) > 1 or bool(facts.barcodes)
    return not is_placeholder(usual_name(facts.artists[0]))


def _cut(text: str) -> str:
    """`text` on one line and no longer than a search takes; words stay whole."""
    text = " ".join(text.split())
    if len(text) <= LONGEST_TERM:
        return text
    return text[: LONGEST_TERM + 1].rpartition(" ")[0] or text[:LONGEST_TERM]
