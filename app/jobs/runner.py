"""Working on runs, in the background of a web process, in a worker, or right here in a command.

The run row with its lease is the truth; Huey only carries "run 17 is due" to a thread at once. A
sweeper looks for due runs every second, so that one whose worker died, or whose message was lost,
is taken up again (see docs/decisions/0002).
"""

from __future__ import annotations

import sqlite3
import threading
import time
from pathlib import Path

import structlog
from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey
from huey.consumer import Consumer
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from app.extensions import db, reading, set_reading
from app.jobs import heaps
from app.jobs.attempt import work_on
from app.jobs.backup_keeper import BackupKeeper
from app.jobs.freshening import AGAIN_AFTER_SECONDS, Freshener
from app.jobs.gap_counts import count_gaps
from app.services import runs, schedules, trash, uploads
from app.services.enrich import work
from app.services.runs import Lease
from config import Settings

log = structlog.get_logger(__name__)

SWEEP_SECONDS = 1.0
UPLOADS_SECONDS = 60.0
SCHEDULES_SECONDS = 30.0
TRASH_SECONDS = 3600.0
# Whoever stops us kills us soon after (gunicorn in five seconds, Docker in ten).
STOPS_WITHIN_SECONDS = 3.0
WAKE_AGAIN_SECONDS = 3.0
QUEUE_FAULTS = (sqlite3.Error, RedisError, OSError)


class EmbeddedConsumer(Consumer):
    """A Huey consumer that leaves the process's signals to its host."""

    def _set_signal_handlers(self) -> None:
        pass


