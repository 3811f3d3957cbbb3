"""The sweeper starts what is due, and enrichment follows a sync where it is wished."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import select, update

from app.extensions import db, set_reading
from app.jobs import foreground, runner
from app.models import Run, Schedule
from app.services import preferences, runs, schedules
from tests.listings import OWNER
from tests.standin.world import World


def kinds() -> list[str]:
    db.session.rollback()
    return list(db.session.scalars(select(Run.kind).order_by(Run.id)))


def test_a_process_that_serves_pages_starts_what_is_due(app: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["daily"])
    db.session.execute(update(Schedule).values(next_at=time.time() - 1))
    db.session.commit()

    runner.start(app)

    patience = time.monotonic() + 20
    while not kinds() and time.monotonic() < patience:
        time.sleep(0.1)
    assert kinds() == ["sync"]


def test_a_sync_that_ends_is_followed_by_enrichment_where_it_is_wished(
    make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    with World(3) as world:
        app = make_app(**world.settings(tmp_path))
        with app.app_context():
            set_reading(False)
            _sync(app)
            assert kinds() == ["sync"]
            preferences.put(OWNER, schedules.ENRICH_AFTER_SYNC, True)
            _sync(app)
            assert kinds() == ["sync", "sync", "enrich"]
            db.session.remove()


def _sync(app: Flask) -> None:
    started = runs.start(OWNER, "sync").id
    run = foreground.follow(app, OWNER, started, lambda _run: None)
    assert run.state == "done"
