"""Importing a Discogs export."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from app.domain.discogs_csv import ExportFile
from app.extensions import db
from app.services.csv_report import CsvReport
from app.services.import_csv import import_export
from bench import floor
from bench.figures import Figure
from bench.measure import ratio, seconds, statements
from bench.shelves import OWNER, empty_shelf, export_of, inside_app_on

PAIRS, PAIRS_OF_MANY_ROWS = 5, 3


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Import of an export, alternating with the floor, and of the same export again."""
    for size in sizes:
        yield from _measured(size, pairs=PAIRS if size <= 10_000 else PAIRS_OF_MANY_ROWS)


def _measured(size: int, pairs: int) -> Iterator[Figure]:
    figure = partial(Figure, "import_csv", size=size)
    source = export_of(size)
    floors, firsts, agains = [], [], []
    for _ in range(pairs):
        floors.append(_floor_seconds(source))
        with empty_shelf() as folder, inside_app_on(folder):
            firsts.append(seconds(lambda: take(source)))
            agains.append(seconds(lambda: take(source)))
            before = rows_written()
            with statements() as told:
                take(source)
            written = rows_written() - before
    yield figure(name="app", value=median(firsts), unit="s")
    yield figure(name="app ÷ floor", value=ratio(firsts, floors), unit="ratio", at_most=3.0)
    yield figure(name="again ÷ first", value=ratio(agains, firsts), unit="ratio", at_most=1.0)
    yield figure(name="rows written again", value=written, unit="count", at_most=0)
    yield figure(name="statements again", value=len(told), unit="count")


def take(source: Path) -> CsvReport:
    """Import `source` into the present app's shelf."""
    with source.open("rb") as file:
        return import_export(OWNER, ExportFile(file), leave_out_unreadable=False)


def rows_written() -> int:
    """Rows this connection has inserted, updated or deleted so far."""
    connection = db.session.connection().connection.dbapi_connection
    total: int = connection.total_changes  # type: ignore[union-attr]
    db.session.rollback()
    return total


def _floor_seconds(source: Path) -> float:
    with TemporaryDirectory() as folder:
        return seconds(lambda: floor.import_csv(source, Path(folder) / "floor.db"))
