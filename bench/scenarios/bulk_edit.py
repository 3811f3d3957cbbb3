"""One change to every record of the shelf: looked at, made, taken back."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import select

from app.domain.bulk_changes import read_change
from app.extensions import db
from app.models import Copy
from app.services import bulk_edit, edits
from bench.figures import Figure
from bench.shelves import OWNER, filled_shelf, inside_app_on

CHANGES = (("folder", "Loft"), ("style", "Counted"))


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """The time a person waits for each of the three."""
    for size in sizes:
        for kind, value in CHANGES:
            figure = partial(Figure, "bulk_edit", size=size, unit="s")
            for name, seconds in _waits(size, kind, value):
                yield figure(name=f"{kind}: {name}", value=seconds)


def _waits(size: int, kind: str, value: str) -> Iterator[tuple[str, float]]:
    with filled_shelf(size) as folder, inside_app_on(folder):
        copies, change = list(db.session.scalars(select(Copy.id))), read_change(kind, value)
        begun = time.perf_counter()
        dry = bulk_edit.dry_run(OWNER, copies, change)
        yield "dry run", time.perf_counter() - begun
        begun = time.perf_counter()
        batch, _count = bulk_edit.make(OWNER, copies, change, dry.token)
        yield "change", time.perf_counter() - begun
        begun = time.perf_counter()
        edits.undo_batch(OWNER, batch)
        yield "undo", time.perf_counter() - begun
