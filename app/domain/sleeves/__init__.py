"""Drawn sleeves: what stands on the shelf for a record without a picture.

Pure and repeatable: the same facts give the same drawing on every machine. Genre and style choose
the composition, the year the inks, label and number the typography; the rest is the seed's.
"""

from __future__ import annotations

from .facts import SleeveFacts
from .sleeve import VERSION, accent_of, draw

__all__ = ["SleeveFacts", "draw_sleeve", "sleeve_accent", "sleeve_version"]


def draw_sleeve(facts: SleeveFacts) -> str:
    """A complete SVG document, 600 by 600 units, for a record without a picture.

    Presentation attributes only: no style, script or reference of any kind, so it may be served
    under the strictest policy. Texts may be anything; what cannot be printed is left out.
    """
    return draw(facts)


def sleeve_accent(facts: SleeveFacts) -> str:
    """The colour that stands for the drawn sleeve, as "#rrggbb"."""
    return accent_of(facts)


def sleeve_version() -> str:
    """Changes whenever the drawings do; put it into addresses that are cached for ever."""
    return VERSION
