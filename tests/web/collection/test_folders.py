"""Copies moved between folders, and folders of one's own."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Copy, Folder
from app.services import copies
from app.services.subjects import open_subject
from tests.listings import OWNER, listed


def only_copy() -> int:
    return db.session.execute(select(Copy.id)).scalar_one()


def folder_of(copy_id: int) -> str:
    folder: str = open_subject("copy", OWNER, copy_id).shown["folder"]
    return folder


def folder(name: str) -> int:
    return db.session.execute(select(Folder.id).where(Folder.name == name)).scalar_one()


@pytest.fixture
def visitor(each_database: Flask) -> FlaskClient:
    each_database.config["WTF_CSRF_ENABLED"] = False
    return each_database.test_client()


def test_a_copy_moved_from_its_page_stays_there_when_a_sync_lists_it(visitor: FlaskClient) -> None:
    release = listed()
    assert 'value="Uncategorized"' in visitor.get(f"/releases/{release}").text

    moved = visitor.post(f"/copies/{only_copy()}/move", data={"folder": " Loft "})
    listed(title="Kind Of Blue (again)")

    assert moved.location == f"/releases/{release}#copy-{only_copy()}"
    assert folder_of(only_copy()) == "Loft"
    assert ">1<" in visitor.get("/folders").text


@pytest.mark.parametrize("name", ["", " ", "\u200b", "x" * 201, "a\u202eb"])
def test_a_folder_without_a_name_that_shows_is_refused(client: FlaskClient, name: str) -> None:
    listed()

    assert client.post(f"/copies/{only_copy()}/move", data={"folder": name}).status_code == 422
    assert client.post("/folders", data={"name": name}).status_code == 422
    assert folder_of(only_copy()) == "Uncategorized"


def test_a_renamed_folder_keeps_its_records_through_an_undo(visitor: FlaskClient) -> None:
    listed()
    visitor.post(f"/copies/{only_copy()}/move", data={"folder": "Loft"})
    visitor.post(f"/copies/{only_copy()}/move", data={"folder": "Cellar"})

    visitor.post(f"/folders/{folder('Loft')}/rename", data={"name": "Attic"})
    history = visitor.get(f"/admin/copies/{only_copy()}/json").text
    assert "Attic" in history
    visitor.post(f"/folders/{folder('Cellar')}/rename", data={"name": "Cave"})

    assert folder_of(only_copy()) == "Cave"
    assert "folder=Cellar" not in visitor.get("/folders").text


def test_a_deleted_folder_lets_its_records_go_and_comes_back_with_an_undo(
    visitor: FlaskClient,
) -> None:
    listed()
    visitor.post(f"/copies/{only_copy()}/move", data={"folder": "Loft"})

    deleted = visitor.post(f"/folders/{folder('Loft')}/delete")

    assert folder_of(only_copy()) == "Uncategorized"
    assert "folder=Loft" not in visitor.get("/folders").text
    visitor.post(f"{deleted.location}/undo")
    assert folder_of(only_copy()) == "Loft"


def test_a_deleted_folder_takes_nothing_along_that_is_in_the_trash(client: FlaskClient) -> None:
    listed()
    client.post(f"/copies/{only_copy()}/move", data={"folder": "Loft"})
    copies.remove_copy(OWNER, only_copy())

    client.post(f"/folders/{folder('Loft')}/delete")

    copies.restore_copy(OWNER, only_copy())
    assert folder_of(only_copy()) == "Uncategorized"


def test_an_empty_folder_is_made_and_deleted(client: FlaskClient) -> None:
    client.post("/folders", data={"name": "Loft"})
    assert "folder=Loft" in client.get("/folders").text
    again = client.post("/folders", data={"name": "Loft"})
    assert (again.status_code, "already" in again.text) == (422, True)

    assert client.post(f"/folders/{folder('Loft')}/delete").location == "/folders"
    assert "folder=Loft" not in client.get("/folders").text


def test_a_folder_that_discogs_manages_says_so(client: FlaskClient) -> None:
    listed()
    page = client.get("/folders").text

    assert "Discogs manages this" in page
    assert "/rename" not in page
    for what in ("rename", "delete"):
        answer = client.post(f"/folders/{folder('Uncategorized')}/{what}", data={"name": "Mine"})
        assert (answer.status_code, "Discogs manages" in answer.text) == (422, True)
        assert client.post(f"/folders/99/{what}", data={"name": "Mine"}).status_code == 404
