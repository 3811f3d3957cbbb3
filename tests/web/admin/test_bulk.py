"""One change to many records, from the wall to the undo (fault E12)."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Copy
from app.services import picks
from app.services.subjects import open_subject
from tests.listings import OWNER, listed

JAZZ = "genre=Jazz"


@pytest.fixture(autouse=True)
def shelf(client: FlaskClient) -> list[int]:
    """Our ids of three copies, two of them jazz."""
    listed(discogs_id=1, title="One", genres=("Jazz",))
    listed(discogs_id=2, title="Two", genres=("Jazz",))
    listed(discogs_id=3, title="Three", genres=("Rock",))
    return list(db.session.scalars(select(Copy.id).order_by(Copy.id)))


def token_in(page: str) -> str:
    found = re.search(r'name="token" value="(\w+)"', page)
    assert found
    return found[1]


def folders(copies: list[int]) -> list[str]:
    return [open_subject("copy", OWNER, copy).shown["folder"] for copy in copies]


def test_a_filter_is_changed_after_a_look_and_undone_at_once(
    client: FlaskClient, shelf: list[int]
) -> None:
    wall = client.get(f"/collection?{JAZZ}").text
    assert (
        f'<a href="/admin/bulk?query={quote(JAZZ, safe="")}">Edit all 2 in this filter</a>' in wall
    )
    wanted = {"query": JAZZ, "kind": "folder", "value": "Loft"}

    look = client.post("/admin/bulk", data=wanted).text
    assert "This would change <b>2</b> of 2" in look
    assert folders(shelf) == ["Uncategorized"] * 3
    made = client.post("/admin/bulk", data={**wanted, "token": token_in(look)})

    assert folders(shelf) == ["Loft", "Loft", "Uncategorized"]
    assert "Folder of 2 records" in client.get(made.location).text
    undone = client.post(f"{made.location}/undo", follow_redirects=True).text
    assert "2 records are as before." in undone
    assert folders(shelf) == ["Uncategorized"] * 3


def test_what_is_picked_is_changed_and_stands_in_the_history(
    client: FlaskClient, shelf: list[int]
) -> None:
    picks.pick(OWNER, shelf[2:])
    wanted = {"kind": "style", "value": "Krautrock"}

    look = client.post("/admin/bulk", data=wanted).text
    client.post("/admin/bulk", data={**wanted, "token": token_in(look)})

    release = db.session.get_one(Copy, shelf[2]).release_id
    assert open_subject("release", OWNER, release).shown["styles"] == ["Modal", "Krautrock"]
    assert "Krautrock" in client.get(f"/admin/releases/{release}/json").text
    assert "Style" in client.get("/admin/bulk").text


def test_a_shelf_that_changed_since_the_look_is_shown_anew(
    client: FlaskClient, shelf: list[int]
) -> None:
    wanted = {"query": JAZZ, "kind": "folder", "value": "Loft"}
    token = token_in(client.post("/admin/bulk", data=wanted).text)
    listed(discogs_id=4, title="Four", genres=("Jazz",))

    refused = client.post("/admin/bulk", data={**wanted, "token": token})

    assert refused.status_code == 409
    assert "This would change <b>3</b> of 3" in refused.text
    assert folders(shelf) == ["Uncategorized"] * 3
    again = client.post("/admin/bulk", data={**wanted, "token": token_in(refused.text)})
    assert (again.status_code, folders(shelf)) == (303, ["Loft", "Loft", "Uncategorized"])


def test_one_record_that_cannot_be_changed_leaves_all_as_they_are(
    client: FlaskClient, shelf: list[int]
) -> None:
    for copies, text in ((shelf[:1], "x" * 19_990), (shelf, "more than fits")):
        picks.unpick_all(OWNER)
        picks.pick(OWNER, copies)
        wanted = {"kind": "note", "value": text}
        token = token_in(client.post("/admin/bulk", data=wanted).text)
        answer = client.post("/admin/bulk", data={**wanted, "token": token})

    assert answer.status_code == 422
    assert "more than fits</textarea>" in answer.text
    assert "The notes of Miles Davis – One would be too long" in answer.text
    assert open_subject("copy", OWNER, shelf[1]).shown["notes"] is None


@pytest.mark.parametrize(
    ("kind", "value", "sentence"),
    [
        ("folder", " ", "Say what to put there."),
        ("year", "19x9", 'value="19x9"'),
        ("rating", "9", "field-error"),
        ("no such", "x", "Choose what to change."),
        ("genre", "a\u202eb", "field-error"),
    ],
)
def test_what_cannot_be_used_is_refused_where_it_was_typed(
    client: FlaskClient, kind: str, value: str, sentence: str
) -> None:
    answer = client.post("/admin/bulk", data={"query": "", "kind": kind, "value": value})

    assert answer.status_code == 422
    assert sentence in answer.text


def test_what_is_so_already_needs_no_button(client: FlaskClient) -> None:
    wanted = {"query": JAZZ, "kind": "genre", "value": "Jazz"}

    look = client.post("/admin/bulk", data=wanted).text

    assert "Nothing to change: all 2 are so already." in look
    assert 'name="token"' not in look


@pytest.mark.parametrize("batch", ["x", "0" * 32])
def test_a_change_nobody_made_is_not_found(client: FlaskClient, batch: str) -> None:
    assert client.get(f"/admin/bulk/{batch}").status_code == 404
    assert client.post(f"/admin/bulk/{batch}/undo").status_code == 404


@pytest.mark.parametrize(
    "kind",
    ["", "folder", "media", "sleeve", "rating", "note", "field", "genre", "country", "year"],
)
def test_each_change_has_its_form(client: FlaskClient, kind: str) -> None:
    page = client.get(f"/admin/bulk?query=&kind={kind}")

    assert page.status_code == 200
    assert ('name="value"' in page.text) is bool(kind)


def test_nothing_picked_is_told(client: FlaskClient) -> None:
    assert "Nothing is picked" in client.get("/admin/bulk").text
