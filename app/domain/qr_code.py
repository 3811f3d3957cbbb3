"""A QR code as a drawing: what a phone will see on the sticker."""

from __future__ import annotations

from itertools import groupby
from typing import NamedTuple

import segno

# Modules of white around a code, as the standard asks.
QUIET = 4


class QrDrawing(NamedTuple):
    """`path` is the `d` of an SVG path in a square of `size` modules, quiet zone included."""

    size: int
    path: str


def draw_code(text: str) -> QrDrawing | None:
    """The code for `text` with the highest error correction; None if it holds too much."""
    try:
        code = segno.make_qr(text or " ", error="h", boost_error=False)
    except segno.DataOverflowError:
        return None
    pieces = []
    for y, line in enumerate(code.matrix, QUIET):
        x = QUIET
        for dark, run in groupby(line):
            width = len(list(run))
            if dark:
                pieces.append(f"M{x} {y}h{width}v1h-{width}z")
            x += width
    return QrDrawing(len(code.matrix) + 2 * QUIET, "".join(pieces))
