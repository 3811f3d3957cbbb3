"""The graph of a shelf, a node's records, and paths from name to name."""

from __future__ import annotations

import pytest
from flask import Flask

from app.domain.filters import BrowseFilter
from app.domain.graph import EdgeKind
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Copy
from app.queries.graph import ShelfGraph, node_panel, shelf_graph
from app.queries.graph_names import find_name, near_names
from app.queries.graph_paths import find_ends, find_path
from app.services import copies, curate
from tests.listening import statements
from tests.tied_shelf import OWNER, record, shelve

EVERYTHING = BrowseFilter()


@pytest.fixture
def records(each_database: Flask) -> list[int]:
    """Miles and Herbie on Columbia, Can on Spoon; nothing leads from one to the other."""
    return shelve(
        record("Miles Davis", "Columbia", "Modal", year=1959, title="Kind Of Blue"),
        record("Miles Davis", "Columbia|Columbia", "Modal|Fusion", year=1970, title="Brew"),
        record("Herbie Hancock", "Columbia", "Jazz-Funk", year=1973, title="Head Hunters"),
        record("Can", "Spoon Records", "Krautrock", genres="Rock", year=1971, title="Tago Mago"),
        record("Various", "Not On Label", "Krautrock", genres="Rock", year=1971),
    )


def shares(drawn: ShelfGraph) -> dict[tuple[str, str], int]:
    names = {node.id: node.label for node in drawn.graph.nodes}
    return {(names[e.source], names[e.target]): e.weight for e in drawn.graph.edges}


def test_edges_count_the_copies_two_names_share(records: list[int]) -> None:
    assert shares(shelf_graph(OWNER, EVERYTHING, 60)) == {
        ("Miles Davis", "Columbia"): 2,
        ("Miles Davis", "Modal"): 2,
        ("Miles Davis", "Fusion"): 1,
        ("Herbie Hancock", "Columbia"): 1,
        ("Herbie Hancock", "Jazz-Funk"): 1,
        ("Can", "Spoon Records"): 1,
        ("Can", "Krautrock"): 1,
    }


def test_a_node_weighs_its_copies_also_those_of_nobody(records: list[int]) -> None:
    nodes = {node.label: node for node in shelf_graph(OWNER, EVERYTHING, 60).graph.nodes}

    assert (nodes["Columbia"].weight, nodes["Krautrock"].weight) == (3, 2)
    assert {"Various", "Not On Label"} & set(nodes) == set()


def test_a_renamed_artist_is_drawn_under_the_new_name(records: list[int]) -> None:
    nodes = shelf_graph(OWNER, EVERYTHING, 60).graph.nodes
    can = next(int(node.id.removeprefix("artist-")) for node in nodes if node.label == "Can")

    curate.save("artist", OWNER, can, 1, '{"name": "The Can"}')

    drawn = {node.label for node in shelf_graph(OWNER, EVERYTHING, 60).graph.nodes}
    assert "The Can" in drawn
    assert "Can" not in drawn


def test_the_filter_is_respected(records: list[int]) -> None:
    drawn = shelf_graph(OWNER, BrowseFilter(year_from=1971), 60)

    assert shares(drawn) == {
        ("Herbie Hancock", "Columbia"): 1,
        ("Herbie Hancock", "Jazz-Funk"): 1,
        ("Can", "Spoon Records"): 1,
        ("Can", "Krautrock"): 1,
    }
    assert drawn.copies == 3
    assert shares(shelf_graph(OWNER, BrowseFilter(genre=("Polka",)), 60)) == {}


@pytest.mark.parametrize("kind", ["artist-label", "artist-style"])
def test_only_the_edges_asked_for_are_drawn(records: list[int], kind: EdgeKind) -> None:
    drawn = shelf_graph(OWNER, EVERYTHING, 60, (kind,))

    assert {edge.kind for edge in drawn.graph.edges} == {kind}
    assert {node.kind for node in drawn.graph.nodes} == set(kind.split("-"))


def test_the_budget_is_kept_and_the_rest_is_counted(records: list[int]) -> None:
    shelve(*(record(f"Artist {n}", f"Label {n % 20}", f"Style {n % 9}") for n in range(100)))

    drawn = shelf_graph(OWNER, EVERYTHING, 20)

    assert 10 < len(drawn.graph.nodes) <= 20
    assert len(shelf_graph(OWNER, EVERYTHING, 100).graph.nodes) > 60
    assert drawn.names == 3 + 2 + 4 + 100 + 20 + 9


def test_everything_lies_within_the_drawing(records: list[int]) -> None:
    drawn = shelf_graph(OWNER, EVERYTHING, 60)

    assert all(0 < node.x < drawn.width for node in drawn.graph.nodes)
    assert all(0 < node.y < drawn.height for node in drawn.graph.nodes)


def test_a_kept_graph_follows_the_collection(records: list[int]) -> None:
    shelf_graph(OWNER, EVERYTHING, 60)

    copies.remove_copy(OWNER, records[3])
    shelve(record("Can", "Mute", "Ambient"))

    tied = shares(shelf_graph(OWNER, EVERYTHING, 60))
    assert ("Can", "Spoon Records") not in tied
    assert tied["Can", "Mute"] == 1


def test_nobody_sees_the_graph_of_another(records: list[int]) -> None:
    assert shelf_graph(2, EVERYTHING, 60).graph.nodes == ()


