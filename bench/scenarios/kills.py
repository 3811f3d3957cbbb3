"""kill -9 again and again during an enrichment: what is lost, done twice, how soon it resumes."""

from __future__ import annotations

import random
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from app import create_app
from app.queries.dump import dump_lines
from bench.figures import Figure
from bench.shelves import OWNER, empty_shelf
from config import load_settings
from tests.jobs.test_killed import IN_FLIGHT, Home, requests
from tests.standin.world import World

MOST_KILLS = 100
COPIES = 400
# From the first call after a start: mostly in the middle of things, at times in the first of them.
LONGEST_LIFE = 5.0


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Here a size is a number of kills, a hundred at most."""
    for kills in sorted({min(size, MOST_KILLS) for size in sizes}):
        with World(COPIES) as world, tempfile.TemporaryDirectory() as folder:
            yield from _measured(kills, world, Path(folder))


def _measured(kills: int, world: World, folder: Path) -> Iterator[Figure]:
    figure = partial(Figure, "kills", size=kills)
    undisturbed, killed = (_home(world, folder / name) for name in ("undisturbed", "killed"))
    undisturbed.work().wait()
    asked = requests(world)
    for stand_in in world.services.values():
        stand_in.delay = 0.02 * kills
    chance, slowest = random.Random(1), 0.0
    for number in range(kills):
        before, begun = sum(requests(world).values()), time.monotonic()
        process = killed.work()
        while process.poll() is None and sum(requests(world).values()) == before:
            time.sleep(0.02)
        if number:  # the first start syncs
            slowest = max(slowest, time.monotonic() - begun)
        time.sleep(chance.random() * LONGEST_LIFE)
        process.kill()
        process.wait()
    for stand_in in world.services.values():
        stand_in.delay = 0.0
    killed.work().wait()
    repeated = requests(world) - asked - asked
    differing = len(set(_dump(undisturbed)) ^ set(_dump(killed)))
    yield figure(name="lines of the dump that differ", value=differing, unit="count", at_most=0)
    yield figure(
        name="asked again, of those in flight",
        value=sum(repeated.values()) / (kills * IN_FLIGHT),
        unit="ratio",
        at_most=1.0,
    )
    yield figure(name="slowest resume, start included", value=slowest, unit="s", at_most=10.0)


def _home(world: World, folder: Path) -> Home:
    with empty_shelf() as empty:
        database = folder.with_suffix(".db")
        shutil.copy(empty / "gatefold.db", database)
        return Home(world, folder, database)


def _dump(home: Home) -> list[str]:
    with create_app(load_settings(**home.settings)).app_context():
        return list(dump_lines(OWNER))
