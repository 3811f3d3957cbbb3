"""The composition that is made of a letter."""

from __future__ import annotations

from ..svg import escaped, tag
from ..typography import FACES, measure
from .board import Board


def letter(board: Board) -> list[str]:
    """The record's initial, as large as the board and printed out of register."""
    chance, glyph = board.chance, board.glyph or "?"
    face = FACES[chance.pick(("grotesque", "bold serif", "slab", "grotesque"))]
    copies = chance.pick((1, 1, 3, 5))
    shift = board.height * (0.05 if copies == 3 else 0.03)
    run = measure(glyph, face)
    size = min(board.height * 1.12, (board.width * 0.92 - shift * (copies - 1)) / run)
    left = (board.width - run * size - shift * (copies - 1)) * chance.pick((0.06, 0.5, 0.94))
    base = board.height / 2 + size * 0.36
    return [
        tag(
            "text",
            escaped(glyph),
            x=left + shift * (copies - 1 - i),
            y=base,
            font_size=size,
            font_family=face.family,
            font_weight=str(face.weight),
            aria_hidden="true",
            fill=board.tone(copies - 1 - i),
        )
        for i in range(copies)
    ]
