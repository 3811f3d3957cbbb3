"""Compositions of squares, tiles and blocks."""

from __future__ import annotations

from math import ceil, cos, pi

from ..colour import mix
from ..svg import disc, num, points, rect, shape
from .board import Board


def cascade(board: Board) -> list[str]:
    """Squares stepping into depth."""
    chance = board.chance
    steps = chance.count(4, 7)
    vx, vy = chance.pick((0, 0.5, 1)), chance.pick((0, 0.5, 1))
    drawn = []
    for step in range(steps):
        share = 1 - (step + 0.5) / (steps + 0.5)
        wide, tall = board.width * share, board.height * share
        drawn.append(
            rect(
                (board.width - wide) * vx, (board.height - tall) * vy, wide, tall, board.tone(step)
            )
        )
    return drawn


def checker(board: Board) -> list[str]:
    """A chequerboard that tightens into a fold."""
    chance = board.chance
    rows, cols = chance.count(6, 9), chance.count(13, 16)
    fold, upright = chance.between(0.25, 0.75), chance.yes(0.75)
    long, short = (board.width, board.height) if upright else (board.height, board.width)
    widths = [0.12 + abs(cos(pi * min(1.0, abs(i / cols - fold)) + pi / 2)) for i in range(cols)]
    scale, tall, d, x = long / sum(widths), short / rows, "", 0.0
    for col, width in enumerate(widths):
        for row in range(col % 2, rows, 2):
            a, b = num(width * scale + 0.3), num(tall)
            if upright:
                d += f"M{num(x)} {num(row * tall)}h{a}v{b}h-{a}z"
            else:
                d += f"M{num(row * tall)} {num(x)}h{b}v{a}h-{b}z"
        x += width * scale
    return [shape(d, board.tone(0))]


def tiles(board: Board) -> list[str]:
    """Quarter discs laid like tiles."""
    chance = board.chance
    few = [rows for rows in range(2, 6) if rows * rows * board.width / board.height < 26] or [1]
    best = min(_misfit(board, rows) for rows in few)
    rows = chance.pick([rows for rows in few if _misfit(board, rows) < best + 0.05])
    cols = max(1, round(board.width * rows / board.height))
    wide, tall = board.width / cols, board.height / rows
    cell = ceil(max(wide, tall))
    drawn = []
    for place in range(rows * cols):
        row, col = divmod(place, cols)
        drawn += _tile(board, round(col * wide), round(row * tall), cell, place)
    return drawn


def _misfit(board: Board, rows: int) -> float:
    cols = board.width * rows / board.height
    return abs(cols - round(cols)) / cols


def _tile(board: Board, x: float, y: float, cell: float, place: int) -> list[str]:
    kind = board.chance.unit()
    back, front = board.tone(place), board.tone(place + board.chance.count(1, 2))
    base = [rect(x, y, cell + 0.4, cell + 0.4, back)] if board.chance.yes(0.45) else []
    if base and front == back:
        front = board.field
    if kind < 0.68:
        return [*base, shape(_quarter(x, y, cell, board.chance.count(0, 3)), front)]
    if kind < 0.84:
        return [*base, disc(x + cell / 2, y + cell / 2, cell * 0.5, front)]
    d = (
        points([(x, y), (x + cell, y), (x, y + cell)])
        if board.chance.yes()
        else _quarter(x, y, cell, 2)
    )
    return [*base, shape(d, front)]


def _quarter(x: float, y: float, cell: float, corner: int) -> str:
    dx, dy = ((1, 1), (-1, 1), (-1, -1), (1, -1))[corner]
    px, py = x + (cell if dx < 0 else 0), y + (cell if dy < 0 else 0)
    sweep = 1 if dx * dy > 0 else 0
    arc = f"a{num(cell)} {num(cell)} 0 0 {sweep} {num(-dx * cell)} {num(dy * cell)}"
    return f"M{num(px)} {num(py)}h{num(dx * cell)}{arc}z"


def blocks(board: Board) -> list[str]:
    """A small city of isometric blocks."""
    chance = board.chance
    side = chance.count(3, 4)
    half = min(board.width / (2 * side), board.height / (side + 1.5))
    cx, base = board.width / 2, board.height - side * half - half * 0.2
    most = min(2.2, base / half)
    drawn = []
    for place in range(side * side):
        row, col = divmod(place, side)
        x, y = cx + (col - row) * half, base + (col + row) * half / 2
        back = 1 - (row + col) / (2 * side)
        rise = half * chance.between(0.2, 0.3 + (most - 0.3) * back)
        drawn += _block(x, y, half, rise, board.tone(chance.count(0, 2)), board.field)
    return drawn


def _block(x: float, y: float, half: float, rise: float, colour: str, field: str) -> list[str]:
    top = y - rise
    shade = "#000000"
    faces = (
        (
            mix(colour, shade, 0.18),
            [(x - half, top + half / 2), (x, top + half), (x, y + half), (x - half, y + half / 2)],
        ),
        (
            mix(colour, shade, 0.4),
            [(x + half, top + half / 2), (x, top + half), (x, y + half), (x + half, y + half / 2)],
        ),
        (
            mix(colour, "#ffffff", 0.16),
            [(x, top), (x + half, top + half / 2), (x, top + half), (x - half, top + half / 2)],
        ),
    )
    return [
        shape(points([(round(a), round(b)) for a, b in corners]), fill) for fill, corners in faces
    ]
