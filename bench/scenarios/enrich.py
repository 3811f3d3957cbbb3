"""A first sync and the whole enrichment by all services at their true limits, in faster time."""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.jobs import runner
from app.models import Artist, ProviderResult, Release
from app.services import runs
from bench.figures import Figure
from bench.shelves import OWNER, app_on, empty_shelf
from tests.standin.world import World

# So much faster than real time do the services' windows move; their answers come sooner alike.
SPEED = 6.0
LATENCY_SECONDS = 0.4
LARGEST = 1_000
WINDOWS = {
    "discogs": (60, 60.0),
    "musicbrainz": (1, 1.0),
    "wikidata": (5, 1.0),
    "wikipedia": (5, 1.0),
    "spotify": (5, 1.0),
    "apple_music": (2, 1.0),
    "itunes": (20, 60.0),
    "coverart": (5, 1.0),
    "images": (2, 1.0),
}
ANSWERED_BY_DISCOGS = ("/releases/", "/users/", "/oauth/", "/masters/", "/artists/")


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Wall time over the Discogs bound, calls by service, and that nothing is asked twice."""
    for size in sorted({min(size, LARGEST) for size in sizes}):
        with (
            World(size) as world,
            empty_shelf() as folder,
            tempfile.TemporaryDirectory() as keys,
            app_on(folder, **_settings(world, Path(keys))) as app,
            app.app_context(),
        ):
            yield from _measured(size, app, world)


def _settings(world: World, keys: Path) -> dict[str, Any]:
    """The true limits in faster time, on both sides of the wire."""
    told = world.settings(keys)
    for name, (calls, seconds) in WINDOWS.items():
        told[f"{name}_limit"] = f"{calls}/{seconds / SPEED:g}"
    for stand_in in world.services.values():
        stand_in.delay = LATENCY_SECONDS / SPEED
    window = world.discogs.window
    window.on, window.seconds = True, window.seconds / SPEED
    return told


def _measured(size: int, app: Flask, world: World) -> Iterator[Figure]:
    figure = partial(Figure, "enrich", size=size)
    begun, cpu = time.perf_counter(), time.process_time()
    for kind in ("sync", "enrich"):
        _work(app, kind)
    wall, cpu = time.perf_counter() - begun, time.process_time() - cpu
    calls = sum(each.path.startswith(ANSWERED_BY_DISCOGS) for each in world.discogs.requests)
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
        asked = world.services[name].calls() / of
        yield figure(name=f"{name} calls each", value=asked, unit="ratio", at_most=at_most)
    yield figure(name="asked twice", value=_asked_twice(world), unit="count", at_most=0)
    undone = select(func.count()).select_from(ProviderResult)
    left = db.session.scalar(undone.where(ProviderResult.state.in_(("pending", "failed"))))
    yield figure(name="left undone", value=left or 0, unit="count")


def _work(app: Flask, kind: str) -> None:
    run_id = runs.start(OWNER, kind).id
    runner.work_on(app, run_id)
    state = runs.get(OWNER, run_id).state
    if state != "done":
        raise RuntimeError(f"the {kind} ended as {state}")


def _asked_twice(world: World) -> int:
    return sum(
        times - 1
        for stand_in in world.services.values()
        for times in Counter(each.target for each in stand_in.requests).values()
    )
