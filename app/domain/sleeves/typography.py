"""Faces and their measure: how wide a text runs without asking a browser."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

# Widths in 1/1000 em of a bold grotesque; the other faces are a factor of it.
_WIDTHS: dict[str, int] = {}
for _width, _chars in (
    (278, " ijlI,./\\|\u00b7"),
    (333, "ft!-()[]:;`\u2018\u2019'"),
    (389, "r*{}"),
    (500, '"\u201c\u201d'),
    (556, "aceksvxyzJ0123456789$_\u2013"),
    (611, "bdghnopquFLTZ?+<>=~^#"),
    (667, "EPSVXY"),
    (722, "ABCDHKNRU&"),
    (778, "wGOQ"),
    (889, "mM%"),
    (1000, "W@\u2014\u2026\u2122"),
):
    _WIDTHS.update(dict.fromkeys(_chars, _width))

_WIDE = 1020
_EMOJI = 1380
_SYMBOL = 1000
_LETTER = 690  # letters of a script we have no table for


@dataclass(frozen=True, slots=True)
class Face:
    """A stack of system fonts with what we know of its proportions.

    `factor` is its width against the table (0: every character is `fixed` em wide),
    `leading` the line height in em, `squeezed` asks the browser to hold our measure exactly,
    so that a missing narrow face is narrowed rather than spilled.
    """

    family: str
    weight: int
    factor: float
    leading: float
    fixed: float = 0.0
    tracking: float = 0.0
    squeezed: bool = False


_SANS = "Helvetica Neue,Helvetica,Arial,Liberation Sans,sans-serif"
_NARROW = "Arial Narrow,Helvetica Neue Condensed,Roboto Condensed,Liberation Sans Narrow,Arial"
_ROUND = "Futura,Century Gothic,Avenir Next,URW Gothic,Montserrat,Arial,sans-serif"
_SERIF = "Georgia,Times New Roman,Liberation Serif,serif"
_SLAB = "Rockwell,Roboto Slab,American Typewriter,Georgia,DejaVu Serif,serif"
_MONO = "Courier New,Liberation Mono,DejaVu Sans Mono,monospace"

FACES: dict[str, Face] = {
    "grotesque": Face(_SANS, 700, 1.02, 0.98, tracking=-0.02),
    "light": Face(_SANS, 300, 1.0, 1.04, tracking=-0.015),
    "narrow": Face(_NARROW + ",sans-serif", 700, 0.83, 0.95, squeezed=True),
    "geometric": Face(_ROUND, 600, 1.12, 1.04, tracking=-0.01),
    "serif": Face(_SERIF, 400, 1.04, 1.06),
    "bold serif": Face(_SERIF, 700, 1.15, 1.02, tracking=-0.01),
    "slab": Face(_SLAB, 700, 1.2, 1.04, tracking=-0.015),
    "typewriter": Face(_MONO, 700, 0.0, 1.08, fixed=0.602),
}


@lru_cache(maxsize=8192)
def _width_of(char: str) -> tuple[float, bool]:
    """Width in 1/1000 em, and whether it follows the face (fallback fonts do not)."""
    base = unicodedata.normalize("NFD", char)[0]
    if base in _WIDTHS:
        return _WIDTHS[base], True
    kind = unicodedata.category(char)
    if kind in ("Mn", "Me", "Cf"):
        return 0, False
    if ord(char) >= 0x1F000:
        return _EMOJI, False
    if unicodedata.east_asian_width(char) in "WF":
        return _WIDE, False
    if kind[0] == "L":
        return (790 if kind == "Lu" else _LETTER), True
    return (_LETTER if kind[0] in "NM" else _SYMBOL), False


def measure(text: str, face: Face) -> float:
    """Width of `text` in em, its tracking included; rather too much than too little."""
    total = 0.0
    for char in text:
        width, follows = _width_of(char)
        if follows:
            width = face.fixed * 1000 if face.fixed else width * face.factor
        total += width
    return total / 1000 + max(0.0, face.tracking) * len(text)


def is_plain(text: str) -> bool:
    """Whether the table knows every character, so that the measure is exact enough to enforce."""
    return all(char in _WIDTHS for char in text)


def is_wide(char: str) -> bool:
    """Whether lines may break before and after `char`, as in Chinese or Japanese."""
    return unicodedata.east_asian_width(char) in "WF"


def runs_right_to_left(text: str) -> bool:
    """Whether the first letter with a direction runs from the right."""
    for char in text:
        side = unicodedata.bidirectional(char)
        if side in ("L", "R", "AL"):
            return side != "L"
    return False
