"""What is in somebody's hands: two runs of two people may come upon one thing at once."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from app.services.enrich.work import Item

_lock = threading.Lock()
_held: set[int] = set()


@contextmanager
def holding(items: Sequence[Item]) -> Iterator[list[Item]]:
    """Have these in hand while inside, but for those another run of this process has already."""
    with _lock:
        mine = [item for item in items if item.id not in _held]
        _held.update(item.id for item in mine)
    try:
        yield mine
    finally:
        with _lock:
            _held.difference_update(item.id for item in mine)
