"""Rows P1 to P15 of the fault list, with the lanes of an enrichment at work."""

from __future__ import annotations

import os
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import Select, func, select, text, update

from app.domain.providers import SERVICES
from app.errors import ConflictError
from app.extensions import db, reading, set_reading, set_repeatable
from app.jobs import runner
from app.jobs.runner import Runner
from app.models import ProviderResult, Run
from app.services import runs
from app.services.enrich.details import Details
from tests.browser.live import LiveServer
from tests.jobs.enriching import OWNER, count, follow, states
from tests.servers import ROOT
from tests.standin.world import World

RELEASES = 15
IN_FLIGHT = sum(service.threads for service in SERVICES)
PATIENCE_SECONDS = 30
IS_HELD_UP = "SELECT count(*) > 0 FROM pg_locks WHERE NOT granted"


@pytest.fixture
def world() -> Iterator[World]:
    with World(RELEASES) as world:
        yield world


def slow_down(world: World, seconds: float = 0.3) -> None:
    """Let every service take its time."""
    for stand_in in world.services.values():
        stand_in.delay = seconds


def wait_for(is_so: Callable[[], bool]) -> None:
    """Look until something is so."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not is_so():
        assert time.monotonic() < deadline, "it did not come to that"
        time.sleep(0.05)


def state_of(run_id: int) -> str:
    """The state of a run as others see it."""
    return str(_look(select(Run.state).where(Run.id == run_id)))


def details() -> int:
    """How many releases have been settled with Discogs."""
    settled = (ProviderResult.provider == "discogs", ProviderResult.state == "found")
    return int(_look(select(func.count()).select_from(ProviderResult).where(*settled)))


def _look(query: Select[Any]) -> Any:
    """Read one value, and leave no transaction open that would lock others out."""
    db.session.rollback()
    with reading():
        told = db.session.scalar(query)
        db.session.rollback()
    return told


@contextmanager
def worker(app: Flask, world: World, folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A process of its own that works on runs (`flask worker`)."""
    instance = app.extensions["workplace"].settings.instance_path
    told = {"instance_path": instance, "log_level": "ERROR", **world.settings(folder)}
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "run", "worker"],
        cwd=ROOT,
        env={**os.environ, **{name.upper(): _as_text(value) for name, value in told.items()}},
        stdout=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _as_text(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def asked(world: World) -> Counter[Any]:
    """How often each release was asked for."""
    return Counter(
        each.target for each in world.discogs.requests if each.path.startswith("/releases/")
    )


def test_a_worker_told_to_stop_ends_within_five_seconds_and_leaves_all_in_order(
    app_in: Callable[..., Flask], world: World, tmp_path: Path
) -> None:
    """Rows P2, P4 and P13 of the fault list: what comes after it goes on at once."""
    app = app_in(world)
    follow(app, "sync")
    slow_down(world)
    run_id = runs.start(OWNER, "enrich").id
    db.session.rollback()
    with worker(app, world, tmp_path) as process:
        wait_for(lambda: details() >= 3)
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)

    assert time.monotonic() - told <= 5
    assert process.returncode == 0
    assert used.ru_maxrss < 512 * 1024
    assert state_of(run_id) == "queued"
    assert runs.due() == [run_id]
    assert details() < RELEASES
    run = follow(app, "enrich")
    assert (run.id, run.state) == (run_id, "done")
    assert sum(asked(world).values()) <= RELEASES + 6
    assert count(ProviderResult, ProviderResult.state == "parked") == 0


def test_a_worker_told_to_stop_does_not_wait_for_a_service_that_hangs(
    app_in: Callable[..., Flask], world: World, tmp_path: Path
) -> None:
    """Row P2 of the fault list: nor is what was asked then taken for what stopped it (row P7)."""
    app = app_in(world)
    follow(app, "sync")
    for stand_in in (world.discogs, world.musicbrainz):
        stand_in.fail_next("/", "hang", 99, seconds=60)
    run_id = runs.start(OWNER, "enrich").id
    db.session.rollback()
    with worker(app, world, tmp_path) as process:
        wait_for(lambda: len(asked(world)) == 6)
        told = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(5) == 0

    assert time.monotonic() - told <= 5
    assert (state_of(run_id), runs.due()) == ("queued", [run_id])
    assert count(ProviderResult, ProviderResult.attempts > 0) == 0
    assert count(ProviderResult, ProviderResult.held_by.is_not(None)) == 0


