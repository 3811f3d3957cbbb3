"""The job threads of a process: runs are taken up, taken over, and never left "running"."""

from __future__ import annotations

import io
import os
import sqlite3
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from app.extensions import db
from app.jobs import heart, runner
from app.jobs.kinds import KINDS
from app.jobs.runner import Runner
from app.models import Run
from app.services import runs, uploads
from app.services.runs import Lease
from tests.servers import start_redis

OWNER = 1
PATIENCE_SECONDS = 15


@pytest.fixture
def job() -> Iterator[Callable[[Callable[..., None]], str]]:
    """Adds a kind of run for the length of a test."""

    def add(work: Callable[..., None]) -> str:
        KINDS["test"] = work
        return "test"

    yield add
    KINDS.pop("test", None)


def quick(_workplace: Any, lease: Lease, _should_stop: Callable[[], bool]) -> None:
    runs.end(lease, "done", "quick")


def wait_for(run_id: int, *states: str) -> str:
    """The state of the run once it is one of `states`."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    state = ""
    while time.monotonic() < deadline:
        state = db.session.scalars(select(Run.state).where(Run.id == run_id)).one()
        db.session.rollback()
        if state in states:
            return state
        time.sleep(0.05)
    raise AssertionError(f"the run is {state}, not {states}")


def test_a_run_is_worked_on_in_the_background(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    running = runner.start(app)
    run_id = runs.start(OWNER, job(quick)).id
    running.wake(run_id)

    assert wait_for(run_id, "done", "failed") == "done"


def test_a_run_nobody_announced_is_found(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    run_id = runs.start(OWNER, job(quick)).id
    runner.start(app)

    assert wait_for(run_id, "done", "failed") == "done"


def test_an_upload_nobody_imported_is_forgotten_without_another_upload(app: Flask) -> None:
    instance = app.extensions["workplace"].settings.instance_path
    old, fresh = (uploads.keep(instance, io.BytesIO(b"a")) for _ in range(2))
    then = time.time() - uploads.KEPT_SECONDS - 1
    folder = instance / uploads.FOLDER
    os.utime(folder / f"{old}.csv", (then, then))

    runner.start(app)

    deadline = time.monotonic() + PATIENCE_SECONDS
    while len(list(folder.iterdir())) > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert [path.stem for path in folder.iterdir()] == [fresh]


def test_a_run_whose_worker_died_is_taken_over(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    """Row P1 of the fault list: ten seconds after the start at the latest."""
    run_id = runs.start(OWNER, job(quick)).id
    assert runs.take(run_id) is not None
    held_for = (runs.get(OWNER, run_id).lease_until or 0.0) - time.time()
    assert held_for + runner.SWEEP_SECONDS + runner.WAKE_AGAIN_SECONDS <= 10
    db.session.execute(update(Run).values(lease_until=Run.lease_until - runs.LEASE_SECONDS + 1))
    db.session.commit()
    runner.start(app)

    assert wait_for(run_id, "done", "failed") == "done"


def test_a_living_workers_lease_outlasts_a_long_wait(
    app: Flask, job: Callable[[Callable[..., None]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "LEASE_SECONDS", 1.5)
    monkeypatch.setattr(heart, "HEARTBEAT_SECONDS", 0.3)
    starts: list[float] = []

    def slow(_workplace: Any, lease: Lease, _should_stop: Callable[[], bool]) -> None:
        starts.append(time.monotonic())
        db.session.commit()
        time.sleep(3)
        runs.end(lease, "done")

    running = runner.start(app)
    run_id = runs.start(OWNER, job(slow)).id
    running.wake(run_id)

    assert wait_for(run_id, "done", "failed") == "done"
    assert len(starts) == 1


def test_a_fault_of_ours_is_shown_as_failed(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    """Row P9 of the fault list."""

    def broken(_workplace: Any, _lease: Lease, _should_stop: Callable[[], bool]) -> None:
        raise ZeroDivisionError("a secret detail")

    running = runner.start(app)
    run_id = runs.start(OWNER, job(broken)).id
    running.wake(run_id)

    assert wait_for(run_id, "done", "failed") == "failed"
    run = runs.get(OWNER, run_id)
    assert "fault in Gatefold" in (run.message or "")
    assert "secret detail" not in (run.message or "")


def test_a_busy_database_is_waited_for(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    """Row S9 of the fault list."""

    def locked(_workplace: Any, _lease: Lease, _should_stop: Callable[[], bool]) -> None:
        raise OperationalError("UPDATE", {}, sqlite3.OperationalError("database is locked"))

    running = runner.start(app)
    run_id = runs.start(OWNER, job(locked)).id
    running.wake(run_id)

    assert wait_for(run_id, "waiting", "failed") == "waiting"


def test_a_queue_out_of_order_stops_nothing(
    app: Flask, job: Callable[[Callable[..., None]], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row S11 of the fault list: jobs never live in the queue alone."""

    def full(_run_id: int) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    running = runner.start(app)
    monkeypatch.setattr(running, "_work", full)
    run_id = runs.start(OWNER, job(quick)).id
    running.wake(run_id)

    assert wait_for(run_id, "done", "failed") == "done"


