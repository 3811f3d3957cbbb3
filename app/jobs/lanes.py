"""Lanes: the providers at work side by side, each at its own pace.

A lane is the threads of one provider. They take what is pending and ready off the work list, call,
and store answer and state in one commit. When a provider asks for a pause, refuses us or breaks
down, its lane rests or ends, and the others go on.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.errors import (
    GatefoldError,
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from app.extensions import db, reading, set_reading, set_repeatable
from app.services import runs
from app.services.enrich import health, work
from app.services.enrich.steps import Outcomes, Step
from app.services.enrich.work import Item
from app.services.runs import CancelledError, Lease, LostLeaseError, StoppedError

log = structlog.get_logger(__name__)

LOOK_AHEAD = 120
IDLE_SECONDS = 0.25
NOTES_EVERY_SECONDS = 2.0
# A longer pause is not sat out when all others are done: the run comes back to it later.
LONGEST_REST_SECONDS = 20.0
NOT_STORED = "The answer could not be stored; the log has the details."


@dataclass
class LaneEnd:
    """Why a lane ended before its work was done; `until` (seconds since 1970) if it can go on."""

    reason: str = ""
    until: float | None = None


class Board:
    """What the lanes of one run tell each other: what is to be expected, and that all must stop."""

    def __init__(self, should_stop: Callable[[], bool]) -> None:
        self.lanes: list[Lane] = []
        self.ending: BaseException | None = None
        self._over: set[tuple[str, str]] = set()
        self._should_stop = should_stop

    def is_over(self, entity: str, provider: str) -> bool:
        """Whether there is nothing to wait for: that step has ended, rests or is not part of it."""
        if (entity, provider) in self._over:
            return True
        lane = next((lane for lane in self.lanes if lane.provider == provider), None)
        return lane is None or lane.is_resting() or not lane.has_step(entity)

    def close(self, step: Step) -> None:
        """Note that a step has come to its end."""
        self._over.add((step.entity, step.provider))

    def must_stop(self) -> bool:
        """Whether everybody has to leave their work now."""
        return self.ending is not None or self._should_stop()

    def others_work(self, lane: Lane) -> bool:
        """Whether any other lane is at work and not resting."""
        return any(
            other.is_working() and not other.is_resting()
            for other in self.lanes
            if other is not lane
        )


@dataclass
class _Queue:
    """The items of one step that are ready, and those in somebody's hands.

    The list is looked through in rounds: `seen` is the last id looked at, `waiting` counts what was
    not ready in this round.
    """

    step: Step
    calls_left: float
    ready: deque[Item] = field(default_factory=deque)
    in_hand: set[int] = field(default_factory=set)
    seen: int = 0
    waiting: int = 0
    is_over: bool = False


class Lane:
    """One provider's steps, worked on by `threads` threads until there is nothing left to do."""

    def __init__(
        self,
        app: Flask,
        lease: Lease,
        board: Board,
        provider: str,
        client: Any,
        steps: Sequence[Step],
        *,
        threads: int = 1,
        releases: int = 0,
        most: int | None = None,
    ) -> None:
        """`releases` on the shelf bound steps with an allowance; `most`: stop after so many."""
        self.provider, self.end = provider, LaneEnd()
        self._app, self._lease, self._board, self._client = app, lease, board, client
        self._queues = [_Queue(step, _allowed(step, releases)) for step in steps]
        self._lock = threading.Lock()
        self._left = most
        self._rest_until = 0.0
        self._is_shaky = self._has_left = False
        self._tally, self._noted_at = 0, 0.0
        self._threads = [
            threading.Thread(target=self._work, name=f"lane-{provider}-{number}", daemon=True)
            for number in range(threads)
        ]

    def start(self) -> None:
        """Set the threads to work; returns at once."""
        for thread in self._threads:
            thread.start()

    def rest_as_told(self, seconds: float) -> None:
        """Sit out a pause that was agreed on before this run, or before a restart."""
        if seconds > 0:
            self._rest("It asked for a pause.", seconds)

    def is_working(self) -> bool:
        """Whether any thread is still at it."""
        return any(thread.is_alive() for thread in self._threads)

    def is_resting(self) -> bool:
        """Whether it sits out a pause just now."""
        return self._rest_until > time.monotonic()

    def has_step(self, entity: str) -> bool:
        """Whether it asks about things of this kind."""
        return any(queue.step.entity == entity for queue in self._queues)

    def _work(self) -> None:
        with self._app.app_context():
            set_reading(False)
            set_repeatable(True)
            structlog.contextvars.bind_contextvars(run_id=self._lease.run_id, lane=self.provider)
            try:
                self._until_done()
            except (LostLeaseError, CancelledError, StoppedError) as ending:
                self._board.ending = self._board.ending or ending
            except BaseException as fault:
                log.error("lane_crashed", exc_info=fault)
                self._board.ending = self._board.ending or fault
            finally:
                db.session.remove()

    def _until_done(self) -> None:
        while not self._board.must_stop():
            if self.is_resting():
                self._sit_out()
            elif (taken := self._take()) is not None:
                self._do(*taken)
                taken[0].step.tidy(at_end=False)
            elif all(queue.is_over for queue in self._queues):
                self._say_last()
                for queue in self._queues:
                    queue.step.tidy(at_end=True)
                return
            else:
                time.sleep(IDLE_SECONDS)

    def _say_last(self) -> None:
        """Write down what was not noted yet."""
        self._noted_at = 0.0
        self._note()
        db.session.commit()

    def _sit_out(self) -> None:
        """Wait a little; but not for a long pause once all others have nothing left to do."""
        left = self._rest_until - time.monotonic()
        if left > LONGEST_REST_SECONDS and not self._board.others_work(self):
            self._leave(self.end.reason, time.time() + left)
        time.sleep(IDLE_SECONDS)

    def _take(self) -> tuple[_Queue, list[Item]] | None:
        """The next items in somebody's turn; None when there is nothing to do just now."""
        with self._lock:
            if self._is_shaky and any(queue.in_hand for queue in self._queues):
                return None  # one call finds out whether the provider is well again
            for queue in self._queues:
                if queue.is_over:
                    continue
                if not queue.ready:
                    self._refill(queue)
                items = self._some(queue)
                if items:
                    return queue, items
        return None

    def _refill(self, queue: _Queue) -> None:
        """Look at the next stretch of the list."""
        step = queue.step
        with reading():
            rows = work.due(step.provider, step.entity, LOOK_AHEAD, after=queue.seen)
            free = [item for item in rows if item.id not in queue.in_hand]
            queue.ready.extend(step.ready(free, self._board.is_over))
            db.session.commit()
        queue.waiting += len(free) - len(queue.ready)
        if len(rows) == LOOK_AHEAD:
            queue.seen = rows[-1].id
            return
        # Only who began at the top has seen all: what was let go meanwhile lies before `seen`.
        is_whole = queue.seen == 0
        is_done = is_whole and not (queue.ready or queue.in_hand or queue.waiting)
        queue.seen = queue.waiting = 0
        if is_done:
            self._finish(queue)

    def _finish(self, queue: _Queue) -> None:
        """Nothing is left that could become ready: but what failed may want another try soon."""
        with reading():
            moment = work.next_due(queue.step.provider, queue.step.entity)
            db.session.commit()
        if moment is not None and moment.timestamp() - time.time() < LONGEST_REST_SECONDS:
            return
        queue.is_over = True
        self._board.close(queue.step)

    def _some(self, queue: _Queue) -> list[Item]:
        if queue.calls_left < 1 or (self._left is not None and self._left < 1):
            queue.ready.clear()
            if not queue.in_hand:
                queue.is_over = True
                self._board.close(queue.step)
            return []
        step = queue.step
        count = step.batch if step.batch > 1 else min(step.glance, int(min(queue.calls_left, 99)))
        count = min(count, len(queue.ready), self._left or count)
        items = [queue.ready.popleft() for _ in range(count)]
        queue.in_hand.update(item.id for item in items)
        if items:
            queue.calls_left -= 1 if step.batch > 1 else count
            self._left = None if self._left is None else self._left - count
        return items

    def _do(self, queue: _Queue, items: list[Item]) -> None:
        try:
            if queue.step.batch > 1:
                with reading():
                    question = queue.step.look(items)
                    db.session.commit()
                self._question(queue, items, question)
            else:
                self._one_by_one(queue, items)
        finally:
            with self._lock:
                queue.in_hand.difference_update(item.id for item in items)

    def _one_by_one(self, queue: _Queue, items: list[Item]) -> None:
        """First settle those nobody need be asked about, together; then ask for each other."""
        with reading():
            questions = queue.step.look_each(items)
            db.session.commit()
        known = [item for item in items if questions.get(item.key) is None]
        if known:
            self._question(queue, known, None)
        for item in items:
            if self._board.must_stop() or self.is_resting() or queue.is_over:
                return
            if item not in known:
                self._question(queue, [item], questions[item.key])

    def _question(self, queue: _Queue, items: list[Item], question: Any) -> None:
        claimed = work.claim(items)
        if not claimed:
            return
        try:
            answer = None if question is None else queue.step.ask(self._client, question)
        except StoppedError:
            self._give_back(claimed)
            raise
        except OddAnswerError as error:
            if queue.step.odd_is_its_own:
                self._give_up(claimed, error)
            else:
                self._cope(queue, claimed, error)
            return
        except ProviderError as error:
            self._cope(queue, claimed, error)
            return
        except GatefoldError as error:
            self._give_up(claimed, error)
            return
        self._store(queue, claimed, question, answer)

    def _store(self, queue: _Queue, items: list[Item], question: Any, answer: Any) -> None:
        try:
            outcomes = self._kept(queue.step, items, question, answer)
        except OperationalError:
            raise  # the database is busy: no fault of the answer's
        except (GatefoldError, SQLAlchemyError) as error:
            db.session.rollback()
            log.error("answer_not_stored", keys=[item.key for item in items], exc_info=error)
            reason = str(error) if isinstance(error, GatefoldError) else NOT_STORED
            outcomes = {item.key: work.Outcome("failed", error=reason) for item in items}
        work.settle_all([(item, outcomes.get(item.key, work.NOTHING)) for item in items])
        if question is not None:
            self._tally += 1
        ending = self._note()
        db.session.commit()
        with self._lock:
            if question is None:
                queue.calls_left += 1 if queue.step.batch > 1 else len(items)
            elif not (
                self._has_left or self.is_resting()
            ):  # a call that left before the pause says nothing of it
                self._is_shaky, self.end = False, LaneEnd()
        if ending is not None:
            raise ending

    def _kept(self, step: Step, items: list[Item], question: Any, answer: Any) -> Outcomes:
        if question is None and step.batch == 1:
            return step.keep_known(items)
        return step.keep(items, question, answer)

    def _note(self) -> CancelledError | StoppedError | None:
        """Say now and then that calls succeed and the run gets on; always that it is still ours.

        Returns what to raise after the commit, if a person asked to stop or to pause.
        """
        now = time.monotonic()
        is_due = now - self._noted_at >= NOTES_EVERY_SECONDS or self._is_shaky
        ending = runs.check(self._lease, to_write=is_due)
        if ending or not is_due:
            return ending
        self._noted_at = now
        if self._tally:
            skew = getattr(self._client, "clock_skew", None)
            health.succeeded(self.provider, self._tally, skew)
            self._tally = 0
        runs.progress(self._lease)
        return None

    def _give_up(self, items: list[Item], error: GatefoldError) -> None:
        """What came cannot be used, though the provider did what it should."""
        for item in items:
            work.fail(item, str(error), again=False)
        runs.progress(self._lease)
        if isinstance(error, OddAnswerError):
            health.odd(self.provider, error)
        db.session.commit()

    def _give_back(self, items: list[Item]) -> None:
        work.let_go(items)
        db.session.commit()

    def _cope(self, queue: _Queue, items: list[Item], error: ProviderError) -> None:
        """What an answer that is none means for these items and for the lane."""
        log.info("lane_fault", kind=type(error).__name__, reason=str(error))
        if isinstance(error, (RateLimitedError, RefusedError)):
            work.let_go(items)
        elif isinstance(error, OddAnswerError) and len(items) > 1:
            self._apart(items, str(error))
        else:
            for item in items:
                work.fail(item, str(error), again=isinstance(error, UnavailableError))
        # The run before the health, as in `_note`: two threads must not wait for each other.
        runs.progress(self._lease)
        if self._tally:
            health.succeeded(self.provider, self._tally)
            self._tally = 0
        rest = health.failed(self.provider, error)
        db.session.commit()
        if isinstance(error, RefusedError):
            self._leave(str(error), None)
        elif rest > 0:
            self._rest(str(error), rest)

    def _apart(self, items: list[Item], reason: str) -> None:
        """One odd thing spoils a whole batch: all of it is put off, and fails if it stays so."""
        for item in items:
            work.fail(item, reason, again=True)

    def _rest(self, reason: str, seconds: float) -> None:
        """Let the lane rest; from then on it tries with one call at a time until one succeeds."""
        with self._lock:
            self.end = LaneEnd(reason)
            self._is_shaky = True
            self._rest_until = max(self._rest_until, time.monotonic() + seconds)

    def _leave(self, reason: str, until: float | None) -> None:
        """End the lane, its work undone; the others need not wait for its answers."""
        with self._lock:
            self.end, self._rest_until = LaneEnd(reason, until), 0.0
            self._has_left = True
            for queue in self._queues:
                queue.is_over = True
                queue.ready.clear()
                self._board.close(queue.step)


def _allowed(step: Step, releases: int) -> float:
    least = 50.0
    return float("inf") if step.allowance is None else max(step.allowance * releases, least)
