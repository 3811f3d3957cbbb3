"""Pacing calls to a provider: a moving window kept in the database.

All threads and processes of an installation share one outside address, and so one budget. A call
books a slot first: the earliest moment at which the window has room. Bookings are rows, so none is
lost or forgotten when a process dies. See docs/decisions/0002.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from sqlalchemy import Connection, delete, func, insert, select

from app.domain.pace import duration
from app.domain.providers import title_of
from app.errors import RateLimitedError
from app.extensions import db
from app.models import ProviderPause
from app.services import booked_calls as calls
from app.services.runs import StoppedError
from config import RateLimit

# A provider counts a call some time before it answers, we when it leaves. So much is kept clear of
# the window for what calls differ by; one that took longer than that is noted as made later.
MARGIN, LEAST_SPARE_SECONDS = 0.002, 0.02
CALLS_REMEMBERED = 120
LISTENS_EVERY_SECONDS = 0.25
# A job makes the last of its calls evenly through the window, not in one go: so a call becomes free
# every few seconds, and a person who asks goes before the job.
FOR_PEOPLE = 7
SMALLEST_SHARED = 25
# While people ask for single records it makes all its calls evenly, and leaves them a few.
PEOPLE_STAY_SECONDS = 300.0
RESERVE = 2
TIDY_SECONDS = 1.0


class _Call(threading.local):
    """What a thread is about: the slot of its call, and when it left; None once it is answered."""

    slot: int = 0
    began: float | None = None


class DatabaseLimiter:
    """Paces one provider's calls. `name` is what the budget is kept under.

    A call for a person goes before those that jobs have booked; these move back.
    """

    def __init__(
        self,
        name: str,
        limit: RateLimit,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
        patience: float | None = None,
        for_person: bool = False,
    ) -> None:
        """`patience`: so many seconds may a call wait; longer is RateLimitedError at once.

        `for_person`: somebody waits at a page; such calls go before all others, which leave people
        a little room for some minutes after they were last seen.
        """
        self.name, self.limit, self._for_person = name, limit, for_person
        self.patience = patience
        self.window_seconds = limit.seconds
        self._clock, self._sleep = clock, sleep
        self._spare = limit.seconds * MARGIN + LEAST_SPARE_SECONDS
        self._window = limit.seconds + self._spare
        self._turn = threading.Lock()
        self._tidied_at = 0.0
        self._call = _Call()
        self._took: deque[float] = deque(maxlen=CALLS_REMEMBERED)

    def acquire(self) -> None:
        """Book the next free slot and wait for it.

        The threads of a job wait in line here: were each to book ahead, a person would have to
        wait for all of them.
        """
        with self._turn:
            slot, at = self._book()
            while (wait := at - self._clock()) > 0:
                self._sleep(wait)
                at = self._still_at(slot, at)
            self._call.slot, self._call.began = slot, self._clock()
            # A busy machine leaves later than it booked, and so the call leaves the window later.
            if self._call.began - at > self._spare / 2:
                self._move(slot, self._call.began)

    def _still_at(self, slot: int, at: float) -> float:
        """When a booked call may be made: a person may have gone before it meanwhile."""
        if not self._shares_with_people():
            return at
        with db.engine.begin() as connection:
            self._one_at_a_time(connection)
            return connection.scalar(calls.AT, {"slot": slot}) or at

    def _move(self, slot: int, then: float) -> None:
        """Note that a call was made, or counted, later than it was booked for."""
        with db.engine.begin() as connection:
            connection.execute(calls.MOVE, {"slot": slot, "then": then})

    def book(self) -> float:
        """Reserve a call; returns the moment (seconds since 1970) at which it may be made."""
        return self._book()[1]

    def _book(self) -> tuple[int, float]:
        with db.engine.begin() as connection:
            self._one_at_a_time(connection)
            self._forget_old(connection)
            at = max(self._clock(), self._opens(connection), self._paused_until(connection))
            if self.patience is not None and at - self._clock() > self.patience:
                raise self._too_long(at - self._clock(), self._why_paused(connection))
            booked = {"provider": self.name, "at": at, "for_person": self._for_person}
            slot = connection.scalar(calls.BOOK, booked) or 0
            if self._for_person:
                self._move_jobs_back(connection)
        return slot, at

    def _too_long(self, seconds: float, why: str) -> RateLimitedError:
        why = why or f"All calls {title_of(self.name)} allows are used up."
        return RateLimitedError(self.name, f"{why} Try again in {duration(seconds)}.", seconds)

    def penalise(self, seconds: float) -> None:
        """Nobody calls for so many seconds: the provider complained."""
        self._pause(self._clock() + seconds, f"{title_of(self.name)} asked us to slow down.")

    def observe(self, remaining: int | None) -> None:
        """Believe the provider when it says that the budget is used up, whatever we counted.

        Called with every answer, so that it also tells how long a call takes.
        """
        began, self._call.began = self._call.began, None
        if began is not None:
            self._note_how_long(began)
        if remaining == 0 and self._made_around(began or self._clock()) < self.limit.calls - 1:
            self._pause(
                self._clock() + self.limit.seconds / 4,
                f"Somebody else asks {title_of(self.name)} from your internet address too.",
            )

    def _note_how_long(self, began: float) -> None:
        """What a call took longer than the shortest may have passed before it was counted."""
        took = self._clock() - began
        self._took.append(took)
        delay = took - min(self._took)
        if delay > self._spare / 2:
            self._move(self._call.slot, began + delay)

    def paused(self) -> tuple[float, str] | None:
        """Until when and why nobody may call; None when they may."""
        with db.engine.connect() as connection:
            pause = connection.execute(
                select(ProviderPause.until, ProviderPause.reason).where(
                    ProviderPause.provider == self.name, ProviderPause.until > self._clock()
                )
            ).first()
        return (pause.until, pause.reason) if pause else None

    def _one_at_a_time(self, connection: Connection) -> None:
        """Two bookings must not see the same room (SQLite lets one writer in anyway)."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(self.name))))

    def _opens(self, connection: Connection) -> float:
        """When the next call may be made as far as others count; 0 for at once."""
        if self._for_person:  # what jobs have booked moves back
            return self._window_opens(connection, self.limit.calls, self._clock())
        if not self._has_seen_people(connection):
            return self._window_opens(connection, self.limit.calls) or self._spread(connection)
        opens = self._window_opens(connection, self._room_beside_people())
        return max(opens, self._latest(connection, 0) + self.limit.seconds / self.limit.calls)

    def _window_opens(
        self, connection: Connection, room: int, until: float = float("inf")
    ) -> float:
        """When the oldest call leaves of so many that fill the window; 0 while there is room.

        What jobs have booked for later than `until` does not count.
        """
        since = self._window_start()
        asked = {"whose": self.name, "since": since, "until": until, "skip": room - 1}
        oldest = connection.scalar(calls.FILLS_THE_WINDOW, asked)
        return 0.0 if oldest is None else oldest + self._window

    def _has_seen_people(self, connection: Connection) -> bool:
        """Whether a job has to leave room for people just now."""
        if self._for_person or not self._shares_with_people():
            return False
        return connection.scalar(calls.MADE_FOR_PEOPLE, {"whose": self.name}) is not None

    def _spread(self, connection: Connection) -> float:
        """When a job may make a call that the window has room for; 0 for at once.

        In its first window it keeps the last calls apart. Later windows are like the first, for
        each call follows one that leaves.
        """
        if self._for_person or not self._shares_with_people():
            return 0.0
        at_once = self.limit.calls - FOR_PEOPLE
        if self._latest(connection, at_once - 1) <= self._window_start():
            return 0.0
        if self._latest(connection, self.limit.calls - 1) > self._clock() - 2 * self._window:
            return 0.0
        # Those made at once took a while as well.
        return self._latest(connection, 0) + self.limit.seconds / (FOR_PEOPLE + 2)

    def _latest(self, connection: Connection, skip: int) -> float:
        """When the latest call was or will be made, or the one so many before it; 0 for none."""
        return connection.scalar(calls.LATEST, {"whose": self.name, "skip": skip}) or 0.0

    def _move_jobs_back(self, connection: Connection) -> None:
        """What jobs have booked leaves the room to people that they will need from now on."""
        booked = connection.execute(
            calls.BOOKED_BY_JOBS, {"whose": self.name, "now": self._clock()}
        )
        earlier = self._clock()
        for slot in booked.all():
            opens = self._window_opens(connection, self._room_beside_people(), earlier)
            earlier = max(slot.at, opens)
            connection.execute(calls.MOVE, {"slot": slot.id, "then": earlier})

    def _room_beside_people(self) -> int:
        return max(self.limit.calls - RESERVE, 1)

    def _shares_with_people(self) -> bool:
        """Whether people use this budget too, and it is large enough to be shared."""
        return self.limit.calls >= SMALLEST_SHARED

    def _window_start(self) -> float:
        return self._clock() - self._window

    def _paused_until(self, connection: Connection) -> float:
        return connection.scalar(calls.PAUSED_UNTIL, {"whose": self.name}) or 0.0

    def _why_paused(self, connection: Connection) -> str:
        """Why nobody may call now, as a sentence; "" if it is only that the window is full."""
        pause = select(ProviderPause.reason).where(
            ProviderPause.provider == self.name, ProviderPause.until > self._clock()
        )
        return connection.scalar(pause) or ""

    def _forget_old(self, connection: Connection) -> None:
        """Delete what no window holds any more; a second's worth of it at a time will do."""
        now = self._clock()
        if 0 <= now - self._tidied_at < TIDY_SECONDS:
            return
        self._tidied_at = now
        window = now - 2 * self._window  # `_spread` looks back on two
        people = min(now - PEOPLE_STAY_SECONDS, window)
        asked = {"whose": self.name, "window": window, "people": people}
        connection.execute(calls.FORGET, asked)

    def _made_around(self, began: float) -> int:
        """How many of our calls may have been in the provider's window when this one came there."""
        since = began - self._window
        with db.engine.connect() as connection:
            counted = select(func.count()).where(calls.MINE, calls.SLOTS.c.at >= since)
            return connection.scalar(counted, {"whose": self.name}) or 0

    def _pause(self, until: float, reason: str) -> None:
        with db.engine.begin() as connection:
            if self._paused_until(connection) >= until:
                return
            connection.execute(delete(ProviderPause).where(ProviderPause.provider == self.name))
            connection.execute(
                insert(ProviderPause).values(provider=self.name, until=until, reason=reason)
            )


def sleeping_until_told(should_stop: Callable[[], bool]) -> Callable[[float], None]:
    """A sleep for workers: it raises StoppedError as soon as `should_stop()`."""

    def sleep(seconds: float) -> None:
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if should_stop():
                raise StoppedError("Told to stop while waiting.")
            time.sleep(min(left, LISTENS_EVERY_SECONDS))

    return sleep