def test_stopping_the_process_gives_the_run_back_at_once(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    """Row P2 of the fault list."""

    def patient(_workplace: Any, lease: Lease, should_stop: Callable[[], bool]) -> None:
        while not should_stop():
            time.sleep(0.05)
        raise runs.StoppedError

    running = runner.start(app)
    run_id = runs.start(OWNER, job(patient)).id
    running.wake(run_id)
    wait_for(run_id, "running")

    started = time.monotonic()
    runner.stop(app)

    assert time.monotonic() - started < 5
    assert wait_for(run_id, "queued") == "queued"
    assert runs.due() == [run_id]


def test_redis_can_carry_the_wake_up_calls(
    make_app: Callable[..., Flask], job: Callable[[Callable[..., None]], str]
) -> None:
    server = start_redis()
    try:
        app = make_app(redis_url=server.url)
        with app.app_context():
            running = runner.start(app)
            run_id = runs.start(OWNER, job(quick)).id
            running.wake(run_id)

            assert wait_for(run_id, "done", "failed") == "done"
            runner.stop(app)
            db.session.remove()
    finally:
        server.stop()


def test_with_workers_the_web_process_only_announces(
    make_app: Callable[..., Flask], job: Callable[[Callable[..., None]], str]
) -> None:
    app = make_app(jobs="worker")
    with app.app_context():
        web = runner.start(app)
        run_id = runs.start(OWNER, job(quick)).id
        web.wake(run_id)
        time.sleep(1.5)
        assert wait_for(run_id, "queued") == "queued"

        worker = Runner(app, app.extensions["workplace"].settings)
        worker.start()
        try:
            assert wait_for(run_id, "done", "failed") == "done"
        finally:
            worker.stop()
        db.session.remove()


def test_a_paused_run_rests_until_it_is_resumed(
    app: Flask, job: Callable[[Callable[..., None]], str]
) -> None:
    """Row P11 of the fault list."""
    rounds: list[float] = []

    def patient(_workplace: Any, lease: Lease, should_stop: Callable[[], bool]) -> None:
        while not should_stop():
            rounds.append(time.monotonic())
            runs.progress(lease)
            db.session.commit()
            time.sleep(0.05)
        raise runs.StoppedError

    running = runner.start(app)
    run_id = runs.start(OWNER, job(patient)).id
    running.wake(run_id)
    wait_for(run_id, "running")
    runs.pause(OWNER, run_id)
    runs.pause(OWNER, run_id)
    wait_for(run_id, "queued")
    rested = len(rounds)
    time.sleep(1.5)

    assert (len(rounds), runs.due()) == (rested, [])
    runs.resume(OWNER, run_id)
    assert wait_for(run_id, "running") == "running"
    runs.ask_to_stop(OWNER, run_id)
    assert wait_for(run_id, "cancelled") == "cancelled"
