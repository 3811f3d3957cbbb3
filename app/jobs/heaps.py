"""Where the C library keeps what threads allocate: a run has a dozen threads, for hours.

glibc gives each thread a heap of its own, and none of them hands back what it once needed.
Elsewhere (musl, macOS) there is nothing to be done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# malloc.h
M_ARENA_MAX = -8
HEAPS = 2


@contextmanager
def few_heaps() -> Iterator[None]:
    """Have new threads share two heaps, and give back at the end what nothing lives in."""
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):
        libc.mallopt(M_ARENA_MAX, HEAPS)
    try:
        yield
    finally:
        with suppress(AttributeError):
            libc.malloc_trim(0)
