"""Who works on what: all side by side, but for a thing suspected of killing its worker."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from app.services.runs import StoppedError

LISTENS_EVERY_SECONDS = 0.25


class Gate:
    """Lets everybody through together, or one alone.

    Were the process to die while a suspect is worked on, nothing else would be in anybody's hands
    and so nothing else would have to be put aside with it.
    """

    def __init__(self, must_stop: Callable[[], bool]) -> None:
        self._must_stop = must_stop
        self._changed = threading.Condition()
        self._inside = 0
        self._wait_to_be_alone = 0
        self._is_closed = False

    @contextmanager
    def passed(self, *, alone: bool) -> Iterator[None]:
        """Be inside; `alone`: with nobody else. Raises StoppedError when all must stop instead."""
        with self._changed:
            if alone:
                self._wait_alone()
            else:
                self._wait_for(lambda: not (self._is_closed or self._wait_to_be_alone))
            self._inside, self._is_closed = self._inside + 1, alone
        try:
            yield
        finally:
            with self._changed:
                self._inside, self._is_closed = self._inside - 1, False
                self._changed.notify_all()

    def _wait_alone(self) -> None:
        self._wait_to_be_alone += 1
        try:
            self._wait_for(lambda: not self._inside)
        finally:
            self._wait_to_be_alone -= 1

    def _wait_for(self, is_so: Callable[[], bool]) -> None:
        while not self._changed.wait_for(is_so, LISTENS_EVERY_SECONDS):
            if self._must_stop():
                raise StoppedError("Told to stop before the next thing.")
