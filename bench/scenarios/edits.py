"""Edits, syncs, undos, locks in any order: is a word of a person ever lost or replaced?"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from functools import partial

from app.extensions import db
from bench.figures import Figure
from bench.shelves import empty_shelf, inside_app_on
from tests.edit_ledger import Ledger

# A record with a longer history than this is slow to edit, and tells nothing new.
A_LIFE = 200


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Here a size is a number of steps."""
    for size in sizes:
        with empty_shelf() as folder, inside_app_on(folder):
            wrong, slowest = _live(size)
        figure = partial(Figure, "edits", size=size)
        name = "steps after which something else was shown"
        yield figure(name=name, value=wrong, unit="count", at_most=0)
        yield figure(name="slowest step with its check", value=slowest * 1_000, unit="ms")


def _live(steps: int) -> tuple[int, float]:
    """How often the record differed from the ledger, and the slowest step in seconds."""
    chance, ledger = random.Random(1), Ledger()
    wrong, slowest = 0, 0.0
    for step in range(steps):
        begun = time.perf_counter()
        ledger.do_anything(chance)
        try:
            ledger.check()
        except AssertionError:
            db.session.rollback()
            wrong += 1
        slowest = max(slowest, time.perf_counter() - begun)
        if step % A_LIFE == A_LIFE - 1:
            ledger.forget_old()
    return wrong, slowest
