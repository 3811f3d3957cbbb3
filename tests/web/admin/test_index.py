from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Artist, Copy, Label
from app.queries.alike_names import alike_names
from app.services import copies, curate
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import OWNER, listed


@pytest.fixture
def shelf(client: FlaskClient) -> dict[str, int]:
    """Three releases: one complete, one with nothing, one edited."""
    ids = {
        "Kind Of Blue": listed(),
        "Nothing Known": listed(
            title="Nothing Known", discogs_id=20, year=None, country="", labels=()
        ),
        "Ágætis byrjun": listed(title="Agaetis", discogs_id=30),
    }
    edited = ids["Ágætis byrjun"]
    version = open_subject("release", OWNER, edited).version
    curate.save("release", OWNER, edited, version, '{"title": "Ágætis byrjun"}')
    return ids


def listed_on(client: FlaskClient, address: str, shelf: dict[str, int]) -> set[str]:
    page = client.get(address).text
    return {name for name, key in shelf.items() if f"/admin/releases/{key}/json" in page}


def test_artists_and_labels_are_found_by_name_and_lead_to_their_editors(
    client: FlaskClient, shelf: dict[str, int]
) -> None:
    artist = db.session.scalars(select(Artist.id).where(Artist.name == "Miles Davis")).one()
    label = db.session.scalars(select(Label.id).where(Label.name == "Columbia")).one()

    assert f'href="/admin/artists/{artist}/json"' in client.get("/admin?q=MILES+d").text
    assert f'href="/admin/labels/{label}/json"' in client.get("/admin?q=columb").text
    for query in ("", "?q=%25", "?q=nobody"):
        assert "to edit:" not in client.get(f"/admin{query}").text
    assert alike_names(2, "miles") == []


def test_all_releases_are_listed(client: FlaskClient, shelf: dict[str, int]) -> None:
    assert listed_on(client, "/admin", shelf) == set(shelf)


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=blue+miles", {"Kind Of Blue"}),
        ("q=agaetis", {"Ágætis byrjun"}),
        ("q=1234", {"Kind Of Blue"}),
        ("q=20", {"Nothing Known"}),
        ("q=99999999999999999999", set()),
        ("q=%25", set()),
        ("state=edited", {"Ágætis byrjun"}),
        ("state=no-year", {"Nothing Known"}),
        ("state=no-country", {"Nothing Known"}),
        ("state=no-label", {"Nothing Known"}),
        ("state=removed", set()),
        ("state=edited&q=blue", set()),
        ("state=nonsense", {"Kind Of Blue", "Nothing Known", "Ágætis byrjun"}),
        ("page=5", {"Kind Of Blue", "Nothing Known", "Ágætis byrjun"}),
        ("page=-1&q=", {"Kind Of Blue", "Nothing Known", "Ágætis byrjun"}),
        ("page=99999999999999999999", {"Kind Of Blue", "Nothing Known", "Ágætis byrjun"}),
    ],
)
def test_the_list_is_searched_and_narrowed(
    client: FlaskClient, shelf: dict[str, int], query: str, found: set[str]
) -> None:
    assert listed_on(client, f"/admin?{query}", shelf) == found


def test_a_release_whose_copy_was_put_away_is_found(
    client: FlaskClient, shelf: dict[str, int]
) -> None:
    release = shelf["Kind Of Blue"]
    copy = db.session.execute(select(Copy.id).where(Copy.release_id == release)).scalar_one()
    copies.remove_copy(OWNER, copy)

    assert listed_on(client, "/admin?state=removed", shelf) == {"Kind Of Blue"}


def test_an_empty_shelf_leads_to_the_import(client: FlaskClient) -> None:
    assert 'href="/import"' in client.get("/admin").text


def test_a_long_list_has_pages_and_asks_no_more_of_the_database(client: FlaskClient) -> None:
    listed()
    with statements() as few:
        client.get("/admin")
    for number in range(60):
        listed(title=f"Volume {number}", discogs_id=5_000 + number)
    with statements() as many:
        page = client.get("/admin").text

    assert len(few) == len(many) > 0
    assert "/admin?page=2" in page
    assert "Kind Of Blue" not in page
    assert "Kind Of Blue" in client.get("/admin?page=2").text
