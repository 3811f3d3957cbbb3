"""A lock that nobody waits for long while others overtake; a Lock of Python's makes no promise.

Whoever lets go of it and asks again at once gets it before those who sleep, as with a Lock: to wake
somebody for each turn costs a busy process more than the turns do. But not before one who has
waited for a moment already: that one gets it from hand to hand.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from types import TracebackType

# So long somebody may be overtaken. A dozen writers of a job wait a fifth of it for each other.
OVERTAKEN_SECONDS = 0.05


class _Turn:
    """Somebody's place in the line: the lock they sleep on, and since when."""

    def __init__(self) -> None:
        self.since, self._bell = time.monotonic(), threading.Lock()
        self._bell.acquire()

    def sleep(self, seconds: float) -> bool:
        """Until called, or for so many seconds (-1: no end); whether somebody called."""
        return self._bell.acquire(timeout=seconds)

    def call(self) -> None:
        """Wake the sleeper, once."""
        if self._bell.locked():
            self._bell.release()


class WaitingLine:
    """Held by one at a time; any thread may release it for its holder."""

    def __init__(self) -> None:
        self._guard, self._waiting = threading.Lock(), deque[_Turn]()
        self._is_held = False

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for one's turn; False if it has not come within `timeout` seconds (-1: no end)."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            turn = _Turn()
            self._waiting.append(turn)
        try:
            while not self._takes(turn):
                left = -1 if timeout < 0 else max(turn.since + timeout - time.monotonic(), 0)
                if not turn.sleep(left):
                    return self._takes(turn) or not self._leaves(turn)
        except BaseException:  # Ctrl+C: nobody would ever let go of what we are given
            if not self._leaves(turn):
                self.release()
            raise
        return True

    def release(self) -> None:
        """Let in who has waited for a moment; otherwise whoever comes first."""
        with self._guard:
            if not self._waiting:
                self._is_held = False
                return
            first = self._waiting[0]
            if time.monotonic() - first.since >= OVERTAKEN_SECONDS:
                self._waiting.popleft()
            else:
                self._is_held = False
            first.call()

    def _takes(self, turn: _Turn) -> bool:
        """Take the lock if it is free, or ours already: who is given it is not in line any more."""
        with self._guard:
            if turn in self._waiting:
                if self._is_held:
                    return False
                self._is_held = True
                self._waiting.remove(turn)
            return True

    def _leaves(self, turn: _Turn) -> bool:
        """Wait no longer; False if the turn has come at the last moment."""
        with self._guard:
            if turn not in self._waiting:
                return False
            self._waiting.remove(turn)
            if not self._is_held and self._waiting:  # it was for us that the first was called
                self._waiting[0].call()
            return True

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
