"""Which old encoding of one byte a character a text is in: told by how its words would read.

Every byte means something in each of them, so what counts is whether letters and signs stand where
such letters and signs stand: "Bj÷rk" and "CafŽ" are no words, and “ opens one. It is a guess; a
person sees its words and may choose otherwise.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from app.domain.text import fold

GUESSED = ("cp1252", "mac_roman", "cp1250")
"""What is told apart, the likelier first: of two that read equally well it is the former."""

# Most letters are where cp1252 has them, so for cp1250 more must speak than one odd name.
_MARGINS = {"cp1250": 1}
_AROUND = 3
_MOST_SNIPPETS = 20_000
_HIGH = re.compile(rb"[\x80-\xff]+")
_VOWELS = frozenset("aeiouy")
_RARE = frozenset("ìòùûœÿýƒŕĺľďťđţðþ")
# With the marks of Windows' quotes and dashes Mac Roman writes these; few words begin with them.
_SELDOM_FIRST = frozenset("ëíìîïñóò")
_CONTRACTED = re.compile(r"(?:s|t|m|d|re|ve|ll)(?![^\W\d_])", re.IGNORECASE)
_ELIDED = re.compile(r"(?:^|[\W\d_])(?:[ldjnmcsto]|qu)$", re.IGNORECASE)
_DROPPED_BEFORE = re.compile(r"(?:n|t|c|e|r|\d)", re.IGNORECASE)


class _Place(NamedTuple):
    """A character and up to three on each side of it."""

    before: str
    char: str
    after: str

    @property
    def follows_letter(self) -> bool:
        return self.before[-1:].isalpha()

    @property
    def precedes_letter(self) -> bool:
        return self.after[:1].isalpha()


def snippets(block: bytes) -> Iterable[bytes]:
    """The bytes beyond ASCII in `block`, each run with what stands around it."""
    for run in _HIGH.finditer(block):
        yield block[max(run.start() - _AROUND, 0) : run.end() + _AROUND]


def add_snippets(known: set[bytes], block: bytes) -> None:
    """Keep those of `block` in `known`; some thousands are evidence enough."""
    if len(known) < _MOST_SNIPPETS:
        known.update(snippets(block))


def likeliest(known: Iterable[bytes]) -> str:
    """The encoding of `GUESSED` in which the snippets read best."""
    evidence = list(known)
    return max(GUESSED, key=lambda name: _plausibility(evidence, name) - _MARGINS.get(name, 0))


def _plausibility(evidence: Iterable[bytes], encoding: str) -> int:
    return sum(_sense(snippet.decode(encoding, "replace")) for snippet in evidence)


def _sense(text: str) -> int:
    places = (
        _Place(text[max(at - _AROUND, 0) : at], char, text[at + 1 : at + 1 + _AROUND])
        for at, char in enumerate(text)
        if not char.isascii()
    )
    return sum(map(_weight, places))


def _weight(place: _Place) -> int:
    """How well a character fits its place: about 3 if it does, below nothing if it does not."""
    if place.char in _SIGNS:
        return _SIGNS[place.char](place)
    if place.char.isalpha():
        return _letter(place)
    if place.char == "\ufffd" or unicodedata.category(place.char) == "Cc":
        return -10
    return -3 if place.follows_letter or place.precedes_letter else 0


def _letter(place: _Place) -> int:
    before, after = place.before[-1:], place.after[:1]
    if not (place.follows_letter or place.precedes_letter):
        return 1 if _is_vowel(place.char) and place.char.islower() else 0
    if place.char.isupper() and before.islower():
        return -3
    if place.char.islower() and after.isupper():
        return -3
    alike = sum(
        _is_vowel(char) == _is_vowel(place.char) for char in before + after if _counts(char)
    )
    seldom = not place.follows_letter and place.char in _SELDOM_FIRST
    return 3 - alike - (place.char.lower() in _RARE) - seldom


def _counts(char: str) -> bool:
    # y is a vowel in one language and a consonant in the next.
    return char.isalpha() and char not in "yY"


def _is_vowel(char: str) -> bool:
    return fold(char)[:1] in _VOWELS


def _opening(place: _Place) -> int:
    stands = not place.follows_letter and place.after[:1].strip() != ""
    return 4 if stands else -3


def _closing(place: _Place) -> int:
    stands = not place.precedes_letter and place.before[-1:].strip() != ""
    return 3 if stands else -3


def _apostrophe(place: _Place) -> int:
    if place.follows_letter and place.precedes_letter:
        if _CONTRACTED.match(place.after):
            return 4
        return 3 if _ELIDED.search(place.before) else 1
    if place.follows_letter:
        return 3 if place.before[-1:] in "nsNS" else 2
    return 3 if _DROPPED_BEFORE.match(place.after) else 1


def _dash(place: _Place) -> int:
    around = place.before[-1:] + place.after[:1]
    return 3 if around.isspace() or around.isdigit() else 1


def _dots(place: _Place) -> int:
    return 3 if not place.after[:1].islower() else 1


_SIGNS: Mapping[str, Callable[[_Place], int]] = {
    "“": _opening,
    "‘": _opening,
    "„": _opening,
    "”": _closing,
    "’": _apostrophe,
    "–": _dash,
    "—": _dash,
    "…": _dots,
}
