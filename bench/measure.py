"""Stopwatches and counters. Two things are only ever compared by taking turns."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from statistics import median, quantiles
from typing import Any

from sqlalchemy import event

from app.extensions import db


def seconds(work: Callable[[], object]) -> float:
    """How long `work` takes. Garbage of what ran before is not its business."""
    gc.collect()
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


def in_turns(
    times: int, *works: Callable[[], object], clock: Callable[[], float] = time.perf_counter
) -> list[list[float]]:
    """The seconds of each of `works`, run one after the other, `times` times over.

    On a shared machine a noisy neighbour then hits all of them alike. `clock` may count the
    seconds of the processor instead.
    """
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(times):
        for work, mine in zip(works, taken, strict=True):
            begun = clock()
            work()
            mine.append(clock() - begun)
    return taken


def ratio(above: list[float], below: list[float]) -> float:
    """The median of the pairs' ratios."""
    return median(a / b for a, b in zip(above, below, strict=True))


def p95(taken: list[float]) -> float:
    """What 19 of 20 stay under."""
    return quantiles(taken, n=20)[-1] if len(taken) > 1 else taken[0]


@contextmanager
def statements() -> Iterator[list[str]]:
    """The SQL statements executed inside, those that begin and end a transaction aside."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            seen.append(statement)

    engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield seen
    finally:
        event.remove(engine, "before_cursor_execute", note)


def resident_mb() -> float:
    """Private memory of this process in MB: what only it needs."""
    return _kilobytes("/proc/self/smaps_rollup", "Private_") / 1024


def peak_mb() -> float:
    """The most memory this process ever had resident, in MB."""
    return _kilobytes("/proc/self/status", "VmHWM") / 1024


def _kilobytes(path: str, prefix: str) -> int:
    with open(path, encoding="ascii") as lines:
        return sum(int(line.split()[1]) for line in lines if line.startswith(prefix))
