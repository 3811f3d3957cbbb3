"""Edits, syncs, undos, locks in any order: is a word of a person ever lost or replaced?"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from bench.figures import Figure
from bench.lives import A_LIFE, live, shelf_in_memory


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """Here a size is a number of steps; `python -m bench lives` takes a million, in pieces."""
    for size in sizes:
        with shelf_in_memory():
            lives = [live(seed, min(A_LIFE, size - at)) for seed, at in enumerate(_starts(size))]
        figure = partial(Figure, "edits", size=size)
        wrong = sum(bool(lived.wrong) for lived in lives)
        slowest = max(lived.slowest for lived in lives)
        name = "lives in which something else was shown"
        yield figure(name=name, value=wrong, unit="count", at_most=0)
        yield figure(name="slowest step with its check", value=slowest * 1_000, unit="ms")


def _starts(size: int) -> range:
    return range(0, size, A_LIFE)
