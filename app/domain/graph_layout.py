"""Where the nodes of a graph are drawn: near what they belong to, with room for their names.

The only module that knows igraph (GPL-2+). The same graph, size and seed give the same picture.
"""

from __future__ import annotations

import math
import random
import threading
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

import igraph

from app.domain.graph import Edge, Graph, Node

# A name stands centred below its node, in 12 px type, cut to this many signs.
LABEL_CHARACTERS = 24
LABEL_HEIGHT = 16.0
_NARROW, _CAPITAL, _WIDE = 6.4, 8.6, 12.0
_MARGIN = 8.0
_GAP = 3.0
# When names would cover more of the drawing than this, only the strongest nodes show theirs.
_FULL = 0.5
_ROUNDS = 300
_STEPS = 300

# igraph jolts the nodes a little with random numbers from one generator for the whole process;
# while it draws, that generator is ours.
_igraph_chance = threading.Lock()


@dataclass(slots=True)
class _Box:
    """A node with its name, as a rectangle around (x, y + `sink`)."""

    node: Node
    half_width: float
    half_height: float
    sink: float
    x: float = 0.0
    y: float = 0.0


@dataclass(frozen=True, slots=True)
class _Cell:
    left: float
    top: float
    right: float
    bottom: float


def layout(graph: Graph, width: float, height: float, seed: int = 1) -> Graph:
    """`graph` with x, y and `labelled` set for a drawing of `width` × `height`.

    Every node lies with its name inside the drawing. Parts that do not hang together get areas of
    their own, sized by their nodes. Names do not cover each other unless there is no room for it.
    """
    boxes = {box.node.id: box for box in _boxes(graph.nodes, width * height)}
    parts = _parts(graph)
    cells = _cells([len(part) for part in parts], _Cell(_GAP, _GAP, width - _GAP, height - _GAP))
    for part, cell in zip(parts, cells, strict=True):
        members = [boxes[node.id] for node in part]
        ids = {node.id for node in part}
        edges = [edge for edge in graph.edges if edge.source in ids]
        _spread(members, _forces(part, edges, seed), cell)
        _separate(members, cell)
    return replace(graph, nodes=tuple(_placed(boxes[node.id]) for node in graph.nodes))


def _boxes(nodes: Sequence[Node], area: float) -> list[_Box]:
    boxes, covered = [], 0.0
    for node in nodes:
        box = _box(node, labelled=True)
        covered += 4 * box.half_width * box.half_height
        boxes.append(box if covered <= _FULL * area else _box(node, labelled=False))
    return boxes


def _box(node: Node, *, labelled: bool) -> _Box:
    name_width = _text_width(node.label[:LABEL_CHARACTERS]) if labelled else 0.0
    name_height = LABEL_HEIGHT if labelled else 0.0
    return _Box(
        replace(node, labelled=labelled),
        half_width=max(node.radius, name_width / 2) + _GAP,
        half_height=node.radius + name_height / 2 + _GAP,
        sink=name_height / 2,
    )


def _text_width(text: str) -> float:
    return sum(map(_sign_width, text))


