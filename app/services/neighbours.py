"""Others at our internet address, who use a provider's budget too.

A provider counts by address and tells with every answer how many calls are left. What is neither
left nor called by us is theirs. Which of our calls under way were counted already is not told: as
long as nobody else was seen, it takes calls that cannot be ours to see them.
"""

from __future__ import annotations

from collections.abc import Callable

from app.extensions import db, reading
from app.models import NeighbourCalls
from app.services import booked_calls as calls
from app.services.put_row import put
from config import RateLimit

# One call that is not ours may be one of ours that was counted late.
SURE = 2


class Neighbours:
    """How many calls in one provider's window are of others. Moments are seconds since 1970."""

    def __init__(
        self, provider: str, limit: RateLimit, spare: float, clock: Callable[[], float]
    ) -> None:
        """`spare`: so long after it left the window a call of ours may still be counted."""
        self._provider, self._limit, self._spare = provider, limit, spare
        self._clock = clock

    def calls(self) -> int:
        """How many, as the provider told last; 0 if that is longer ago than a window."""
        asked = {"whose": self._provider, "since": self._clock() - self._limit.seconds}
        with reading(), db.engine.connect() as connection:
            return connection.scalar(calls.OF_NEIGHBOURS, asked) or 0

    def note(self, left: int, most: int | None, began: float, *, was_refused: bool) -> None:
        """Take note that the provider told `left` calls to be left in a window of `most`.

        It told so just now, in its answer to a call that `began` then. `was_refused`: for want of
        room, and so that call is not among ours.
        """
        now = self._clock()
        counted = began + (now - began) / 2
        asked = {
            "whose": self._provider,
            "since": began - self._limit.seconds - self._spare,
            "now": now,
            "opened": counted - self._limit.seconds,
            "counted": counted,
        }
        with reading(), db.engine.connect() as connection:
            ours = connection.execute(calls.OURS, asked).one()
        known, limit = ours.theirs, self._limit.calls
        used = (limit if most is None else most) - left
        # Of our limit, which need not be the provider's.
        theirs = limit - left - ours.about
        if was_refused:  # others that were refused with it are no more evidence
            theirs = max(theirs, known + 1 if began > ours.told_at else known, 1)
        elif not known and used - ours.at_most < SURE:
            theirs = 0
        theirs = min(max(theirs, 0), limit)
        if theirs or known:
            row = {"provider": self._provider, "calls": theirs, "told_at": now}
            with db.engine.begin() as connection:
                put(connection, NeighbourCalls, ("provider",), row)
