"""Titles taken apart: what a record is called, which edition it is, what else it may be."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from app.domain.matching.title_words import DELUXE, is_edition, marks, soundtrack, trailing_edition
from app.domain.matching.words import (
    LONGEST,
    as_written,
    comparable,
    likeness,
    numbers,
    without_article,
)
from app.domain.text import fold

_BRACKETS = re.compile(r"[(\[{（［【〔]([^()\[\]{}（）［］【】〔〕]{0,300})[)\]}）］】〕]")
_DASH = re.compile(r"\s+[-–—~]\s+|\s*:\s+")
_EQUALS = re.compile(r"\s+=\s+|＝")
_KINDS = {"ep": "ep", "single": "single", "maxi single": "single"}

SAME, NEARLY, FAR = 0.95, 0.85, 0.5


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to read a title: all its words but the edition's, and those before the subtitle."""

    whole: tuple[str, ...]
    main: tuple[str, ...]
    written: str


@dataclass(frozen=True, slots=True)
class Title:
    """A title taken apart. `kind` is ep or single if the title says so."""

    readings: tuple[Reading, ...]
    edition: tuple[str, ...]
    subtitles: tuple[tuple[str, ...], ...]
    marks: frozenset[str]
    kind: str = ""

    @property
    def is_deluxe(self) -> bool:
        """Whether it is an edition with more on it."""
        return bool(DELUXE.intersection(self.edition))

    @property
    def numbers(self) -> tuple[str, ...]:
        """The numbers that belong to the title: "Vol. 2", "Chicago 17"."""
        return numbers(self.readings[0].whole)


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike two titles are, 0 to 1, and in which words that is said."""

    score: float
    sentence: str


@lru_cache(maxsize=1_024)
def take_apart(text: str) -> Title:
    """The parts of a title as a service or Discogs writes it."""
    text = text[:LONGEST]
    parts = [part for part in _EQUALS.split(text) if part.strip()] or [text]
    taken = [_Parts(part) for part in parts]
    first = taken[0]
    readings = [part.reading() for part in taken]
    if len(taken) > 1:
        whole = tuple(word for reading in readings for word in reading.whole)
        readings.insert(0, Reading(whole, whole, as_written(text)))
    edition = tuple(word for part in taken for word in part.edition)
    kept = " ".join(" ".join(part.whole) for part in taken)
    return Title(tuple(readings), edition, first.subtitles, marks(kept), taken[-1].kind)


class _Parts:
    """Takes one reading of a title apart."""

    def __init__(self, text: str) -> None:
        self.edition: tuple[str, ...] = ()
        self.subtitles: tuple[tuple[str, ...], ...] = ()
        self.kind = ""
        self.text = text
        outside = self._without_brackets(self._without_brackets(text))
        self.main = self._without_suffixes(outside)
        self.whole = self._whole()

    def _without_brackets(self, text: str) -> str:
        return _BRACKETS.sub(self._filed, text)

    def _filed(self, bracket: re.Match[str]) -> str:
        words = comparable(bracket[1])
        if is_edition(words):
            self.edition += words
            self.text = self.text.replace(bracket[0], " ", 1)
        elif " ".join(words) in _KINDS:
            self.kind = _KINDS[" ".join(words)]
            self.text = self.text.replace(bracket[0], " ", 1)
        elif words:
            self._subtitle(bracket[1], words)
        return " "

    def _subtitle(self, piece: str, words: tuple[str, ...]) -> None:
        """Keep a subtitle; "Music From The Motion Picture" is just "soundtrack"."""
        plain = soundtrack(words)
        if plain:
            self.text = self.text.replace(piece, plain, 1)
            words = (plain,)
        self.subtitles += (words,)

    def _without_suffixes(self, outside: str) -> tuple[str, ...]:
        pieces = [piece for piece in _DASH.split(outside) if piece.strip()] or [outside]
        while len(pieces) > 1 and self._is_suffix(pieces[-1]):
            pieces.pop()
        words = self._without_edition(comparable(pieces[0]))
        for piece in pieces[1:]:
            self._subtitle(piece, comparable(piece))
        return words

    def _is_suffix(self, piece: str) -> bool:
        words = comparable(piece)
        if is_edition(words):
            self.edition += words
        elif " ".join(words) in _KINDS:
            self.kind = _KINDS[" ".join(words)]
        else:
            return False
        self.text = self.text[: self.text.rfind(piece)]
        return True

    def _without_edition(self, words: tuple[str, ...]) -> tuple[str, ...]:
        count = trailing_edition(words)
        self.edition += words[len(words) - count :]
        words = words[: len(words) - count]
        if len(words) > 1 and words[-1] == "ep":
            self.kind, words = "ep", words[:-1]
        return words

    def _whole(self) -> tuple[str, ...]:
        words = comparable(self.text)
        words = words[: len(words) - trailing_edition(words)]
        if self.kind == "ep" and len(words) > 1 and words[-1] == "ep":
            words = words[:-1]
        return words or comparable(self.text) or self.main

    def reading(self) -> Reading:
        return Reading(self.whole, self.main or self.whole, as_written(self.text))


def compare(ours: Title, theirs: Title) -> Likeness:
    """How alike two titles are, the best of all ways to read them."""
    best = Likeness(0.0, "another title")
    # Where both give two titles, "A = B", both must be the same, not just one of them.
    both = len(ours.readings) > 1 and len(theirs.readings) > 1
    for mine in ours.readings[:1] if both else ours.readings:
        for other in theirs.readings[:1] if both else theirs.readings:
            found = _compared(mine, other, ours, theirs)
            if found.score > best.score:
                best = found
    return best


def _compared(mine: Reading, other: Reading, ours: Title, theirs: Title) -> Likeness:
    a, b = without_article(mine.whole), without_article(other.whole)
    if a == b or (mine.written and mine.written == other.written):
        return Likeness(1.0, _same(ours, theirs))
    if "".join(a) == "".join(b):
        return Likeness(0.98, "same but for blanks")
    if sorted(a) == sorted(b):
        return Likeness(SAME, "same words in another order")
    main_a, main_b = without_article(mine.main), without_article(other.main)
    if main_a == main_b:
        return _subtitled(ours, theirs)
    if main_a in map(without_article, theirs.subtitles) or main_b in map(
        without_article, ours.subtitles
    ):
        return Likeness(0.88, "same as the title in brackets")
    return _roughly(a, b)


def _same(ours: Title, theirs: Title) -> str:
    extra = " ".join(theirs.edition) or " ".join(ours.edition)
    return f"same but for “{extra}”" if ours.edition != theirs.edition else "same title"


def _subtitled(ours: Title, theirs: Title) -> Likeness:
    if ours.subtitles and theirs.subtitles:
        return Likeness(FAR, "another subtitle")
    words = [word for part in (*ours.subtitles, *theirs.subtitles) for word in part]
    return Likeness(0.9, f"same but for “{' '.join(words)}”")


def _roughly(a: tuple[str, ...], b: tuple[str, ...]) -> Likeness:
    alike = likeness(" ".join(a), " ".join(b))
    if alike >= 0.9:
        return Likeness(NEARLY, "nearly the same title")
    fewer = min(set(a), set(b), key=len)
    if len(fewer) > 1 and set(a) & set(b) == fewer:
        return Likeness(0.6, "one title is part of the other")
    if alike >= 0.8:
        return Likeness(0.6, "a similar title")
    return Likeness(alike * 0.5, "another title")


def plain_titles(text: str) -> tuple[str, ...]:
    """The halves of "A = B" as written, each without brackets, subtitle suffix and edition."""
    halves = [half for half in _EQUALS.split(text[:LONGEST]) if half.strip()] or [text[:LONGEST]]
    return tuple(map(plain_title, halves))


def plain_title(text: str) -> str:
    """`text` as written, without brackets and edition; the whole of it if nothing would be left."""
    bare = _BRACKETS.sub(" ", _BRACKETS.sub(" ", text[:LONGEST]))
    pieces = re.split(r"(\s+[-–—~]\s+|\s*:\s+)", bare)
    while len(pieces) > 2 and _says_edition(pieces[-1]):
        pieces = pieces[:-2]
    plain = " ".join("".join(pieces).split())
    words = plain.split(" ")
    kept = len(words) - trailing_edition(tuple(fold(word) for word in words))
    return " ".join(words[:kept]) if comparable(plain) and kept else text.strip()


def _says_edition(piece: str) -> bool:
    words = comparable(piece)
    return not words or is_edition(words) or " ".join(words) in _KINDS
