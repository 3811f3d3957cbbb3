"""Labels known by a bare name: the gap, and telling which label is meant."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.domain.quality import BY_NAME
from app.domain.records import LabelRecord
from app.extensions import db
from app.models import Label, Release
from app.queries import quality as queries
from app.services import own_labels, quality
from app.services.edits import undo_batch
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import OWNER, listed

GAP = "/admin/quality/label"
CHECK = BY_NAME["label"]


def record_on(name: str, number: int, **facts: object) -> int:
    """A record Discogs knows in full, on a label that it does not."""
    labels = (LabelRecord(name, f"CAT {number}", None),)
    release_id = listed(**{"discogs_id": number, "labels": labels, **facts})
    db.session.get_one(Release, release_id).facts_from = "hand"
    db.session.commit()
    return release_id


def label(name: str) -> int:
    return db.session.scalars(select(Label.id).where(Label.name == name)).one()


def labels_of(release_id: int) -> list[tuple[str, str, int | None]]:
    shown = open_subject("release", OWNER, release_id).shown["labels"]
    return [(each["name"], each["catno"], each["discogs_id"]) for each in shown]


def test_every_record_on_the_label_gets_the_one_that_is_meant(each_database: Flask) -> None:
    listed()
    first, second = record_on("COLUMBIA", 5), record_on("COLUMBIA", 6)
    bare, known = label("COLUMBIA"), label("Columbia")
    turn = queries.turn(OWNER, CHECK)
    assert turn is not None
    assert (turn.entity_id, turn.open) == (bare, 1)

    batch = own_labels.resolve(OWNER, bare, known)

    assert labels_of(first) == [("Columbia", "CAT 5", 1_866)]
    assert labels_of(second) == [("Columbia", "CAT 6", 1_866)]
    assert queries.turn(OWNER, CHECK) is None
    undo_batch(OWNER, batch)
    assert labels_of(first) == [("COLUMBIA", "CAT 5", None)]
    assert queries.turn(OWNER, CHECK) == turn


def test_one_key_chooses_the_label_and_one_takes_it_back(client: FlaskClient) -> None:
    listed()
    release_id = record_on("Columbia Records", 5)
    bare, known = label("Columbia Records"), label("Columbia")
    page = client.get(GAP).text
    assert "1 open" in page
    assert f'name="into" value="{known}" formnovalidate data-number="1"' in page
    assert "Kind Of Blue (1959)" in page

    said = client.post(f"{GAP}/{bare}", data={"into": str(known)})

    page = client.get(said.location).text
    assert "None open" in page
    assert labels_of(release_id) == [("Columbia", "CAT 5", 1_866)]
    done = re.search(r'name="done" value="(edit-\w+)"', page)
    assert done
    client.post(f"{GAP}/undo", data={"done": done[1], "at": bare})
    assert "1 open" in client.get(GAP).text


@pytest.mark.parametrize("typed", ["Columbia", " COLUMBIA ", "columbia"])
def test_the_name_of_a_label_at_discogs_is_typed(client: FlaskClient, typed: str) -> None:
    listed()
    release_id = record_on("CBS", 5)

    client.post(f"{GAP}/{label('CBS')}", data={"label": typed})

    assert labels_of(release_id) == [("Columbia", "CAT 5", 1_866)]


@pytest.mark.parametrize(
    ("form", "sentence"),
    [
        ({}, "Type what the label is called"),
        ({"label": "Verve"}, "None of your labels"),
        ({"label": "CBS"}, "None of your labels"),
        ({"into": "9" * 30, "label": "x"}, "None of your labels"),
    ],
)
def test_what_is_no_label_comes_back_with_the_reason(
    client: FlaskClient, form: dict[str, str], sentence: str
) -> None:
    release_id = record_on("CBS", 5)

    said = client.post(f"{GAP}/{label('CBS')}", data=form)

    assert said.status_code == 422
    assert sentence in said.text
    assert labels_of(release_id) == [("CBS", "CAT 5", None)]


def test_a_label_that_is_not_there_or_needs_no_number_is_refused(client: FlaskClient) -> None:
    listed()
    record_on("CBS", 5)
    bare, known = label("CBS"), label("Columbia")

    assert client.post(f"{GAP}/{bare}", data={"into": "999"}).status_code == 404
    assert client.post(f"{GAP}/{bare}", data={"into": str(bare)}).status_code == 422
    assert client.post(f"{GAP}/{known}", data={"into": str(known)}).status_code == 422


def test_what_discogs_may_still_tell_is_no_gap(each_database: Flask) -> None:
    labels = (LabelRecord("CBS", "1", None),)
    listed(labels=labels)
    record_on("Not On Label (Miles Davis Self-released)", 7)
    record_on("Gone", 8)
    assert queries.turn(OWNER, CHECK, None) is not None

    assert quality.leave(OWNER, CHECK, label("Gone"), "never")

    assert queries.turn(OWNER, CHECK) is None


def test_more_records_cost_no_more_statements(client: FlaskClient) -> None:
    listed()
    record_on("Columbia Records", 5)
    bare, known = label("Columbia Records"), label("Columbia")
    db.session.rollback()
    with statements() as few:
        batch = own_labels.resolve(OWNER, bare, known)
    undo_batch(OWNER, batch)
    for number in range(10, 30):
        record_on("Columbia Records", number)
    db.session.rollback()
    with statements() as many:
        own_labels.resolve(OWNER, bare, known)

    assert len(many) == len(few)
