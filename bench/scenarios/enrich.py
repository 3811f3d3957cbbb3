"""A first sync and the whole enrichment by all services at their true limits, in faster time."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.jobs import attempt
from app.models import Artist, ProviderResult, Release
from app.services import runs
from bench.beside import Services, services
from bench.figures import Figure
from bench.shelves import OWNER, app_on, empty_shelf

# So much faster than real time do the services' windows move; their answers come sooner alike.
SPEED = 6.0
LATENCY_SECONDS = 0.4
LARGEST = 1_000
# How much faster Discogs is where it hardly has us wait.
HARDLY_LIMITED, SHORT_LATENCY_SECONDS = 200.0, 0.05
# Larger collections say nothing more about what a record costs, and take minutes.
LARGEST_HARDLY_LIMITED = 10_000
WINDOWS = {
    "discogs": (60, 60.0),
    "musicbrainz": (1, 1.0),
    "wikidata": (5, 1.0),
    "wikipedia": (5, 1.0),
    "spotify": (5, 1.0),
    "apple_music": (5, 1.0),
    "itunes": (20, 60.0),
    "coverart": (5, 1.0),
    "images": (120, 60.0),
}
ANSWERED_BY_DISCOGS = ("/releases/", "/users/", "/oauth/", "/masters/", "/artists/")


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Wall time over the Discogs bound, calls by service, that nothing is asked twice; CPU."""
    for size in sorted({min(size, LARGEST) for size in sizes}):
        with (
            services(size, delay=LATENCY_SECONDS / SPEED, faster=SPEED) as world,
            empty_shelf() as folder,
            app_on(folder, **at_true_limits(world)) as app,
            app.app_context(),
        ):
            yield from _measured(size, app, world)
    for size in sorted({min(size, LARGEST_HARDLY_LIMITED) for size in sizes}):
        with (
            services(size, delay=SHORT_LATENCY_SECONDS, faster=HARDLY_LIMITED) as world,
            empty_shelf() as folder,
            app_on(folder, **at_true_limits(world, HARDLY_LIMITED)) as app,
            app.app_context(),
        ):
            yield from _hardly_limited(size, app)


def at_true_limits(world: Services, speed: float = SPEED) -> dict[str, Any]:
    """The true limits in faster time."""
    limits = {
        f"{name}_limit": f"{calls}/{seconds / speed:g}"
        for name, (calls, seconds) in WINDOWS.items()
    }
    return world.settings | limits


def _measured(size: int, app: Flask, world: Services) -> Iterator[Figure]:
    figure = partial(Figure, "enrich", size=size)
    begun, cpu = time.perf_counter(), time.process_time()
    for kind in ("sync", "enrich"):
        work(app, kind)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    asked = world.requests()
    calls = sum(target.startswith(ANSWERED_BY_DISCOGS) for target in asked["discogs"])
    most, window = WINDOWS["discogs"]
    bound = (calls - 1) // most * window / SPEED
    yield figure(name="wall / Discogs bound", value=wall / bound, unit="ratio", at_most=1.02)
    yield figure(name="budget used", value=100 * calls / (most * wall * SPEED / window), unit="%")
    yield figure(name="CPU an item", value=1000 * cpu / size, unit="ms")
    releases = db.session.scalar(select(func.count()).select_from(Release)) or 1
    artists = db.session.scalar(select(func.count()).select_from(Artist)) or 1
    yield figure(
        name="Discogs calls a release", value=calls / releases, unit="ratio", at_most=1.015
    )
    for name, of, at_most in (
        ("musicbrainz", releases, 0.35),
        ("spotify", releases, 1.0),
        ("apple_music", releases, 1.0),
        ("wikipedia", artists, 1.0),
    ):
        each = len(asked[name]) / of
        yield figure(name=f"{name} calls each", value=each, unit="ratio", at_most=at_most)
    twice = sum(times - 1 for targets in asked.values() for times in Counter(targets).values())
    yield figure(name="asked twice", value=twice, unit="count", at_most=0)
    undone = select(func.count()).select_from(ProviderResult)
    left = db.session.scalar(undone.where(ProviderResult.state.in_(("pending", "failed"))))
    yield figure(name="left undone", value=left or 0, unit="count")


def _hardly_limited(size: int, app: Flask) -> Iterator[Figure]:
    """What a listed and detailed record costs where Discogs lets two hundred a second through."""
    figure = partial(Figure, "enrich", size=size)
    begun, cpu = time.perf_counter(), time.process_time()
    work(app, "sync")
    work(app, "enrich", {"only": "discogs"})
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    yield figure(name="listed and detailed: CPU", value=1000 * cpu / size, unit="ms", at_most=8.0)
    yield figure(name="listed and detailed: wall", value=1000 * wall / size, unit="ms", at_most=9.0)


def work(app: Flask, kind: str, cursor: dict[str, Any] | None = None) -> None:
    """Start a run and work on it to its end. Raises RuntimeError if that is none."""
    run_id = runs.start(OWNER, kind, cursor).id
    attempt.work_on(app, run_id)
    state = runs.get(OWNER, run_id).state
    if state != "done":
        raise RuntimeError(f"the {kind} ended as {state}")
