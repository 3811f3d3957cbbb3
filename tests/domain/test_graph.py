from __future__ import annotations

import itertools
import math
import random
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.domain.graph import (
    Counted,
    Edge,
    Graph,
    GraphRecord,
    Node,
    Pair,
    build_graph,
    graph_of_pairs,
    shortest_path,
)
from app.domain.graph_layout import LABEL_HEIGHT, layout

MILES, HERBIE, CAN = (1, "Miles Davis"), (2, "Herbie Hancock"), (3, "Can")
COLUMBIA, SPOON = (1, "Columbia"), (2, "Spoon")
JAZZ, KRAUT = (1, "Modal"), (2, "Krautrock")

SHELF = [
    GraphRecord(1, [MILES], [COLUMBIA], [JAZZ]),
    GraphRecord(2, [MILES], [COLUMBIA], [JAZZ]),
    GraphRecord(3, [MILES, HERBIE], [COLUMBIA], []),
    GraphRecord(4, [CAN], [SPOON], [KRAUT]),
]


def large_shelf(records: int = 400, seed: int = 5) -> list[GraphRecord]:
    chance = random.Random(seed)

    def some(what: str, kinds: int, most: int) -> list[tuple[int, str]]:
        ids = [min(int(chance.paretovariate(0.7)), kinds) for _ in range(chance.randint(1, most))]
        return [(number, f"{what} {number}") for number in ids]

    return [
        GraphRecord(n, some("Artist", 90, 2), some("Label", 40, 2), some("Style", 30, 3))
        for n in range(records)
    ]


def names(graph: Graph) -> list[str]:
    return [node.label for node in graph.nodes]


def parts(graph: Graph) -> list[set[str]]:
    found: list[set[str]] = [{node.id} for node in graph.nodes]
    for edge in graph.edges:
        joined = [part for part in found if part & {edge.source, edge.target}]
        found = [part for part in found if part not in joined] + [set().union(*joined)]
    return found


def test_nodes_and_edges_count_the_records_they_stand_for() -> None:
    graph = build_graph(SHELF)

    assert {(node.id, node.kind, node.ref, node.label, node.weight) for node in graph.nodes} == {
        ("artist-1", "artist", 1, "Miles Davis", 3),
        ("artist-2", "artist", 2, "Herbie Hancock", 1),
        ("artist-3", "artist", 3, "Can", 1),
        ("label-1", "label", 1, "Columbia", 3),
        ("label-2", "label", 2, "Spoon", 1),
        ("style-1", "style", 1, "Modal", 2),
        ("style-2", "style", 2, "Krautrock", 1),
    }
    assert set(graph.edges) == {
        Edge("artist-1", "label-1", "artist-label", 3),
        Edge("artist-1", "style-1", "artist-style", 2),
        Edge("artist-2", "label-1", "artist-label", 1),
        Edge("artist-3", "label-2", "artist-label", 1),
        Edge("artist-3", "style-2", "artist-style", 1),
    }


def test_the_strongest_come_first() -> None:
    graph = build_graph(SHELF)

    assert names(graph)[:3] == ["Miles Davis", "Columbia", "Modal"]
    assert [edge.weight for edge in graph.edges] == [3, 2, 1, 1, 1]


def test_a_stronger_node_is_drawn_larger() -> None:
    radii = [node.radius for node in build_graph(SHELF).nodes]

    assert radii == sorted(radii, reverse=True)
    assert radii[0] > 1.3 * radii[-1]


def test_a_record_given_twice_counts_once() -> None:
    assert build_graph(SHELF + SHELF) == build_graph(SHELF)


def test_an_artist_or_label_named_twice_on_a_record_counts_once() -> None:
    (edge,) = build_graph([GraphRecord(1, [CAN, CAN], [SPOON, SPOON])]).edges

    assert edge.weight == 1


@pytest.mark.parametrize("nobody", ["Various", "Various Artists", "Unknown Artist", "No Artist"])
def test_names_that_stand_for_nobody_tie_nothing_together(nobody: str) -> None:
    graph = build_graph([*SHELF, GraphRecord(9, [(9, nobody)], [COLUMBIA, SPOON], [JAZZ, KRAUT])])

    assert nobody not in names(graph)
    assert len(parts(graph)) == 2


@pytest.mark.parametrize("label", ["Not On Label", "Not On Label (Can Self-released)"])
def test_a_record_on_no_label_is_on_no_label(label: str) -> None:
    graph = build_graph([GraphRecord(1, [CAN], [(9, label)], [KRAUT])])

    assert names(graph) == ["Can", "Krautrock"]


def test_what_belongs_to_nothing_is_not_shown() -> None:
    assert build_graph([GraphRecord(1, [CAN]), GraphRecord(2, labels=[SPOON])]) == Graph()
    assert build_graph([]) == Graph()


