"""The graph: who is on which label in which style, as a picture, as a table and as data."""

from __future__ import annotations

import math
from typing import Any

from flask import Blueprint, jsonify, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from app.domain.graph import Edge, Node
from app.domain.graph_layout import LABEL_CHARACTERS
from app.errors import InvalidInputError, NotFoundError
from app.queries.graph import NodePanel, node_panel, shelf_graph
from app.queries.graph_names import find_name, is_node_id, near_names
from app.queries.graph_paths import Step, find_ends, find_path
from app.web.auth import owner_id
from app.web.graph.address import KINDS, MIN_BUDGET, GraphAddress, node_of, page_of

bp = Blueprint("graph", __name__)


@bp.get("/graph")
def index() -> ResponseReturnValue:
    """The graph of the records the address means, and the path it asks for."""
    wanted = GraphAddress.from_args(request.args)
    steps: list[Step] | None = None
    problems: dict[str, list[str]] = {}
    asked = "to" in request.args
    if asked:
        try:
            ends = find_ends(owner_id(), wanted.start, wanted.goal)
            steps = find_path(owner_id(), *ends)
        except InvalidInputError as error:
            problems = error.problems
    page = _page(wanted, asked=asked, steps=steps, problems=problems)
    return page, 422 if problems else 200


def _page(wanted: GraphAddress, **path: Any) -> str:
    drawn = shelf_graph(owner_id(), wanted.shelf, wanted.budget, wanted.kinds)
    nodes = {node.id: node for node in drawn.graph.nodes}
    typed = {"from": wanted.start, "to": wanted.goal}
    return render_template(
        "graph/index.html",
        wanted=wanted,
        drawn=drawn,
        nodes=nodes,
        edges=wanted.sorted_edges(drawn.graph.edges, nodes),
        panel=_panel_or_none(wanted),
        near={field: near_names(owner_id(), typed[field]) for field in path["problems"]},
        shown_ends=_names_of_ids(typed),
        min_budget=MIN_BUDGET,
        page_of=page_of,
        tie_width=_tie_width,
        short_name=_short_name,
        **path,
    )


def _names_of_ids(typed: dict[str, str]) -> dict[str, str]:
    """What a link filled into the path form by id ("artist-7"), by the name people read."""
    found = {
        field: find_name(owner_id(), text) for field, text in typed.items() if is_node_id(text)
    }
    return {field: one.name for field, one in found.items() if one}


def _tie_width(records: int) -> float:
    """How thick a line is, in the drawing's units: it grows slowly."""
    return round(min(1 + math.log2(records) * 0.9, 6), 1)


def _short_name(name: str) -> str:
    """A name as far as the drawing has room for it."""
    return name if len(name) <= LABEL_CHARACTERS else f"{name[: LABEL_CHARACTERS - 1].rstrip()}…"


def _panel_or_none(wanted: GraphAddress) -> NodePanel | None:
    if not wanted.node:
        return None
    try:
        return node_panel(owner_id(), *node_of(wanted.node), wanted.shelf)
    except NotFoundError:
        return None  # an old address; the graph itself is still worth showing


@bp.get("/graph/node/<kind>/<id:ref>")
def node(kind: str, ref: int) -> str:
    """One node and its records; the graph's page takes its panel from here."""
    if kind not in KINDS:
        raise NotFound
    wanted = GraphAddress.from_args(request.args)
    panel = node_panel(owner_id(), kind, ref, wanted.shelf)
    return render_template("graph/node.html", wanted=wanted, panel=panel, page_of=page_of)


@bp.get("/graph/data.json")
def data() -> ResponseReturnValue:
    """The same graph as numbers: nodes with their places, edges with the records they stand for."""
    wanted = GraphAddress.from_args(request.args)
    drawn = shelf_graph(owner_id(), wanted.shelf, wanted.budget, wanted.kinds)
    return jsonify(
        nodes=[_node_data(node, wanted) for node in drawn.graph.nodes],
        edges=[_edge_data(edge) for edge in drawn.graph.edges],
        width=drawn.width,
        height=drawn.height,
        names=drawn.names,
        copies=drawn.copies,
    )


def _node_data(node: Node, wanted: GraphAddress) -> dict[str, Any]:
    return {
        "id": node.id,
        "kind": node.kind,
        "ref": node.ref,
        "label": node.label,
        "records": node.weight,
        "x": node.x,
        "y": node.y,
        "radius": node.radius,
        "url": page_of(node.kind, node.ref) or wanted.shelf_url(node.kind, node.label),
    }


def _edge_data(edge: Edge) -> dict[str, Any]:
    return {
        "source": edge.source,
        "target": edge.target,
        "kind": edge.kind,
        "records": edge.weight,
    }
