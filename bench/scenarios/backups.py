"""Backups made while others write: does every one of them restore, and how long does it take?"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from statistics import median

from flask import Flask
from sqlalchemy import text

from app.domain.backups import Backup
from app.extensions import db, set_reading
from app.services.backups import making, restoring, tending
from app.services.backups.checking import folder_of
from app.services.workplace import Workplace
from bench.figures import Figure
from bench.measure import p95
from bench.shelves import OWNER, filled_shelf, inside_app_on

MOST_BACKUPS = 1_000
COPIES = 200
# Every so many backups one is put back for good, instead of into scratch.
IN_EARNEST = 50


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Here a size is a number of backups under write load, a thousand at most; all are restored."""
    for number in sorted({min(size, MOST_BACKUPS) for size in sizes}):
        with filled_shelf(COPIES) as folder, inside_app_on(folder) as app:
            set_reading(False)
            yield from _measured(number, app)


def _measured(number: int, app: Flask) -> Iterator[Figure]:
    figure = partial(Figure, "backups", size=number)
    workplace: Workplace = app.extensions["workplace"]
    taken: list[float] = []
    restored: list[float] = []
    lost, before = 0, None
    with _writing(app) as pairs:
        for count in range(1, number + 1):
            begun = time.perf_counter()
            made = making.make(workplace)
            taken.append(time.perf_counter() - begun)
            is_torn = made.manifest.tables["call_slot"] % 2 == 1
            begun = time.perf_counter()
            lost += is_torn or not _restores(workplace, made, in_earnest=count % IN_EARNEST == 0)
            restored.append(time.perf_counter() - begun)
            before = _forget(workplace, before, made)
    yield figure(name="backups that did not restore", value=lost, unit="count", at_most=0)
    yield figure(name="a backup", value=median(taken) * 1000, unit="ms")
    yield figure(name="a backup, 19 of 20", value=p95(taken) * 1000, unit="ms")
    yield figure(name="a restore", value=median(restored) * 1000, unit="ms")
    yield figure(name="writes meanwhile, of a backup", value=len(pairs) / number, unit="ratio")


def _restores(workplace: Workplace, made: Backup, *, in_earnest: bool) -> bool:
    """Whether a backup can be restored with all its rows."""
    if not in_earnest:
        return tending.drill(workplace, made.name)
    done = restoring.restore(workplace, folder_of(workplace).file(made.name))
    folder_of(workplace).delete(done.point.name)
    return done.manifest.sha256 == made.manifest.sha256


def _forget(workplace: Workplace, before: Backup | None, made: Backup) -> Backup:
    """Delete the backup before, so that a thousand of them need no room."""
    if before is not None:
        tending.delete(workplace, before.name)
    return made


@contextmanager
def _writing(app: Flask) -> Iterator[list[float]]:
    """Somebody who writes all the time, always two rows in a transaction; when each was done."""
    stop, done = threading.Event(), list[float]()

    def write() -> None:
        with app.app_context():
            set_reading(False)
            while not stop.wait(0.002):
                for _half in range(2):
                    db.session.execute(_ROW, {"provider": "bench", "owner": OWNER})
                db.session.commit()
                done.append(time.perf_counter())
            db.session.remove()

    writer = threading.Thread(target=write, name="writer")
    writer.start()
    try:
        yield done
    finally:
        stop.set()
        writer.join()


_ROW = text("INSERT INTO call_slot (provider, for_person, at) VALUES (:provider, false, :owner)")
