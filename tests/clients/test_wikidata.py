"""Wikidata: items by their ids, and by the numbers they have elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from app.clients import wikidata
from app.clients.http import Limits
from app.clients.wikidata import WikidataClient, searches
from app.domain.matching.facts import WikidataRecord
from app.errors import OddAnswerError
from tests.clients.conftest import RecordingLimiter
from tests.clients.open_services import AGENT
from tests.standin.wikidata import Item, WikidataStandIn, statement

FLOYD = Item(
    "Q2306",
    "Pink Floyd",
    "English rock band",
    {"P1953": ["45467"], "P434": ["83d91898-7763-47d7-b03b-b92132375c47"]},
    {"enwiki": "Pink Floyd", "dewiki": "Pink Floyd"},
)


@pytest.fixture
def service() -> Iterator[WikidataStandIn]:
    with WikidataStandIn(FLOYD) as stand_in:
        yield stand_in


@pytest.fixture
def client(
    service: WikidataStandIn, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[WikidataClient]:
    client = WikidataClient(service.url, AGENT, limiter, sleep=pauses.append)
    yield client
    client.close()


def test_an_item_tells_its_name_numbers_and_articles(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    assert client.entities(["Q2306"]) == {
        "Q2306": WikidataRecord(
            "Q2306",
            "Pink Floyd",
            "English rock band",
            {"P1953": ("45467",), "P434": ("83d91898-7763-47d7-b03b-b92132375c47",)},
            {"enwiki": "Pink Floyd", "dewiki": "Pink Floyd"},
        )
    }
    assert service.calls() == 1


def test_an_item_that_tells_nothing_is_an_item(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    service.add(Item("Q7"))

    assert client.entities(["Q7"]) == {"Q7": WikidataRecord("Q7", "")}


def test_fifty_items_are_one_call_and_more_are_refused(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    service.add(*[Item(f"Q{number}") for number in range(1, 51)])

    assert len(client.entities([f"Q{number}" for number in range(1, 51)])) == 50
    with pytest.raises(ValueError, match="at most 50"):
        client.entities([f"Q{number}" for number in range(1, 52)])
    assert service.calls() == 1


def test_items_that_are_gone_and_ids_that_are_none_are_left_out_of_the_others(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    asked = ["Q2306", "Q10908976", "Q0", "", "P31", "Q2306|Q5", "Q99999999999"]

    assert list(client.entities(asked)) == ["Q2306"]
    assert client.entities(["Q0"]) == {}
    assert service.calls() == 1


def test_a_merged_item_is_told_under_its_old_id_with_its_new_one(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    service.merged["Q77"] = "Q2306"

    told = client.entities(["Q77", "Q2306"])

    assert {asked: record.qid for asked, record in told.items()} == {
        "Q77": "Q2306",
        "Q2306": "Q2306",
    }


def test_deprecated_and_absent_values_are_ignored_and_preferred_ones_come_first(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    numbers = [
        statement("P1953", "1", rank="deprecated"),
        statement("P1953", None, snak="novalue"),
        statement("P1953", None, snak="somevalue"),
        "2",
        statement("P1953", "3", rank="preferred"),
        "2",
    ]
    ended = [statement("P576", None, snak="novalue")]
    service.add(Item("Q7", claims={"P1953": numbers, "P576": ended}))

    assert client.entities(["Q7"])["Q7"].claims == {"P1953": ("3", "2")}


def test_items_dates_and_texts_are_told_by_their_plain_part_and_places_not_at_all(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    values = {
        "P31": [statement("P31", {"id": "Q482994"}, kind="wikibase-entityid")],
        "P577": [statement("P577", {"time": "+1973-03-01T00:00:00Z"}, kind="time")],
        "P1476": [statement("P1476", {"text": "Moon", "language": "en"}, kind="monolingualtext")],
        "P625": [statement("P625", {"latitude": 1.0}, kind="globecoordinate")],
    }
    service.add(Item("Q7", claims=values))

    assert client.entities(["Q7"])["Q7"].claims == {
        "P31": ("Q482994",),
        "P577": ("+1973-03-01T00:00:00Z",),
        "P1476": ("Moon",),
    }


def test_items_too_large_for_one_answer_are_asked_for_in_halves(
    service: WikidataStandIn, limiter: RecordingLimiter
) -> None:
    service.add(*[Item(f"Q{number}", description="x" * 900) for number in range(1, 5)])
    client = WikidataClient(service.url, AGENT, limiter, limits=Limits(body_bytes=2_500))

    assert list(client.entities(["Q1", "Q2", "Q3", "Q4"])) == ["Q1", "Q2", "Q3", "Q4"]
    assert service.calls() == 3
    service.add(Item("Q5", description="x" * 3_000))
    with pytest.raises(OddAnswerError, match="far more"):
        client.entities(["Q5"])
    client.close()


def test_items_are_found_by_their_number_elsewhere_with_a_search_and_a_look(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    service.add(Item("Q8", "Moon", claims={"P1953": ["999"]}))

    found = client.records(wikidata.DISCOGS_ARTIST, ["45467", "1", "999"])

    assert {value: record.name for value, record in found.items()} == {
        "45467": "Pink Floyd",
        "999": "Moon",
    }
    assert service.calls() == 2
    assert client.find(wikidata.DISCOGS_ARTIST, ["45467"]) == {"45467": "Q2306"}


def test_nothing_found_needs_no_look(client: WikidataClient, service: WikidataStandIn) -> None:
    assert client.records(wikidata.DISCOGS_MASTER, ["45467"]) == {}
    assert service.calls() == 1
    assert client.records(wikidata.DISCOGS_MASTER, []) == {}
    assert service.calls() == 1


def test_a_value_two_items_have_is_doubtful_and_left_out(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    service.add(Item("Q8", claims={"P1953": ["45467", "12"]}))

    assert client.find(wikidata.DISCOGS_ARTIST, ["45467", "12"]) == {"12": "Q8"}


def test_a_value_that_differs_in_its_case_is_another_value(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    service.add(Item("Q8", claims={"P2205": ["4LH4d3cOWNNsVw41Gqt2kv"]}))

    assert client.find(wikidata.SPOTIFY_ALBUM, ["4lh4d3cownnsvw41gqt2kv"]) == {}
    assert list(client.find(wikidata.SPOTIFY_ALBUM, ["4LH4d3cOWNNsVw41Gqt2kv"])) == [
        "4LH4d3cOWNNsVw41Gqt2kv"
    ]


def test_many_values_need_few_searches_and_one_look_for_fifty_items(
    client: WikidataClient, service: WikidataStandIn
) -> None:
    numbers = [str(1_000_000 + number) for number in range(60)]
    service.add(*[Item(f"Q{number}", claims={"P1954": [number]}) for number in numbers])

    assert len(client.find(wikidata.DISCOGS_MASTER, numbers)) == 60
    assert service.calls() == 3 + 2


def test_a_search_is_never_longer_than_wikidata_takes() -> None:
    values = [f"{number:032x}" for number in range(50)]

    made = list(searches("P434", values))

    assert max(map(len, made)) <= 300
    assert [value for value in values if sum(f"P434={value}" in each for each in made) != 1] == []
    assert made[0].startswith("haswbstatement:P434=")


@pytest.mark.parametrize("value", ["", "a b", "1|P31=Q5", 'x"', "Sigur Rós", "x" * 101])
def test_what_could_command_the_search_is_refused(client: WikidataClient, value: str) -> None:
    with pytest.raises(ValueError, match="no id"):
        client.find(wikidata.DISCOGS_ARTIST, [value])


def test_what_is_no_property_is_refused(client: WikidataClient) -> None:
    with pytest.raises(ValueError, match="no property"):
        client.find("P1953=1|P31", ["1"])
