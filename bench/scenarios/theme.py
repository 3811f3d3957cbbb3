"""The theme built by Hugo around a published shelf, beside minimal templates around the same."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from shutil import copytree, rmtree
from statistics import median
from tempfile import TemporaryDirectory, TemporaryFile
from typing import NamedTuple

from flask import current_app

from app.services.publishing import site
from app.services.publishing.report import Wish
from bench import minimal_site
from bench.enriched import enriched_shelf
from bench.figures import Figure
from bench.hostile_site import warnings_in
from bench.shelves import OUT, OWNER, ROOT, filled_shelf, inside_app_on
from tests.hugo_program import command

THEME_BY_MINIMAL_AT_MOST = 2.5
TURNS = 3
# Larger ones take minutes, and covers take room.
LARGEST, LARGEST_ENRICHED = 10_000, 2_000


class Build(NamedTuple):
    """What a build took: processor and wall seconds, the most memory in MB; its warnings."""

    cpu: float
    wall: float
    megabytes: float
    warnings: list[str]


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Hugo building the theme beside minimal templates: CPU, wall, memory, warnings."""
    sizes = [size for size in sizes if size <= LARGEST]
    for size in sizes:
        with filled_shelf(size) as folder, inside_app_on(folder):
            yield from _figures("theme", size)
    for size in sorted({min(size, LARGEST_ENRICHED) for size in sizes}):
        with enriched_shelf(size) as folder, inside_app_on(folder):
            yield from _figures("theme, enriched", size)


def _figures(name: str, size: int) -> Iterator[Figure]:
    figure = partial(Figure, "theme", size=size)
    with TemporaryDirectory(prefix="site-", dir=OUT) as scratch:
        ours, least = Path(scratch) / "ours", Path(scratch) / "least"
        copytree(ROOT / "hugo", ours)
        site.publish(current_app.extensions["workplace"], OWNER, ours, Wish())
        minimal_site.write(least, ours / "content")
        build(ours)  # covers are scaled down once
        pairs = [(build(ours), build(least)) for _ in range(TURNS)]
    cpu = median(a.cpu / b.cpu for a, b in pairs)
    wall = median(a.wall / b.wall for a, b in pairs)
    for what, value in ((f"{name} ÷ minimal", wall), (f"{name} ÷ minimal, CPU", cpu)):
        yield figure(name=what, value=value, unit="ratio", at_most=THEME_BY_MINIMAL_AT_MOST)
    yield figure(name=f"{name}: CPU", value=median(a.cpu for a, _b in pairs), unit="s")
    yield figure(name=f"{name}: wall", value=median(a.wall for a, _b in pairs), unit="s")
    yield figure(name=f"{name}: memory", value=max(a.megabytes for a, _b in pairs), unit="MB")
    warned = sum(len(a.warnings) for a, _b in pairs)
    yield figure(name=f"{name}: warnings", value=warned, unit="count", at_most=0)


def build(source: Path) -> Build:
    """Build a site with Hugo once. Raises RuntimeError with what Hugo said if it fails."""
    target = source.parent / "public"
    words, environment = command("--source", str(source), "--destination", str(target))
    with TemporaryFile() as said:
        begun = time.perf_counter()
        process = subprocess.Popen(words, stdout=said, stderr=said, env=environment)
        _pid, status, used = os.wait4(process.pid, 0)
        wall = time.perf_counter() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        told = said.read().decode("utf-8", "replace")
    rmtree(target, ignore_errors=True)
    if process.returncode:
        raise RuntimeError(told)
    return Build(used.ru_utime + used.ru_stime, wall, used.ru_maxrss / 1024, warnings_in(told))
