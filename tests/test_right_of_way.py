"""Who puts a page together goes first; a job waits for a moment, and never with a lock in hand."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from sqlalchemy import text

from app import right_of_way
from app.extensions import db, patient, reading, set_reading
from app.right_of_way import RightOfWay

LONG = 20.0


@pytest.fixture(autouse=True)
def long_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """So long that nobody goes on by chance."""
    monkeypatch.setattr(right_of_way, "MOMENT_SECONDS", LONG)


@contextmanager
def in_a_thread(act: Callable[[], None]) -> Iterator[threading.Event]:
    """What is set once `act` has come to its end."""
    is_through = threading.Event()

    def work() -> None:
        act()
        is_through.set()

    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    yield is_through
    thread.join(LONG)


def test_nobody_is_waited_for_where_nobody_is() -> None:
    pages = RightOfWay()
    pages.take()
    pages.give_back()

    began = time.monotonic()
    pages.step_aside()

    assert time.monotonic() - began < LONG / 4


def test_a_job_goes_on_once_the_last_page_is_there() -> None:
    pages, other_came, other_may_end = RightOfWay(), threading.Event(), threading.Event()

    def other() -> None:
        pages.take()
        other_came.set()
        other_may_end.wait(LONG)
        pages.give_back()

    pages.take()
    with in_a_thread(other), in_a_thread(pages.step_aside) as goes_on:
        assert other_came.wait(LONG)
        pages.give_back()
        assert not goes_on.wait(0.2)
        other_may_end.set()
        assert goes_on.wait(LONG / 2)


def test_a_page_is_waited_for_no_longer_because_another_takes_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(right_of_way, "MOMENT_SECONDS", 1.0)
    pages, other_came, other_may_end = RightOfWay(), threading.Event(), threading.Event()

    def other() -> None:
        pages.take()
        other_came.set()
        other_may_end.wait(LONG)
        pages.give_back()

    with in_a_thread(other):
        assert other_came.wait(LONG)
        time.sleep(1.1)
        pages.take()
        with in_a_thread(pages.step_aside) as goes_on:
            assert not goes_on.wait(0.1)
            pages.give_back()
            assert goes_on.wait(0.5)
        other_may_end.set()


def test_a_page_that_takes_long_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "MOMENT_SECONDS", 0.5)
    pages = RightOfWay()
    pages.take()
    pages.step_aside()

    with in_a_thread(pages.step_aside) as another_goes_on:
        assert another_goes_on.wait(0.4)


def test_who_has_waited_goes_on_for_as_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(right_of_way, "MOMENT_SECONDS", 0.5)
    pages = RightOfWay()
    pages.take()
    pages.step_aside()

    began = time.monotonic()
    pages.take()
    pages.step_aside()
    assert time.monotonic() - began < 0.4

    time.sleep(0.6)
    began = time.monotonic()
    pages.take()
    pages.step_aside()
    assert time.monotonic() - began >= 0.5


def test_a_job_reads_and_begins_to_write_after_the_page(each_database: Flask) -> None:
    app = each_database

    def read() -> None:
        with app.app_context(), patient(), reading():
            db.session.execute(text("SELECT 1"))
            db.session.rollback()

    def write() -> None:
        with app.app_context(), patient():
            set_reading(False)
            db.session.execute(text("UPDATE release SET title = title"))
            db.session.commit()

    for act in (read, write):
        right_of_way.pages.take()
        with in_a_thread(act) as is_through:
            assert not is_through.wait(0.3)
            right_of_way.pages.give_back()
            assert is_through.wait(LONG)


def test_a_job_steps_aside_between_two_reads(each_database: Flask) -> None:
    app, has_read, may_go_on = each_database, threading.Event(), threading.Event()

    def read_twice() -> None:
        with app.app_context(), patient(), reading():
            db.session.execute(text("SELECT 1"))
            has_read.set()
            may_go_on.wait(LONG)
            db.session.execute(text("SELECT 1"))
            db.session.rollback()

    with in_a_thread(read_twice) as is_through:
        assert has_read.wait(LONG)
        right_of_way.pages.take()
        may_go_on.set()
        assert not is_through.wait(0.3)
        right_of_way.pages.give_back()
        assert is_through.wait(LONG / 2)


def test_a_job_that_writes_does_not_keep_a_page_waiting(each_database: Flask) -> None:
    app, has_written, may_go_on = each_database, threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context(), patient():
            set_reading(False)
            db.session.execute(text("UPDATE release SET title = title"))
            has_written.set()
            may_go_on.wait(LONG)
            db.session.execute(text("UPDATE release SET title = title"))
            db.session.commit()

    with in_a_thread(write) as is_through:
        assert has_written.wait(LONG)
        right_of_way.pages.take()
        try:
            may_go_on.set()
            assert is_through.wait(LONG / 2)
        finally:
            right_of_way.pages.give_back()


def test_a_request_is_a_page_until_it_ends(app: Flask) -> None:
    waited = []

    def view() -> str:
        with in_a_thread(right_of_way.pages.step_aside) as goes_on:
            waited.append(not goes_on.wait(0.2))
            # The thread is joined, so the page is given back before it ends.
            right_of_way.pages.give_back()
        return ""

    app.add_url_rule("/busy", view_func=view)
    app.test_client().get("/busy")
    app.test_client().get("/not-there")

    with in_a_thread(right_of_way.pages.step_aside) as goes_on:
        assert goes_on.wait(LONG / 2)
    assert waited == [True]
