"""Links accepted without a person."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from bench.figures import Figure
from bench.measure import seconds
from tests.domain.matching.labelled import Measured, cases, measured

WRONG_AT_MOST = 0.5


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """How many of the labelled set are accepted, how many of these wrongly, and how fast."""
    every = cases()
    for part, held_out in (("tuned on", False), ("held out", True)):
        some = [case for case in every if case.held_out == held_out]
        yield from _figures(part, measured(some))
    offered = sum(len(case.candidates) for case in every)
    taken = seconds(partial(measured, every))
    yield Figure("matching", "one candidate judged", len(every), taken / offered * 1000, "ms", 1.0)


def _figures(part: str, found: Measured) -> Iterator[Figure]:
    figure = partial(Figure, "matching", size=found.cases)
    wrong = 100 * (1 - found.precision)
    yield figure(name=f"{part}: precision", value=100 * found.precision, unit="%")
    yield figure(name=f"{part}: wrong", value=wrong, unit="%", at_most=WRONG_AT_MOST)
    yield figure(name=f"{part}: recall", value=100 * found.recall, unit="%")
    yield figure(name=f"{part}: recall with evidence", value=100 * found.telling_recall, unit="%")
    yield figure(name=f"{part}: accepted wrongly", value=len(found.wrong), unit="count", at_most=0)
