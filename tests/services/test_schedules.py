"""A sync that starts by itself: once, however many processes look (N7, P5, P10)."""

from __future__ import annotations

import time

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.extensions import db
from app.models import Run, Schedule
from app.services import preferences, runs, schedules
from tests.at_once import found_at_once
from tests.listings import OWNER

HOURS = 3600.0


def make_due(seconds_ago: float = 1.0) -> None:
    db.session.execute(update(Schedule).values(next_at=time.time() - seconds_ago))
    db.session.commit()


def run_count() -> int:
    return db.session.scalar(select(func.count(Run.id))) or 0


def next_in() -> float:
    """Seconds until the next sync starts by itself."""
    return db.session.execute(select(Schedule.next_at)).scalar_one() - time.time()


def test_nothing_starts_by_itself_until_it_is_asked_for(each_database: Flask) -> None:
    assert schedules.start_due() == []
    assert run_count() == 0


def test_the_first_sync_comes_after_six_hours_and_up_to_one_more(each_database: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])

    assert schedules.start_due() == []
    assert 6 * HOURS - 5 < next_in() < 7 * HOURS


def test_setting_the_same_again_does_not_put_it_off(each_database: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])
    make_due()
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])

    assert len(schedules.start_due()) == 1


def test_switched_off_nothing_starts(each_database: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["daily"])
    make_due()
    schedules.set_schedule(OWNER, schedules.CHOICES["off"])

    assert schedules.start_due() == []


def test_a_due_sync_starts_and_the_next_keeps_its_minute(each_database: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])
    make_due(60)

    (run_id,) = schedules.start_due()

    assert db.session.get_one(Run, run_id).kind == "sync"
    assert next_in() == pytest.approx(6 * HOURS - 60, abs=5)


def test_n7_what_was_missed_for_days_is_made_up_for_once(each_database: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])
    make_due(50 * HOURS)

    assert len(schedules.start_due()) == 1
    assert schedules.start_due() == []
    assert next_in() == pytest.approx(4 * HOURS, abs=5)


def test_p5_many_that_look_at_once_start_one_run(each_database: Flask) -> None:
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])
    make_due()
    started = found_at_once(each_database, 6, schedules.start_due)

    assert len(started) == 1
    assert run_count() == 1


def test_p10_a_sync_under_way_is_not_doubled_nor_a_paused_one_woken(each_database: Flask) -> None:
    mine = runs.start(OWNER, "sync").id
    runs.pause(OWNER, mine)
    schedules.set_schedule(OWNER, schedules.CHOICES["6h"])
    make_due()

    assert schedules.start_due() == []
    assert run_count() == 1
    assert runs.get(OWNER, mine).paused_at is not None
    assert next_in() > 0


def test_enrichment_follows_a_sync_only_where_it_is_wished(each_database: Flask) -> None:
    assert schedules.after_sync(OWNER) is None

    preferences.put(OWNER, schedules.ENRICH_AFTER_SYNC, True)
    run_id = schedules.after_sync(OWNER)

    assert db.session.get_one(Run, run_id).kind == "enrich"
    assert schedules.after_sync(OWNER) is None
