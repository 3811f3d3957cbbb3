"""Links to other services, and who writes about an artist, in words people use."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.providers import BY_NAME
from app.queries.elsewhere import ElsewhereLink

BADGES = {"exact": ("exact", "good"), "derived": ("derived", "good"), "guess": ("probably", "warn")}
SHOPS = ("spotify", "apple_music")
WORDS = {
    ("musicbrainz", "release"): "This pressing at MusicBrainz",
    ("musicbrainz", "title"): "All pressings at MusicBrainz",
    ("musicbrainz", "artist"): "MusicBrainz",
    ("wikipedia", "release"): "Read about it on Wikipedia",
    ("wikipedia", "title"): "Read about it on Wikipedia",
}
LISTEN = "Listen on {}"
FIRST, LAST = "apple_music", "spotify"


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link with what speaks for it. `badge` is the word, `tone` its colour: good or warn."""

    text: str
    url: str
    badge: str
    tone: str
    evidence: Sequence[str]
    by_person: bool


def link_views(links: Iterable[ElsewhereLink], discogs_url: str = "") -> list[LinkView]:
    """Links in the order to show: one a shop, and Spotify never beside a similar service.

    That last is what Spotify's terms ask, so the page at Discogs stands in between.
    """
    found = _one_a_shop(link for link in links if link.provider != "discogs")
    shown = [_view(link) for link in found if link.provider == FIRST]
    if discogs_url:
        shown.append(LinkView("This pressing at Discogs", discogs_url, "exact", "good", (), False))
    shown += [_view(link) for link in found if link.provider not in SHOPS]
    return shown + [_view(link) for link in found if link.provider == LAST]


def _one_a_shop(links: Iterable[ElsewhereLink]) -> list[ElsewhereLink]:
    """A person's choice first, then the surest."""
    kept: list[ElsewhereLink] = []
    for link in sorted(links, key=lambda link: (not link.by_person, -link.score)):
        if link.provider in SHOPS and any(link.provider == other.provider for other in kept):
            continue
        kept.append(link)
    return sorted(kept, key=lambda link: (link.badge == "guess", link.title, link.entity, link.url))


def _view(link: ElsewhereLink) -> LinkView:
    word, tone = BADGES[link.badge]
    if link.by_person:
        word, tone = "chosen by you", "good"
    text = WORDS.get((link.provider, link.entity), link.title)
    if link.provider in SHOPS:
        text = LISTEN.format(link.title)
    why = [_because(name, sentence) for name, sentence in link.evidence.items()]
    return LinkView(text, link.url, word, tone, why, link.by_person)


def _because(name: str, sentence: str) -> str:
    """ "Title: same title"; what a service says of an identity is a sentence by itself."""
    return sentence if name in BY_NAME else f"{name.capitalize()}: {sentence}"