def test_a_worker_that_slept_through_its_lease_writes_nothing_any_more(
    app_in: Callable[..., Flask], world: World, tmp_path: Path
) -> None:
    """Row P15 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    slow_down(world)
    run_id = runs.start(OWNER, "enrich").id
    db.session.rollback()
    with worker(app, world, tmp_path) as process:
        wait_for(lambda: details() >= 3)
        wait_for(lambda: _stops_between_two_writes(process, app))
        set_reading(False)
        db.session.execute(update(Run).values(lease_until=0.0))  # as if it had slept for long
        db.session.commit()
        mine = runs.take(run_id)
        assert mine is not None
        db.session.rollback()
        before = _work_list(app)
        process.send_signal(signal.SIGCONT)
        time.sleep(3)

        assert _work_list(app) == before
        assert state_of(run_id) == "running"
        run = runs.get(OWNER, run_id)
        assert (run.lease, run.fence) == (mine.name, mine.fence)


def _stops_between_two_writes(process: subprocess.Popen[bytes], app: Flask) -> bool:
    """Stop a process where it does not lock the database; False if it has to go on for that."""
    process.send_signal(signal.SIGSTOP)
    os.waitid(os.P_PID, process.pid, os.WSTOPPED)  # until then it may still go on to its next write
    try:
        with closing(sqlite3.connect(_database(app), timeout=0.2)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            connection.rollback()
    except sqlite3.OperationalError:
        process.send_signal(signal.SIGCONT)
        return False
    return True


def _database(app: Flask) -> Path:
    folder: Path = app.extensions["workplace"].settings.instance_path
    return folder / "gatefold.db"


def _work_list(app: Flask) -> list[tuple[Any, ...]]:
    """What the work list says, but for attempts, which are counted before anybody is asked."""
    with closing(sqlite3.connect(_database(app))) as connection:
        return connection.execute(
            "SELECT id, state, evidence, fetched_at FROM provider_result ORDER BY id"
        ).fetchall()


def test_four_processes_share_one_run_and_ask_for_nothing_twice(
    make_app: Callable[..., Flask], world: World, tmp_path: Path
) -> None:
    """Row P5 of the fault list."""
    apps = [make_app(**world.settings(tmp_path)) for _ in range(4)]
    with apps[0].app_context():
        follow(apps[0], "sync")
        slow_down(world, 0.05)
        runners = [Runner(app, app.extensions["workplace"].settings) for app in apps]
        for each in runners:
            each.start()
        try:
            run_id = runs.start(OWNER, "enrich").id
            for each in runners:
                each.wake(run_id)
            wait_for(lambda: state_of(run_id) == "done")
            run = runs.get(OWNER, run_id)
            assert run.fence == 1
            assert set(asked(world).values()) == {1}
        finally:
            for each in runners:
                each.stop()
            db.session.remove()


def test_a_lane_that_crashes_ends_the_run_as_failed_and_a_new_one_finishes(
    app_in: Callable[..., Flask], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row P9 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    keep = Details.keep

    def broken(self: Details, items: Any, question: Any, answer: Any) -> Any:
        if items[0].key == "1005":
            raise ZeroDivisionError("a secret detail")
        return keep(self, items, question, answer)

    monkeypatch.setattr(Details, "keep", broken)
    running = runner.start(app)
    run_id = runs.start(OWNER, "enrich").id
    running.wake(run_id)
    wait_for(lambda: state_of(run_id) in ("done", "failed"))
    runner.stop(app)

    run = runs.get(OWNER, run_id)
    assert run.state == "failed"
    assert "fault in Gatefold" in (run.message or "")
    assert "secret" not in (run.message or "")
    monkeypatch.setattr(Details, "keep", keep)
    assert follow(app, "enrich").state == "done"
    assert details() == RELEASES


def test_a_thing_that_kills_its_worker_is_put_aside_and_the_rest_completes(
    app_in: Callable[..., Flask], world: World, tmp_path: Path
) -> None:
    """Row P7 of the fault list: each time its answer is on the way the process dies.

    Another thing is on its way beside it twice, and is not put aside with it.
    """
    app = app_in(world, discogs_limit="6000/1")
    follow(app, "sync")
    world.discogs.fail_next("/releases/1005", "hang", 9, seconds=20.0)
    world.discogs.fail_next("/releases/1007", "hang", 2, seconds=20.0)
    runs.start(OWNER, "enrich", {"only": "discogs"})
    db.session.rollback()
    beside, alone = RELEASES - 2, RELEASES - 1
    for killed, settled in enumerate((beside, beside, alone), start=1):
        with worker(app, world, tmp_path):
            both = {"/releases/1005": killed, "/releases/1007": min(killed, 2)}
            wait_for(lambda least=both: asked(world) >= Counter(least))  # type: ignore[misc]
            wait_for(lambda count=settled: details() == count)  # type: ignore[misc]
        set_reading(False)
        db.session.execute(update(Run).values(lease_until=0.0))  # the lease of the dead runs out
        db.session.commit()
    run = follow(app, "enrich")

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=RELEASES - 1, parked=1)
    assert asked(world)["/releases/1005"] == 3


def test_a_run_left_before_the_clock_was_set_back_is_taken_up_all_the_same(app: Flask) -> None:
    """Row P8 of the fault list."""
    run_id = runs.start(OWNER, "enrich").id
    dead = runs.take(run_id)
    assert dead is not None
    db.session.execute(update(Run).values(lease_until=Run.lease_until + 86_400))
    db.session.commit()

    assert runs.due() == [run_id]
    assert runs.take(run_id) is not None
    with pytest.raises(runs.LostLeaseError):
        runs.progress(dead)


def test_a_run_that_waits_for_a_day_is_not_taken_up_before(app: Flask) -> None:
    """Row P8 of the fault list: a long wait is no lease from before the clock was set back."""
    lease = runs.take(runs.start(OWNER, "enrich").id)
    assert lease is not None
    runs.postpone(lease, 86_400, "Spotify asked for it.")

    assert runs.due() == []


def test_pressing_start_at_once_in_many_tabs_starts_one_run(each_database: Flask) -> None:
    """Row P10 of the fault list."""
    started: list[int] = []
    together = threading.Barrier(6)

    def press() -> None:
        with each_database.app_context():
            set_reading(False)
            together.wait()
            started.append(runs.start(OWNER, "enrich").id)
            db.session.remove()

    tabs = [threading.Thread(target=press) for _ in range(6)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert len(started) == 6
    assert len(set(started)) == 1
    assert count(Run) == 1


def test_a_start_that_finds_another_half_begun_leads_to_it(each_database: Flask) -> None:
    """Row P10 of the fault list: on PostgreSQL neither of the two sees the other's."""
    begun = Run(owner_id=OWNER, kind="enrich", cursor={}, counts={})
    db.session.add(begun)
    db.session.flush()
    led_to: list[int] = []

    def press() -> None:
        with each_database.app_context():
            set_reading(False)
            led_to.append(runs.start(OWNER, "enrich").id)
            db.session.remove()

    tab = threading.Thread(target=press)
    tab.start()
    if db.engine.dialect.name == "postgresql":
        wait_for(lambda: db.session.scalar(text(IS_HELD_UP)))
    db.session.commit()
    tab.join()

    assert led_to == [begun.id]
    assert count(Run) == 1


