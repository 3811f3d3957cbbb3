"""A sync and an enrichment beside somebody else at our address, and with answers that go wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.jobs import attempt
from app.models import ProviderResult
from app.models.run import ACTIVE_STATES
from app.services import runs
from bench.beside import Services, Trouble, services
from bench.figures import Figure
from bench.scenarios.enrich import (
    ANSWERED_BY_DISCOGS,
    LATENCY_SECONDS,
    WINDOWS,
    at_true_limits,
)
from bench.shelves import OWNER, app_on, empty_shelf

# Slower than the other scenarios: what is waited for after a fault does not get any faster.
SPEED = 3.0
LARGEST = 1_000
HALF = WINDOWS["discogs"][0] // 2
SHARE_OF_FAULTS = 0.05
LOOKS_EVERY_SECONDS = 0.2


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Wall time over what is left of the Discogs bound: half of it used by others; 5 % faults."""
    for size in sorted({min(size, LARGEST) for size in sizes}):
        for trouble in (Trouble(neighbour=HALF), Trouble(faults=SHARE_OF_FAULTS)):
            with (
                services(
                    size, delay=LATENCY_SECONDS / SPEED, faster=SPEED, trouble=trouble
                ) as world,
                empty_shelf() as folder,
                app_on(folder, **at_true_limits(world, SPEED)) as app,
                app.app_context(),
            ):
                yield from _measured(size, app, world, trouble)


def _measured(size: int, app: Flask, world: Services, trouble: Trouble) -> Iterator[Figure]:
    figure = partial(Figure, "trouble", size=size)
    begun = time.perf_counter()
    for kind in ("sync", "enrich"):
        _work_on(app, kind)
    wall = time.perf_counter() - begun
    calls = sum(target.startswith(ANSWERED_BY_DISCOGS) for target in world.requests()["discogs"])
    most, seconds = WINDOWS["discogs"]
    refused = world.refused()
    windows = (calls - refused - 1) // (most - trouble.neighbour)
    bound = max(windows, 1) * seconds / SPEED
    if trouble.neighbour:
        name, at_most = "beside others", 1.05
        each = refused / (wall * SPEED / seconds)
        yield figure(name="refusals a window", value=each, unit="count", at_most=1.0)
    else:
        name, at_most = "5 % faults", 1.10
    yield figure(name=f"wall / bound, {name}", value=wall / bound, unit="ratio", at_most=at_most)
    undone = select(func.count()).select_from(ProviderResult)
    left = db.session.scalar(undone.where(ProviderResult.state.in_(("pending", "failed"))))
    yield figure(name=f"left undone, {name}", value=left or 0, unit="count")


def _work_on(app: Flask, kind: str) -> None:
    """Work on a run as often as it goes on by itself. Raises RuntimeError if it fails."""
    run_id = runs.start(OWNER, kind).id
    while (state := runs.get(OWNER, run_id).state) in ACTIVE_STATES:
        db.session.rollback()
        attempt.work_on(app, run_id)
        time.sleep(LOOKS_EVERY_SECONDS)
    if state != "done":
        raise RuntimeError(f"the {kind} ended as {state}")
