"""Memory, each in a process of its own: what one thing needs beyond an idle app."""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

from bench.beside import services
from bench.figures import Figure
from bench.measure import peak_mb, resident_mb
from bench.scenarios.enrich import work
from bench.scenarios.import_csv import take
from bench.scenarios.pages import addresses
from bench.shelves import app_on, empty_shelf, export_of, filled_shelf, inside_app_on

G = TypeVar("G")
T = TypeVar("T")
IMPORT_AT_MOST = 100.0
ENRICHING_AT_MOST = 300.0
# Unlimited by any service, so many are enriched in some minutes.
MOST_ENRICHED = 10_000
VISITS = 200


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """What imports, enrichments and pages need beyond an idle app, for the largest size."""
    size = max(sizes)
    figure = partial(Figure, "memory", size=size, unit="MB")
    source = export_of(size)
    with empty_shelf() as folder:
        grown = _in_child(_import_growth, folder, source)
    yield figure(name="import: peak over idle", value=grown, at_most=IMPORT_AT_MOST)
    enriched = min(size, MOST_ENRICHED)
    with services(enriched) as world, empty_shelf() as folder:
        peak = _in_child(_enriching_peak, folder, world.settings)
    name = "enriching by all services: peak"
    yield figure(name=name, value=peak, at_most=ENRICHING_AT_MOST, size=enriched)
    with filled_shelf(size) as folder:
        idle, after, leaked = _in_child(_page_memory, folder, source)
    yield figure(name="idle", value=idle)
    yield figure(name="after every page", value=after, at_most=130.0)
    yield figure(name=f"growth over {VISITS} more pages", value=leaked, at_most=1.0)


def _in_child(work: Callable[[Path, G], T], folder: Path, given: G) -> T:
    """The answer of `work`, done in a fresh process that has nothing else in its memory."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(work, (folder, given))


def _import_growth(folder: Path, source: Path) -> float:
    with inside_app_on(folder):
        before = peak_mb()
        take(source)
        return peak_mb() - before


def _enriching_peak(folder: Path, settings: dict[str, Any]) -> float:
    with app_on(folder, **settings) as app, app.app_context():
        work(app, "sync")
        work(app, "enrich")
        return peak_mb()


def _page_memory(folder: Path, _source: Path) -> tuple[float, float, float]:
    with app_on(folder) as app:
        client = app.test_client()
        client.get("/healthz")
        idle = resident_mb()
        wanted = list(addresses().values())
        for address in wanted:
            client.get(address)
        after = resident_mb()
        for visit in range(VISITS):
            client.get(wanted[visit % len(wanted)])
        return idle, after, resident_mb() - after
