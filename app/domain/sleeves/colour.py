"""Colours as "#rrggbb": mixing, overprinting and the contrast that reading needs."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from math import sqrt

READABLE = 4.5
"""Least contrast of text (WCAG 2.2, 1.4.3)."""

_HOUSE_BLACK = "#000000"
_HOUSE_WHITE = "#ffffff"


@lru_cache(maxsize=4096)
def channels(colour: str) -> tuple[int, int, int]:
    """Red, green and blue, 0 to 255."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


@lru_cache(maxsize=4096)
def luminance(colour: str) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG defines it."""
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (channel / 255 for channel in channels(colour))
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@lru_cache(maxsize=16384)
def contrast(one: str, other: str) -> float:
    """Contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@lru_cache(maxsize=16384)
def distance(one: str, other: str) -> float:
    """How far apart two colours look: 0 for the same, about 760 for black and white."""
    red, green, blue = (a - b for a, b in zip(channels(one), channels(other), strict=True))
    return sqrt(2 * red * red + 4 * green * green + 3 * blue * blue)


def _hex(parts: Iterable[float]) -> str:
    return "#" + "".join(f"{max(0, min(255, round(part))):02x}" for part in parts)


@lru_cache(maxsize=16384)
def mix(one: str, other: str, share: float) -> str:
    """`one` with a `share` (0 to 1) of `other` stirred in."""
    pairs = zip(channels(one), channels(other), strict=True)
    return _hex(a + (b - a) * share for a, b in pairs)


@lru_cache(maxsize=16384)
def overprint(one: str, other: str) -> str:
    """The colour two inks make where they overlap on paper."""
    return _hex(a * b / 255 for a, b in zip(channels(one), channels(other), strict=True))


def chroma(colour: str) -> int:
    """How colourful, 0 (grey) to 255."""
    return max(channels(colour)) - min(channels(colour))


@lru_cache(maxsize=16384)
def legible(colour: str, ground: str, least: float = READABLE) -> str:
    """`colour`, taken towards black or white just as far as reading on `ground` asks."""
    pole = max((_HOUSE_BLACK, _HOUSE_WHITE), key=lambda end: contrast(end, ground))
    for step in range(21):
        tried = mix(colour, pole, step / 20)
        if contrast(tried, ground) >= least:
            return tried
    return pole
