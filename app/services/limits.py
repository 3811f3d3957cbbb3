"""Pacing calls to a provider: each waits for its moment, as the book of calls tells.

See app/services/call_book.py and docs/decisions/0006.
"""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable

from app.domain.providers import title_of
from app.services.call_book import SETTLED_SECONDS, CallBook
from app.services.neighbours import Neighbours
from app.services.runs import StoppedError
from app.waiting_line import WaitingLine
from config import RateLimit

CALLS_REMEMBERED = 120
LISTENS_EVERY_SECONDS = 0.25
# Some count in a second or less, which is no time to recover in.
LEAST_WAIT_SECONDS = 1.0
# Who complains again so soon after a window without calls does not do so for their number.
SAT_OUT_WINDOWS = 3


class _Call(threading.local):
    """What a thread is about: the slot of its call, and when it left; None once it is answered."""

    slot: int = 0
    began: float | None = None


class DatabaseLimiter:
    """Paces one provider's calls. `name` is what the budget is kept under."""

    def __init__(
        self,
        name: str,
        limit: RateLimit,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        patience: float | None = None,
        for_person: bool = False,
        in_passing: bool = False,
        is_watched: Callable[[], bool] = lambda: False,
    ) -> None:
        """`patience`: so many seconds may a call wait; longer is RateLimitedError at once.

        `for_person`: somebody waits at a page; such calls go before all others, which leave people
        a little room for some minutes after they were last seen. `in_passing`: a single call that
        is no job's, and so keeps no pace. `is_watched`: somebody may ask soon, and so a call is
        left to them.
        """
        self.name, self.limit = name, limit
        self.patience = patience
        self._clock, self._sleep = clock, sleep
        self._book = CallBook(
            name,
            limit,
            clock=clock,
            for_person=for_person,
            in_passing=in_passing,
            is_watched=is_watched,
        )
        self._neighbours = Neighbours(name, limit, self._book.spare, clock)
        self._booking, self._leaving = WaitingLine(), threading.Lock()
        self._call = _Call()
        self._refusals = 0  # in a row
        self._sat_out_at = 0.0
        self._took: deque[float] = deque(maxlen=CALLS_REMEMBERED)

    def acquire(self) -> None:
        """Book the next free slot and wait for it."""
        while not self._has_left():
            pass

    def book(self) -> float:
        """Reserve a call; returns the moment (seconds since 1970) at which it may be made."""
        return self._book.book(self.patience)[1]

    def penalise(self, seconds: float | None) -> None:
        """Nobody calls for so many seconds: the provider complained.

        Where it did not say for how long: until our next call is due where others at our address
        leave little room. For a window, unless that would not help: we had used it up and one call
        of it will do, or one was sat out of late and what we called since was answered.
        """
        self._refusals += 1
        title = title_of(self.name)
        theirs = self._neighbours.calls() if seconds is None else 0
        if theirs:
            gap = self.limit.seconds / max(self.limit.calls - theirs, 1)
            self._pause(gap, f"Somebody else asks {title} from your internet address too.")
            return
        self._pause(
            self._seconds_untold() if seconds is None else seconds,
            f"{title} asked us to slow down.",
        )

    def _seconds_untold(self) -> float:
        """For how long to pause after a complaint that does not say."""
        is_by_chance = self._clock() - self._sat_out_at < SAT_OUT_WINDOWS * self.limit.seconds
        if self._refusals <= 1 and (is_by_chance or self._book.is_used_up()):
            seconds = self.limit.seconds / self.limit.calls
        else:
            seconds, self._sat_out_at = self.limit.seconds, self._clock()
        return max(seconds, LEAST_WAIT_SECONDS) * random.uniform(1.0, 1.1)

    def observe(self, left: int | None, most: int | None, *, was_refused: bool) -> None:
        """Believe the provider when it says how many calls are left, whatever we counted.

        Called with every answer, so that it also tells how long a call takes. `most` are the calls
        of a window, None where it does not say.
        """
        self._refusals = self._refusals if was_refused else 0
        began, self._call.began = self._call.began, None
        if began is None:
            return
        is_full = was_refused and left == 0
        if is_full:
            self._book.strike(self._call.slot)
        else:
            self._note_how_long(began)
        if left is not None:
            self._neighbours.note(left, most, began, was_refused=is_full)

    def paused(self) -> tuple[float, str] | None:
        """Until when and why nobody may call; None when they may."""
        return self._book.paused()

    def _has_left(self) -> bool:
        """Book a call and wait for it; False if the provider complained meanwhile.

        The threads of a job wait in line here, and only the next one books ahead: were each to, a
        person would have to wait for all of them.
        """
        with self._booking:
            asked = self._clock()
            slot, at = self._book.book(self.patience)
            self._leaving.acquire()
        try:
            if at > asked + SETTLED_SECONDS:
                still = self._still_at(slot, at, asked)
                if still is None:
                    self._book.strike(slot)
                    return False
                at = still
            self._sleep_until(at)
            self._call.slot, self._call.began = slot, self._clock()
        except StoppedError:
            self._book.strike(slot)
            raise
        finally:
            self._leaving.release()
        # A busy machine leaves later than it booked, and so the call leaves the window later.
        if self._call.began - at > self._book.spare / 2:
            self._book.move(slot, self._call.began)
        return True

    def _still_at(self, slot: int, at: float, asked: float) -> float | None:
        """Sleep until just before a booked call, however often a person puts it off meanwhile.

        Returns when it may be made; None if the provider complained. Raises RateLimitedError where
        it is put off for longer than we are patient.
        """
        while True:
            self._sleep_until(at - SETTLED_SECONDS)
            still = self._book.still_at(slot, at)
            if still is None or still <= at:
                return still
            if self.patience is not None and still - asked > self.patience:
                self._book.strike(slot)
                raise self._book.too_long(still - self._clock())
            at = still

    def _sleep_until(self, moment: float) -> None:
        if (wait := moment - self._clock()) > 0:
            self._sleep(wait)

    def _pause(self, seconds: float, why: str) -> None:
        self._book.pause(self._clock() + seconds, why)

    def _note_how_long(self, began: float) -> None:
        """What a call took longer than the shortest may have passed before it was counted."""
        took = self._clock() - began
        self._took.append(took)
        delay = took - min(self._took)
        if delay > self._book.spare / 2:
            self._book.move(self._call.slot, began + delay)


def sleeping_until_told(should_stop: Callable[[], bool]) -> Callable[[float], None]:
    """A sleep for workers: it raises StoppedError as soon as `should_stop()`."""

    def sleep(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if should_stop():
                raise StoppedError("Told to stop while waiting.")
            time.sleep(min(left, LISTENS_EVERY_SECONDS))

    return sleep