def _sign_width(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return _WIDE
    return _CAPITAL if sign.isupper() else _NARROW


def _parts(graph: Graph) -> list[list[Node]]:
    """The nodes by connected part, the largest part first."""
    place = {node.id: number for number, node in enumerate(graph.nodes)}
    whole = igraph.Graph(
        n=len(graph.nodes), edges=[(place[edge.source], place[edge.target]) for edge in graph.edges]
    )
    parts = sorted(whole.connected_components(), key=lambda part: (-len(part), part[0]))
    return [[graph.nodes[number] for number in part] for part in parts]


def _cells(sizes: Sequence[int], cell: _Cell) -> list[_Cell]:
    """Cuts `cell` into one piece for each size, with areas in proportion, along its longer side."""
    if len(sizes) < 2:
        return [cell] * len(sizes)
    # Small parts need room for a name as well: hence a little more than their share.
    shares = [size + 1 for size in sizes]
    cut = next(
        n
        for n in range(1, len(sizes))
        if 2 * sum(shares[: n + 1]) > sum(shares) or n + 1 == len(sizes)
    )
    part = sum(shares[:cut]) / sum(shares)
    if cell.right - cell.left >= cell.bottom - cell.top:
        middle = cell.left + part * (cell.right - cell.left)
        one, other = replace(cell, right=middle), replace(cell, left=middle)
    else:
        middle = cell.top + part * (cell.bottom - cell.top)
        one, other = replace(cell, bottom=middle), replace(cell, top=middle)
    return _cells(sizes[:cut], one) + _cells(sizes[cut:], other)


def _forces(part: Sequence[Node], edges: Sequence[Edge], seed: int) -> list[tuple[float, float]]:
    """Positions by Fruchterman and Reingold, in no particular unit."""
    place = {node.id: number for number, node in enumerate(part)}
    drawn = igraph.Graph(
        n=len(part), edges=[(place[edge.source], place[edge.target]) for edge in edges]
    )
    chance = random.Random(seed)
    side = math.sqrt(len(part))
    with _igraph_chance:
        igraph.set_random_number_generator(chance)
        try:
            points = drawn.layout_fruchterman_reingold(
                weights=[1 + math.log(edge.weight) for edge in edges] or None,
                seed=[(chance.uniform(-side, side), chance.uniform(-side, side)) for _ in part],
                niter=_STEPS,
                grid=False,
            )
        finally:
            igraph.set_random_number_generator(random)
    return [(float(x), float(y)) for x, y in points]


def _spread(boxes: Sequence[_Box], points: Sequence[tuple[float, float]], cell: _Cell) -> None:
    """Puts the boxes where the points are, stretched to fill the cell."""
    xs = _even([x for x, _ in points])
    ys = _even([y for _, y in points])
    for box, x, y in zip(boxes, xs, ys, strict=True):
        box.x = cell.left + x * (cell.right - cell.left)
        box.y = cell.top + y * (cell.bottom - cell.top)
        _hold(box, cell)


def _even(values: Sequence[float]) -> list[float]:
    """`values` between 0 and 1, half by size and half by rank: crowds get air, order stays."""
    if len(values) < 2:
        return [0.5] * len(values)
    low, high = min(values), max(values)
    span = (high - low) or 1.0
    rank = {n: r for r, n in enumerate(sorted(range(len(values)), key=values.__getitem__))}
    return [
        ((value - low) / span + rank[n] / (len(values) - 1)) / 2 for n, value in enumerate(values)
    ]


def _hold(box: _Box, cell: _Cell) -> None:
    """Moves a box that sticks out back into its cell."""
    wide, high = box.half_width + _MARGIN, box.half_height + _MARGIN
    box.x = _between(box.x, cell.left + wide, cell.right - wide)
    box.y = _between(box.y + box.sink, cell.top + high, cell.bottom - high) - box.sink


def _between(value: float, low: float, high: float) -> float:
    return (low + high) / 2 if low > high else min(max(value, low), high)


def _separate(boxes: Sequence[_Box], cell: _Cell) -> None:
    """Pushes apart boxes that cover each other, until none does or time is up."""
    tallest = max(box.half_height for box in boxes)
    for _ in range(_ROUNDS):
        ordered = sorted(boxes, key=lambda box: (box.y + box.sink, box.x, box.node.id))
        moved = False
        for number, upper in enumerate(ordered):
            for lower in ordered[number + 1 :]:
                if lower.y + lower.sink - upper.y - upper.sink > upper.half_height + tallest:
                    break
                moved = _push_apart(upper, lower) or moved
        if not moved:
            return
        for box in boxes:
            _hold(box, cell)


def _push_apart(one: _Box, other: _Box) -> bool:
    """Moves both by half of what they overlap, the shorter way; False if they do not."""
    across = other.x - one.x
    down = other.y + other.sink - one.y - one.sink
    too_wide = one.half_width + other.half_width - abs(across)
    too_high = one.half_height + other.half_height - abs(down)
    if too_wide <= 0.01 or too_high <= 0.01:
        return False
    if too_wide < too_high:
        step = math.copysign(too_wide / 2, across)
        one.x, other.x = one.x - step, other.x + step
    else:
        step = math.copysign(too_high / 2, down)
        one.y, other.y = one.y - step, other.y + step
    return True


def _placed(box: _Box) -> Node:
    return replace(box.node, x=round(box.x, 1), y=round(box.y, 1))
