"""The page of picks."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.listening import statements
from tests.tied_shelf import record, shelve

HOSTILE = '<img src=x onerror=alert(1)>"'


@pytest.fixture
def records(client: FlaskClient) -> FlaskClient:
    """Thirty records: twenty Jazz, twenty Rock, ten of them both."""
    genres = ("Jazz", "Rock", "Jazz|Rock")
    shelve(*(record(f"Artist {n}", "Label", "Modal", genres=genres[n % 3]) for n in range(30)))
    return client


def read(client: FlaskClient, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.text


def picks(page: str) -> list[str]:
    return re.findall(r'href="(/releases/\d+)', page)


def address_of(page: str, link: str) -> str:
    found = re.search(link, page)
    assert found
    return html.unescape(found[1])


def test_the_same_seed_shows_the_same_picks_and_another_others(records: FlaskClient) -> None:
    first = picks(read(records, "/discover?seed=blue"))

    assert len(first) > 12
    assert picks(read(records, "/discover?seed=blue")) == first
    assert picks(read(records, "/discover?seed=red")) != first


def test_without_a_seed_the_picks_stay_the_same_for_the_day(records: FlaskClient) -> None:
    assert picks(read(records, "/discover")) == picks(read(records, "/discover"))


def test_shuffle_leads_to_a_new_seed_and_keeps_the_genres(records: FlaskClient) -> None:
    page = read(records, "/discover?seed=blue&genre=Jazz")
    shuffle = address_of(page, r'href="([^"]+)" data-shuffle')

    assert "genre=Jazz" in shuffle
    assert "seed=" in shuffle
    assert "seed=blue" not in shuffle
    assert read(records, shuffle)


@pytest.mark.parametrize(
    ("query", "total"),
    [
        ("genre=Jazz", "20"),
        ("genre=Jazz&genre=Rock", "30"),
        ("genre=Jazz&genre=Rock&match=all", "10"),
    ],
)
def test_genres_narrow_the_picks(records: FlaskClient, query: str, total: str) -> None:
    assert f"picking from <b>{total}</b> of 30" in read(records, f"/discover?{query}")


def test_a_genre_toggles_in_the_address_and_keeps_the_seed(records: FlaskClient) -> None:
    page = read(records, "/discover?seed=blue")
    on = address_of(page, r'<a class="chip" href="([^"]+)"><bdi>Jazz')
    assert on == "/discover?seed=blue&genre=Jazz"

    off = address_of(read(records, on), r'<a class="chip chip-on" href="([^"]+)"')
    assert off == "/discover?seed=blue"


def test_where_nothing_matches_it_offers_to_drop_the_genre(records: FlaskClient) -> None:
    page = read(records, "/discover?genre=Polka&seed=blue")

    assert "No record is filed under this" in page
    assert picks(page) == []
    assert 'href="/discover?seed=blue"' in page


def test_an_empty_shelf_leads_to_the_import(client: FlaskClient) -> None:
    page = read(client, "/discover")

    assert "Nothing to discover yet" in page
    assert 'href="/import"' in page.partition("<main")[2]


def test_every_card_says_why(records: FlaskClient) -> None:
    page = read(records, "/discover")

    assert page.count('class="tile"') == page.count('class="tile-why"') > 0


def test_hostile_names_and_arguments_are_shown_as_text(client: FlaskClient) -> None:
    shelve(*(record(HOSTILE, HOSTILE, HOSTILE, genres=HOSTILE, title=HOSTILE) for _ in range(5)))

    for address in ("/discover", f"/discover?genre={HOSTILE}&seed={HOSTILE}"):
        page = read(client, address)
        assert "<img src=x" not in page
        assert html.escape(HOSTILE, quote=True).replace("&quot;", "&#34;") in page


@pytest.mark.parametrize("query", ["seed=%00%ff", "seed=" + "x" * 5000, "genre=%f0%9f", "match=x"])
def test_odd_arguments_are_no_fault(records: FlaskClient, query: str) -> None:
    assert records.get(f"/discover?{query}").status_code == 200


def test_the_page_costs_the_same_statements_for_any_number_of_records(
    records: FlaskClient,
) -> None:
    read(records, "/discover")
    with statements() as few:
        read(records, "/discover")
    shelve(*(record(f"More {n}") for n in range(100)))
    read(records, "/discover")
    with statements() as many:
        read(records, "/discover")

    assert len(few) == len(many)
