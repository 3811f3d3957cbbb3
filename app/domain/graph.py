"""The graph of a shelf: which artists, labels and styles belong together, and how often.

Artists are the middle: an edge ties an artist to a label or to a style, and weighs as many records
as the two share. Names that stand for nobody (Various, Unknown Artist, Not On Label) are left out,
they would tie everything to everything. The same records always give the same graph.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from app.domain.graph_ties import Key, Kind, Named, Tie, Ties, strongest, without_hairball

DEFAULT_BUDGET, MAX_BUDGET = 60, 300
# More edges than this for each node are a hairball.
_EDGES_A_NODE = 2
_MIN_RADIUS, _MAX_RADIUS = 5.0, 18.0

EdgeKind = Literal["artist-label", "artist-style"]
N = TypeVar("N", bound=Hashable)


class GraphRecord(NamedTuple):
    """One record: its id (a second one of the same id is ignored) and our (id, name) pairs."""

    id: int
    artists: Sequence[Named] = ()
    labels: Sequence[Named] = ()
    styles: Sequence[Named] = ()


class Counted(NamedTuple):
    """An artist, label or style by our id, and how many records it has."""

    kind: Kind
    id: int
    name: str
    records: int


class Pair(NamedTuple):
    """How many records an artist shares with a label or a style."""

    artist: int
    kind: Literal["label", "style"]
    other: int
    records: int


@dataclass(frozen=True, slots=True)
class Node:
    """An artist, label or style. `id` is "<kind>-<ref>", `ref` our id, `weight` its records.

    `x`, `y` and `radius` are in units of the drawing; `labelled` says whether the name fits in.
    """

    id: str
    kind: Kind
    ref: int
    label: str
    weight: int
    radius: float
    x: float = 0.0
    y: float = 0.0
    labelled: bool = True


@dataclass(frozen=True, slots=True)
class Edge:
    """`source` (an artist) and `target` (a label or style) share `weight` records."""

    source: str
    target: str
    kind: EdgeKind
    weight: int


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes, strongest first, and edges, strongest first.

    `all_nodes` and `all_edges` count what there would be without a budget.
    """

    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    all_nodes: int = 0
    all_edges: int = 0


def build_graph(records: Iterable[GraphRecord], budget: int = DEFAULT_BUDGET) -> Graph:
    """The graph of these records with at most `budget` nodes (held between 1 and 300).

    Nodes without any edge are never shown. When there are more than the budget, the nodes with
    most records are kept that hang together; only when nothing more hangs on, the strongest of
    the rest begins another part. When edges outnumber nodes by far, the weakest go, but never one
    that holds a part together.
    """
    ties = Ties()
    for record in records:
        ties.count_record(*record)
    return _graph(ties, budget)


def graph_of_pairs(
    counted: Iterable[Counted], pairs: Iterable[Pair], budget: int = DEFAULT_BUDGET
) -> Graph:
    """The same graph from records already counted by node and by pair (see build_graph).

    A pair with a node that `counted` does not name is passed over.
    """
    ties = Ties()
    for node in counted:
        ties.set_node(*node)
    for pair in pairs:
        ties.set_pair(("artist", pair.artist), (pair.kind, pair.other), pair.records)
    return _graph(ties, budget)


def _graph(ties: Ties, budget: int) -> Graph:
    neighbours = ties.neighbours()
    chosen = strongest(ties, neighbours, max(1, min(budget, MAX_BUDGET)))
    edges = [tie for tie in ties.weights if tie[0] in chosen and tie[1] in chosen]
    kept = without_hairball(ties, edges, _EDGES_A_NODE * len(chosen))
    return Graph(
        nodes=_nodes(ties, chosen),
        edges=tuple(_edge(tie, ties.weights[tie]) for tie in kept),
        all_nodes=len(neighbours),
        all_edges=len(ties.weights),
    )


def _nodes(ties: Ties, chosen: set[Key]) -> tuple[Node, ...]:
    ranked = sorted(chosen, key=ties.rank)
    most = ties.records[ranked[0]] if ranked else 1
    return tuple(_node(key, ties.names[key], ties.records[key], most) for key in ranked)


def _node(key: Key, name: str, weight: int, most: int) -> Node:
    # The area, not the radius, grows with the number of records.
    radius = _MIN_RADIUS + (_MAX_RADIUS - _MIN_RADIUS) * math.sqrt(weight / most)
    return Node(_id(key), key[0], key[1], name, weight, round(radius, 1))


def _edge(tie: Tie, weight: int) -> Edge:
    artist, other = tie
    kind: EdgeKind = "artist-label" if other[0] == "label" else "artist-style"
    return Edge(_id(artist), _id(other), kind, weight)


def _id(key: Key) -> str:
    return f"{key[0]}-{key[1]}"


def shortest_path(adjacency: Mapping[N, Iterable[N]], start: N, goal: N) -> list[N] | None:
    """The fewest steps from `start` to `goal`, both included; None if there is no way.

    Of several shortest ways the one is taken that comes first in the order of `adjacency`.
    """
    came_from: dict[N, N] = {start: start}
    waiting = deque([start])
    while waiting and goal not in came_from:
        here = waiting.popleft()
        for near in adjacency.get(here, ()):
            if near not in came_from:
                came_from[near] = here
                waiting.append(near)
    if goal not in came_from:
        return None
    path = [goal]
    while path[-1] != start:
        path.append(came_from[path[-1]])
    return path[::-1]
