"""A lock whose waiters get it in the order in which they came; a Lock of Python's has none.

Whoever lets go of a Lock and asks for it again gets it before those who have waited for it.
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType


class WaitingLine:
    """Held by one at a time; any thread may release it for its holder."""

    def __init__(self) -> None:
        self._guard, self._waiting = threading.Lock(), deque[threading.Lock]()
        self._is_held = False

    def acquire(self, timeout: float = -1) -> bool:
        """Wait for one's turn; False if it has not come within `timeout` seconds (-1: no end)."""
        with self._guard:
            if not self._is_held:
                self._is_held = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._waiting.append(turn)
        try:
            return turn.acquire(timeout=timeout) or not self._leaves(turn)
        except BaseException:  # Ctrl+C: nobody would ever let go of what we are given
            if not self._leaves(turn):
                self.release()
            raise

    def release(self) -> None:
        """Let in who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False

    def _leaves(self, turn: threading.Lock) -> bool:
        """Wait no longer; False if the turn has come at the last moment."""
        with self._guard:
            is_waiting = turn in self._waiting
            if is_waiting:
                self._waiting.remove(turn)
        return is_waiting

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
