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
# At which end of their kind the shops stand, all else between them.
FIRST, LAST = "apple_music", "spotify"
SEATS = {FIRST: -1, LAST: 1}


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
    """Links in the order to show: one a shop, and what is sure before what is probable.

    Spotify is never seated beside a similar service, which its terms forbid.
    """
    found = _one_a_shop(link for link in links if link.provider != "discogs")
    sure = [link for link in found if not _is_probable(link)]
    probable = [link for link in found if _is_probable(link)]
    seats = dict(SEATS)
    if _has(sure, LAST) and _has(probable, FIRST):
        seats = {FIRST: seats[LAST], LAST: seats[FIRST]}
    seated = [(seats.get(link.provider, 0), _view(link)) for link in sure]
    if discogs_url:
        page = LinkView("This pressing at Discogs", discogs_url, "exact", "good", (), False)
        seated.insert(0, (0, page))
    shown = [view for _seat, view in sorted(seated, key=lambda pair: pair[0])]
    rest = [_view(link) for link in sorted(probable, key=lambda link: seats.get(link.provider, 0))]
    if [link.provider for link in probable] in ([FIRST, LAST], [LAST, FIRST]) and shown:
        rest.insert(1, shown.pop())  # nothing else is there to stand between the two
    return shown + rest


def _has(links: Iterable[ElsewhereLink], provider: str) -> bool:
    return any(link.provider == provider for link in links)


def _one_a_shop(links: Iterable[ElsewhereLink]) -> list[ElsewhereLink]:
    """A person's choice first, then the surest."""
    kept: list[ElsewhereLink] = []
    for link in sorted(links, key=lambda link: (not link.by_person, -link.score)):
        if link.provider in SHOPS and _has(kept, link.provider):
            continue
        kept.append(link)
    return sorted(kept, key=lambda link: (link.title, link.entity, link.url))


def _is_probable(link: ElsewhereLink) -> bool:
    return link.badge == "guess" and not link.by_person


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
