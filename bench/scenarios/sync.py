"""The first sync, against a Discogs on loopback that counts what it is asked."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial

from flask import Flask

from app.extensions import db
from app.jobs import attempt
from app.services import runs
from bench.corpus import listing
from bench.figures import Figure
from bench.shelves import OWNER, app_on, empty_shelf
from tests.standin.discogs import Collector, DiscogsStandIn

PER_PAGE = 100
# Who, which folders, which fields.
BEFORE_THE_LISTING = 3
# Larger collections say nothing more about requests, and take minutes.
LARGEST = 10_000
# The stand-in answers at once; the limiter must not be what is measured.
UNLIMITED = "999999/1"


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Requests of a first sync and of an unchanged one, and when the first rows can be seen."""
    for size in sorted({min(size, LARGEST) for size in sizes}):
        collector = Collector("collector", token="test-token", items=list(listing(size)))
        with DiscogsStandIn(collector) as discogs, empty_shelf() as folder:
            settings = {"discogs_api_url": discogs.url, "discogs_web_url": discogs.web_url}
            with app_on(
                folder, discogs_token="test-token", discogs_limit=UNLIMITED, **settings
            ) as app:
                yield from _measured(size, app, discogs)


def _measured(size: int, app: Flask, discogs: DiscogsStandIn) -> Iterator[Figure]:
    figure = partial(Figure, "sync", size=size)
    at_most = -(-size // PER_PAGE) + BEFORE_THE_LISTING
    first_rows, whole = _first_sync(app)
    requests = len(discogs.requests)
    yield figure(name="requests", value=requests, unit="count", at_most=at_most)
    yield figure(name="first rows on a page", value=first_rows, unit="s", at_most=1.0)
    yield figure(name="ms a copy", value=whole / size * 1000, unit="ms")
    for address in ("/collection", "/collection?q=the", "/releases/1", "/discover", "/graph"):
        app.test_client().get(address)
    viewed = len(discogs.requests) - requests
    yield figure(name="requests of page views", value=viewed, unit="count", at_most=0)
    discogs.requests.clear()
    _sync(app)
    again = len(discogs.requests)
    yield figure(name="requests, nothing changed", value=again, unit="count", at_most=at_most)


def _first_sync(app: Flask) -> tuple[float, float]:
    """Seconds until a page shows a record, and until the sync is done."""
    begun = time.perf_counter()
    work = threading.Thread(target=_sync, args=(app,))
    work.start()
    client = app.test_client()
    first_rows = None
    while work.is_alive():
        if first_rows is None and b"/releases/" in client.get("/collection").data:
            first_rows = time.perf_counter() - begun
        time.sleep(0.02)
    work.join()
    whole = time.perf_counter() - begun
    return first_rows or whole, whole


def _sync(app: Flask) -> None:
    with app.app_context():
        run_id = runs.start(OWNER, "sync").id
        attempt.work_on(app, run_id)
        state = runs.get(OWNER, run_id).state
        db.session.remove()
    if state != "done":
        raise RuntimeError(f"the sync ended as {state}")
