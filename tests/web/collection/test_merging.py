"""An artist's page made part of another's, looked for by name, and taken apart again."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.records import CreditRecord
from app.extensions import db
from app.models import Artist
from app.queries import graph_names
from tests.listings import OWNER, listed


def put(discogs_id: int, name: str, number: int, title: str) -> int:
    return listed(discogs_id=discogs_id, title=title, artists=(CreditRecord(name, number),))


def artist(name: str) -> int:
    return db.session.execute(select(Artist.id).where(Artist.name == name)).scalar_one()


@pytest.fixture(autouse=True)
def shelf(client: FlaskClient) -> tuple[int, int]:
    """AFX with one record and Aphex Twin with two: our ids of the artists."""
    put(1, "AFX", 11, "Analord")
    put(2, "Aphex Twin", 12, "Syro")
    put(3, "Aphex Twin", 12, "Drukqs")
    return artist("AFX"), artist("Aphex Twin")


def test_two_pages_become_one_and_two_again(client: FlaskClient, shelf: tuple[int, int]) -> None:
    afx, aphex = shelf
    client.get("/graph")  # what it counts in is kept
    assert f'href="/artists/{afx}/merge"' in client.get(f"/artists/{afx}").text

    look = client.get(f"/artists/{afx}/merge?q=aphex").text
    assert f"into={aphex}" in look
    assert "2 records" in look
    confirm = client.get(f"/artists/{afx}/merge?into={aphex}").text
    assert "The 1 record of" in confirm
    made = client.post(f"/artists/{afx}/merge", data={"into": aphex})

    assert made.location == f"/artists/{aphex}"
    page = client.get(made.location).text
    assert "3 records" in page
    assert "Also here:" in page
    moved = client.get(f"/artists/{afx}")
    assert (moved.status_code, moved.location) == (302, f"/artists/{aphex}")
    client.post(f"/artists/{afx}/take-apart")
    assert "Analord" in client.get(f"/artists/{afx}").text
    assert "2 records" in client.get(f"/artists/{aphex}").text


def test_the_graph_has_a_merged_artist_once(client: FlaskClient, shelf: tuple[int, int]) -> None:
    afx, aphex = shelf
    client.get("/graph")

    client.post(f"/artists/{afx}/merge", data={"into": aphex})

    nodes = client.get("/graph/data.json").get_json()["nodes"]
    assert [node["label"] for node in nodes if node["kind"] == "artist"] == ["Aphex Twin"]
    found = graph_names.find_name(OWNER, "afx")
    assert found is not None
    assert (found.ref, found.name) == (aphex, "Aphex Twin")


def test_records_are_found_under_both_names_and_say_who_made_them(
    client: FlaskClient, shelf: tuple[int, int]
) -> None:
    client.post(f"/artists/{shelf[0]}/merge", data={"into": shelf[1]})

    assert "<b>1</b> of 3" in client.get("/collection?artist=AFX").text
    assert "3" in client.get("/collection?artist=Aphex+Twin").text
    release = put(1, "AFX", 11, "Analord")
    assert f'<a href="/artists/{shelf[1]}"><bdi>AFX</bdi></a>' in (
        client.get(f"/releases/{release}").text
    )


def test_what_cannot_be_one_page_is_refused(client: FlaskClient, shelf: tuple[int, int]) -> None:
    afx, aphex = shelf
    assert client.post(f"/artists/{afx}/merge", data={"into": afx}).status_code == 422
    for nobody in ("99", "", "x", "9" * 30):
        assert client.post(f"/artists/{afx}/merge", data={"into": nobody}).status_code == 404
    assert client.post(f"/artists/{afx}/take-apart").status_code == 404
    client.post(f"/artists/{afx}/merge", data={"into": aphex})
    assert client.post(f"/artists/{aphex}/merge", data={"into": afx}).status_code == 422


@pytest.mark.parametrize("query", ["", "q=zz", "q=%25", "into=99", "into=x", "q=%00", "q=aphex"])
def test_looking_for_somebody_always_answers(
    client: FlaskClient, shelf: tuple[int, int], query: str
) -> None:
    assert client.get(f"/artists/{shelf[0]}/merge?{query}").status_code == 200
    assert client.get("/artists/99/merge").status_code == 404
