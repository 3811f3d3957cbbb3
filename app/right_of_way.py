"""Pages go first: a job waits for a moment while somebody waits for a page.

Python lets one thread of a process go on at a time, and a job has two dozen of them: a page that
comes while they are busy would get its turns between theirs, and take half as long again.
"""

from __future__ import annotations

import threading
import time

# Nobody steps aside for longer: what takes longer waits for something else, a service that is asked
# or a file that is received.
MOMENT_SECONDS = 0.05


class RightOfWay:
    """Held by any number of threads that put a page together, each for itself.

    A page is whatever is asked for over HTTP.
    """

    def __init__(self) -> None:
        self._since: dict[int, float] = {}
        self._is_free = threading.Condition()
        self._worker = threading.local()

    def take(self) -> None:
        """This thread begins to put a page together."""
        self._since[threading.get_ident()] = time.monotonic()

    def give_back(self) -> None:
        """The page is there."""
        if self._since.pop(threading.get_ident(), None) is not None:
            with self._is_free:
                self._is_free.notify_all()

    def step_aside(self) -> None:
        """Wait until the pages that have just been begun are there.

        Then go on for as long at least: where one page follows another, half of the time is left.
        To be called where nothing is held that a page could wait for (but a connection: there are
        enough, see app.create_app).
        """
        if not self._since:
            return
        began = time.monotonic()
        if began < getattr(self._worker, "goes_on_until", 0.0):
            return
        with self._is_free:
            self._is_free.wait_for(self._is_nobody_new, MOMENT_SECONDS)
        ended = time.monotonic()
        self._worker.goes_on_until = ended + (ended - began)

    def _is_nobody_new(self) -> bool:
        oldest = time.monotonic() - MOMENT_SECONDS
        return all(since < oldest for since in self._since.copy().values())


pages = RightOfWay()
