"""The thread that sees to backups, and a sync on a disk that fills up."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Connection, event, text

from app.domain.backups import DAILY
from app.extensions import db
from app.jobs import attempt
from app.jobs.backup_keeper import BackupKeeper
from app.models import Run
from app.services import runs
from tests.kept_shelf import backups_of, count, fill
from tests.shelves import OWNER
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items


def test_what_is_due_is_made_and_tried_out_in_the_background(app: Flask) -> None:
    fill()
    keeper = BackupKeeper(app, threading.Event())

    keeper.look()
    keeper.look()

    assert [each.why for each in backups_of(app).all()] == [DAILY]
    told = (backups_of(app).path / "notes.json").read_text()
    assert "restored into scratch" in told


def test_the_thread_outlives_a_folder_it_cannot_use_and_ends_when_told(app: Flask) -> None:
    fill()
    stopping = threading.Event()
    keeper = BackupKeeper(app, stopping)
    backups_of(app).path.write_text("in the way")

    keeper.look()

    keeper.start()
    stopping.set()
    keeper.join(5)
    assert not keeper.is_alive()


@pytest.fixture
def full_disk() -> Callable[[bool], None]:
    """Fills the disk, as far as the database can tell, and empties it."""

    def fill_up(connection: Connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")

    def switch(is_full: bool) -> None:
        if is_full:
            event.listen(db.engine, "begin", fill_up)
        else:
            event.remove(db.engine, "begin", fill_up)
            db.session.remove()
            db.engine.dispose()

    return switch


def test_s1_a_sync_on_a_full_disk_waits_and_goes_on_when_there_is_room(
    make_app: Callable[..., Flask], full_disk: Callable[[bool], None]
) -> None:
    collector = Collector("collector", token="test-token", items=generated_items(250))
    with DiscogsStandIn(collector) as discogs:
        app = make_app(
            discogs_api_url=discogs.url, discogs_web_url=discogs.web_url, discogs_token="test-token"
        )
        with app.app_context():
            run_id = runs.start(OWNER, "sync").id
            full_disk(True)
            attempt.work_on(app, run_id)
            waiting = db.session.get_one(Run, run_id)
            assert (waiting.state, (waiting.message or "")[:17]) == ("waiting", "The disk is full.")
            db.session.rollback()
            assert count("copy") < 250

            full_disk(False)
            db.session.execute(text("UPDATE run SET lease_until = NULL"))
            db.session.commit()
            attempt.work_on(app, run_id)

            assert db.session.get_one(Run, run_id).state == "done"
            assert count("copy") == 250