def test_paused_twice_resumed_twice_and_cancelled_twice_with_lanes_at_work(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row P11 of the fault list: nothing fetched is lost or asked for again."""
    app = app_in(world)
    follow(app, "sync")
    slow_down(world, 0.15)
    set_reading(False)
    run_id = runs.start(OWNER, "enrich").id
    running = runner.start(app)
    running.wake(run_id)
    wait_for(lambda: details() >= 2)
    for _ in range(2):
        runs.pause(OWNER, run_id)
    wait_for(lambda: state_of(run_id) == "queued")
    rested = details()
    time.sleep(1.5)
    assert details() == rested
    assert runs.due() == []
    for _ in range(2):
        runs.resume(OWNER, run_id)
    wait_for(lambda: details() > rested)
    for _ in range(2):
        runs.ask_to_stop(OWNER, run_id)
    wait_for(lambda: state_of(run_id) == "cancelled")
    runner.stop(app)
    runs.resume(OWNER, run_id)
    runs.pause(OWNER, run_id)
    assert state_of(run_id) == "cancelled"

    again = follow(app, "enrich")
    assert again.id != run_id
    assert again.state == "done"
    assert set(asked(world).values()) == {1}


@pytest.mark.parametrize("state", ["queued", "waiting", "paused"])
def test_a_run_nobody_works_on_is_cancelled_at_once(app: Flask, state: str) -> None:
    """Row P11 of the fault list."""
    run_id = runs.start(OWNER, "enrich").id
    if state == "waiting":
        lease = runs.take(run_id)
        assert lease is not None
        runs.postpone(lease, 600, "later")
    if state == "paused":
        runs.pause(OWNER, run_id)

    for _ in range(2):
        runs.ask_to_stop(OWNER, run_id)

    assert state_of(run_id) == "cancelled"
    assert runs.due() == []
    assert runs.start(OWNER, "enrich").id != run_id


def test_pressing_start_wakes_a_run_that_waits_or_was_paused(app: Flask) -> None:
    """Row P11 of the fault list."""
    run_id = runs.start(OWNER, "enrich").id
    lease = runs.take(run_id)
    assert lease is not None
    runs.postpone(lease, 600, "later")
    runs.pause(OWNER, run_id)
    assert runs.due() == []

    assert runs.start(OWNER, "enrich").id == run_id
    assert runs.due() == [run_id]


def test_a_bounded_run_is_not_begun_by_letting_another_go_on(app: Flask) -> None:
    """Row P10 of the fault list: who asks one service alone does not wake a run that asks all."""
    run_id = runs.start(OWNER, "enrich").id
    runs.pause(OWNER, run_id)

    for bounds in ({"only": "spotify"}, {"only": "", "most": 5}):
        with pytest.raises(ConflictError):
            runs.start(OWNER, "enrich", bounds)

    assert runs.due() == [], "it stays paused"
    assert runs.start(OWNER, "enrich", {"only": ""}).id == run_id


def test_a_web_process_that_hangs_with_its_run_is_replaced_and_the_run_goes_on(
    app_in: Callable[..., Flask], world: World, tmp_path: Path
) -> None:
    """Rows P3 and P6 of the fault list: gunicorn kills it, and the next opens the database."""
    app = app_in(world)
    follow(app, "sync")
    slow_down(world, 0.2)
    run_id = runs.start(OWNER, "enrich").id
    db.session.rollback()
    settings = {name.upper(): _as_text(told) for name, told in world.settings(tmp_path).items()}
    settings["GUNICORN_CMD_ARGS"] = "--timeout 4"  # and not a minute, as it is
    server = LiveServer(_database(app).parent, world.discogs, **settings)
    server.start()
    try:
        wait_for(lambda: details() >= 3)
        (hosting,) = _children(server)
        os.kill(hosting, signal.SIGSTOP)
        wait_for(lambda: state_of(run_id) == "done")
        assert hosting not in _children(server)
        assert "WORKER TIMEOUT" in server.output
    finally:
        server.kill()

    assert details() == RELEASES
    assert sum(asked(world).values()) <= RELEASES + 6


def test_a_web_process_is_given_no_more_than_a_minute_to_show_that_it_lives() -> None:
    """Row P3 of the fault list: with 0 nobody would ever look."""
    (seconds,) = re.findall(r"^timeout = (\d+)$", (ROOT / "gunicorn.conf.py").read_text(), re.M)

    assert 0 < int(seconds) <= 60


def _children(server: LiveServer) -> list[int]:
    """The processes that answer for a gunicorn."""
    assert server._process is not None
    pid = server._process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_what_a_person_writes_is_on_the_disk_before_it_is_acknowledged(app: Flask) -> None:
    """Row P12 of the fault list: a connection that served a lane serves a person as safely."""
    levels = []
    for is_repeatable in (False, True, False):
        set_repeatable(is_repeatable)
        levels.append(db.session.scalar(text("PRAGMA synchronous")))
        db.session.rollback()

    assert levels == [2, 1, 2], "2 waits for the disk"
