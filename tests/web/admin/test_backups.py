"""The page of the backups: what is there, what can be done with it, and what is refused."""

from __future__ import annotations

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import event
from werkzeug.test import TestResponse

from app.domain.backups import DAILY
from app.extensions import db
from app.services import runs
from app.services.backups import making
from app.services.backups.notes import NoteBook
from tests.kept_shelf import backups_of, fill, no_file_larger_than, shelf_digest
from tests.kept_shelf import workplace_of as at
from tests.shelves import OWNER, put_on_shelf

PLACE = "/admin/backups"


@pytest.fixture
def shelf(app: Flask) -> Flask:
    fill()
    return app


def page(client: FlaskClient, address: str = PLACE) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return response.text


def test_an_empty_house_says_when_the_first_backup_comes(client: FlaskClient) -> None:
    assert "Nothing to back up" in page(client)


def test_a_shelf_without_backups_offers_one(shelf: Flask, client: FlaskClient) -> None:
    assert "No backup yet" in page(client)


def test_a_backup_made_by_hand_is_in_the_list_with_its_facts(
    shelf: Flask, client: FlaskClient
) -> None:
    answer = client.post(PLACE, follow_redirects=True).text

    assert "Backed up and looked through: 3 copies" in answer
    assert "made by hand" in answer
    assert "verified" in answer


def test_a_backup_can_be_taken_away_as_one_file(shelf: Flask, client: FlaskClient) -> None:
    made = making.make(at(shelf))

    with client.get(f"{PLACE}/{made.name}/file") as response:
        data = response.data

    assert response.headers["Content-Disposition"] == f"attachment; filename={made.name}"
    assert response.headers["Cache-Control"] == "private, no-store"
    assert data == backups_of(shelf).file(made.name).read_bytes()


def test_the_page_of_a_backup_compares_it_with_now(shelf: Flask, client: FlaskClient) -> None:
    made = making.make(at(shelf))
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})

    text = page(client, f"{PLACE}/{made.name}")

    assert '<th scope="row">Copies</th><td class="number">3</td><td class="number">4</td>' in text
    assert "Your tokens stay." in text


def test_restoring_is_one_click_on_that_page(shelf: Flask, client: FlaskClient) -> None:
    made, before = making.make(at(shelf)), shelf_digest()
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})
    assert "Heligoland" in client.get("/collection").text

    answer = client.post(f"{PLACE}/{made.name}/restore", follow_redirects=True).text

    assert "Restored: 3 copies" in answer
    assert "before a restore" in answer
    assert shelf_digest() == before
    assert "Heligoland" not in client.get("/collection").text


def test_while_a_job_is_under_way_the_page_says_so_and_restores_nothing(
    shelf: Flask, client: FlaskClient
) -> None:
    made = making.make(at(shelf))
    run = runs.start(OWNER, "sync")

    assert f"/jobs/{run.id}" in page(client, f"{PLACE}/{made.name}")
    assert client.post(f"{PLACE}/{made.name}/restore").status_code == 409


def test_a_check_tells_what_it_found(shelf: Flask, client: FlaskClient) -> None:
    made = making.make(at(shelf))

    answer = client.post(f"{PLACE}/{made.name}/check", follow_redirects=True).text
    assert "everything that was put in is there" in answer

    path = backups_of(shelf).file(made.name)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)
    answer = client.post(f"{PLACE}/{made.name}/check", follow_redirects=True).text
    assert answer.count("damaged") >= 2
    refused = client.get(f"{PLACE}/{made.name}")
    assert refused.status_code == 422
    assert "Replace what is here" not in refused.text


def test_the_only_good_one_stays_the_others_can_be_deleted(
    shelf: Flask, client: FlaskClient
) -> None:
    first = making.make(at(shelf))
    assert client.post(f"{PLACE}/{first.name}/delete").status_code == 409
    second = making.make(at(shelf))

    answer = client.post(f"{PLACE}/{first.name}/delete", follow_redirects=True)

    assert "The backup is deleted." in answer.text
    assert [each.name for each in backups_of(shelf).all()] == [second.name]


