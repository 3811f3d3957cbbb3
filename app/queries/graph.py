"""The graph of artists, labels and styles on a shelf, or on the part of it a filter means."""

from __future__ import annotations

from collections import Counter, OrderedDict, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Engine

from app.domain.filters import BrowseFilter
from app.domain.graph import Counted, EdgeKind, Graph, Pair, graph_of_pairs
from app.domain.graph_layout import layout
from app.domain.graph_ties import Key, Kind
from app.errors import NotFoundError
from app.extensions import db
from app.queries.browse import ShelfRow, ordered_ids, shelf_rows
from app.queries.matching_copies import Matches, matching
from app.queries.name_index import NameIndex, name_index
from app.queries.shelf_order import bits_of, ids_of

ALL_KINDS: tuple[EdgeKind, ...] = ("artist-label", "artist-style")
# For each node of the picture so many of each kind are looked at, the strongest.
CANDIDATES_A_NODE = 3
SUGGESTED = 300
PANEL_ROWS = 12
KEPT_GRAPHS = 64
# A drawing of up to 60 nodes; one with more is larger, and looked at in parts.
WIDTH, HEIGHT, ROOMY = 1_000.0, 680.0, 60


@dataclass(frozen=True, slots=True)
class ShelfGraph:
    """A graph laid out in `width` × `height`, and what it is made of.

    `names` counts all artists, labels and styles there would be, `copies` the records meant;
    `suggestions` are the names of the strongest artists and labels.
    """

    graph: Graph
    width: float
    height: float
    names: int
    copies: int
    suggestions: Sequence[str]


def shelf_graph(
    owner_id: int, wanted: BrowseFilter, budget: int, kinds: Sequence[EdgeKind] = ALL_KINDS
) -> ShelfGraph:
    """The graph of the copies that `wanted` means, with at most `budget` nodes.

    It is kept until the collection changes, so that looking again costs no counting.
    """
    matches = matching(owner_id, wanted)
    key = (owner_id, matches.index.version, matches.bits, budget, tuple(kinds))
    kept = _kept_graphs()
    graph = kept.get(key)
    if graph is None:
        graph = _drawn(matches, budget, kinds)
        kept.put(key, graph)
    return graph


class _Kept:
    """The graphs looked at last."""

    def __init__(self) -> None:
        self._graphs: OrderedDict[Any, ShelfGraph] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Any) -> ShelfGraph | None:
        with self._lock:
            if key in self._graphs:
                self._graphs.move_to_end(key)
            return self._graphs.get(key)

    def put(self, key: Any, graph: ShelfGraph) -> None:
        with self._lock:
            self._graphs[key] = graph
            while len(self._graphs) > KEPT_GRAPHS:
                self._graphs.popitem(last=False)


_kept: WeakKeyDictionary[Engine, _Kept] = WeakKeyDictionary()


def _kept_graphs() -> _Kept:
    return _kept.setdefault(db.engine, _Kept())


def _drawn(matches: Matches, budget: int, kinds: Sequence[EdgeKind]) -> ShelfGraph:
    names = name_index(matches.index)
    kinds_shown = {"artist", *(kind.removeprefix("artist-") for kind in kinds)}
    counted = [one for one in _counted(matches, names) if one.kind in kinds_shown]
    strongest = _strongest(counted, CANDIDATES_A_NODE * budget)
    graph = graph_of_pairs(strongest, _pairs(matches, names, strongest), budget)
    width, height = drawing_size(len(graph.nodes))
    return ShelfGraph(
        graph=layout(graph, width, height),
        width=width,
        height=height,
        names=len(counted),
        copies=matches.total,
        suggestions=[one.name for one in strongest if one.kind != "style"][:SUGGESTED],
    )


def drawing_size(nodes: int) -> tuple[float, float]:
    """Width and height of a drawing in which so many nodes and their names have room."""
    scale = max(1.0, nodes / ROOMY) ** 0.5
    return round(WIDTH * scale), round(HEIGHT * scale)


def _counted(matches: Matches, names: NameIndex) -> Iterator[Counted]:
    """Everybody who has a record among the matches."""
    is_member = _membership(names, matches.bits)
    for (kind, ref), ids in names.copies.items():
        if count := sum(map(is_member.__getitem__, ids)):
            yield Counted(kind, ref, names.names[kind, ref], count)
    for tag_id, bits in _styles(matches).items():
        if (name := names.names.get(("style", tag_id))) and (both := bits & matches.bits):
            yield Counted("style", tag_id, name, both.bit_count())


def _styles(matches: Matches) -> Mapping[Any, int]:
    return matches.index.sets["style"]


def _membership(names: NameIndex, bits: int) -> bytes:
    """One byte for each copy id there is: 1 for the members of `bits`."""
    ones_and_zeros = f"{bits:b}"[::-1].ljust(names.highest + 1, "0").encode("ascii")
    return ones_and_zeros.translate(bytes.maketrans(b"01", b"\0\1"))


def _strongest(counted: Iterable[Counted], of_each: int) -> list[Counted]:
    by_kind: dict[Kind, list[Counted]] = {"artist": [], "label": [], "style": []}
    for one in sorted(counted, key=lambda one: (-one.records, one.name, one.id)):
        if len(by_kind[one.kind]) < of_each:
            by_kind[one.kind].append(one)
    return sorted(chain.from_iterable(by_kind.values()), key=lambda one: -one.records)


def _pairs(matches: Matches, names: NameIndex, strongest: Sequence[Counted]) -> Iterator[Pair]:
    """How many of the matches each artist shares with each label and style."""
    artists = [one for one in strongest if one.kind == "artist"]
    others = [one for one in strongest if one.kind != "artist"]
    theirs = bits_of(chain.from_iterable(names.copies["artist", one.id] for one in artists))
    is_member = _membership(names, theirs & matches.bits)
    found_on: defaultdict[int, list[int]] = defaultdict(list)
    for place, other in enumerate(others):
        for copy_id in _copies_of(matches, names, other.kind, other.id):
            if copy_id <= names.highest and is_member[copy_id]:
                found_on[copy_id].append(place)
    for artist in artists:
        copies = filter(is_member.__getitem__, names.copies["artist", artist.id])
        shared = Counter(chain.from_iterable(found_on[copy_id] for copy_id in copies))
        for place, count in shared.items():
            if (other := others[place]).kind != "artist":
                yield Pair(artist.id, other.kind, other.id, count)


def _copies_of(matches: Matches, names: NameIndex, kind: Kind, ref: int) -> Iterable[int]:
    if kind == "style":
        return ids_of(_styles(matches).get(ref, 0) & matches.bits)
    return names.copies.get((kind, ref), ())


@dataclass(frozen=True, slots=True)
class NodePanel:
    """One node and the first of its records, in the order of the filter; `total` counts them."""

    kind: Kind
    ref: int
    name: str
    rows: Sequence[ShelfRow]
    total: int


def node_panel(owner_id: int, kind: Kind, ref: int, wanted: BrowseFilter) -> NodePanel:
    """An artist, label or style with its records among those `wanted` means.

    Raises NotFoundError for one that no record on the shelf has.
    """
    matches = matching(owner_id, wanted)
    names = name_index(matches.index)
    key: Key = (kind, ref)
    if key not in names.names:
        raise NotFoundError(f"There is no such {kind} on this shelf.")
    bits = bits_of(_copies_of(matches, names, kind, ref)) & matches.bits
    ids = ordered_ids(Matches(matches.index, bits, {}), wanted, 0, PANEL_ROWS)
    return NodePanel(kind, ref, names.names[key], shelf_rows(owner_id, ids), bits.bit_count())
