"""Compositions that recall a view: sky, hills, islands, water."""

from __future__ import annotations

from math import cos, pi, sin

from ..colour import mix
from ..svg import disc, num, rect, shape, stroke
from .board import Board


def dusk(board: Board) -> list[str]:
    """A sky in even steps with a sun setting in it."""
    chance = board.chance
    steps = chance.count(5, 9)
    shades, horizon = board.shades(steps), board.height * chance.between(0.62, 0.8)
    drawn, y = [], 0.0
    total = sum(1.22**-i for i in range(steps))
    for step, shade in enumerate(shades):
        tall = horizon * 1.22**-step / total
        drawn.append(rect(0, y, board.width, board.height - y, shade))
        y += tall
    r = board.height * chance.between(0.18, 0.3)
    cx, cy = board.width * chance.pick((0.3, 0.5, 0.7)), horizon - r * chance.pick((0.0, 0.35, 1.3))
    sea = rect(0, horizon, board.width, board.height - horizon, board.tone(3))
    return [*drawn, disc(cx, cy, r, board.tone(2)), sea, _glints(board, cx, horizon, r)]


def _glints(board: Board, cx: float, horizon: float, r: float) -> str:
    deep = board.height - horizon
    d = "".join(
        f"M{num(cx - half)} {num(horizon + deep * at)}h{num(2 * half)}"
        for at, half in ((0.2, r * 0.8), (0.42, r * 0.55), (0.64, r * 0.3))
    )
    return stroke(d, board.tone(2), deep * 0.09)


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
    reach, turn = board.height * (0.43 if board.open else chance.pick((0.43, 1.05))), chance.unit()
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
