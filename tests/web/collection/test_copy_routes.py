from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Copy
from tests.listings import listed


def test_a_copy_is_put_away_and_brought_back(client: FlaskClient) -> None:
    release = listed()
    copy = db.session.execute(select(Copy)).scalar_one()

    answer = client.post(f"/copies/{copy.id}/remove")

    assert (answer.status_code, answer.location) == (302, f"/releases/{release}")
    assert copy.removed_by == "person"
    client.post(f"/copies/{copy.id}/restore")
    assert copy.removed_at is None


@pytest.mark.parametrize("what", ["remove", "restore"])
@pytest.mark.parametrize("number", ["0", "7", "99999999999999999999"])
def test_a_copy_that_does_not_exist_is_not_found(
    client: FlaskClient, what: str, number: str
) -> None:
    assert client.post(f"/copies/{number}/{what}").status_code == 404


def test_a_link_alone_removes_nothing(client: FlaskClient) -> None:
    listed()
    copy = db.session.execute(select(Copy)).scalar_one()

    assert client.get(f"/copies/{copy.id}/remove").status_code == 405
    assert copy.removed_at is None


def test_the_collection_leads_to_what_was_put_away_and_back(client: FlaskClient) -> None:
    listed()
    copy = db.session.execute(select(Copy)).scalar_one()
    assert "put away" not in client.get("/collection").text
    client.post(f"/copies/{copy.id}/remove")

    assert '<a href="/collection/away">1 put away</a>' in client.get("/collection").text
    page = client.get("/collection/away").text
    assert f'action="/copies/{copy.id}/restore"' in page
    back = client.post(f"/copies/{copy.id}/restore", data={"back": "/collection/away?by=person"})

    assert back.location == "/collection/away?by=person"
    assert "Nothing is put away" in client.get("/collection/away").text


def test_a_way_back_that_leads_elsewhere_is_not_taken(client: FlaskClient) -> None:
    release = listed()
    copy = db.session.execute(select(Copy)).scalar_one()

    back = client.post(f"/copies/{copy.id}/restore", data={"back": "//evil.example"})

    assert back.location == f"/releases/{release}"
