"""Compositions of circles, arcs and rays."""

from __future__ import annotations

from math import cos, pi, sin, sqrt

from ..colour import overprint
from ..svg import disc, num, rect, shape, stroke, window
from .board import Board


def grooves(board: Board) -> list[str]:
    """A record's own figure: concentric rings, whole or rising from an edge."""
    chance = board.chance
    rising = chance.yes(0.55)
    cx = board.width * chance.pick((0, 0.28, 0.5, 0.72, 1))
    cy = board.height * (1 if rising else 0.5)
    reach = board.height * (0.94 if rising else 0.46)
    count = chance.count(4, 8)
    alternate, even = chance.yes(0.4), chance.yes()
    drawn = []
    for ring in range(count):
        share = 1 - ring / count
        radius = reach * (share if even else share**1.45)
        fill = board.field if alternate and ring % 2 else board.tone(ring // (1 + alternate))
        drawn.append(disc(cx, cy, radius, fill))
    hole = board.tone(0) if alternate and count % 2 == 0 else board.field
    return [*drawn, disc(cx, cy, reach * 0.022, hole)]


def arches(board: Board) -> list[str]:
    """Doorways within doorways, side by side."""
    number, steps = board.chance.count(1, 3), board.chance.count(4, 6)
    span = board.width / number
    outer = min(span / 2, board.height * 0.9)
    spring = max(outer + board.height * 0.05, board.height * board.chance.between(0.4, 0.7))
    drawn = []
    for arch in range(number):
        cx, turn = span * (arch + 0.5), arch * board.chance.count(0, 2)
        for step in range(steps):
            r = outer * (1 - step / (steps + 0.35))
            d = f"M{num(cx - r)} {num(board.height)}V{num(spring)}a{num(r)} {num(r)} 0 0 1 "
            fill = board.field if step == steps - 1 else board.tone(step + turn)
            drawn.append(shape(f"{d}{num(2 * r)} 0V{num(board.height)}z", fill))
    return drawn


def spiral(board: Board) -> list[str]:
    """Two arms winding out of one point."""
    chance = board.chance
    step = board.height / chance.pick((9, 11, 14, 18))
    cx, cy = board.width * chance.pick((0.3, 0.5, 0.7)), board.height * chance.pick((0.4, 0.5, 0.6))
    turns = int(max(board.width, board.height) * 1.1 / step)
    drawn = []
    for arm in range(2):
        side, d = 1 - 2 * arm, f"M{num(cx)} {num(cy)}"
        for turn in range(1, turns):
            r = turn * step / 2
            d += f"a{num(r)} {num(r)} 0 0 1 {num(side * 2 * r)} 0"
            side = -side
        width = step * (0.5 if arm == 0 else chance.pick((0.14, 0.5)))
        drawn.append(stroke(d, board.tone(arm), width))
    return drawn


def eclipse(board: Board) -> list[str]:
    """A disc that shows only where lines grow thick."""
    chance = board.chance
    pitch = board.height / chance.count(11, 19)
    r = board.height * chance.between(0.36, 0.46)
    cx, cy = board.width * chance.pick((0.35, 0.5, 0.65)), board.height * chance.between(0.46, 0.54)
    thin, thick = [], []
    y = pitch / 2
    while y < board.height:
        thin.append(f"M0 {num(y)}h{num(board.width)}")
        if abs(y - cy) < r:
            half = sqrt(r * r - (y - cy) ** 2)
            thick.append(f"M{num(cx - half)} {num(y)}h{num(2 * half)}")
        y += pitch
    whole = [disc(cx, cy, r, board.tone(1))] if chance.yes(0.5) else []
    lines = stroke("".join(thin), board.tone(2), pitch * 0.17)
    return [lines, *whole, stroke("".join(thick), board.tone(0), pitch * 0.66)]


def rosette(board: Board) -> list[str]:
    """A flower of petals in two or three rounds."""
    chance = board.chance
    reach = min(board.width, board.height) * (
        0.48 if board.open else chance.pick((0.48, 0.62, 0.85))
    )
    cx, cy = board.width * chance.pick((0.3, 0.5, 0.5, 0.7)), board.height * 0.5
    petals, fat = chance.pick((6, 8, 10, 12, 16)), chance.between(0.9, 1.5)
    drawn = []
    for layer in range(chance.count(2, 3)):
        r = reach * (1 - 0.27 * layer)
        d = ""
        for petal in range(petals):
            angle, spread = 2 * pi * (petal + layer / 2) / petals, fat * pi / petals
            tip = f"{num(cx + r * cos(angle))} {num(cy + r * sin(angle))}"
            one, two = (
                f"{num(cx + r * 0.75 * cos(a))} {num(cy + r * 0.75 * sin(a))}"
                for a in (angle - spread, angle + spread)
            )
            d += f"M{num(cx)} {num(cy)}Q{one} {tip}Q{two} {num(cx)} {num(cy)}"
        drawn.append(shape(d, board.tone(layer)))
    return [
        *drawn,
        disc(cx, cy, reach * 0.13, board.tone(3)),
        disc(cx, cy, reach * 0.05, board.field),
    ]


def corona(board: Board) -> list[str]:
    """Spokes of uneven length around a disc."""
    chance = board.chance
    spokes, most = (
        chance.pick((24, 32, 40)),
        min(board.width, board.height) * 0.48,
    )
    cx, cy = board.width * chance.pick((0.32, 0.5, 0.5, 0.68)), board.height * 0.5
    inner, beat = most * chance.between(0.3, 0.5), chance.pick((3, 4, 5, 8))
    d = ""
    for spoke in range(spokes):
        angle = 2 * pi * spoke / spokes
        swing = 0.5 + 0.5 * sin(angle * beat)
        r = inner * 1.15 + (most - inner * 1.15) * (
            0.15 + 0.85 * (0.6 * swing + 0.4 * chance.unit())
        )
        d += f"M{num(cx + inner * 1.15 * cos(angle))} {num(cy + inner * 1.15 * sin(angle))}"
        d += f"L{num(cx + r * cos(angle))} {num(cy + r * sin(angle))}"
    rings = [disc(cx, cy, inner * share, board.tone(i)) for i, share in enumerate((1, 0.62, 0.28))]
    return [
        stroke(d, board.tone(0), 2 * pi * inner / spokes * 0.8),
        *rings[1 - chance.count(0, 1) :],
    ]


def sunburst(board: Board) -> list[str]:
    """Rays from a low sun."""
    chance = board.chance
    rays, far = chance.pick((9, 12, 16, 20, 28)), board.width + board.height
    cx = board.width * chance.pick((0.2, 0.5, 0.5, 0.8))
    cy = board.height * chance.pick((0.5, 0.72, 0.86))
    d = ""
    for ray in range(rays):
        ends = (2 * pi * (ray + part) / rays for part in (0.0, 0.5))
        d += f"M{num(cx)} {num(cy)}"
        d += "".join(f"L{round(cx + far * cos(a))} {round(cy + far * sin(a))}" for a in ends)
    sun = board.height * chance.between(0.14, 0.28)
    rings = chance.count(1, 3)
    discs = [disc(cx, cy, sun * (1 - i * 0.28), board.tone(i + 1)) for i in range(rings)]
    return [shape(d, board.tone(0)), disc(cx, cy, sun * 1.22, board.field), *discs]


def venn(board: Board) -> list[str]:
    """Two or three discs whose inks mix where they meet."""
    chance = board.chance
    number = chance.pick((2, 2, 3))
    r = min(board.height * 0.44, board.width / (1.05 + 0.95 * number))
    gap = r * chance.between(0.95, 1.35)
    left, cy = (board.width - gap * (number - 1)) / 2, board.height / 2
    inks = list(board.tones[:3])
    drawn = [disc(left + gap * i, cy, r, inks[i % len(inks)]) for i in range(number)]
    rise = sqrt(r * r - gap * gap / 4)
    for i in range(number - 1):
        x, arc = left + gap * (i + 0.5), f"A{num(r)} {num(r)} 0 0 1 {num(left + gap * (i + 0.5))} "
        fill = overprint(inks[i % len(inks)], inks[(i + 1) % len(inks)])
        drawn.append(
            shape(f"M{num(x)} {num(cy - rise)}{arc}{num(cy + rise)}{arc}{num(cy - rise)}z", fill)
        )
    return drawn


def counterchange(board: Board) -> list[str]:
    """A disc across a border, changing colour where it crosses."""
    chance = board.chance
    w, h = board.width, board.height
    parts = chance.pick((2, 2, 3, 4))
    r = min(w, h) * chance.between(0.34, 0.46)
    cx, cy = w * chance.pick((0.5, 0.5, 0.36, 0.64)), h * chance.pick((0.5, 0.5, 0.62))
    upright, drawn = chance.yes(), []
    for part in range(parts):
        x, y, width, height = (
            (w * part / parts, 0.0, w / parts, h)
            if upright
            else (0.0, h * part / parts, w, h / parts)
        )
        back, front = (board.tone(1), board.field) if part % 2 else (board.field, board.tone(0))
        content = rect(0, 0, width, height, back) + disc(cx - x, cy - y, r, front)
        drawn.append(window(x, y, width, height, content))
    return drawn
