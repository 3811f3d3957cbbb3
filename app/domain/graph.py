"""The graph of a shelf: which artists, labels and styles belong together, and how often.

Artists are the middle: an edge ties an artist to a label or to a style, and weighs as many records
as the two share. Names that stand for nobody (Various, Unknown Artist, Not On Label) are left out,
they would tie everything to everything. The same records always give the same graph.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeVar

from app.domain.names import is_placeholder

DEFAULT_BUDGET, MAX_BUDGET = 60, 300
# More edges than this for each node are a hairball.
_EDGES_A_NODE = 2
_MIN_RADIUS, _MAX_RADIUS = 5.0, 18.0

Kind = Literal["artist", "label", "style"]
EdgeKind = Literal["artist-label", "artist-style"]
Named = tuple[int, str]
Key = tuple[Kind, int]
Tie = tuple[Key, Key]
N = TypeVar("N", bound=Hashable)

_KIND_ORDER: dict[Kind, int] = {"artist": 0, "label": 1, "style": 2}
# Of the nodes shown, at first no more than this part is of one kind; what stays free goes to all.
_SHARE: dict[Kind, float] = {"artist": 0.5, "label": 0.25, "style": 0.25}


class GraphRecord(NamedTuple):
    """One record: its id (a second one of the same id is ignored) and our (id, name) pairs."""

    id: int
    artists: Sequence[Named] = ()
    labels: Sequence[Named] = ()
    styles: Sequence[Named] = ()


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
    ties = _Ties()
    for record in records:
        ties.add(record)
    neighbours = ties.neighbours()
    chosen = _strongest(ties, neighbours, max(1, min(budget, MAX_BUDGET)))
    edges = [tie for tie in ties.weights if tie[0] in chosen and tie[1] in chosen]
    kept = _without_hairball(ties, edges, _EDGES_A_NODE * len(chosen))
    return Graph(
        nodes=_nodes(ties, chosen),
        edges=tuple(_edge(tie, ties.weights[tie]) for tie in kept),
        all_nodes=len(neighbours),
        all_edges=len(ties.weights),
    )


class _Ties:
    """What is counted while the records pass by."""

    def __init__(self) -> None:
        self.records: Counter[Key] = Counter()
        self.weights: Counter[Tie] = Counter()
        self.names: dict[Key, str] = {}
        self._seen: set[int] = set()
        self._is_somebody: dict[Named, bool] = {}

    def add(self, record: GraphRecord) -> None:
        if record.id in self._seen:
            return
        self._seen.add(record.id)
        artists = self._keys("artist", record.artists)
        others = self._keys("label", record.labels) + self._keys("style", record.styles)
        self.records.update(artists)
        self.records.update(others)
        self.weights.update([(artist, other) for artist in artists for other in others])

    def _keys(self, kind: Kind, named: Sequence[Named]) -> list[Key]:
        keys: dict[Key, None] = {}
        for pair in named:
            known = self._is_somebody.get(pair)
            if known is None:
                known = self._is_somebody[pair] = not _stands_for_nobody(pair[1])
            if known:
                key = (kind, pair[0])
                keys[key] = None
                self.names.setdefault(key, pair[1])
        return list(keys)

    def neighbours(self) -> dict[Key, list[Key]]:
        found: defaultdict[Key, list[Key]] = defaultdict(list)
        for artist, other in self.weights:
            found[artist].append(other)
            found[other].append(artist)
        return found

    def rank(self, key: Key) -> tuple[int, int, int]:
        """Sorts the strongest first, and always in the same way."""
        return (-self.records[key], _KIND_ORDER[key[0]], key[1])

    def edge_rank(self, tie: Tie) -> tuple[int, tuple[int, int, int], tuple[int, int, int]]:
        return (-self.weights[tie], self.rank(tie[0]), self.rank(tie[1]))


def _stands_for_nobody(name: str) -> bool:
    # "Not On Label (Radiohead Self-released)" is no label either.
    return is_placeholder(name) or name.casefold().startswith("not on label")


def _strongest(ties: _Ties, neighbours: Mapping[Key, Sequence[Key]], budget: int) -> set[Key]:
    ranked = sorted(neighbours, key=ties.rank)
    room = {kind: math.ceil(budget * share) for kind, share in _SHARE.items()}
    chosen: set[Key] = set()
    _grow(chosen, ranked, neighbours, budget, room)
    _grow(chosen, ranked, neighbours, budget, dict.fromkeys(room, budget))
    return {key for key in chosen if not chosen.isdisjoint(neighbours[key])}


def _grow(
    chosen: set[Key],
    ranked: Sequence[Key],
    neighbours: Mapping[Key, Sequence[Key]],
    budget: int,
    room: dict[Kind, int],
) -> None:
    """Adds to `chosen` the strongest node that hangs on it, again and again."""
    place = {key: number for number, key in enumerate(ranked)}
    frontier = [place[near] for key in chosen for near in neighbours[key]]
    heapq.heapify(frontier)
    starts = iter(ranked)
    while len(chosen) < budget:
        if not frontier:
            start = next((key for key in starts if key not in chosen and room[key[0]] > 0), None)
            if start is None:
                return
            frontier.append(place[start])
        key = ranked[heapq.heappop(frontier)]
        if key in chosen or room[key[0]] <= 0:
            continue
        chosen.add(key)
        room[key[0]] -= 1
        for near in neighbours[key]:
            if near not in chosen:
                heapq.heappush(frontier, place[near])


def _without_hairball(ties: _Ties, edges: Sequence[Tie], limit: int) -> list[Tie]:
    """At most `limit` edges: those that hold the parts together, then each artist's strongest."""
    ordered = sorted(
        edges, key=lambda tie: (-ties.weights[tie], ties.rank(tie[0]), ties.rank(tie[1]))
    )
    if len(ordered) <= limit:
        return ordered
    holding = _spanning(ordered)
    place: dict[Tie, int] = {}
    count: Counter[tuple[Key, str]] = Counter()
    for tie in ordered:
        place[tie] = count[tie[0], tie[1][0]]
        count[tie[0], tie[1][0]] += 1
    by_place = sorted(ordered, key=lambda tie: (tie not in holding, place[tie]))
    kept = set(by_place[: max(limit, len(holding))])
    return [tie for tie in ordered if tie in kept]


def _spanning(ordered: Sequence[Tie]) -> set[Tie]:
    """The strongest edges that connect whatever is connected (Kruskal)."""
    parent: dict[Key, Key] = {}

    def root(key: Key) -> Key:
        while (above := parent.setdefault(key, key)) != key:
            parent[key] = parent[above]
            key = above
        return key

    holding = set()
    for tie in ordered:
        one, other = root(tie[0]), root(tie[1])
        if one != other:
            parent[one] = other
            holding.add(tie)
    return holding


def _nodes(ties: _Ties, chosen: set[Key]) -> tuple[Node, ...]:
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
