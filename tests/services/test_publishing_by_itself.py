"""Publishing that follows what changed the shelf: once, whoever looks, and only where wished."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Run
from app.models.base import utcnow
from app.services import preferences, runs, schedules
from app.services.publishing import by_itself
from tests.at_once import found_at_once
from tests.listings import OWNER

ADDED: dict[str, Any] = {"added": 3}
GAINED: dict[str, Any] = {"gains": {"details": 1, "links": 0}}


def ended(kind: str = "sync", counts: dict[str, Any] = ADDED, **facts: Any) -> None:
    """A run that ended this moment."""
    values = {"state": "done", "ended_at": utcnow(), "cursor": {}, "counts": counts, **facts}
    db.session.add(Run(owner_id=OWNER, kind=kind, **values))
    db.session.commit()


def publishings() -> list[Run]:
    return list(db.session.scalars(select(Run).where(Run.kind == "publish").order_by(Run.id)))


@pytest.fixture
def follows(app: Flask) -> None:
    """Publishing by itself is on."""
    by_itself.choose(OWNER, after_runs=True, commit=True)


def test_nothing_is_published_by_itself_until_it_is_wished(each_database: Flask) -> None:
    ended()
    assert schedules.start_due() == []

    by_itself.choose(OWNER, after_runs=True, commit=False)
    assert schedules.start_due() == []  # what was before stays for a person

    ended()
    (run_id,) = schedules.start_due()
    assert (runs.get(OWNER, run_id).kind, schedules.start_due()) == ("publish", [])


@pytest.mark.usefixtures("follows")
@pytest.mark.parametrize(
    ("kind", "counts", "starts"),
    [
        ("sync", ADDED, True),
        ("sync", {"added": 0}, False),
        ("enrich", GAINED, True),
        ("enrich", {"gains": {"details": 0}}, False),
        ("publish_look", ADDED, False),
    ],
)
def test_it_follows_what_changed_something(kind: str, counts: dict[str, Any], starts: bool) -> None:
    ended(kind, counts)

    assert bool(schedules.start_due()) is starts
    assert [(run.cursor["by_itself"], run.cursor["commit"]) for run in publishings()] == (
        [(True, True)] if starts else []
    )


@pytest.mark.usefixtures("follows")
def test_it_waits_for_the_run_that_follows_a_sync_but_not_for_one_that_rests() -> None:
    ended()
    enrichment = runs.start(OWNER, "enrich")
    assert schedules.start_due() == []

    enrichment.state = "waiting"
    db.session.commit()
    assert len(schedules.start_due()) == 1


@pytest.mark.usefixtures("follows")
def test_what_changes_while_it_publishes_is_published_next() -> None:
    ended()
    (first,) = schedules.start_due()
    ended()
    assert schedules.start_due() == []

    run = runs.get(OWNER, first)
    run.state, run.ended_at = "failed", utcnow()
    db.session.commit()

    assert len(schedules.start_due()) == 1
    assert len(publishings()) == 2


@pytest.mark.usefixtures("follows")
def test_one_record_published_by_hand_is_not_the_shelf() -> None:
    ended(ended_at=utcnow() + timedelta(seconds=1))
    ended("publish", {}, cursor={"release": 5}, created_at=utcnow() + timedelta(seconds=2))
    assert len(schedules.start_due()) == 1


@pytest.mark.usefixtures("follows")
def test_switched_off_nothing_starts_and_saving_again_forgets_nothing() -> None:
    ended()
    by_itself.choose(OWNER, after_runs=True, commit=False)
    assert by_itself.is_on(OWNER)
    by_itself.choose(OWNER, after_runs=False, commit=False)
    assert schedules.start_due() == []
    assert not by_itself.is_on(OWNER)


@pytest.mark.parametrize("odd", ["2026-01-01", "yesterday", 5, [], True])
def test_whatever_a_dump_says_of_it_does_not_stop_the_scheduler(app: Flask, odd: object) -> None:
    preferences.put(OWNER, by_itself.AFTER, odd)
    ended()

    assert len(schedules.start_due()) == 1


def test_many_that_look_at_once_start_one_publishing(each_database: Flask) -> None:
    by_itself.choose(OWNER, after_runs=True, commit=False)
    ended()
    started = found_at_once(each_database, 5, schedules.start_due)

    assert len(started) == 1
    assert len(publishings()) == 1
