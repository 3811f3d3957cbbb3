"""A lock that nobody waits for long while others overtake; a Lock of Python's makes no promise.

Whoever lets go of it and asks again at once gets it before those who sleep, as with a Lock: in a
busy process it takes longer to wait until somebody wakes than most hold it for. But not before one
who has waited for a moment already: that one gets it from hand to hand.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from types import TracebackType

# So long somebody may be overtaken: a person does not notice it. To hand each turn on cost a run of
# a dozen threads a third of its time.
OVERTAKEN_SECONDS = 0.05

# Python looks for a Ctrl+C when a sleep ends, and one that comes just before it begins does not end
# it: whoever sleeps for long would not hear of it.
LONGEST_SLEEP_SECONDS = 1.0


class _Turn:
    """Somebody's place in the line: since when, and whether they hold the lock by now."""

    def __init__(self) -> None:
        self.since, self.has_come = time.monotonic(), False
        self._bell = threading.Lock()
        self._bell.acquire()

    def sleep(self, seconds: float) -> bool:
        """Until called, or for so many seconds; whether somebody called."""
        return self._bell.acquire(timeout=seconds)

    def call(self) -> None:
        """Wake the sleeper, once; if nobody sleeps yet they will not begin."""
        if self._bell.locked():
            self._bell.release()


class WaitingLine:
    """Held by one at a time; any thread may release it for its holder."""

    def __init__(self) -> None:
        self._guard, self._waiting = threading.Lock(), deque[_Turn]()
        self._is_held = False

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for one's turn; False if it has not come within `timeout` seconds (-1: no end)."""
        turn = _Turn()
        until = math.inf if timeout < 0 else turn.since + timeout
        try:
            while not self._takes(turn):
                left = until - time.monotonic()
                if left <= 0:
                    return not self._leaves(turn)
                turn.sleep(min(left, LONGEST_SLEEP_SECONDS))
            return True
        except BaseException:  # Ctrl+C: nobody would ever let go of what we are given
            if not self._leaves(turn):
                self.release()
            raise

    def release(self) -> None:
        """Let in who has waited for a moment; otherwise whoever comes first."""
        with self._guard:
            if not self._is_held:
                raise RuntimeError("Nobody holds this.")
            first = self._waiting[0] if self._waiting else None
            if first and time.monotonic() - first.since >= OVERTAKEN_SECONDS:
                self._waiting.popleft().has_come = True
            else:
                self._is_held = False
            if first:
                first.call()

    def _takes(self, turn: _Turn) -> bool:
        """Take the lock unless somebody else has it; who cannot is in the line from then on."""
        with self._guard:
            if not self._is_held:
                self._is_held = turn.has_come = True
                if turn in self._waiting:
                    self._waiting.remove(turn)
            elif not turn.has_come and turn not in self._waiting:
                self._waiting.append(turn)
            return turn.has_come

    def _leaves(self, turn: _Turn) -> bool:
        """Wait no longer; False if the turn has come, at the last moment maybe."""
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                if not self._is_held and self._waiting:  # it may have been us who was called
                    self._waiting[0].call()
            return not turn.has_come

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