def test_looking_again_costs_one_statement_and_looking_first_costs_the_same_for_any_shelf(
    records: list[int],
) -> None:
    def cost() -> int:
        with statements() as run:
            shelf_graph(OWNER, EVERYTHING, 60)
        return len(run)

    shelf_graph(OWNER, EVERYTHING, 60)
    shelve(*(record(f"A {n}", f"L {n}", f"S {n}") for n in range(10)))
    few = cost()
    shelve(*(record(f"B {n}", f"M {n}", f"T {n}") for n in range(150)))
    many = cost()

    assert few == many
    assert cost() == 1


def node_ref(label: str) -> int:
    nodes = shelf_graph(OWNER, EVERYTHING, 60).graph.nodes
    return next(node.ref for node in nodes if node.label == label)


def test_a_node_shows_its_records_within_the_filter(records: list[int]) -> None:
    columbia = node_ref("Columbia")

    panel = node_panel(OWNER, "label", columbia, BrowseFilter(sort="year"))
    assert [row.title for row in panel.rows] == ["Kind Of Blue", "Brew", "Head Hunters"]
    assert (panel.name, panel.total) == ("Columbia", 3)
    assert node_panel(OWNER, "label", columbia, BrowseFilter(artist=("Miles Davis",))).total == 2
    assert node_panel(OWNER, "style", node_ref("Modal"), EVERYTHING).total == 2


def test_a_node_nobody_has_is_not_found(records: list[int]) -> None:
    with pytest.raises(NotFoundError):
        node_panel(OWNER, "artist", 987_654, EVERYTHING)


def path(start: str, goal: str) -> list[str] | None:
    steps = find_path(OWNER, *find_ends(OWNER, start, goal))
    return None if steps is None else [step.name for step in steps]


def test_a_path_leads_over_shared_records(records: list[int]) -> None:
    assert path("Miles Davis", "Fusion") == ["Miles Davis", "Brew", "Fusion"]
    found = path("herbie hancock", "MILES DAVIS")
    assert found is not None
    assert found[:3] == ["Herbie Hancock", "Head Hunters", "Columbia"]
    assert found[-1] == "Miles Davis"
    assert len(found) == 5


def test_a_path_to_oneself_is_oneself(records: list[int]) -> None:
    assert path("Can", "can") == ["Can"]


def test_where_no_records_join_there_is_no_path(records: list[int]) -> None:
    assert path("Miles Davis", "Can") is None


def test_a_path_leads_over_those_who_only_helped_and_says_how(records: list[int]) -> None:
    shelve(record("Can", "Spoon Records", credits=[("Herbie Hancock", "Piano")], title="Guest"))

    steps = find_path(OWNER, *find_ends(OWNER, "Spoon Records", "Jazz-Funk"))

    assert steps is not None
    assert [step.name for step in steps] == [
        "Spoon Records",
        "Guest",
        "Herbie Hancock",
        "Head Hunters",
        "Jazz-Funk",
    ]
    assert steps[2].role == "Piano"
    assert steps[1].row is not None


def test_the_shortest_path_is_taken(records: list[int]) -> None:
    shelve(
        record("Can", "Mute", "Ambient"),
        record("Brian Eno", "Mute"),
        record("Brian Eno", "Polydor"),
        record("Miles Davis", "Polydor"),
    )
    assert len(path("Can", "Miles Davis") or []) == 9

    shelve(record("Can", "Spoon Records", "Fusion", title="Short Cut"))
    assert len(path("Can", "Miles Davis") or []) == 5


def test_nobody_joins_nothing(records: list[int]) -> None:
    shelve(record("Various|Miles Davis"), record("Various|Can"))

    assert path("Miles Davis", "Can") is None


def test_copies_off_the_shelf_join_nothing(records: list[int]) -> None:
    (bridge,) = shelve(record("Miles Davis|Can"))
    assert path("Miles Davis", "Can") is not None

    copies.remove_copy(OWNER, bridge)

    assert db.session.get_one(Copy, bridge).removed_at is not None
    assert path("Miles Davis", "Can") is None


def test_unknown_names_are_named_at_their_field(records: list[int]) -> None:
    with pytest.raises(InvalidInputError) as error:
        find_ends(OWNER, "Mils Davis", "")

    assert error.value.problems["from"] == [
        "No artist, label or style on this shelf is called “Mils Davis”."
    ]
    assert error.value.problems["to"] == ["Say where the path leads."]
    with pytest.raises(InvalidInputError) as error:
        find_ends(OWNER, "Can", "Various")
    assert list(error.value.problems) == ["to"]


@pytest.mark.parametrize("typed", ["%", "_", "'; drop table artist; --", "\x00", "🙂" * 900, "a|b"])
def test_odd_names_are_merely_unknown(records: list[int], typed: str) -> None:
    assert find_name(OWNER, typed) is None
    assert isinstance(near_names(OWNER, typed), list)


def test_names_that_look_alike_are_suggested(records: list[int]) -> None:
    assert near_names(OWNER, "Mils Davis") == ["Miles Davis"]
    assert near_names(OWNER, "spoon record")[0] == "Spoon Records"
    assert near_names(OWNER, "") == []


def test_of_namesakes_the_one_written_is_meant(records: list[int]) -> None:
    shelve(record("Justice (3)"), record("Justice"))

    third, plain = find_name(OWNER, "Justice (3)"), find_name(OWNER, "Justice")

    assert third is not None
    assert plain is not None
    assert third.ref != plain.ref
    assert third.name == plain.name == "Justice"
    assert find_name(OWNER, f"artist-{third.ref}") == third
