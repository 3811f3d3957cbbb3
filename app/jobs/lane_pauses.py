"""How a lane meets its provider: whether it rests, and how many it asks side by side.

The first call of a run, and the first after a pause, is made alone, and each good answer lets one
more go beside the next: so a provider that refuses us, or is away, meets few calls in vain.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass


@dataclass
class LaneEnd:
    """Why a lane ended before its work was done; `until` (seconds since 1970) if it can go on."""

    reason: str = ""
    until: float | None = None


class Pauses:
    """Safe for several threads. Moments are those of time.monotonic()."""

    def __init__(self, most: int) -> None:
        """`most` threads ask side by side."""
        self.end = LaneEnd()
        # After a pause, until something was answered.
        self.is_shaky = False
        self.abreast, self._most = 1, most
        self._shaky_since = self._rest_until = 0.0
        self._has_left = False
        self._lock = threading.Lock()

    def is_resting(self) -> bool:
        """Whether a pause is sat out just now."""
        return self.seconds_left() > 0

    def seconds_left(self) -> float:
        """How long the pause will last yet; nothing or less if there is none."""
        return self._rest_until - time.monotonic()

    def rest(self, reason: str, seconds: float) -> None:
        """Have the lane rest for this reason; what was asked before says nothing new of it."""
        with self._lock:
            self.end = LaneEnd(reason)
            self.is_shaky, self._shaky_since = True, time.monotonic()
            self.abreast = 1
            self._rest_until = max(self._rest_until, time.monotonic() + seconds)

    def doubt(self) -> None:
        """Begin as after a pause, before anything was asked."""
        self.is_shaky = True

    def stumble(self) -> None:
        """A call failed: ask with half as many, in case the next ones do."""
        with self._lock:
            self.abreast = max(self.abreast // 2, 1)

    def leave(self, reason: str, until: float | None) -> None:
        """The lane ends with this reason, whatever is answered yet."""
        with self._lock:
            self.end, self._rest_until = LaneEnd(reason, until), 0.0
            self._has_left = True

    def answered(self) -> None:
        """The provider is well, unless the call left before a pause that still lasts."""
        with self._lock:
            if not (self._has_left or self.is_resting()):
                self.is_shaky, self.end = False, LaneEnd()
                self.abreast = min(self.abreast + 1, self._most)

    def knew(self, began: float) -> bool:
        """Whether what `began` then did so before the last pause."""
        return began < self._shaky_since
