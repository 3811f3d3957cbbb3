"""What ties artists to labels and styles, and which ties are worth drawing."""

from __future__ import annotations

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from typing import Literal

from app.domain.names import is_placeholder

Kind = Literal["artist", "label", "style"]
Named = tuple[int, str]
Key = tuple[Kind, int]
Tie = tuple[Key, Key]

_KIND_ORDER: dict[Kind, int] = {"artist": 0, "label": 1, "style": 2}
# Of the nodes shown, at first no more than this part is of one kind; what stays free goes to all.
_SHARE: dict[Kind, float] = {"artist": 0.5, "label": 0.25, "style": 0.25}


class Ties:
    """Records counted by node and by pair. `weights` holds (artist, label or style) pairs."""

    def __init__(self) -> None:
        self.records: Counter[Key] = Counter()
        self.weights: Counter[Tie] = Counter()
        self.names: dict[Key, str] = {}
        self._seen: set[int] = set()
        self._is_somebody: dict[Named, bool] = {}

    def count_record(
        self, id: int, artists: Sequence[Named], labels: Sequence[Named], styles: Sequence[Named]
    ) -> None:
        """Count one record; one of the same id is not counted again."""
        if id in self._seen:
            return
        self._seen.add(id)
        self._count(
            self._keys("artist", artists),
            [*self._keys("label", labels), *self._keys("style", styles)],
        )

    def _count(self, artists: Sequence[Key], others: Sequence[Key]) -> None:
        self.records.update(artists)
        self.records.update(others)
        self.weights.update([(artist, other) for artist in artists for other in others])

    def set_node(self, kind: Kind, id: int, name: str, records: int) -> None:
        """Take over a count made elsewhere; a name that stands for nobody is passed over."""
        for key in self._keys(kind, [(id, name)]):
            self.records[key] = records

    def set_pair(self, artist: Key, other: Key, records: int) -> None:
        """Take over how many records two nodes share; unknown nodes are passed over."""
        if artist in self.names and other in self.names and records > 0:
            self.weights[artist, other] = records

    def _keys(self, kind: Kind, named: Sequence[Named]) -> list[Key]:
        keys: dict[Key, None] = {}
        for pair in named:
            known = self._is_somebody.get(pair)
            if known is None:
                known = self._is_somebody[pair] = not stands_for_nobody(pair[1])
            if known:
                key = (kind, pair[0])
                keys[key] = None
                self.names.setdefault(key, pair[1])
        return list(keys)

    def neighbours(self) -> dict[Key, list[Key]]:
        """Every node that is tied to something, with what it is tied to."""
        found: defaultdict[Key, list[Key]] = defaultdict(list)
        for artist, other in self.weights:
            found[artist].append(other)
            found[other].append(artist)
        return found

    def rank(self, key: Key) -> tuple[int, int, int]:
        """Sorts the strongest first, and always in the same way."""
        return (-self.records[key], _KIND_ORDER[key[0]], key[1])


def stands_for_nobody(name: str) -> bool:
    """Whether this name would tie everything to everything: Various, Not On Label …"""
    # "Not On Label (Radiohead Self-released)" is no label either.
    return is_placeholder(name) or name.casefold().startswith("not on label")


def strongest(ties: Ties, neighbours: Mapping[Key, Sequence[Key]], budget: int) -> set[Key]:
    """At most `budget` nodes: the strongest that hang together, then the strongest of the rest."""
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


def without_hairball(ties: Ties, edges: Sequence[Tie], limit: int) -> list[Tie]:
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
