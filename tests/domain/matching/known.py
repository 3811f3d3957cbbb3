"""Real titles (names, years, numbers of tracks) with other records of the same artists."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from app.domain.matching.facts import Candidate, TitleFacts
from app.domain.names import display_name, is_various

TITLES = Path(__file__).with_name("titles.tsv")
RIGHT = "right"


@dataclass(frozen=True, slots=True)
class Case:
    """`right` are the remote ids of what may be accepted; empty if nothing offered is ours."""

    name: str
    facts: TitleFacts
    candidates: tuple[Candidate, ...]
    right: frozenset[str]
    held_out: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A real title with records of the same artist that are not it."""

    facts: TitleFacts
    siblings: tuple[Candidate, ...]
    as_offered: tuple[str, str] | None

    @property
    def artists(self) -> tuple[str, ...]:
        """The artists as a service names them."""
        if self.as_offered:
            return (self.as_offered[0],)
        return tuple(turned(display_name(name)) for name in self.facts.artists)

    @property
    def artist(self) -> str:
        return " & ".join(self.artists)

    @property
    def title(self) -> str:
        return self.as_offered[1] if self.as_offered else self.facts.title

    @property
    def year(self) -> int:
        return self.facts.year or 0

    @property
    def tracks(self) -> int:
        return self.facts.tracks or 0

    @property
    def is_album(self) -> bool:
        return not self.facts.words & {"Single", "EP"}

    @property
    def kind(self) -> str:
        if self.facts.words & {"Single", "EP"}:
            return "single"
        return "compilation" if "Compilation" in self.facts.words else "album"


@cache
def known_titles() -> tuple[Known, ...]:
    lines = TITLES.read_text(encoding="utf-8").splitlines()
    return tuple(_known(line.split("\t")) for line in lines if not line.startswith("#"))


def _known(cells: Sequence[str]) -> Known:
    artists, title, year, tracks, words, names, siblings, offered = cells
    facts = TitleFacts(
        title,
        tuple(artists.split("; ")),
        tuple(filter(None, names.split("; "))),
        int(year),
        int(tracks),
        words=frozenset(re.split(r", | × ", words)),
        is_various=is_various(artists),
    )
    shown = offered.partition("~")
    as_offered = (shown[0], shown[2]) if offered else None
    plain = Known(facts, (), as_offered)
    return replace(plain, siblings=tuple(_sibling(plain, s) for s in siblings.split("; ")))


def _sibling(known: Known, text: str) -> Candidate:
    title, year, tracks, kind = text.split("~")
    return offered(known.artists, title, int(year), int(tracks), kind)


def turned(name: str) -> str:
    """ "Persuader, The" as "The Persuader"."""
    return f"The {name.removesuffix(', The')}" if name.endswith(", The") else name


def offered(
    artists: Sequence[str],
    title: str,
    year: int | None,
    tracks: int | None,
    kind: str = "album",
    remote_id: str = "",
) -> Candidate:
    return Candidate(remote_id, "https://store.test/x", title, tuple(artists), year, tracks, kind)
