"""The board a composition is drawn on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ..chance import Chance
from ..colour import mix


@dataclass(frozen=True, slots=True)
class Board:
    """A field to fill, `width` by `height` units, already painted in `field`.

    What is drawn past its edges is cut off. `glyph` is a character or two that stand for the
    record; on an
    `open` board, which shares its ground with the words, a figure should not be cut off.
    """

    width: float
    height: float
    field: str
    tones: tuple[str, ...]
    chance: Chance
    glyph: str = ""
    open: bool = False
    glyph_is_title: bool = False

    def tone(self, index: int) -> str:
        """The tones in turn."""
        return self.tones[index % len(self.tones)]

    def shades(self, number: int) -> list[str]:
        """`number` steps from the first tone to the second."""
        last = max(1, number - 1)
        return [mix(self.tone(0), self.tone(1), step / last) for step in range(number)]


Composition = Callable[[Board], list[str]]
"""Draws on a board; gives SVG elements from back to front."""
