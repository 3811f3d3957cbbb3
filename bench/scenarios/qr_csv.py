"""The CSV for QR Factory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from app.domain.filters import BrowseFilter
from app.queries.sticker_facts import Addresses
from app.services.export_csv import csv_of_filter
from bench import floor
from bench.figures import Figure
from bench.measure import in_turns, ratio, statements
from bench.shelves import OWNER, export_of, filled_shelf, inside_app_on

ADDRESSES = Addresses("https://www.discogs.com", "http://127.0.0.1:5000")
FIRST_BYTE_AT_MOST = 50.0


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """The file of everything, beside one made with csv alone; its first piece; its statements."""
    per_row: dict[int, float] = {}
    for size in sizes:
        with filled_shelf(size) as folder, inside_app_on(folder), TemporaryDirectory() as scratch:
            bare = Path(scratch) / "floor.db"
            floor.import_csv(export_of(size), bare)
            _whole()
            full, least, first = in_turns(
                3 if size > 10_000 else 10,
                _whole,
                partial(floor.qr_csv, bare, Path(scratch) / "floor.csv"),
                _first_piece,
            )
            with statements() as told:
                size_in_bytes = _whole()
        per_row[size] = median(full) / size
        figure = partial(Figure, "qr_csv", size=size)
        yield figure(name="app ÷ floor", value=ratio(full, least), unit="ratio")
        yield figure(
            name="first piece", value=median(first) * 1000, unit="ms", at_most=FIRST_BYTE_AT_MOST
        )
        yield figure(name="statements", value=len(told), unit="count")
        yield figure(name="file", value=size_in_bytes / 1e6, unit="MB")
    small, large = min(per_row), max(per_row)
    if large > small:
        linear = per_row[large] / per_row[small]
        yield Figure("qr_csv", f"a row ÷ a row at {small}", large, linear, "ratio", 1.3)


def _whole() -> int:
    return sum(len(piece) for piece in csv_of_filter(OWNER, BrowseFilter(), ADDRESSES))


def _first_piece() -> None:
    pieces = csv_of_filter(OWNER, BrowseFilter(), ADDRESSES)
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
