"""The composition that is made of a letter."""

from __future__ import annotations

from ..colour import READABLE, contrast, legible
from ..svg import escaped, tag
from ..typography import FACES, is_plain, measure
from .board import Board


def letter(board: Board) -> list[str]:
    """The record's initial, as large as the board and printed out of register."""
    chance, glyph = board.chance, board.glyph or "?"
    face = FACES[chance.pick(("grotesque", "bold serif", "slab", "grotesque"))]
    copies = chance.pick((1, 1, 3, 5))
    shift = board.height * (0.05 if copies == 3 else 0.03)
    run = measure(glyph, face)
    size = min(
        board.height * (1.0 if board.glyph_is_title else 1.12),
        (board.width * 0.86 - shift * (copies - 1)) / run,
    )
    left = (board.width - run * size - shift * (copies - 1)) * chance.pick((0.3, 0.5, 0.7))
    base = board.height / 2 + size * (0.33 if board.glyph_is_title else 0.36)
    drawn = []
    for back in range(copies - 1, -1, -1):
        reads = board.glyph_is_title and back == 0
        tone = board.tone(back)
        drawn.append(
            tag(
                "text",
                escaped(glyph),
                x=left + shift * back,
                y=base,
                font_size=size,
                font_family=face.family,
                font_weight=str(face.weight),
                aria_hidden=None if reads else "true",
                fill=_readable(board) if reads else tone,
                textLength=run * size if is_plain(glyph) else None,
                lengthAdjust="spacingAndGlyphs" if is_plain(glyph) else None,
            )
        )
    return drawn


def _readable(board: Board) -> str:
    """The first tone one can read on the field, or one made so."""
    tones = (tone for tone in board.tones if contrast(tone, board.field) >= READABLE)
    return next(tones, None) or legible(board.tone(0), board.field)
