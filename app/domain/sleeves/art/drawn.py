"""Compositions that look drawn, torn or scattered, and the one made of a letter."""

from __future__ import annotations

from math import cos, pi, sin

from ..colour import mix
from ..svg import disc, escaped, num, points, rect, shape, stroke, tag
from ..typography import FACES, measure
from .board import Board


def waves(board: Board) -> list[str]:
    """Swell behind swell, down to the lower edge."""
    chance = board.chance
    layers, length = chance.count(5, 11), board.width / chance.pick((1, 1.5, 2, 3))
    rise, drift = board.height * chance.between(0.03, 0.1), chance.between(-0.5, 0.5)
    top, drawn = board.height * 0.14, []
    gap = (board.height - top) / layers
    for layer in range(layers):
        x = -length * (1 + (layer * drift) % 1)
        d = f"M{num(x)} {num(top + layer * gap)}"
        d += f"q{num(length / 4)} {num(-2 * rise)} {num(length / 2)} 0"
        d += f"t{num(length / 2)} 0" * int((board.width - x) / length * 2 + 1)
        drawn.append(shape(f"{d}V{num(board.height)}H{num(x)}z", board.tone(layer)))
    return drawn


def swell(board: Board) -> list[str]:
    """Fine lines that swing together and apart."""
    chance = board.chance
    number, bends = chance.count(11, 18), chance.pick((2, 3, 4))
    step, span = board.height / (number + 1), board.width / bends
    phase, force = chance.unit() * 6, board.height * chance.between(0.1, 0.2)
    d = ""
    for line in range(1, number + 1):
        y, swing = line * step, force * sin(phase + line * pi / number * chance.pick((2, 2.02)))
        d += f"M{num(-span / 2)} {num(y)}q{num(span / 2)} {num(-swing)} {num(span)} 0"
        d += f"t{num(span)} 0" * bends
    return [stroke(d, board.tone(0), step * chance.between(0.32, 0.55))]


def horizon(board: Board) -> list[str]:
    """Torn paper hills under a disc."""
    chance = board.chance
    layers, jagged = chance.count(3, 5), chance.yes(0.5)
    r = board.height * chance.between(0.14, 0.26)
    cx = board.width * chance.pick((0.25, 0.5, 0.72))
    drawn = [disc(cx, board.height * 0.12 + r, r, board.tone(1))]
    for layer in range(layers):
        level = board.height * (0.42 + 0.5 * layer / layers)
        shade = mix(board.tone(0), board.tone(2), layer / max(1, layers - 1))
        drawn.append(shape(_ridge(board, level, jagged, layer), shade))
    return drawn


def _ridge(board: Board, level: float, jagged: bool, layer: int) -> str:
    chance, count = board.chance, 13 if jagged else 6
    rough, phase = board.height * (0.05 if jagged else 0.1), chance.unit() * 6
    heights = [
        level
        + rough * (1.3 * sin(phase + i * 5.5 / count * (1 + layer / 3)) + chance.between(-0.6, 0.6))
        for i in range(count + 1)
    ]
    step, last = board.width / count, num(board.height)
    if jagged:
        d = "".join(f"L{round(i * step)} {round(y)}" for i, y in enumerate(heights))
        return f"M0 {last}{d}V{last}z"
    d = f"M-{num(step)} {last}V{num(heights[0])}"
    for i, (y, following) in enumerate(zip(heights, [*heights[1:], level], strict=True)):
        d += f"Q{round(i * step)} {round(y)} {round((i + 0.5) * step)} {round((y + following) / 2)}"
    return f"{d}L{num(board.width + step)} {num(level)}V{last}z"


def contours(board: Board) -> list[str]:
    """Height lines of an island that is on no map."""
    chance = board.chance
    rings, corners = chance.count(5, 8), 9
    cx, cy = board.width * chance.between(0.35, 0.65), board.height * 0.5
    bumps = [chance.between(0.72, 1.12) for _ in range(corners)]
    reach, turn = board.height * chance.pick((0.43, 0.43, 1.05)), chance.unit()
    filled, drawn = chance.yes(0.65), []
    cycled = [board.tone(ring) for ring in range(rings)]
    shades = cycled if chance.yes(0.6) else board.shades(rings)
    for ring in range(rings):
        share = 1 - ring / rings
        spots = []
        for corner in range(corners):
            angle = 2 * pi * (corner + turn) / corners + ring * 0.05
            r = reach * share * (1 + (bumps[corner] - 1) * (0.5 + share / 2))
            spots.append((cx + 1.25 * r * cos(angle), cy + r * sin(angle)))
        d = _smooth(spots)
        drawn.append(shape(d, shades[ring]) if filled else stroke(d, shades[ring], 5))
    return drawn


def _smooth(spots: list[tuple[float, float]]) -> str:
    middles = [
        ((a + c) / 2, (b + d) / 2)
        for (a, b), (c, d) in zip(spots, [*spots[1:], spots[0]], strict=True)
    ]
    d = f"M{round(middles[-1][0])} {round(middles[-1][1])}"
    for (x, y), (mx, my) in zip(spots, middles, strict=True):
        d += f"Q{round(x)} {round(y)} {round(mx)} {round(my)}"
    return d + "z"


def tiles(board: Board) -> list[str]:
    """Quarter discs laid like tiles."""
    chance = board.chance
    rows = chance.pick(sorted(range(2, 6), key=lambda count: _misfit(board, count))[:2])
    cols = max(1, round(board.width * rows / board.height))
    wide, tall = board.width / cols, board.height / rows
    cell = max(wide, tall)
    drawn = []
    for place in range(rows * cols):
        row, col = divmod(place, cols)
        drawn += _tile(board, col * wide, row * tall, cell, place)
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


def scales(board: Board) -> list[str]:
    """Overlapping fans, row before row, as on a fish or a fan."""
    chance = board.chance
    across = chance.pick((4, 5, 6))
    span = board.width / across
    rows, rings = int(board.height / span * 2) + 2, chance.count(3, 4)
    tall = board.height / (rows - 1)
    drawn = []
    for row in range(rows):
        d = "".join(
            f"M{num((col + row % 2 / 2) * span)} {num((row + 0.5) * tall)}h0"
            for col in range(across + 1)
        )
        for ring in range(rings):
            colour = board.field if ring == 0 else board.tone(ring - 1)
            width = span * (1.08 - 0.1 * (ring > 0) - 0.27 * max(0, ring - 1))
            drawn.append(stroke(d, colour, width, round_ends=True))
    return drawn