def test_the_order_of_the_records_changes_nothing() -> None:
    shelf = large_shelf()

    assert build_graph(reversed(shelf), 40) == build_graph(shelf, 40)


@pytest.mark.parametrize("budget", [2, 10, 60, 100])
def test_the_budget_is_kept_and_what_is_left_out_is_counted(budget: int) -> None:
    whole, graph = build_graph(large_shelf(), 300), build_graph(large_shelf(), budget)

    assert budget - 1 <= len(graph.nodes) <= budget < len(whole.nodes)
    assert (graph.all_nodes, graph.all_edges) == (whole.all_nodes, whole.all_edges)
    assert len(whole.nodes) == whole.all_nodes


@pytest.mark.parametrize(("asked", "most"), [(-5, 0), (0, 0), (100_000, 300)])
def test_an_odd_budget_is_held_within_limits(asked: int, most: int) -> None:
    shelf = [GraphRecord(n, [(n, "A")], [(n // 2, "L")]) for n in range(400)]

    assert len(build_graph(shelf, asked).nodes) == most


def test_what_is_kept_hangs_together_when_it_can() -> None:
    assert len(parts(build_graph(large_shelf(), 60))) == 1


def test_small_parts_stay_when_there_is_room() -> None:
    assert len(parts(build_graph(SHELF))) == 2


def test_each_kind_gets_its_share_of_a_tight_budget() -> None:
    kinds = [node.kind for node in build_graph(large_shelf(), 60).nodes]

    assert [kinds.count(kind) for kind in ("artist", "label", "style")] == [30, 15, 15]


def test_room_that_one_kind_does_not_need_goes_to_the_others() -> None:
    shelf = [GraphRecord(record.id, record.artists, record.labels) for record in large_shelf()]

    assert len(build_graph(shelf, 60).nodes) == 60


def test_a_dense_shelf_shows_two_edges_a_node_and_falls_into_no_more_parts() -> None:
    styles = [(n, f"Style {n}") for n in range(20)]
    shelf = [GraphRecord(n, [(n, f"Artist {n}")], styles=styles) for n in range(20)]

    graph = build_graph(shelf)

    assert (len(graph.edges), graph.all_edges) == (80, 400)
    assert len(parts(graph)) == 1


@given(
    st.lists(
        st.tuples(*[st.lists(st.integers(0, 9), max_size=3)] * 3),
        max_size=30,
    ),
    st.integers(1, 30),
)
def test_every_edge_has_both_its_ends_and_every_node_an_edge(
    shelf: list[tuple[list[int], list[int], list[int]]], budget: int
) -> None:
    graph = build_graph(
        [
            GraphRecord(n, *([(number, str(number)) for number in ids] for ids in row))
            for n, row in enumerate(shelf)
        ],
        budget,
    )

    ends = {end for edge in graph.edges for end in (edge.source, edge.target)}
    assert ends == {node.id for node in graph.nodes}


# --- layout


def name_box(node: Node) -> tuple[float, float, float, float]:
    half = max(node.radius, 3 * len(node.label[:24]))
    return (node.x - half, node.y - node.radius, node.x + half, node.y + node.radius + LABEL_HEIGHT)


def covering(nodes: Iterable[Node]) -> list[tuple[str, str]]:
    return [
        (one.label, other.label)
        for one, other in itertools.combinations(nodes, 2)
        for a, b in [(name_box(one), name_box(other))]
        if a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]
    ]


@pytest.mark.parametrize(
    ("budget", "width", "height"), [(60, 1280, 800), (20, 390, 600), (150, 1600, 1100)]
)
def test_nodes_and_names_lie_inside_and_do_not_cover_each_other(
    budget: int, width: int, height: int
) -> None:
    nodes = layout(build_graph(large_shelf(), budget), width, height).nodes

    assert all(node.labelled for node in nodes)
    assert covering(nodes) == []
    for left, top, right, bottom in map(name_box, nodes):
        assert left >= 0
        assert top >= 0
        assert right <= width
        assert bottom <= height


def test_a_drawing_too_small_for_all_names_shows_those_of_the_strongest() -> None:
    nodes = layout(build_graph(large_shelf(), 120), 600, 400).nodes

    labelled = [node.labelled for node in nodes]
    assert labelled[:20] == [True] * 20
    assert labelled[-20:] == [False] * 20
    assert labelled == sorted(labelled, reverse=True)


def test_parts_that_do_not_hang_together_have_areas_of_their_own() -> None:
    shelf = [GraphRecord(n, [(n, f"Artist {n}")], [(n // 4, f"Label {n // 4}")]) for n in range(24)]

    graph = layout(build_graph(shelf), 1280, 800)

    boxes = []
    for part in parts(graph):
        members = [name_box(node) for node in graph.nodes if node.id in part]
        boxes.append(
            [
                pick(side)
                for pick, side in zip((min, min, max, max), zip(*members, strict=True), strict=True)
            ]
        )
    assert len(boxes) == 6
    for a, b in itertools.combinations(boxes, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]


def test_neighbours_lie_nearer_than_strangers() -> None:
    graph = layout(build_graph(large_shelf(), 60), 1280, 800)
    place = {node.id: (node.x, node.y) for node in graph.nodes}

    def mean(pairs: Iterable[tuple[str, str]]) -> float:
        far = [math.dist(place[one], place[other]) for one, other in pairs]
        return sum(far) / len(far)

    assert mean((e.source, e.target) for e in graph.edges) < 0.75 * mean(
        itertools.combinations(place, 2)
    )


def test_a_layout_changes_positions_only() -> None:
    graph = build_graph(SHELF)
    drawn = layout(graph, 1280, 800)

    assert drawn.edges == graph.edges
    assert names(drawn) == names(graph)


def test_another_seed_is_another_picture() -> None:
    graph = build_graph(large_shelf())

    assert layout(graph, 1280, 800, seed=1) == layout(graph, 1280, 800, seed=1)
    assert layout(graph, 1280, 800, seed=1) != layout(graph, 1280, 800, seed=2)


def test_a_new_process_draws_the_same_picture() -> None:
    script = (
        "from tests.domain.test_graph import build_graph, large_shelf, layout\n"
        "print([(n.id, n.x, n.y) for n in layout(build_graph(large_shelf()), 1280, 800).nodes])"
    )

    seen = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={"PYTHONHASHSEED": hash_seed, "PYTHONPATH": ":".join(filter(None, sys.path))},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("1", "2")
    }

    here = layout(build_graph(large_shelf()), 1280, 800).nodes
    assert seen == {f"{[(n.id, n.x, n.y) for n in here]}\n"}


def test_drawing_leaves_the_random_numbers_of_others_alone() -> None:
    random.seed(7)
    undisturbed = random.random()
    random.seed(7)

    layout(build_graph(SHELF), 1280, 800)

    assert random.random() == undisturbed


@pytest.mark.parametrize("shelf", [[], SHELF[3:], SHELF])
def test_small_graphs_can_be_drawn_even_in_no_space(shelf: list[GraphRecord]) -> None:
    graph = build_graph(shelf)

    assert len(layout(graph, 10, 10).nodes) == len(graph.nodes)


@settings(max_examples=20)
@given(st.integers(1, 40), st.integers(0, 5))
def test_every_graph_is_drawn_inside(records: int, seed: int) -> None:
    for node in layout(build_graph(large_shelf(records, seed)), 1280, 800, seed).nodes:
        assert node.radius <= node.x <= 1280 - node.radius
        assert node.radius <= node.y <= 800 - node.radius


# --- paths

STAIRS = {"a": ["b", "c"], "b": ["d"], "c": ["d", "e"], "d": ["f"], "e": ["f"], "x": ["y"]}


def test_a_path_takes_the_fewest_steps() -> None:
    assert shortest_path(STAIRS, "a", "e") == ["a", "c", "e"]


def test_of_equal_paths_the_first_is_taken() -> None:
    assert shortest_path(STAIRS, "a", "f") == ["a", "b", "d", "f"]


def test_the_way_to_oneself_is_oneself() -> None:
    assert shortest_path(STAIRS, "a", "a") == ["a"]
    assert shortest_path({}, "a", "a") == ["a"]


def test_where_no_way_leads_there_is_no_path() -> None:
    assert shortest_path(STAIRS, "a", "y") is None
    assert shortest_path(STAIRS, "nowhere", "a") is None


def counted_elsewhere(shelf: Iterable[GraphRecord]) -> tuple[list[Counted], list[Pair]]:
    """What a database would count of these records."""
    nodes: Counter[Any] = Counter()
    pairs: Counter[Any] = Counter()
    for record in shelf:
        artists = {("artist", *one) for one in record.artists}
        others = {("label", *one) for one in record.labels}
        others |= {("style", *one) for one in record.styles}
        nodes.update((*artists, *others))
        pairs.update((artist[1], *other[:2]) for artist in artists for other in others)
    return (
        [Counted._make((*key, count)) for key, count in nodes.items()],
        [Pair._make((*key, count)) for key, count in pairs.items()],
    )


@pytest.mark.parametrize("budget", [5, 60, 300])
def test_counts_made_elsewhere_give_the_same_graph_as_the_records(budget: int) -> None:
    shelf = large_shelf()

    assert graph_of_pairs(*counted_elsewhere(shelf), budget) == build_graph(shelf, budget)


def test_counts_of_nobody_and_pairs_with_strangers_are_passed_over() -> None:
    counted = [Counted("artist", 1, "Various", 9), Counted("label", 1, "Blue Note", 3)]
    pairs = [Pair(1, "label", 1, 3), Pair(7, "label", 1, 2)]

    assert graph_of_pairs(counted, pairs) == Graph()
