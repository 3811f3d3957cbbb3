"""The page about conflicts, without script."""

from __future__ import annotations

import json

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.models import Copy, Edit, QualityVerdict
from app.models.base import utcnow
from app.services import curate
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import listed

OWNER = 1
PLACE = "/admin/conflicts"


def contest(entity: str, entity_id: int, **mine: object) -> None:
    version = open_subject(entity, OWNER, entity_id).version
    curate.save(entity, OWNER, entity_id, version, json.dumps(mine))


def test_the_sides_stand_beside_each_other_and_one_button_keeps_mine(client: FlaskClient) -> None:
    release_id = listed()
    contest("release", release_id, title="Mine <b>")
    listed(title="Theirs")
    page = client.get(PLACE).text
    assert [word in page for word in ("Kind Of Blue", "Theirs", "Mine &lt;b&gt;")] == [True] * 3
    assert "Conflicts <span>1</span>" in client.get("/admin").text
    edit_id = db.session.scalars(select(Edit.id)).one()

    said = client.post(f"{PLACE}/{edit_id}/mine")

    page = client.get(said.location).text
    assert "No conflicts" in page
    assert "Yours is kept." in page
    said = client.post(f"{PLACE}/{edit_id}/undo")
    assert "1 to decide" in client.get(said.location).text


def test_theirs_is_taken(client: FlaskClient) -> None:
    release_id = listed()
    contest("release", release_id, title="Mine")
    listed(title="Theirs")
    edit_id = db.session.scalars(select(Edit.id)).one()

    client.post(f"{PLACE}/{edit_id}/theirs")

    assert "<title>Theirs by Miles Davis" in client.get(f"/releases/{release_id}").text
    assert "decided already" in client.get(client.post(f"{PLACE}/{edit_id}/mine").location).text


def test_what_is_put_off_is_asked_again_in_time_or_when_discogs_changes_it_again(
    client: FlaskClient,
) -> None:
    release_id = listed()
    contest("release", release_id, title="Mine")
    contest("release", release_id, title="Mine again")
    listed(title="Theirs")
    edit_id = db.session.scalars(select(Edit.id).order_by(Edit.id.desc())).first()

    said = client.post(f"{PLACE}/{edit_id}/later")
    page = client.get(said.location).text
    assert "No conflicts" in page
    assert "Put off for 30 days" in page
    assert "<title>Mine again by" in client.get(f"/releases/{release_id}").text
    said = client.post(f"{PLACE}/{edit_id}/undo")
    assert "1 to decide" in client.get(said.location).text

    client.post(f"{PLACE}/{edit_id}/later")
    client.post(f"{PLACE}/{edit_id}/later")
    listed(title="Theirs, corrected")
    assert "1 to decide" in client.get(PLACE).text

    client.post(f"{PLACE}/{edit_id}/later")
    assert "No conflicts" in client.get(PLACE).text
    db.session.execute(update(QualityVerdict).values(until=utcnow()))
    db.session.commit()
    assert "1 to decide" in client.get(PLACE).text


def test_a_copy_is_decided_about_too(client: FlaskClient) -> None:
    release_id = listed()
    copy_id = db.session.scalars(select(Copy.id)).one()
    contest("copy", copy_id, notes="Mine")
    edit = db.session.scalars(select(Edit)).one()
    edit.upstream, edit.news_at = "Theirs", edit.at
    db.session.commit()

    page = client.get(PLACE).text

    assert f'href="/releases/{release_id}"' in page
    assert "Theirs" in page


@pytest.mark.parametrize("act", ["mine", "theirs", "later", "undo"])
@pytest.mark.parametrize("number", ["99", "9" * 30])
def test_what_is_not_there_is_not_found(client: FlaskClient, act: str, number: str) -> None:
    assert client.post(f"{PLACE}/{number}/{act}").status_code == 404


def test_odd_addresses_show_what_there_is(client: FlaskClient) -> None:
    for query in ("after=x", "at=-1", f"after={2**62}", "done=%3Cb%3E&of=1", "done=mine&of=0"):
        assert client.get(f"{PLACE}?{query}").status_code == 200


def test_more_conflicts_cost_no_more_statements(client: FlaskClient) -> None:
    def some(first: int, count: int) -> None:
        for number in range(first, first + count):
            contest("release", listed(discogs_id=number), title="Mine")
            listed(discogs_id=number, title="Theirs")

    some(10, 2)
    with statements() as few:
        client.get(PLACE)
    some(20, 12)
    with statements() as many:
        client.get(PLACE)

    assert len(few) == len(many) > 0
