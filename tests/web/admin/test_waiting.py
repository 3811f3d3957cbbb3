"""An edit the database cannot take just now: the page says why, and has all that was typed."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, text

from app import extensions
from app.extensions import db, set_reading
from app.models import Release
from app.services import catalogue_lock
from tests.databases import PostgresCopy
from tests.listings import OWNER, listed
from tests.web.admin.editing import fields_in, hidden
from tests.web.test_typed import BROWSER, FormReader

WAITS_SECONDS = 1


@contextmanager
def somebody_writes(app: Flask) -> Iterator[None]:
    """As a sync does that stores a page of records, only for longer than a person waits."""
    holds, is_over = threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context():
            set_reading(False)
            catalogue_lock.hold(OWNER)
            holds.set()
            is_over.wait(60)
            db.session.rollback()
            db.session.remove()

    writer = threading.Thread(target=write)
    writer.start()
    assert holds.wait(10)
    try:
        yield
    finally:
        is_over.set()
        writer.join()


@contextmanager
def full_disk() -> Iterator[None]:
    """PostgreSQL finds no room for an edit, as it says so itself."""
    for statement in (
        "CREATE FUNCTION no_room() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION"
        " 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$",
        "CREATE TRIGGER no_room BEFORE INSERT ON edit EXECUTE FUNCTION no_room()",
    ):
        db.session.execute(text(statement))
    db.session.commit()
    try:
        yield
    finally:
        db.session.rollback()
        db.session.execute(text("DROP FUNCTION no_room CASCADE"))
        db.session.commit()


def typed_on(visitor: FlaskClient, address: str) -> tuple[dict[str, str], str]:
    """The form of an editor with a note in it, and what the note is called there."""
    page = visitor.get(address).text
    db.session.rollback()  # requests of a test share a session
    typed = fields_in(page) | {"csrf_token": hidden(page, "csrf_token"), "action": "save"}
    notes = next(name for name in typed if name.endswith("notes"))
    return typed | {notes: "Bought in Essen.\nPlays well <b>"}, notes


def send_again(visitor: FlaskClient, address: str, page: str) -> str | None:
    """Press the button below what came back; the notes of the record then."""
    fields = dict(FormReader(page).fields) | {"csrf_token": hidden(page, "csrf_token")}
    assert visitor.post(address, data=fields, headers=BROWSER).status_code == 302
    return db.session.scalar(select(Release.notes))


def test_s9_an_edit_waits_for_a_writer_and_then_comes_back_with_its_text(
    each_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert extensions.BUSY_SECONDS <= 5
    monkeypatch.setattr(extensions, "BUSY_SECONDS", WAITS_SECONDS)
    address = f"/admin/releases/{listed()}/json"
    visitor = each_database.test_client()
    typed, notes = typed_on(visitor, address)

    with somebody_writes(each_database):
        began = time.monotonic()
        answer = visitor.post(address, data=typed, headers=BROWSER)
        waited = time.monotonic() - began

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert WAITS_SECONDS <= waited < WAITS_SECONDS + 4
    assert FormReader(answer.text).address == address
    assert FormReader(answer.text).values(notes) == [typed[notes]]
    assert send_again(visitor, address, answer.text) == typed[notes]


def test_s1_a_full_disk_of_postgresql_is_told_as_such_and_the_text_comes_back(
    make_app: Callable[..., Flask], postgres_copy: PostgresCopy
) -> None:
    app = make_app(database_url=postgres_copy.fresh())
    with app.app_context():
        set_reading(False)
        address = f"/admin/releases/{listed()}/json"
        visitor = app.test_client()
        typed, notes = typed_on(visitor, address)

        with full_disk():
            answer = visitor.post(address, data=typed, headers=BROWSER)
            assert visitor.get("/collection").status_code == 200

        assert answer.status_code == 507
        assert "The disk is full" in answer.text
        assert "MB are needed" in answer.text
        assert FormReader(answer.text).values(notes) == [typed[notes]]
        set_reading(False)
        assert send_again(visitor, address, answer.text) == typed[notes]
        db.session.remove()
        db.engine.dispose()
