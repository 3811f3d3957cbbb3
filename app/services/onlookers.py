"""Whether somebody looks at records just now, and so may soon ask for one to be looked up."""

from __future__ import annotations

import time
from collections.abc import Callable

STAY_SECONDS = 60.0


class Onlookers:
    """When somebody last opened a record in this process.

    A job in a process of its own does not know: it makes room from the first click on.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen_at = float("-inf")

    def seen(self) -> None:
        """Somebody opens a record."""
        self._seen_at = self._clock()

    def are_there(self) -> bool:
        """Whether somebody opened one within the last minute."""
        return self._clock() - self._seen_at < STAY_SECONDS
