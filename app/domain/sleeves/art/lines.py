"""Compositions of bands, bars and lines."""

from __future__ import annotations

from math import pi, sin

from ..svg import disc, num, rect, shape, stroke
from .board import Board


def bands(board: Board) -> list[str]:
    """Diagonal bands of uneven width."""
    chance = board.chance
    lean = board.height * chance.pick((-1, -0.5, 0.5, 1))
    x, end = min(0.0, -lean) - board.width * chance.between(-0.25, 0.1), board.width * 1.02
    drawn, index = [], 0
    while x < end + max(0.0, -lean):
        wide = board.width * chance.pick((0.03, 0.05, 0.08, 0.14, 0.22))
        if chance.yes(0.72):
            d = f"M{num(x)} {num(board.height)}h{num(wide)}l{num(lean)} {num(-board.height)}"
            drawn.append(shape(f"{d}h{num(-wide)}z", board.tone(index)))
            index += 1
        x += wide
    return drawn


def ribbons(board: Board) -> list[str]:
    """A bundle of stripes that runs in, turns, and leaves."""
    chance = board.chance
    number = chance.count(3, 5)
    wide = board.height * chance.between(0.07, 0.115)
    cx, inner = board.width * chance.between(0.25, 0.6), board.height * chance.between(0.05, 0.2)
    cy = min(board.height * 0.95, board.height * 0.06 + inner + wide * number)
    drawn = []
    for stripe in range(number):
        r = inner + wide * (stripe + 0.5)
        turn = f"A{num(r)} {num(r)} 0 0 1 {num(cx + r)} {num(cy)}"
        d = f"M-9 {num(cy - r)}H{num(cx)}{turn}V{num(board.height + 9)}"
        drawn.append(stroke(d, board.tone(number - stripe), wide * 1.01))
    if chance.yes(0.45):
        spot = wide * number * 0.42
        drawn.append(
            disc(board.width - spot * 1.5, board.height * 0.08 + spot, spot, board.tone(0))
        )
    return drawn


def chevrons(board: Board) -> list[str]:
    """Broad arrows, one within the other."""
    chance = board.chance
    wide, steep = board.height * chance.pick((0.1, 0.14, 0.2)), chance.pick((0.5, 1.0, 1.0))
    cx, upright = board.width * chance.pick((0.5, 0.5, 0.3)), chance.yes(0.7)
    across = (board.width if upright else board.height) + wide
    along = board.height if upright else board.width
    if not upright:
        cx = board.height / 2
    drawn, index, y = [], 0, -wide
    while y < along + across * steep:
        corners = [(-wide, y - (cx + wide) * steep), (cx, y), (across, y - (across - cx) * steep)]
        places = corners if upright else [(b, a) for a, b in corners]
        if chance.yes(0.8):
            d = "M" + "L".join(f"{num(a)} {num(b)}" for a, b in places)
            drawn.append(stroke(d, board.tone(index), wide * chance.pick((0.34, 0.55, 0.72))))
            index += 1
        y += wide
    return drawn


def bars(board: Board) -> list[str]:
    """Columns of sound, from the floor or about a middle line."""
    chance = board.chance
    number, centred = chance.count(7, 15), chance.yes(0.35)
    step, plump = board.width / number, chance.pick((0.5, 0.72, 0.9, 1.0))
    swing, phase, lone = chance.between(0.8, 2.6), chance.unit() * 6, chance.count(0, number - 1)
    single, drawn = chance.yes(0.4), []
    for bar in range(number):
        wave = 0.5 + 0.5 * sin(phase + bar * swing * pi / number * 2)
        tall = board.height * (0.12 + 0.8 * (0.6 * wave + 0.4 * chance.unit()))
        y = (board.height - tall) / 2 if centred else board.height - tall
        fill = board.tone(1 if bar == lone else 0) if single else board.tone(bar)
        drawn.append(rect(bar * step + step * (1 - plump) / 2, y, step * plump, tall + 1, fill))
    return drawn


def stacks(board: Board) -> list[str]:
    """Level bars of many lengths, piled."""
    chance = board.chance
    number = chance.count(6, 12)
    tall, right = board.height / number, chance.yes(0.35)
    swing, phase, drawn = chance.between(0.6, 2), chance.unit() * 6, []
    for bar in range(number):
        wave = 0.5 + 0.5 * sin(phase + bar * swing * pi / number * 2)
        length = board.width * (0.16 + 0.8 * (0.7 * wave + 0.3 * chance.unit()))
        x = board.width - length if right else 0
        drawn.append(rect(x, bar * tall, length, tall * 0.86, board.tone(bar)))
    return drawn


def keys(board: Board) -> list[str]:
    """A keyboard, some of its keys pressed into colour."""
    chance = board.chance
    number = chance.count(6, 10)
    step, start = board.width / number, chance.count(0, 6)
    paper, ink = board.tones[-1], board.field
    gap = f"{num(board.height)}"
    pressed = set(chance.some(range(number), chance.count(1, 3)))
    drawn = [rect(0, 0, board.width, board.height, paper)]
    drawn += [
        rect(i * step, 0, step, board.height, board.tone(n)) for n, i in enumerate(sorted(pressed))
    ]
    drawn.append(stroke("".join(f"M{num(i * step)} 0v{gap}" for i in range(1, number)), ink, 3))
    tall = board.height * chance.between(0.52, 0.66)
    blacks = (i for i in range(number + 1) if (i + start) % 7 not in (0, 3))
    d = "".join(
        f"M{num((i - 0.3) * step)} 0h{num(step * 0.6)}v{num(tall)}h{num(-step * 0.6)}z"
        for i in blacks
    )
    return [*drawn, shape(d, ink)]


def strings(board: Board) -> list[str]:
    """Straight lines whose crossings make a curve."""
    chance = board.chance
    number, w, h = chance.count(14, 26), board.width, board.height
    fans = chance.pick(((0,), (0, 2), (0, 1), (0, 1, 2, 3)))
    weight = chance.pick((1.5, 2.2, 3.2))
    corners = ((0.0, h, w, 0.0), (w, h, 0.0, 0.0), (w, 0.0, 0.0, h), (0.0, 0.0, w, h))
    drawn = []
    for fan in fans:
        x, y, across, along = corners[fan]
        d = "".join(
            f"M{num(x)} {num(y + (along - y) * (1 - i / number))}"
            f"L{num(x + (across - x) * i / number)} {num(y)}"
            for i in range(number + 1)
        )
        drawn.append(stroke(d, board.tone(fan), weight))
    return drawn
