"""An edit while somebody else writes: it waits, then says so, and nothing typed is lost (S9)."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import select

from app import extensions
from app.extensions import db, set_reading
from app.models import Release
from app.services import catalogue_lock
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


def test_s9_an_edit_waits_for_a_writer_and_then_comes_back_with_its_text(
    each_database: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert extensions.BUSY_SECONDS <= 5
    address = f"/admin/releases/{listed()}/json"
    monkeypatch.setattr(extensions, "BUSY_SECONDS", WAITS_SECONDS)
    visitor = each_database.test_client()
    page = visitor.get(address).text
    db.session.rollback()  # requests of a test share a session
    typed = fields_in(page) | {"csrf_token": hidden(page, "csrf_token"), "action": "save"}
    notes = next(name for name in typed if name.endswith("notes"))
    typed[notes] = "Bought in Essen.\nPlays well <b>"

    with somebody_writes(each_database):
        began = time.monotonic()
        answer = visitor.post(address, data=typed, headers=BROWSER)
        waited = time.monotonic() - began

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert WAITS_SECONDS <= waited < WAITS_SECONDS + 4
    again = FormReader(answer.text)
    assert again.address == address
    assert again.values(notes) == [typed[notes]]
    fields = dict(again.fields) | {"csrf_token": hidden(answer.text, "csrf_token")}
    assert visitor.post(address, data=fields, headers=BROWSER).status_code == 302
    assert db.session.scalar(select(Release.notes)) == typed[notes]
