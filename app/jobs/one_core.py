"""On which processor the threads of a run work: on one, as Python lets one of them go on at a time.

Where they take turns on several, each finds what it needs in the cache of another: a record then
takes a third more time. Pages are served wherever there is room. Only Linux lets us choose.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from contextlib import contextmanager, suppress


@contextmanager
def one_core() -> Iterator[None]:
    """This thread, and those it starts meanwhile, work on one of the processors it may use."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    _work_on({random.choice(sorted(allowed))})
    try:
        yield
    finally:
        _work_on(allowed)


def _work_on(cores: set[int]) -> None:
    with suppress(OSError):  # not everybody may choose, and nothing depends on it
        os.sched_setaffinity(0, cores)
