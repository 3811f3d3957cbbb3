"""How many calls a shop may have in a run."""

from __future__ import annotations

import threading
from collections.abc import Collection


class CallBudget:
    """No more calls than there are titles, counted over a run by all threads of a lane."""

    def __init__(self, calls: int = 0) -> None:
        """`calls` are made anyway."""
        self._titles: set[str] = set()
        self._waiting: set[str] = set()
        self._calls = calls
        self._lock = threading.Lock()

    def meet(self, names: Collection[str], unknown: Collection[str]) -> None:
        """These titles are at hand; those of them that are `unknown` need a call each."""
        with self._lock:
            self._titles.update(names)
            self._waiting.update(unknown)

    def begin(self, name: str) -> None:
        """A title's turn has come: the call that was kept for it may be made."""
        with self._lock:
            self._waiting.discard(name)

    def spend(self) -> None:
        """Count a call."""
        with self._lock:
            self._calls += 1

    def has_more(self) -> bool:
        """Whether a second call for a title leaves enough for those whose turn has not come."""
        with self._lock:
            return self._calls + len(self._waiting) < len(self._titles)
