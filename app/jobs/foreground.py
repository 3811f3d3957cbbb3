"""Waiting for a run in a command: working on it here unless somebody else does."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from flask import Flask

from app.domain.pace import WAITED_FOR_SECONDS
from app.extensions import db, reading
from app.jobs import attempt
from app.models import Run
from app.models.run import ACTIVE_STATES
from app.services import runs

LOOK_SECONDS = 0.3


def follow(app: Flask, owner_id: int, run_id: int, tell: Callable[[Run], None]) -> Run:
    """Wait until the run has ended, calling `tell` with it now and then; returns it ended.

    One that waits for a person, or for longer than a run waits for a service, is returned as it
    waits. Interrupted from the keyboard it gives the run back at its next step, so that it goes on
    later.
    """
    worker, stop = _Worker(app, run_id), threading.Event()
    try:
        while True:
            run, is_due = _look(owner_id, run_id)
            tell(run)
            if run.state not in ACTIVE_STATES or _waits_for_long(run):
                return run
            if is_due:
                worker.begin(stop)
            stop.wait(LOOK_SECONDS)
    finally:
        stop.set()
        worker.join()


def _waits_for_long(run: Run) -> bool:
    left = (run.lease_until or 0.0) - time.time()
    return run.state == "waiting" and left > WAITED_FOR_SECONDS + LOOK_SECONDS


def _look(owner_id: int, run_id: int) -> tuple[Run, bool]:
    """The run as it is now, and whether nobody works on it."""
    with reading():
        db.session.remove()
        run = runs.get(owner_id, run_id)
        is_due = run_id in runs.due()
        db.session.expunge_all()
        db.session.remove()
    return run, is_due


class _Worker:
    """At most one thread that works on the run."""

    def __init__(self, app: Flask, run_id: int) -> None:
        self._app, self._run_id = app, run_id
        self._thread: threading.Thread | None = None

    def begin(self, stop: threading.Event) -> None:
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._work, args=(stop,), name="run")
            self._thread.start()

    def join(self) -> None:
        if self._thread is not None:
            self._thread.join()

    def _work(self, stop: threading.Event) -> None:
        with self._app.app_context():
            attempt.work_on(self._app, self._run_id, stop.is_set)
