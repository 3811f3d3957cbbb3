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
        if turn.acquire(timeout=timeout):
            return True
        with self._guard:
            if turn in self._waiting:
                self._waiting.remove(turn)
                return False
        return True  # it came at the last moment

    def release(self) -> None:
        """Let in who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False

    def __enter__(self) -> None:
        self.acquire()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.release()
