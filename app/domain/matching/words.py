"""Titles and names as comparable words: one spelling for "&", "Pt. II" and "Vol. Two"."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from app.domain.text import fold

# No title is longer; what comes after it is not compared (and cannot cost time).
LONGEST = 600
# Likeness is quadratic in the length, so it is only asked of text up to this length.
LONGEST_LIKENESS = 120

_APOSTROPHES = str.maketrans("", "", "'’‘‛`´ʼ′")
_ABBREVIATION = re.compile(r"(?<![^\W\d_])([^\W\d_])\.(?=[^\W\d_](?![^\W\d_]))")
_AND = re.compile(r"\s*&\s*|\s+\+\s+")
_ONE_WORD = {"n": "and", "pt": "part", "pts": "part", "parts": "part", "volume": "vol"} | {
    "vols": "vol",
    "volumes": "vol",
    "no": "number",
    "nr": "number",
}
_ROMAN = {"ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9"} | {
    "xi": "11",
    "xii": "12",
    "xiii": "13",
    "xiv": "14",
    "xv": "15",
    "xvi": "16",
    "xvii": "17",
    "xviii": "18",
    "xix": "19",
    "xx": "20",
}
_ROMAN_LETTERS = {"i": "1", "v": "5", "x": "10"}
_COUNTED = frozenset({"vol", "part", "chapter", "book", "act", "number", "side", "disc"})
_SPELLED = {
    word: str(number)
    for number, word in enumerate(
        ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"), start=1
    )
}
ARTICLES = frozenset({"the", "a", "an", "die", "der", "das", "le", "la", "les", "el", "los", "il"})


@lru_cache(maxsize=2_048)  # names and titles come again and again
def comparable(text: str) -> tuple[str, ...]:
    """The words of `text` in one spelling. Text of symbols only ("★") is one word of itself."""
    text = text[:LONGEST]
    if text.isascii():
        # The way of most titles, and much the shorter.
        text = text.replace("'", "").replace("`", "")
    else:
        text = unicodedata.normalize("NFKC", text).translate(_APOSTROPHES)
    if "." in text:
        text = _ABBREVIATION.sub(r"\1", text)
    if "&" in text or "+" in text:
        text = _AND.sub(" and ", text)
    words = fold(text).split()
    return _with_numbers([_ONE_WORD.get(word, word) for word in words])


def _with_numbers(words: list[str]) -> tuple[str, ...]:
    spelled: list[str] = []
    for place, word in enumerate(words):
        counted = place > 0 and spelled[-1] in _COUNTED
        is_last = place == len(words) - 1
        if counted and word in _SPELLED:
            word = _SPELLED[word]
        elif word in _ROMAN_LETTERS and (counted or (is_last and place > 0)):
            word = _ROMAN_LETTERS[word]
        spelled.append(_ROMAN.get(word, word.lstrip("0") if word.isdigit() else word) or "0")
    return tuple(spelled)


def as_written(text: str) -> str:
    """`text` in its own script, in lower case, without blanks and punctuation."""
    plain = text[:LONGEST].casefold()
    if not plain.isascii():
        plain = unicodedata.normalize("NFKC", plain)
    return "".join(char for char in plain if char.isalnum())


def without_article(words: Sequence[str]) -> tuple[str, ...]:
    """`words` less a leading "the", if anything is left."""
    return tuple(words[1:]) if len(words) > 1 and words[0] in ARTICLES else tuple(words)


def numbers(words: Sequence[str]) -> tuple[str, ...]:
    """The numbers among `words`, sorted."""
    return tuple(sorted(word for word in words if word.isdigit()))


@lru_cache(maxsize=2_048)
def likeness(a: str, b: str) -> float:
    """How much of two texts is the same, 0 to 1. Texts that are very long are equal or not."""
    if a == b:
        return 1.0
    if max(len(a), len(b)) > LONGEST_LIKENESS:
        return 0.0
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    if matcher.real_quick_ratio() < 0.5 or matcher.quick_ratio() < 0.5:
        return 0.0
    # The ratio depends a little on which side is first; a comparison should not.
    return max(matcher.ratio(), SequenceMatcher(None, b, a, autojunk=False).ratio())


def is_latin(text: str) -> bool:
    """Whether the letters of `text` are Latin (text without letters is)."""
    return text.isascii() or all(
        char.isascii() or "LATIN" in unicodedata.name(char, "LATIN")
        for char in text[:LONGEST]
        if char.isalpha()
    )
