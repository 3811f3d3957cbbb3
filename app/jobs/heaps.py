"""Where the C library keeps what threads allocate: a run has a dozen threads, for hours.

glibc gives each thread a heap of its own, and none of them hands back what it once needed. Pictures
and answers that lie among small things which stay leave holes in them, more with every thousand
records; larger pieces are therefore taken from the system and handed back one by one.
Elsewhere (musl, macOS) there is nothing to be done.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager, suppress

# malloc.h
M_ARENA_MAX, M_MMAP_THRESHOLD = -8, -3
HEAPS = 2
# Set once, glibc does not raise it by itself any more, as it does with each large piece it frees.
LARGE_BYTES = 128 * 1024


def share() -> None:
    """Have the threads of this process share two heaps, large pieces kept out of them.

    To be called before there are many: glibc counts once how many heaps there may be.
    """
    libc = ctypes.CDLL(None)
    with suppress(AttributeError):
        libc.mallopt(M_ARENA_MAX, HEAPS)
        libc.mallopt(M_MMAP_THRESHOLD, LARGE_BYTES)


@contextmanager
def shared() -> Iterator[None]:
    """The same for as long as a run takes; at its end what nothing lives in is given back."""
    share()
    try:
        yield
    finally:
        with suppress(AttributeError):
            ctypes.CDLL(None).malloc_trim(0)
