"""How fast a job gets on and how long it still takes, told from its recent progress.

A mark is (seconds since 1970, how many were done then). Marks begin anew with every attempt, and
when the count falls because something is read again; so neither what was done twice nor the time
nobody worked is measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

# Marks are kept this far apart, and this long: many bursts and waits of a limiter.
APART_SECONDS = 5.0
KEPT_SECONDS = 300.0
# No limit has a longer window than a minute: who waits longer than this has been stopped.
STANDSTILL_SECONDS = 75.0
# A run waits no longer than this for a provider that rests: the rest comes with the next one.
WAITED_FOR_SECONDS = 900.0

Mark = Sequence[float]


class Bound(NamedTuple):
    """So many things in so many seconds are the most a provider allows."""

    things: float
    seconds: float


def marked(marks: Sequence[Mark], at: float, done: int) -> list[Mark]:
    """`marks` and one more; plain lists, to be stored as JSON."""
    if marks and done < marks[-1][1]:
        return [[at, done]]
    recent = [mark for mark in marks if mark[0] >= at - KEPT_SECONDS] or list(marks[-1:])
    if len(recent) > 1 and at - recent[-2][0] < APART_SECONDS:
        recent.pop()
    return [*recent, [at, done]]


def per_second(marks: Sequence[Mark], now: float) -> float | None:
    """How many are done a second, the present wait included; None before that can be told."""
    if not marks:
        return None
    moments = [*marks, [max(now, marks[-1][0]), marks[-1][1]]]
    steps = [
        (later[0] - earlier[0], later[1] - earlier[1])
        for earlier, later in pairwise(moments)
        if later[0] - earlier[0] <= STANDSTILL_SECONDS
    ]
    seconds, things = sum(step[0] for step in steps), sum(step[1] for step in steps)
    return things / seconds if things > 0 and seconds >= 1 else None


def duration(seconds: float) -> str:
    """Seconds in one or two units: 45 s, 3 min, 1 h 20 min, 2 days 3 h."""
    if seconds < 90:
        return f"{max(round(seconds), 1)} s"
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 1440} days {minutes % 1440 // 60} h"


def seconds_left(left: int, rate: float, bound: Bound | None = None) -> float:
    """How long `left` things take at `rate` a second.

    A provider lets the first burst through at once and then makes everybody wait, which `rate`
    does not know yet while the burst lasts.
    """
    by_bound = max(left - bound.things, 0) / bound.things * bound.seconds if bound else 0.0
    return max(left / rate, by_bound)
