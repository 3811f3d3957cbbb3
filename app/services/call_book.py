"""When the next call to a provider may be made: a moving window kept in the database.

All threads and processes of an installation share one outside address, and so one budget. Bookings
are rows, so none is lost or forgotten when a process dies. See docs/decisions/0006.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from sqlalchemy import Connection, func, select

from app.domain.pace import duration
from app.domain.providers import title_of
from app.errors import RateLimitedError
from app.extensions import db, reading
from app.models import ProviderPause
from app.services import booked_calls as calls
from app.services import provider_pauses
from config import RateLimit

# A provider counts a call some time before it answers, we when it leaves. So much is kept clear of
# the window for what calls differ by; one that took longer than that is noted as made later.
MARGIN, LEAST_SPARE_SECONDS = 0.002, 0.02
# A job makes the last of its calls evenly through the window, not in one go: so a call becomes free
# every few seconds, and a person who asks goes before the job.
FOR_PEOPLE = 7
SMALLEST_SHARED = 25
# So many calls it leaves while people ask for single records or look on, and while others at our
# address use the budget too: the next of theirs finds room and does not take the one we come for.
# A second one would cost the job another sixtieth, and hardly anybody waits less for it.
LEFT_FREE = 1
# Where people ask twice within this part of a window the job leaves them two, and makes all its
# calls evenly, so that one becomes free every second; a little faster than that, or what jitter
# loses is lost for good.
OFTEN, LEFT_TO_MANY, BRISKLY = 8 / 60, 2, 0.9
# None need be left where one becomes free anyhow within so many times what lies between two calls
# made evenly.
SOON = 1.2
# Who asked for a record may ask for another one.
PEOPLE_STAY_SECONDS = 300.0
# Beside others it also leaves one call of so many that it has beyond half of them: so two who are
# careful not to take what the other has end up with shares alike.
UNFAIR = 20
# Our own calls have used up a window of which they hold so much.
NEARLY_ALL = 0.9
TIDY_SECONDS = 1.0
# A call that leaves so soon is as good as made: nobody goes before it any more.
SETTLED_SECONDS = 0.1


class CallBook:
    """One provider's calls, booked and made. Moments are seconds since 1970.

    A call for a person goes before those that jobs have booked; these move back.
    """

    def __init__(
        self,
        name: str,
        limit: RateLimit,
        *,
        clock: Callable[[], float],
        for_person: bool,
        in_passing: bool,
        is_watched: Callable[[], bool],
    ) -> None:
        """`for_person`: somebody waits at a page; such calls go before all others.

        `in_passing`: a single call that keeps no pace, but leaves people theirs. `is_watched` tells
        whether somebody may want one soon.
        """
        self._name, self._limit = name, limit
        self._clock, self._is_watched = clock, is_watched
        self._for_person, self._in_passing = for_person, in_passing
        self.spare = limit.seconds * MARGIN + LEAST_SPARE_SECONDS
        self._window = limit.seconds + self.spare
        self._tidied_at = 0.0

    def book(self, patience: float | None) -> tuple[int, float]:
        """Book the earliest call there is room for: its slot, and when it may be made.

        Raises RateLimitedError where that takes longer than `patience`, in seconds.
        """
        with db.engine.begin() as connection:
            self._one_at_a_time(connection)
            self._forget_old(connection)
            told = connection.execute(
                calls.TOLD, {"whose": self._name, "since": self._window_start()}
            ).one()
            at = max(self._clock(), self._opens(connection, told.theirs), told.paused_until)
            if patience is not None and at - self._clock() > patience:
                raise self.too_long(at - self._clock(), self._why_paused(connection))
            booked = {"provider": self._name, "at": at, "for_person": self._for_person}
            slot = connection.scalar(calls.BOOK, booked) or 0
            if self._for_person:
                self._move_jobs_back(connection, told.theirs)
        return slot, at

    def still_at(self, slot: int, at: float) -> float | None:
        """When a call booked for `at` may be made; None if the provider complained meanwhile.

        A person may have gone before it, or look on now, so that it makes room.
        """
        if not self._shares_with_people():
            with reading(), db.engine.connect() as connection:
                return None if self._paused_until(connection) > at else at
        with db.engine.begin() as connection:
            self._one_at_a_time(connection)
            at = connection.scalar(calls.AT, {"slot": slot}) or at
            left = 0 if self._for_person else self._left_to_people(connection)
            # The one before it may have been put off past the moment this was booked for.
            soonest = max(at, self._clock())
            then = self._leaves(left, connection, soonest, soonest, slot) if left else soonest
            if then > soonest:
                connection.execute(calls.MOVE, {"slot": slot, "then": then})
                at = then
            return None if self._paused_until(connection) > at else at

    def move(self, slot: int, then: float) -> None:
        """Note that a call was made, or counted, at another time than it was booked for."""
        with db.engine.begin() as connection:
            connection.execute(calls.MOVE, {"slot": slot, "then": then})

    def strike(self, slot: int) -> None:
        """Give a booked call back that was not made, or not counted."""
        with db.engine.begin() as connection:
            if self._for_person:  # that they were there is still to be seen
                connection.execute(calls.MOVE, {"slot": slot, "then": self._window_start()})
            else:
                connection.execute(calls.STRIKE, {"slot": slot})

    def is_used_up(self) -> bool:
        """Whether our own calls fill the window, or nearly."""
        asked = {"whose": self._name, "since": self._window_start(), "now": self._clock()}
        with reading(), db.engine.connect() as connection:
            made = connection.scalar(calls.MADE, asked) or 0
        return made >= self._limit.calls * NEARLY_ALL

    def pause(self, until: float, reason: str) -> None:
        """Nobody calls until then; a longer pause is not cut short."""
        with db.engine.begin() as connection:
            provider_pauses.keep(connection, self._name, until, reason)

    def paused(self) -> tuple[float, str] | None:
        """Until when and why nobody may call; None when they may."""
        with reading(), db.engine.connect() as connection:
            pause = connection.execute(
                select(ProviderPause.until, ProviderPause.reason).where(
                    ProviderPause.provider == self._name, ProviderPause.until > self._clock()
                )
            ).first()
        return (pause.until, pause.reason) if pause else None

    def too_long(self, seconds: float, why: str = "") -> RateLimitedError:
        """What tells somebody that so many seconds are more than they would wait."""
        why = why or f"All calls {title_of(self._name)} allows are used up."
        return RateLimitedError(self._name, f"{why} Try again in {duration(seconds)}.", seconds)

    def _one_at_a_time(self, connection: Connection) -> None:
        """Two bookings must not see the same room (SQLite lets one writer in anyway)."""
        if connection.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(func.hashtext(self._name))))

    def _opens(self, connection: Connection, theirs: int) -> float:
        """When the next call may be made as far as others count; 0 for at once.

        `theirs` are the calls in the window that are of others at our address.
        """
        most = self._room(theirs)
        if self._for_person:  # what jobs have booked moves back
            return self._window_opens(connection, most, self._settled())
        if theirs:
            # Who came later and is as considerate gets no more than what we leave.
            unfair = (most - self._limit.calls // 2) // UNFAIR
            room = self._room(theirs + LEFT_FREE + max(unfair, 0))
            return max(self._window_opens(connection, room), self._evenly(connection, most))
        opens = self._window_opens(connection, most)
        if not self._shares_with_people():
            return opens
        opens = opens or self._spread(connection)
        left = self._left_to_people(connection)
        if left > LEFT_FREE:
            opens = max(opens, self._evenly(connection, most / BRISKLY))
        return self._leaves(left, connection, max(opens, self._clock())) if left else opens

    def _evenly(self, connection: Connection, calls_of_a_window: float) -> float:
        """When a job may make its next call, if it makes so many in a window, evenly."""
        if self._in_passing:
            return 0.0
        return self._latest(connection, 0) + self._limit.seconds / calls_of_a_window

    def _left_to_people(self, connection: Connection) -> int:
        """How many calls a job leaves to people: none while nobody is there."""
        asked_at = connection.scalars(calls.MADE_FOR_PEOPLE, {"whose": self._name}).all()
        one_after_the_other = self._limit.seconds * OFTEN
        if any(later - earlier < one_after_the_other for earlier, later in pairwise(asked_at)):
            return LEFT_TO_MANY
        return LEFT_FREE if asked_at or self._is_watched() else 0

    def _leaves(
        self,
        left: int,
        connection: Connection,
        at: float,
        until: float = float("inf"),
        besides: int = 0,
    ) -> float:
        """When a job may call, from `at` on, and leave so many calls.

        The n-th of them must be free by then or become free within n times "soon". What jobs have
        booked for later than `until`, and the slot `besides`, do not count.
        """
        at = max(at, self._window_opens(connection, self._limit.calls, until, besides))
        soon = self._limit.seconds / self._limit.calls * SOON
        for number in range(1, left + 1):
            opens = self._window_opens(connection, self._room(number), until, besides)
            if opens > at + number * soon:
                at = opens - (number - 1) * soon
        return at

    def _window_opens(
        self, connection: Connection, room: int, until: float = float("inf"), besides: int = 0
    ) -> float:
        """When the oldest call leaves of so many that fill the window; 0 while there is room.

        What jobs have booked for later than `until`, and the slot `besides`, do not count.
        """
        asked = {
            "whose": self._name,
            "since": self._window_start(),
            "until": until,
            "besides": besides,
            "skip": room - 1,
        }
        oldest = connection.scalar(calls.FILLS_THE_WINDOW, asked)
        return 0.0 if oldest is None else oldest + self._window

    def _spread(self, connection: Connection) -> float:
        """When a job may make a call that the window has room for; 0 for at once.

        In its first window it keeps the last calls apart. Later windows are like the first, for
        each call follows one that leaves.
        """
        at_once = self._limit.calls - FOR_PEOPLE
        if self._in_passing:
            return 0.0
        if self._latest(connection, at_once - 1) <= self._window_start():
            return 0.0
        if self._latest(connection, self._limit.calls - 1) > self._clock() - 2 * self._window:
            return 0.0
        # Those made at once took a while as well.
        return self._latest(connection, 0) + self._limit.seconds / (FOR_PEOPLE + 2)

    def _latest(self, connection: Connection, skip: int) -> float:
        """When the latest call was or will be made, or the one so many before it; 0 for none."""
        return connection.scalar(calls.LATEST, {"whose": self._name, "skip": skip}) or 0.0

    def _move_jobs_back(self, connection: Connection, theirs: int) -> None:
        """What jobs have booked leaves the room to people that they will need from now on."""
        booked = connection.execute(
            calls.BOOKED_BY_JOBS, {"whose": self._name, "after": self._settled()}
        )
        earlier = self._settled()
        # What is left to people is seen to when it is time to make them.
        room = self._room(theirs + LEFT_FREE if theirs else 0)
        for slot in booked.all():
            earlier = max(slot.at, self._window_opens(connection, room, earlier))
            connection.execute(calls.MOVE, {"slot": slot.id, "then": earlier})

    def _settled(self) -> float:
        """Calls booked for up to this moment are made whatever comes."""
        return self._clock() + SETTLED_SECONDS

    def _room(self, kept_free: int) -> int:
        """How many calls fit into a window beside so many; always one, to find out."""
        return max(self._limit.calls - kept_free, 1)

    def _shares_with_people(self) -> bool:
        """Whether people use this budget too, and it is large enough to be shared."""
        return self._limit.calls >= SMALLEST_SHARED

    def _window_start(self) -> float:
        return self._clock() - self._window

    def _paused_until(self, connection: Connection) -> float:
        return connection.scalar(calls.PAUSED_UNTIL, {"whose": self._name}) or 0.0

    def _why_paused(self, connection: Connection) -> str:
        """Why nobody may call now, as a sentence; "" if it is only that the window is full."""
        pause = select(ProviderPause.reason).where(
            ProviderPause.provider == self._name, ProviderPause.until > self._clock()
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
        asked = {"whose": self._name, "window": window, "people": people}
        connection.execute(calls.FORGET, asked)
