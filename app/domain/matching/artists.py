"""Whether two lists of names are the same artists, however joined, ordered or spelled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from app.domain.matching.words import as_written, comparable, is_latin, likeness, without_article
from app.domain.names import display_name, is_various

_JOINTS = re.compile(
    r"\s*[,;/&＆、・]\s*|\s+(?:\+|x|×|and|und|et|y|feat\.?|ft\.?|featuring|vs\.?|versus|with"
    r"|meets|presents|pres\.?|starring)\s+",
    re.IGNORECASE,
)
_NOT_NAMES = frozenset(
    {"and", "feat", "ft", "featuring", "vs", "versus", "with", "x", "und", "et", "y"}
)
_INVERTED = re.compile(r"(.+), (The|A|An|Die|Der|Das|Le|La|Les|El|Los)", re.IGNORECASE)
MOST_NAMES = 40
LONG_NAME = 8
ALIKE = 0.85


@dataclass(frozen=True, slots=True)
class Names:
    """The artists of a record in comparable form.

    `wholes` are the full credits, each name and all names together; `people` their parts, the
    leading one first; `latin` tells whether every name is written in Latin letters.
    """

    wholes: frozenset[str]
    written: frozenset[str]
    people: tuple[str, ...]
    shown: str
    latin: bool
    is_various: bool


@dataclass(frozen=True, slots=True)
class Sameness:
    """How sure we are that the artists are the same, 0 to 1, and in which words that is said."""

    score: float
    sentence: str


def usual_name(name: str) -> str:
    """`name` without Discogs' number and with its article in front: "Persuader, The"."""
    shown = display_name(name.strip())
    inverted = _INVERTED.fullmatch(shown)
    return f"{inverted[2]} {inverted[1]}" if inverted else shown


def read_names(artists: Sequence[str], *, various: bool = False) -> Names:
    """The names of one side. `various` says that there is no artist, whatever the names are."""
    shown = [usual_name(name) for name in artists[:MOST_NAMES] if name.strip()]
    together = ", ".join(shown)
    wholes = {_key(together), *(_key(name) for name in shown if len(shown) == 1)}
    people = dict.fromkeys(_person(part) for name in shown for part in _parts(name))
    return Names(
        frozenset(wholes - {""}),
        frozenset(filter(None, map(as_written, (together,)))),
        tuple(filter(None, people)),
        together,
        all(map(is_latin, shown)),
        various or any(map(is_various, shown)),
    )


def _parts(name: str) -> list[str]:
    return [part for part in _JOINTS.split(name) if part.strip()]


def _key(name: str) -> str:
    """The words of a whole credit without order, joints and articles; "ACDC" is "AC/DC"."""
    words = [word for word in without_article(comparable(name)) if word not in _NOT_NAMES]
    words = [word for word in words if word != "the"] or words
    return " ".join(sorted(words))


def _person(name: str) -> str:
    return "".join(without_article(comparable(name)))


def compare_names(ours: Names, variations: Iterable[Names], theirs: Names) -> Sameness:
    """Whether `theirs` are our artists, also by one of their `variations`."""
    if ours.is_various or theirs.is_various:
        return _compare_various(ours, theirs)
    best = _compared(ours, theirs, "same name")
    for variation in variations:
        if best.score >= 1.0:
            break
        found = _compared(variation, theirs, f"same as “{theirs.shown}”")
        best = max(best, found, key=lambda sameness: sameness.score)
    return best


def _compare_various(ours: Names, theirs: Names) -> Sameness:
    if ours.is_various and theirs.is_various:
        return Sameness(0.85, "various artists on both")
    return Sameness(0.2, "various artists on one side only")


def _compared(ours: Names, theirs: Names, same: str) -> Sameness:
    if ours.wholes & theirs.wholes or ours.written & theirs.written:
        return Sameness(1.0, same)
    if _run_together(ours) & _run_together(theirs):
        return Sameness(1.0, same)
    if set(ours.people) & set(theirs.people):
        return _shared(ours, theirs, same)
    if ours.latin != theirs.latin:
        return Sameness(0.5, f"written in another script: “{theirs.shown}”")
    if _is_misspelled(ours, theirs):
        return Sameness(0.92, f"nearly the same name: “{theirs.shown}”")
    return Sameness(0.0, f"another name: “{theirs.shown}”")


def _is_misspelled(ours: Names, theirs: Names) -> bool:
    """Whether long names of as many words differ by a letter or two: "Mumij Troll"."""
    return any(
        len(a) >= LONG_NAME and a.count(" ") == b.count(" ") and likeness(a, b) >= ALIKE
        for a in ours.wholes
        for b in theirs.wholes
    )


def _run_together(names: Names) -> set[str]:
    return {"".join(comparable(names.shown))} - {""}


def _shared(ours: Names, theirs: Names, same: str) -> Sameness:
    """Some people are on both sides. Where each has somebody else too, it is another group."""
    mine, other = set(ours.people), set(theirs.people)
    if mine == other:
        return Sameness(1.0, same)
    if ours.people[0] == theirs.people[0] and (mine < other or other < mine):
        return Sameness(0.92, f"same leading artist: “{theirs.shown}”")
    return Sameness(0.6, f"some of the same artists: “{theirs.shown}”")
