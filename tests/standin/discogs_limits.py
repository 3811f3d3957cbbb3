"""How the Discogs stand-in counts calls: a moving window by address."""

from __future__ import annotations

import math
from collections import defaultdict, deque
from collections.abc import Callable

from tests.standin.messages import Reply, json_reply


class MovingWindow:
    """60 calls in 60 seconds with a credential, 25 without; only counted, until switched `on`.

    `refused` are the calls that were too many.
    """

    def __init__(self, clock: Callable[[], float]) -> None:
        self.on = False
        self.limit = 60
        self.anonymous_limit = 25
        self.seconds = 60.0
        self.tells_retry_after = False
        self.refused = 0
        self._clock = clock
        self._calls: dict[str, deque[float]] = defaultdict(deque)

    def count(self, address: str, *, authenticated: bool) -> Reply | None:
        """Count one call; the 429 to answer if it is one too many."""
        calls, now = self._calls[address], self._clock()
        while calls and calls[0] <= now - self.seconds:
            calls.popleft()
        if not self.on or len(calls) < self._limit_for(authenticated):
            calls.append(now)
            return None
        self.refused += 1
        wait = max(1, math.ceil(calls[0] + self.seconds - now))
        headers = {"Retry-After": str(wait)} if self.tells_retry_after else {}
        return json_reply({"message": "You are making requests too quickly."}, 429, headers)

    def headers(self, address: str, *, authenticated: bool) -> dict[str, str]:
        """What Discogs tells about the window with every answer."""
        limit = self._limit_for(authenticated)
        used = min(len(self._calls[address]), limit) if self.on else 1
        return {
            "X-Discogs-Ratelimit": str(limit),
            "X-Discogs-Ratelimit-Used": str(used),
            "X-Discogs-Ratelimit-Remaining": str(limit - used),
        }

    def _limit_for(self, authenticated: bool) -> int:
        return self.limit if authenticated else self.anonymous_limit