class Runner:
    """The job threads of one process."""

    def __init__(self, app: Flask, settings: Settings) -> None:
        self.app = app
        self._instance = Path(settings.instance_path)
        self._stopping = threading.Event()
        self._woken: dict[int, float] = {}
        self._under_way: set[int] = set()
        self._held: dict[int, Lease] = {}
        self._lock = threading.Lock()
        self._huey = make_huey(settings)
        self._work = self._huey.task(name="work_on_run")(self._work_on)
        self._freshener = Freshener(app, self._stopping)
        self._wish = self._huey.task(name="freshen", expires=AGAIN_AFTER_SECONDS)(self._freshen)
        self._consumer = EmbeddedConsumer(
            self._huey, workers=2, periodic=False, max_delay=0.25, check_worker_health=False
        )
        self._sweeper = threading.Thread(target=self._sweep, name="sweeper", daemon=True)
        self._keeper = BackupKeeper(app, self._stopping)

    def start(self) -> None:
        """Start the threads; returns at once."""
        heaps.share()
        self._consumer.start()
        self._sweeper.start()
        self._keeper.start()

    def stop(self, timeout: float = STOPS_WITHIN_SECONDS) -> None:
        """Ask the threads to end at their next step, giving their runs back.

        Those that cannot within `timeout` seconds, as they wait for a service, lose their runs.
        """
        ends = time.monotonic() + timeout
        self._stopping.set()
        if not self._sweeper.is_alive():
            return
        self._consumer.stop(graceful=False)
        workers = (thread for _worker, thread in self._consumer.worker_threads)
        for thread in (*workers, self._sweeper, self._keeper):
            thread.join(max(ends - time.monotonic(), 0.0))
        for lease in list(self._held.values()):
            self._give_back(lease)

    def _give_back(self, lease: Lease) -> None:
        """Let a run go whose thread still waits; what that stores afterwards is refused."""
        with self.app.app_context():
            set_reading(False)
            try:
                work.let_go_of(lease)
                runs.give_back(lease)
            except SQLAlchemyError as error:  # the lease runs out by itself
                log.warning("run_kept", run_id=lease.run_id, reason=type(error).__name__)
            finally:
                db.session.remove()

    def wake(self, run_id: int) -> None:
        """Have a run taken up now rather than within a second.

        One message every few seconds is enough, and taking a run is safe against two. A queue out
        of order (full disk, Redis away) only costs its service: the run is worked on all the same.
        """
        now = time.monotonic()
        if now - self._woken.get(run_id, -WAKE_AGAIN_SECONDS) < WAKE_AGAIN_SECONDS:
            return
        self._woken = {run_id: now, **{k: v for k, v in self._woken.items() if v > now - 60}}
        try:
            self._work(run_id)
        except QUEUE_FAULTS as error:
            log.warning("queue_failed", reason=type(error).__name__)
            if self._sweeper.is_alive():
                threading.Thread(target=self._work_on, args=(run_id,), daemon=True).start()

    def opened(self, owner_id: int, release_id: int) -> None:
        """Have a stale record that somebody opened looked up again, here or by a worker.

        Costs the page that says so nothing but a note; what was asked for lately is not again.
        """
        if not self._freshener.is_new(owner_id, release_id):
            return
        if self._sweeper.is_alive():
            self._freshener.add(owner_id, release_id)
            return
        try:
            self._wish(owner_id, release_id)
        except QUEUE_FAULTS as error:
            log.warning("queue_failed", reason=type(error).__name__)

    def _freshen(self, owner_id: int, release_id: int) -> None:
        if self._freshener.is_new(owner_id, release_id):
            self._freshener.add(owner_id, release_id)

    def _work_on(self, run_id: int) -> None:
        """Unless somebody here does: a long change keeps hearts waiting, and leases run out."""
        with self._lock:
            if run_id in self._under_way:
                return
            self._under_way.add(run_id)
        try:
            with self.app.app_context():
                work_on(self.app, run_id, self._stopping.is_set, self._held)
        finally:
            with self._lock:
                self._under_way.discard(run_id)

    def _sweep(self) -> None:
        looked = asked = -UPLOADS_SECONDS
        emptied = time.monotonic() + UPLOADS_SECONDS - TRASH_SECONDS  # not while the first wait
        while not self._stopping.wait(SWEEP_SECONDS):
            if time.monotonic() - emptied >= TRASH_SECONDS:
                emptied = time.monotonic()
                self.empty_trash()
                count_gaps(self.app)
            if time.monotonic() - asked >= SCHEDULES_SECONDS:
                asked = time.monotonic()
                self._start_scheduled()
            if time.monotonic() - looked >= UPLOADS_SECONDS:
                looked = time.monotonic()
                self._forget_uploads()
            for run_id in self._due():
                self.wake(run_id)

    def _forget_uploads(self) -> None:
        try:
            uploads.sweep(self._instance)
        except OSError as error:
            log.warning("uploads_kept", reason=type(error).__name__)

    def _start_scheduled(self) -> None:
        with self.app.app_context():
            try:
                for run_id in schedules.start_due():
                    log.info("scheduled_run", run_id=run_id)
            except SQLAlchemyError as error:
                log.warning("schedules_failed", reason=type(error).__name__)
            finally:
                db.session.remove()

    def empty_trash(self) -> None:
        """Let go what lay in anybody's trash for thirty days; a fault is made up for later."""
        with self.app.app_context():
            set_reading(False)
            try:
                if count := trash.empty_all_old():
                    log.info("trash_emptied", copies=count)
            except SQLAlchemyError as error:
                log.warning("trash_kept", reason=type(error).__name__)
            finally:
                db.session.remove()

    def _due(self) -> list[int]:
        with self.app.app_context(), reading():
            try:
                return runs.due()
            except SQLAlchemyError as error:
                log.warning("sweep_failed", reason=type(error).__name__)
                return []
            finally:
                db.session.remove()


def make_huey(settings: Settings) -> Huey:
    """The queue: a small file of its own, or Redis when there is one."""
    if settings.redis_url:
        return RedisHuey("gatefold", url=settings.redis_url, results=False)
    path = Path(settings.instance_path) / "queue.db"
    return SqliteHuey("gatefold", filename=str(path), results=False)


def start(app: Flask) -> Runner:
    """Start this process's job threads once, unless settings leave jobs to worker processes."""
    runner: Runner | None = app.extensions.get("runner")
    if runner is None:
        settings = app.extensions["workplace"].settings
        runner = app.extensions["runner"] = Runner(app, settings)
        if settings.jobs == "inprocess":
            runner.start()
    return runner


def stop(app: Flask) -> None:
    """End this process's job threads."""
    runner: Runner | None = app.extensions.pop("runner", None)
    if runner is not None:
        runner.stop()
