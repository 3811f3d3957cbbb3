"""While a backup is put back nobody writes, and what was written before is in the restore point."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Engine, create_engine, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

from app.errors import ConflictError
from app.extensions import db, prepare_engine, reading
from app.models import User
from app.services.backups import making, restoring
from app.services.backups.checking import folder_of
from app.standstill import BeingRestoredError, standstill
from tests.kept_shelf import fill, workplace_of


def call_me(name: str) -> None:
    """Any write."""
    try:
        db.session.execute(update(User).where(User.id == 1).values(name=name))
        db.session.commit()
    finally:
        db.session.remove()


@pytest.fixture
def elsewhere(each_database: Flask) -> Engine:
    """The database as another process has it."""
    engine = create_engine(db.engine.url, poolclass=NullPool)
    prepare_engine(engine)
    return engine


def my_name() -> str:
    with reading():
        name = db.session.scalars(select(User.name).where(User.id == 1)).one()
        db.session.remove()
    return name


@contextmanager
def somebody_restores(app: Flask) -> Iterator[threading.Event]:
    """Somebody else asks for a standstill and has it until the end; set once they have it."""
    has_it, is_over = threading.Event(), threading.Event()

    def restore() -> None:
        with app.app_context(), standstill(db.engine):
            has_it.set()
            is_over.wait(20)

    thread = threading.Thread(target=restore)
    thread.start()
    try:
        yield has_it
    finally:
        is_over.set()
        thread.join()


def test_meanwhile_others_read_and_do_not_write(each_database: Flask) -> None:
    call_me("before")
    with somebody_restores(each_database) as has_it:
        assert has_it.wait(10)
        with pytest.raises(OperationalError) as raised:
            call_me("meanwhile")
        assert isinstance(raised.value.orig, BeingRestoredError)
        assert my_name() == "before"

    call_me("after")
    assert my_name() == "after"


def test_who_writes_already_comes_to_an_end_first(each_database: Flask) -> None:
    db.session.execute(update(User).where(User.id == 1).values(name="written before"))
    with somebody_restores(each_database) as has_it:
        assert not has_it.wait(0.3)
        db.session.commit()
        db.session.remove()
        assert has_it.wait(10)
        assert my_name() == "written before"


def test_a_page_keeps_what_was_typed(each_database: Flask) -> None:
    client = each_database.test_client()
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get("/feedback").text)
    assert found
    typed = {"csrf_token": found[1], "kind": "idea", "text": "The sleeves are lovely", "page": "/"}
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    with somebody_restores(each_database) as has_it:
        assert has_it.wait(10)
        answer = client.post("/feedback", data=typed, headers=own)

        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
        assert "A backup is being put back" in answer.text
        assert "The sleeves are lovely" in answer.text
        assert client.get("/collection").status_code == 200

    assert client.post("/feedback", data=typed, headers=own).status_code == 303


def test_every_change_is_refused_or_in_the_point_or_comes_after(
    each_database: Flask, elsewhere: Engine
) -> None:
    app = each_database
    fill()
    file = folder_of(workplace_of(app)).path / making.make(workplace_of(app)).name
    stop, began = threading.Event(), threading.Event()
    saved: list[int] = []
    refused: list[int] = []

    def write() -> None:
        for number in range(1, 100_000):
            try:
                with elsewhere.begin() as connection:
                    connection.execute(update(User).where(User.id == 1).values(name=f"{number}"))
                saved.append(number)
            except OperationalError:
                refused.append(number)
            began.set()
            if stop.wait(0.002):
                return

    writer = threading.Thread(target=write)
    writer.start()
    try:
        assert began.wait(10)
        point = restoring.restore(workplace_of(app), file).point
    finally:
        stop.set()
        writer.join()

    assert refused
    db.session.remove()
    restoring.restore(workplace_of(app), folder_of(workplace_of(app)).path / point.name)
    assert my_name() == str(max(number for number in saved if number < refused[0]))


def test_a_lock_left_by_a_killed_process_stops_nobody(app: Flask) -> None:
    Path(f"{db.engine.url.database}-restoring").touch()

    call_me("still here")

    assert my_name() == "still here"


def test_who_never_ends_is_waited_for_only_so_long(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.standstill.WAIT_SECONDS", 0.1)
    db.session.execute(update(User).values(name="for ever"))

    with pytest.raises(ConflictError, match="Nothing was changed"), standstill(db.engine):
        raise AssertionError("others still write")

    db.session.rollback()
    call_me("goes on")
