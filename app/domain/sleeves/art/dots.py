"""Compositions of many small figures."""

from __future__ import annotations

from math import sqrt

from ..svg import disc, num, points, shape, stroke, tag
from .board import Board


def halftone(board: Board) -> list[str]:
    """A screen of dots that swell around one or two points."""
    chance = board.chance
    pitch = sqrt(board.width * board.height) / chance.pick((9, 11, 12))
    focus = [
        (chance.between(0.1, 0.9) * board.width, chance.between(0.1, 0.9) * board.height)
        for _ in range(chance.count(1, 2))
    ]
    reach, inward = board.width * chance.between(0.45, 0.8), chance.yes(0.7)
    sizes: dict[int, str] = {}
    for row in range(int(board.height / pitch * 1.6) + 2):
        for col in range(int(board.width / pitch) + 2):
            x, y = (col + row % 2 / 2) * pitch * 1.0, row * pitch / 1.6
            away = min(sqrt((x - fx) ** 2 + (y - fy) ** 2) for fx, fy in focus) / reach
            size = round(7 * (max(0.0, 1 - away) if inward else min(1.0, away)))
            if size:
                sizes[size] = sizes.get(size, "") + f"M{round(x)} {round(y)}h0"
    moon = [disc(*focus[0], reach * 0.3, board.tone(1))] if chance.yes(0.4) else []
    dots = [stroke(d, board.tone(0), pitch * size * 0.145, True) for size, d in sizes.items()]
    return [*moon, *dots]


def circle_grid(board: Board) -> list[str]:
    """Rows of discs, some halved, some ringed, in turning colours."""
    chance = board.chance
    rows = chance.count(2, 4)
    cell = board.height / rows
    cols = max(2, round(board.width / cell))
    cell = min(cell, board.width / cols)
    left, top = (board.width - cols * cell) / 2, (board.height - rows * cell) / 2
    stride, r = chance.pick((1, 1, 2, 3)), cell * 0.43
    drawn = []
    for place in range(rows * cols):
        row, col = divmod(place, cols)
        cx, cy = left + (col + 0.5) * cell, top + (row + 0.5) * cell
        fill, kind = board.tone(col + row * stride), chance.unit()
        if kind < 0.6:
            drawn.append(disc(cx, cy, r, fill))
        elif kind < 0.85:
            drawn.append(_half_disc(cx, cy, r, chance.count(0, 3), fill))
        else:
            ring = tag(
                "circle", cx=cx, cy=cy, r=r * 0.78, fill="none", stroke=fill, stroke_width=r * 0.44
            )
            drawn.append(ring)
    return drawn


def _half_disc(cx: float, cy: float, r: float, quarter: int, fill: str) -> str:
    dx, dy = ((r, 0.0), (0.0, r), (-r, 0.0), (0.0, -r))[quarter]
    arc = f"A{num(r)} {num(r)} 0 0 1 {num(cx + dx)} {num(cy + dy)}z"
    return shape(f"M{num(cx - dx)} {num(cy - dy)}{arc}", fill)


def scales(board: Board) -> list[str]:
    """Overlapping fans, row before row, as on a fish or a fan."""
    chance = board.chance
    least = sqrt(board.width * board.height) / chance.pick((3.6, 4.3))
    across = max(2, int(board.width / max(least, board.height / 4.6)))
    span = board.width / across
    rows, rings = int(board.height / span * 2) + 2, chance.count(2, 3)
    tall = board.height / (rows - 1)
    drawn = []
    for row in range(rows):
        d = f"M{round(row % 2 / 2 * span)} {round((row + 0.5) * tall)}h0"
        d += f"m{num(span)} 0h0" * across
        for ring in range(rings + 1):
            colour = board.field if ring == 0 else board.tone(ring - 1)
            width = span * (1.08 - 0.1 * (ring > 0) - 0.27 * max(0, ring - 1))
            drawn.append(tag("path", d=d, stroke=colour, stroke_width=width))
    return [tag("g", "".join(drawn), fill="none", stroke_linecap="round")]


def terrazzo(board: Board) -> list[str]:
    """Cut paper, thrown."""
    chance = board.chance
    cols = chance.count(3, 4)
    cell = board.width / cols
    rows = max(2, round(board.height / cell))
    drawn = []
    for place in range(cols * rows):
        row, col = divmod(place, cols)
        x = (col + 0.5 + chance.between(-0.16, 0.16)) * cell
        y = (row + 0.5 + chance.between(-0.12, 0.12)) * board.height / rows
        size = min(cell, board.height / rows) * chance.between(0.3, 0.46)
        drawn.append(_scrap(board, x, y, size, board.tone(place + row)))
    return drawn


def _scrap(board: Board, x: float, y: float, size: float, fill: str) -> str:
    chance = board.chance
    kind, turn = chance.count(0, 5), chance.count(0, 23) * 15
    spin = f"rotate({turn} {num(x)} {num(y)})"
    if kind == 0:
        return disc(x, y, size * 0.85, fill)
    if kind == 1:
        d = points([(x, y - size), (x + size, y + size * 0.75), (x - size, y + size * 0.75)])
        return tag("path", d=d, fill=fill, transform=spin)
    if kind == 2:
        d = f"M{num(x - size)} {num(y)}a{num(size)} {num(size)} 0 0 1 {num(2 * size)} 0z"
        return tag("path", d=d, fill=fill, transform=spin)
    if kind == 3:
        s = num(size / 2)
        d = f"M{num(x - size)} {num(y)}l{s} -{s} {s} {s} {s} -{s} {s} {s}"
        return tag("path", d=d, fill="none", stroke=fill, stroke_width=size * 0.3, transform=spin)
    if kind == 4:
        return tag(
            "circle", cx=x, cy=y, r=size * 0.65, fill="none", stroke=fill, stroke_width=size * 0.36
        )
    x, y, wide, tall = x - size, y - size * 0.3, 2 * size, size * 0.6
    return tag("rect", x=x, y=y, width=wide, height=tall, rx=tall / 2, fill=fill, transform=spin)