def test_an_upload_is_looked_through_and_shown_not_restored(
    shelf: Flask, client: FlaskClient
) -> None:
    data = backups_of(shelf).file(making.make(at(shelf)).name).read_bytes()
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})
    before = shelf_digest()

    sent = {"file": (io.BytesIO(data), "my backup.zip")}
    response = client.post(f"{PLACE}/upload", data=sent)

    assert response.status_code == 302
    assert "Replace what is here" in page(client, response.location)
    assert shelf_digest() == before


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"Title,Artist\n", "no backup of Gatefold"),
        (b"PK\x03\x04 and then nothing", "cut off"),
    ],
)
def test_s14_an_upload_that_is_no_backup_comes_back_with_the_reason(
    shelf: Flask, client: FlaskClient, data: bytes, words: str
) -> None:
    response = client.post(f"{PLACE}/upload", data={"file": (io.BytesIO(data), "a.zip")})

    assert response.status_code == 422
    assert words in response.text
    assert client.post(f"{PLACE}/upload").status_code == 422


def test_the_field_says_what_to_do_with_a_file_beyond_its_limit(
    shelf: Flask, client: FlaskClient
) -> None:
    field = page(client).partition('data-most-bytes="67108864"')[2].partition("</form>")[0]

    assert "Up to 64 MB" in field
    assert "flask --app run restore FILE" in field


@pytest.mark.parametrize(
    "name", ["nothing.zip", "..%2Fgatefold.db", ".lock", "notes.json", "%00.zip", "a" * 300]
)
def test_no_other_file_can_be_had(shelf: Flask, client: FlaskClient, name: str) -> None:
    making.make(at(shelf))
    NoteBook(backups_of(shelf)).succeeded()

    assert client.get(f"{PLACE}/{name}/file").status_code == 404
    assert client.get(f"{PLACE}/{name}").status_code == 404
    assert client.post(f"{PLACE}/{name}/restore").status_code == 404
    assert client.post(f"{PLACE}/{name}/delete").status_code == 404


def test_s1_what_keeps_a_backup_from_being_made_stands_on_the_page(
    shelf: Flask, client: FlaskClient
) -> None:
    making.make(at(shelf), DAILY)

    with no_file_larger_than(20_000):
        refused = client.post(PLACE)

    assert refused.status_code in (503, 507)
    assert "not made" in refused.text
    assert "could not be made" in page(client)
    client.post(PLACE)
    assert "could not be made" not in page(client)


def test_s1_a_full_disk_is_told_as_such_and_reading_goes_on(
    shelf: Flask, client: FlaskClient
) -> None:
    @event.listens_for(db.engine, "begin")
    def _fill_up(connection: object) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # type: ignore[attr-defined]

    try:
        answers = (_add(client, number) for number in range(300))
        response = next(answer for answer in answers if answer.status_code != 302)
        kept = shelf_digest()
        assert client.get("/collection").status_code == 200
        assert shelf_digest() == kept
    finally:
        event.remove(db.engine, "begin", _fill_up)

    assert response.status_code == 507
    assert "The disk is full" in response.text
    assert "MB are needed" in response.text
    db.engine.dispose()
    assert _add(client, 301).status_code == 302


def _add(client: FlaskClient, number: int) -> TestResponse:
    words = {"artist": f"Somebody {number}", "title": f"The last words {number} " + "so long " * 30}
    return client.post("/import/record", data={"how": "hand", **words})


def test_the_list_needs_as_many_statements_for_many_as_for_few(
    shelf: Flask, client: FlaskClient
) -> None:
    making.make(at(shelf))
    page(client)
    few = _statements(client)
    for _ in range(3):
        making.make(at(shelf))

    assert _statements(client) == few


def _statements(client: FlaskClient) -> int:
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        seen.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    page(client)
    event.remove(db.engine, "before_cursor_execute", note)
    return len(seen)
