"""The graph as a picture, a table and data; the panel of a node; the path form."""

from __future__ import annotations

import html
import re
from typing import Any
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient

from tests.listening import statements
from tests.tied_shelf import record, shelve

HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
def records(client: FlaskClient) -> FlaskClient:
    """Two islands: Miles and Herbie on Columbia, Can on Spoon."""
    shelve(
        record("Miles Davis", "Columbia", "Modal", year=1959, title="Kind Of Blue"),
        record("Miles Davis", "Columbia", "Fusion", year=1970, title="Brew"),
        record("Herbie Hancock", "Columbia", "Fusion", year=1973, title="Head Hunters"),
        record("Can", "Spoon Records", "Krautrock", genres="Rock", title="Tago Mago"),
    )
    return client


def read(client: FlaskClient, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return answer.text


def data(client: FlaskClient, query: str = "") -> Any:
    answer = client.get(f"/graph/data.json{query}")
    assert answer.mimetype == "application/json"
    return answer.get_json()


def text(part: str) -> str:
    return html.unescape(re.sub(r"<[^>]+>", "", part)).strip()


def table(page: str) -> list[tuple[str, str, str, int]]:
    """The lines of the table: from, to, kind, records."""
    body = page.partition("<tbody>")[2].partition("</tbody>")[0]
    lines = [re.findall(r"<td[^>]*>(.*?)</td>", line) for line in body.split("</tr>")[:-1]]
    return [(text(a), text(b), text(kind), int(text(n))) for a, b, kind, n in lines]


def test_the_data_say_what_is_drawn_and_where(records: FlaskClient) -> None:
    graph = data(records)

    assert {"nodes", "edges"} <= set(graph)
    for node in graph["nodes"]:
        assert {"id", "kind", "label", "x", "y", "records", "url"} <= set(node)
        assert 0 < node["x"] < graph["width"]
        assert 0 < node["y"] < graph["height"]
    ids = {node["id"] for node in graph["nodes"]}
    for edge in graph["edges"]:
        assert {"source", "target", "kind", "records"} == set(edge)
        assert {edge["source"], edge["target"]} <= ids


@pytest.mark.parametrize(
    "query", ["", "?genre=Jazz", "?kinds=artist-label", "?nodes=20&year_to=1965"]
)
def test_table_picture_and_data_are_the_same_edges(records: FlaskClient, query: str) -> None:
    graph = data(records, query)
    page = read(records, f"/graph{query}")
    names = {node["id"]: node["label"] for node in graph["nodes"]}

    told = {
        (names[e["source"]], names[e["target"]], e["kind"].removeprefix("artist-"), e["records"])
        for e in graph["edges"]
    }
    drawn = set(re.findall(r'data-from="([^"]+)" data-to="([^"]+)"', page))

    assert set(table(page)) == told != set()
    assert drawn == {(e["source"], e["target"]) for e in graph["edges"]}
    assert set(re.findall(r'data-node="([^"]+)"', page)) == set(names)


def test_the_filter_is_respected(records: FlaskClient) -> None:
    labels = {node["label"] for node in data(records, "?artist=Miles+Davis")["nodes"]}

    assert labels == {"Miles Davis", "Columbia", "Modal", "Fusion"}


def test_the_budget_is_respected_and_held_within_limits(records: FlaskClient) -> None:
    shelve(*(record(f"Artist {n}", f"Label {n % 90}", f"Style {n % 40}") for n in range(300)))

    def drawn(nodes: str) -> int:
        return len(data(records, f"?nodes={nodes}")["nodes"])

    assert drawn("1") <= drawn("20") <= 20 < drawn("100") <= 100
    assert 100 < drawn("300") == drawn("99999") <= 300
    assert drawn("x") == drawn("-5") == drawn("") == drawn("60") <= 60


def test_only_the_kinds_asked_for_are_drawn(records: FlaskClient) -> None:
    assert {edge["kind"] for edge in data(records, "?kinds=artist-style")["edges"]} == {
        "artist-style"
    }
    assert len({edge["kind"] for edge in data(records, "?kinds=nonsense")["edges"]}) == 2


def test_the_table_is_sorted_on_the_server(records: FlaskClient) -> None:
    counts = [line[3] for line in table(read(records, "/graph"))]
    assert counts == sorted(counts, reverse=True)
    counts = [line[3] for line in table(read(records, "/graph?by=-records"))]
    assert counts == sorted(counts)
    artists = [line[0] for line in table(read(records, "/graph?by=from"))]
    assert artists == sorted(artists)
    assert 'aria-sort="descending"' in read(records, "/graph")


def test_the_picture_is_wellformed_and_carries_no_style(records: FlaskClient) -> None:
    page = read(records, "/graph?node=artist-1")
    picture = "<svg viewBox" + page.partition('id="picture"')[2].partition("<svg viewBox")[2]
    svg = ElementTree.fromstring(picture.partition("</svg>")[0] + "</svg>")

    links = [part for part in svg.iter() if part.tag == "a"]
    assert links
    assert all(link.get("href") and link.get("aria-label") for link in links)
    assert all(part.get("style") is None for part in svg.iter())


def test_an_empty_shelf_leads_to_the_import(client: FlaskClient) -> None:
    page = read(client, "/graph")

    assert "No records, no graph yet" in page
    assert 'href="/import"' in page.partition("<main")[2]
    assert data(client)["nodes"] == []
    assert "No artist, label or style" in read(client, "/graph?from=x&to=y", 422)


def test_a_filter_without_records_offers_the_whole_shelf(records: FlaskClient) -> None:
    page = read(records, "/graph?genre=Polka")

    assert "No record answers to all of this" in page
    assert 'href="/graph"' in page.partition("<main")[2]


def node_id(client: FlaskClient, label: str) -> str:
    found = next(node["id"] for node in data(client)["nodes"] if node["label"] == label)
    assert isinstance(found, str)
    return found


def test_a_node_shows_its_records_alone_and_in_the_graph(records: FlaskClient) -> None:
    columbia = node_id(records, "Columbia")
    kind, _, ref = columbia.partition("-")

    for address in (f"/graph/node/{kind}/{ref}", f"/graph?node={columbia}"):
        panel = read(records, address).partition('id="node"')[2].partition("</aside>")[0]
        assert "3 records" in panel
        assert {"Kind Of Blue", "Brew", "Head Hunters"} <= set(re.findall(r">([^<]+)</b>", panel))
        assert 'href="/collection?label=Columbia"' in panel


def test_a_node_keeps_to_the_filter(records: FlaskClient) -> None:
    kind, _, ref = node_id(records, "Columbia").partition("-")

    panel = read(records, f"/graph/node/{kind}/{ref}?year_from=1970")

    assert "2 records in this filter" in panel
    assert 'href="/collection?label=Columbia&amp;year_from=1970"' in panel


@pytest.mark.parametrize(
    "address",
    ["/graph/node/artist/999999", "/graph/node/genre/1", "/graph/node/artist/0", "/graph/node/x"],
)
def test_a_node_that_is_not_there_is_not_found(records: FlaskClient, address: str) -> None:
    read(records, address, 404)


def test_an_old_node_in_the_address_does_not_hide_the_graph(records: FlaskClient) -> None:
    assert "Miles Davis" in read(records, "/graph?node=artist-999999")


def chain(page: str) -> list[str]:
    return [text(name) for name in re.findall(r"<b[^>]*>(.*?)</b>", page.partition('"chain"')[2])]


def test_a_path_is_a_chain_of_cards(records: FlaskClient) -> None:
    page = read(records, "/graph?from=miles+davis&to=Herbie+Hancock")

    assert "2 records lie between them." in page
    found = chain(page)
    assert (found[0], found[4]) == ("Miles Davis", "Herbie Hancock")
    assert found[2] in ("Columbia", "Fusion")
    assert found[3] == "Head Hunters"


def test_no_path_is_an_answer(records: FlaskClient) -> None:
    assert "No way leads from one to the other" in read(records, "/graph?from=Can&to=Miles+Davis")


def test_an_unknown_name_is_said_at_its_field_with_suggestions(records: FlaskClient) -> None:
    page = read(records, "/graph?from=Mils+Davis&to=Can", 422)

    error = page.partition('id="from-error"')[2].partition("</p>")[0]
    assert "is called “Mils Davis”" in text(error)
    assert 'id="to-error"' not in page
    assert 'value="Mils Davis"' in page
    assert 'href="/graph?from=Miles+Davis&amp;to=Can#path"' in page


def test_a_missing_end_is_asked_for(records: FlaskClient) -> None:
    assert "Say where the path leads." in read(records, "/graph?from=Can&to=", 422)
    assert "Say where the path leads." not in read(records, "/graph?from=Can")


def test_an_end_given_by_id_is_shown_by_name(records: FlaskClient) -> None:
    assert 'value="Can"' in read(records, f"/graph?from={node_id(records, 'Can')}")


def test_hostile_names_are_shown_as_text(client: FlaskClient) -> None:
    shelve(record(HOSTILE, HOSTILE, HOSTILE, genres=HOSTILE, title=HOSTILE))
    kind, _, ref = node_id(client, HOSTILE).partition("-")

    for address, status in (
        ("/graph", 200),
        (f"/graph/node/{kind}/{ref}", 200),
        (f"/graph?node={kind}-{ref}", 200),
        (f"/graph?from={HOSTILE}&to={HOSTILE}", 200),
        (f"/graph?from={HOSTILE}x&to={HOSTILE}&nodes={HOSTILE}&kinds={HOSTILE}", 422),
    ):
        page = read(client, address, status)
        assert "<script>alert" not in page
        assert "&gt;&lt;script&gt;" in page


@pytest.mark.parametrize(
    "query",
    ["from=%00&to=%00", "from=%f0%9f&to=a", "from=" + "x" * 4000 + "&to=y", "from=%25&to=_"],
)
def test_odd_names_are_refused_with_a_page(records: FlaskClient, query: str) -> None:
    assert 'id="from-error"' in read(records, f"/graph?{query}", 422)


def test_the_page_costs_few_statements_however_large_the_shelf(records: FlaskClient) -> None:
    def cost(address: str) -> int:
        with statements() as run:
            read(records, address)
        return len(run)

    read(records, "/graph")
    few = cost("/graph"), cost("/graph?from=Can&to=Krautrock")
    shelve(*(record(f"Artist {n}", f"Label {n}", f"Style {n}") for n in range(200)))
    read(records, "/graph")

    assert (cost("/graph"), cost("/graph?from=Can&to=Krautrock")) == few
    assert few[0] <= 3
