"""What the address of the graph says."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, cast
from urllib.parse import urlencode

from app.domain.filters import Arguments, BrowseFilter
from app.domain.graph import DEFAULT_BUDGET, MAX_BUDGET, Edge, EdgeKind, Node
from app.domain.graph_ties import Kind
from app.queries.graph import ALL_KINDS

MIN_BUDGET = 20
COLUMNS = ("records", "from", "to", "kind")
KINDS: tuple[Kind, ...] = ("artist", "label", "style")
_NODE = re.compile(r"(artist|label|style)-([1-9]\d{0,17})", re.ASCII)
_BUDGET = re.compile(r"\d{1,6}", re.ASCII)
# How the collection and the pages of names call a node of each kind.
_PAGES = {"artist": "/artists/", "label": "/labels/"}


@dataclass(frozen=True, slots=True)
class GraphAddress:
    """The part of the shelf that is drawn, how much of it, and what is looked at in it.

    `by` is the column the table is sorted by, with "-" before it the other way round; `node` the
    id of the node looked at; `start` and `goal` the ends of a path.
    """

    shelf: BrowseFilter
    budget: int = DEFAULT_BUDGET
    kinds: tuple[EdgeKind, ...] = ALL_KINDS
    by: str = "records"
    node: str = ""
    start: str = ""
    goal: str = ""

    @classmethod
    def from_args(cls, args: Arguments) -> GraphAddress:
        """The address as it came; what makes no sense in it is passed over."""
        shelf = replace(BrowseFilter.from_args(args), view="wall", page=1)
        kinds = tuple(kind for kind in ALL_KINDS if kind in args.getlist("kinds"))
        by = args.get("by", "") or ""
        node = args.get("node", "") or ""
        return cls(
            shelf=shelf,
            budget=_budget(args.get("nodes", "") or ""),
            kinds=kinds or ALL_KINDS,
            by=by if by.removeprefix("-") in COLUMNS else "records",
            node=node if _NODE.fullmatch(node) else "",
            start=(args.get("from", "") or "").strip(),
            goal=(args.get("to", "") or "").strip(),
        )

    def pairs(self, **changes: Any) -> list[tuple[str, str]]:
        """The arguments of this address with `changes`; defaults are left out."""
        now = replace(self, **changes)
        pairs = now.shelf.params()
        if now.budget != DEFAULT_BUDGET:
            pairs.append(("nodes", str(now.budget)))
        if now.kinds != ALL_KINDS:
            pairs.extend(("kinds", kind) for kind in now.kinds)
        if now.by != "records":
            pairs.append(("by", now.by))
        named = (("node", now.node), ("from", now.start), ("to", now.goal))
        return pairs + [(name, value) for name, value in named if value]

    def url(self, path: str = "/graph", **changes: Any) -> str:
        """This address with `changes`."""
        pairs = self.pairs(**changes)
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def without_path(self) -> GraphAddress:
        """The same view of the graph, no path asked for."""
        return replace(self, start="", goal="")

    @property
    def everything(self) -> GraphAddress:
        """The same view of the whole shelf."""
        return replace(self, shelf=BrowseFilter(), node="", start="", goal="")

    def everything_url(self) -> str:
        """The graph of the whole shelf."""
        return self.everything.url()

    def chips(self) -> list[tuple[str, str]]:
        """What narrows the shelf: (words, the graph without it)."""
        return [
            (words, url.replace("/collection", "/graph", 1)) for words, url in self.shelf.chips()
        ]

    def path_url(self, **ends: str) -> str:
        """The path form with an end filled in."""
        return replace(self, start="", goal="", node="").url(**ends) + "#path"

    def end_url(self, field: str, name: str) -> str:
        """The path asked for, with another name at one end ("from" or "to")."""
        ends = {"from": {"start": name}, "to": {"goal": name}}[field]
        return self.url(**ends) + "#path"

    def node_url(self, node_id: str) -> str:
        """The graph with a node looked at."""
        return self.without_path().url(node=node_id) + "#node"

    def panel_url(self, node_id: str) -> str:
        """That node's panel alone."""
        kind, _, ref = node_id.partition("-")
        return self.without_path().url(f"/graph/node/{kind}/{ref}", node="")

    def column(self, name: str) -> tuple[str, str]:
        """Where a column's head leads, and how the table is sorted by it now ("" if it is not)."""
        sorts = {name: "ascending", f"-{name}": "descending"}
        if name == "records":
            sorts = {name: "descending", f"-{name}": "ascending"}
        following = f"-{name}" if self.by == name else name
        return self.url(by=following) + "#ties", sorts.get(self.by, "")

    def shelf_url(self, kind: str, name: str) -> str:
        """The records of a name in the collection, within the filter."""
        return self.shelf.url(**_narrowed({kind: name}))

    def shared_url(self, artist: str, kind: str, other: str) -> str:
        """The records two names share."""
        return self.shelf.url(**_narrowed({"artist": artist, kind: other}))

    def centred_url(self, kind: str, name: str) -> str:
        """The graph of the records of one name."""
        shelf = replace(self.shelf, **_narrowed({kind: name}))
        return self.without_path().url(shelf=shelf, node="")

    def sorted_edges(self, edges: Sequence[Edge], nodes: dict[str, Node]) -> list[Edge]:
        """The table's lines in the order asked for."""
        column = self.by.removeprefix("-")
        keys: dict[str, Any] = {
            "records": lambda edge: -edge.weight,
            "from": lambda edge: nodes[edge.source].label.casefold(),
            "to": lambda edge: nodes[edge.target].label.casefold(),
            "kind": lambda edge: edge.kind,
        }
        return sorted(edges, key=keys[column], reverse=self.by.startswith("-"))


def page_of(kind: str, ref: int) -> str:
    """The page of an artist or label; "" for a style, which has none."""
    return f"{_PAGES[kind]}{ref}" if kind in _PAGES else ""


def node_of(node_id: str) -> tuple[Kind, int]:
    """Kind and our id of a node by its id ("label-7")."""
    kind, _, ref = node_id.partition("-")
    return cast(Kind, kind), int(ref)


def _narrowed(names: dict[str, str]) -> dict[str, Any]:
    return {kind: (name,) for kind, name in names.items()}


def _budget(text: str) -> int:
    if not _BUDGET.fullmatch(text):
        return DEFAULT_BUDGET
    return min(max(int(text), MIN_BUDGET), MAX_BUDGET)
