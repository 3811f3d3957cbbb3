"""What people notice of a run: list pages and "look up again" beside one at the true limits.

In real time, so it takes minutes. The first minute of a run is left out: Discogs' whole window is
asked for in its first seconds, which a run of hours does once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from statistics import median

from flask import Flask
from flask.testing import FlaskClient

from app.jobs import attempt
from app.services import runs
from bench.beside import services
from bench.figures import Figure
from bench.measure import p95
from bench.scenarios.enrich import LATENCY_SECONDS, at_true_limits, work
from bench.shelves import OWNER, app_on, empty_shelf

# More records only make the listing before it longer.
LARGEST = 10_000
FIRST_WINDOW_SECONDS = 65.0
VISITS, VISIT_EVERY_SECONDS = 300, 0.2
CLICKS, CLICK_EVERY_SECONDS = 6, 20.0
SCENARIO = "beside_run"


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """List pages and "look up again" beside a run at the true limits, in real time."""
    for size in sorted({min(size, LARGEST) for size in sizes}):
        with (
            services(size, delay=LATENCY_SECONDS, faster=1.0) as world,
            empty_shelf() as folder,
            app_on(folder, **at_true_limits(world, 1.0)) as app,
        ):
            with app.app_context():
                work(app, "sync")
            yield from _measured(size, app)


def _measured(size: int, app: Flask) -> Iterator[Figure]:
    client = app.test_client()
    idle = _visits(client)
    with _enriching(app):
        time.sleep(FIRST_WINDOW_SECONDS)
        beside = _visits(client)
        clicks = [_click(client, size - number) for number in range(CLICKS)]
    answered = [taken for taken in clicks if taken is not None]
    # Records have more to show than before.
    idle += _visits(client)
    yield Figure(SCENARIO, "list, idle: p95", size, 1000 * p95(idle), "ms")
    yield Figure(SCENARIO, "list beside a run: p95", size, 1000 * p95(beside), "ms")
    share = p95(beside) / p95(idle)
    yield Figure(SCENARIO, "list beside a run ÷ idle", size, share, "ratio", 1.5)
    refused = len(clicks) - len(answered)
    yield Figure(SCENARIO, "look up again: told to come back", size, 100 * refused / CLICKS, "%", 0)
    if answered:
        yield Figure(SCENARIO, "look up again: median", size, median(answered), "s")
        yield Figure(SCENARIO, "look up again: slowest", size, max(answered), "s", 2.0)


@contextmanager
def _enriching(app: Flask) -> Iterator[None]:
    is_over = threading.Event()

    def work_on() -> None:
        with app.app_context():
            attempt.work_on(app, runs.start(OWNER, "enrich").id, is_over.is_set)

    thread = threading.Thread(target=work_on)
    thread.start()
    try:
        yield
        if not thread.is_alive():
            raise RuntimeError("the run came to its end too early")
    finally:
        is_over.set()
        thread.join()


def _visits(client: FlaskClient) -> list[float]:
    client.get("/collection")  # what a page keeps for the next visitor is there
    taken = []
    for _ in range(VISITS):
        taken.append(_timed(lambda: client.get("/collection").status_code, 200))
        time.sleep(VISIT_EVERY_SECONDS)
    return taken


def _click(client: FlaskClient, release_id: int) -> float | None:
    """The seconds somebody waits who has a record looked up again after reading it for a while.

    None where they are told to come back.
    """
    client.get(f"/releases/{release_id}")
    time.sleep(CLICK_EVERY_SECONDS)
    taken = _timed(lambda: client.post(f"/releases/{release_id}/refresh").status_code, 302, 303)
    was_done = "Looked up again." in client.get(f"/releases/{release_id}").text
    return taken if was_done else None


def _timed(visit: Callable[[], int], *expected: int) -> float:
    began = time.perf_counter()
    status = visit()
    taken = time.perf_counter() - began
    if status not in expected:
        raise RuntimeError(f"answered {status}")
    return taken
