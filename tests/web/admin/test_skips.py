from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Artist, Skip
from tests.listening import statements
from tests.listings import listed


def test_a_record_is_left_alone_from_its_page_and_taken_back_there(client: FlaskClient) -> None:
    page = f"/releases/{listed()}"
    assert 'action="/admin/skips"' in client.get(page).text

    said = client.post("/admin/skips", data={"release": page[10:], "why": "<i>", "back": page})

    assert said.location == page
    shown = client.get(page).text
    assert "Left alone: <bdi>&lt;i&gt;</bdi>" in shown
    assert 'action="/admin/skips"' not in shown
    skip = db.session.scalars(select(Skip.id).where(Skip.entity == "release")).one()
    client.post(f"/admin/skips/{skip}/take-back", data={"back": page})
    assert "Left alone" not in client.get(page).text


def test_an_artist_is_left_alone_by_one_service(client: FlaskClient) -> None:
    listed()
    page = f"/artists/{db.session.scalars(select(Artist.id)).all()[0]}"

    client.post("/admin/skips", data={"artist": page[9:], "provider": "wikidata", "back": page})

    assert "Left alone by Wikidata" in client.get(page).text
    assert "Left alone <span>1</span>" in client.get("/admin").text


def test_the_list_says_so_when_it_is_empty(client: FlaskClient) -> None:
    assert "Nothing is left alone" in client.get("/admin/skips").text


@pytest.mark.parametrize("data", [{}, {"release": "99"}, {"artist": "99"}, {"release": "9" * 40}])
def test_what_is_not_on_the_shelf_is_not_found(client: FlaskClient, data: dict[str, str]) -> None:
    assert client.post("/admin/skips", data=data).status_code == 404
    assert client.post("/admin/skips/7/take-back").status_code == 404


def test_more_skips_cost_no_more_statements(client: FlaskClient) -> None:
    def some(first: int, count: int) -> None:
        for number in range(first, first + count):
            client.post("/admin/skips", data={"release": str(listed(discogs_id=number))})

    some(10, 2)
    with statements() as few:
        client.get("/admin/skips")
    some(20, 60)
    with statements() as many:
        page = client.get("/admin/skips").text

    assert len(few) == len(many) > 0
    assert "/admin/skips?page=2" in page
