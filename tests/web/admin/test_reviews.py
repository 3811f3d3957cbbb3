"""Reviews, without script."""

from __future__ import annotations

import html
import re

import pytest
from flask.testing import FlaskClient

from app.extensions import db
from app.models import Link
from tests.listening import statements
from tests.listings import listed
from tests.offers import offered


def state(link_id: int) -> str:
    db.session.expire_all()
    return db.session.get_one(Link, link_id).state


def test_our_record_stands_beside_what_is_offered_for_it(client: FlaskClient) -> None:
    listed()
    link = offered(name="Kind Of Blue (Deluxe) by Miles Davis")

    page = html.unescape(client.get("/admin/reviews").text)

    for told in ("Columbia – CL 1355", "1959 · US", "likely, 0.80", "1997, ours 1959", "guess"):
        assert told in page
    offer = re.search(rf'<a id="candidate-{link}"[^>]*>', page)
    assert offer
    assert 'href="https://open.spotify.com/album/r1234"' in offer[0]
    assert "external noopener" in offer[0]


def test_an_address_that_is_none_of_the_web_is_no_link(client: FlaskClient) -> None:
    offered(url="javascript:alert(1)", name="<b>Blue</b>")

    page = client.get("/admin/reviews").text

    assert "javascript:alert" not in page
    assert "<b>Blue" not in page


def test_an_artist_is_told_from_namesakes_by_titles(client: FlaskClient) -> None:
    listed()
    offered("23755", entity="artist", provider="wikipedia", name="Miles Davis (boxer)")

    assert "Kind Of Blue (1959)" in client.get("/admin/reviews").text


def test_what_has_left_the_shelf_can_still_be_answered(client: FlaskClient) -> None:
    offered("r77")

    assert "No longer on your shelf" in client.get("/admin/reviews").text


def test_the_counts_stand_in_the_tabs(client: FlaskClient) -> None:
    first, _second = offered("r1"), offered("r2")
    client.post(f"/admin/reviews/{first}/accept")

    for address in ("/admin/reviews", "/admin/reviews/decided"):
        page = client.get(address).text
        assert "Waiting 1" in page
        assert "Decided 1" in page


def test_after_a_decision_the_next_question_has_the_focus(client: FlaskClient) -> None:
    first, second = offered("r1", score=0.8), offered("r2", score=0.7)
    page = client.get("/admin/reviews").text
    told = re.search(rf'action="/admin/reviews/{first}/accept">.*?name="next" value="(\d+)"', page)
    assert told

    answer = client.post(f"/admin/reviews/{first}/accept", data={"next": told[1], "page": "1"})

    assert (answer.status_code, answer.location) == (302, f"/admin/reviews#candidate-{second}")
    assert state(first) == "accepted"


def test_the_last_decision_is_told_and_undone(client: FlaskClient) -> None:
    link = offered()
    client.post(f"/admin/reviews/{link}/reject")
    assert "Last: rejected" in client.get("/admin/reviews").text

    answer = client.post("/admin/reviews/undo")

    assert answer.location == f"/admin/reviews#candidate-{link}"
    assert state(link) == "waiting"


def test_none_of_these_is_told_as_that(client: FlaskClient) -> None:
    offered("r1", name="Elsewhere")
    best, _other = (offered(url=f"https://shop.example/{n}", score=0.9 - n / 10) for n in range(2))

    client.post(f"/admin/reviews/{best}/none")

    assert "Last: none of the 2 pages offered" in client.get("/admin/reviews").text
    decided = client.get("/admin/reviews/decided").text
    assert "None of these 2" in decided
    assert "rejected" not in decided


def test_a_decision_of_long_ago_is_undone_from_its_list(client: FlaskClient) -> None:
    first, second = offered("r1"), offered("r2")
    client.post(f"/admin/reviews/{first}/accept")
    client.post(f"/admin/reviews/{second}/none")

    answer = client.post(f"/admin/reviews/{first}/undo", data={"page": "1"})

    assert answer.location.startswith("/admin/reviews/decided")
    assert (state(first), state(second)) == ("waiting", "rejected")


def test_a_second_answer_says_that_it_was_decided_already(client: FlaskClient) -> None:
    link = offered()
    client.post(f"/admin/reviews/{link}/accept")

    client.post(f"/admin/reviews/{link}/reject")

    assert "decided already" in client.get("/admin/reviews").text
    assert state(link) == "accepted"


@pytest.mark.parametrize("address", ["/admin/reviews/9/accept", "/admin/reviews/9/undo"])
def test_a_candidate_that_does_not_exist_is_not_found(client: FlaskClient, address: str) -> None:
    assert client.post(address).status_code == 404


@pytest.mark.parametrize("act", ["accept", "reject", "none", "undo"])
def test_nothing_is_decided_without_the_token(client: FlaskClient, act: str) -> None:
    link = offered()
    client.application.config["WTF_CSRF_ENABLED"] = True

    assert client.post(f"/admin/reviews/{link}/{act}").status_code == 400
    assert state(link) == "waiting"


def test_an_empty_list_says_what_comes_here(client: FlaskClient) -> None:
    assert "Nothing waits for you" in client.get("/admin/reviews").text
    assert "Nothing decided yet" in client.get("/admin/reviews/decided").text


@pytest.mark.parametrize("query", ["page=99", "page=-1", "page=x", "page=99999999999999999999"])
def test_a_page_beyond_the_list_is_the_nearest(client: FlaskClient, query: str) -> None:
    link = offered()

    assert f"candidate-{link}" in client.get(f"/admin/reviews?{query}").text
    assert client.get(f"/admin/reviews/decided?{query}").status_code == 200


@pytest.mark.parametrize("address", ["/admin/reviews", "/admin/reviews/decided"])
def test_more_questions_cost_no_more_statements(client: FlaskClient, address: str) -> None:
    def three_more(first: int) -> None:
        for number in range(first, first + 3):
            listed(discogs_id=number, title=f"Volume {number}")
            offered(f"r{number}", url=f"https://open.spotify.com/album/{number}")
            again = offered(f"r{number}", url=f"https://open.spotify.com/album/{number}b")
            offered(f"r{number}", provider="wikipedia")
            client.post(f"/admin/reviews/{again}/reject")
        offered("23755", entity="artist", provider=f"shop {first}")

    three_more(10)
    with statements() as few:
        client.get(address)
    three_more(20)
    with statements() as many:
        client.get(address)

    assert len(few) == len(many) > 0
