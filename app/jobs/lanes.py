"""Lanes: the providers at work side by side, each at its own pace.

A lane is the threads of one provider. They take what is pending and ready off the work list, call,
and store answer and state in one commit. When a provider asks for a pause, refuses us or breaks
down, its lane rests or ends, and the others go on.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import structlog
from flask import Flask

from app.errors import RefusedError
from app.extensions import db, patient, reading, set_reading, set_repeatable
from app.jobs.board import Board
from app.jobs.lane_pauses import LaneEnd, Pauses
from app.jobs.questioner import Questioner
from app.jobs.step_queue import StepQueue, calls_allowed
from app.services.enrich import health
from app.services.enrich.steps import Step
from app.services.enrich.work import Item
from app.services.runs import CancelledError, Lease, LostLeaseError, StoppedError

log = structlog.get_logger(__name__)

# Nobody asks the database while there is no news (see StepQueue).
IDLE_SECONDS = 0.1
# A longer pause is not sat out when all others are done: the run comes back to it later.
LONGEST_REST_SECONDS = 20.0
# One thing may take longer than others; who asks about it for so long does not count any more.
LONG_FOR_AN_ANSWER_SECONDS = 3.0
# Others wait for its answers as long as a service that breaks down is left alone at first.
OTHERS_WAIT_SECONDS = 2 * health.FIRST_REST_SECONDS


class Lane:
    """One provider's steps, worked on by up to `threads` threads until nothing is left to do."""

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
        self.provider = provider
        self._app, self._lease, self._board = app, lease, board
        self._queues = [
            StepQueue(step, calls_allowed(step, releases), board.news, lease.name) for step in steps
        ]
        self._lock = threading.Lock()
        self._left = most
        self._found_nothing = False
        self._pauses = Pauses(threads)
        # When each of those who are at something began, by thread.
        self._at_it: dict[int, float] = {}
        self._questioner = Questioner(lease, board.gate, provider, client, self._pauses)
        self._threads = [
            threading.Thread(target=self._work, name=f"lane-{provider}-{number}", daemon=True)
            for number in range(threads)
        ]

    @property
    def steps(self) -> list[Step]:
        """What it asks about."""
        return [queue.step for queue in self._queues]

    @property
    def end(self) -> LaneEnd:
        """Why it ended early, or rests; without a reason if it does neither."""
        return self._pauses.end

    def start(self) -> None:
        """Set the threads to work; returns at once."""
        for thread in self._threads:
            thread.start()

    def rest_as_told(self, seconds: float, reason: str) -> None:
        """Sit out a pause that began before this run, or before a restart, for this reason."""
        if seconds > 0:
            self._pauses.rest(reason, seconds)

    def try_with_care(self) -> None:
        """Begin with one call, as the provider broke down before this run, or before a restart."""
        self._pauses.doubt()

    def leave(self, reason: str, until: float | None = None) -> None:
        """End the lane, its work undone; the others need not wait for its answers."""
        with self._lock:
            self._pauses.leave(reason, until)
            for queue in self._queues:
                queue.close()
                self._board.close(queue.step)

    def is_working(self) -> bool:
        """Whether any thread is still at it."""
        return any(thread.is_alive() for thread in self._threads)

    def is_resting(self) -> bool:
        """Whether it sits out a pause just now."""
        return self._pauses.is_resting()

    def is_away(self) -> bool:
        """Whether it rests for longer yet than others wait for its answers."""
        return self._pauses.seconds_left() > OTHERS_WAIT_SECONDS

    def is_dry(self) -> bool:
        """Whether it has nothing in hand, and found nothing to do when it looked last."""
        return self._found_nothing and not any(queue.is_in_hand for queue in self._queues)

    def has_step(self, entity: str) -> bool:
        """Whether it asks about things of this kind."""
        return any(queue.step.entity == entity for queue in self._queues)

    def tries_again_at(self) -> datetime | None:
        """When the next thing that failed for now may be tried; None if there is none, or no use.

        Reads the database.
        """
        if self.end.reason:
            return None
        moments = (queue.next_due() for queue in self._queues)
        return min((moment for moment in moments if moment), default=None)

    def _work(self) -> None:
        with self._app.app_context(), patient():
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
            elif all(queue.has_ended() for queue in self._queues):
                self._questioner.say_last()
                for queue in self._queues:
                    queue.step.tidy(at_end=True)
                return
            else:
                time.sleep(IDLE_SECONDS)

    def _sit_out(self) -> None:
        """Wait a little; but not for a long pause once all others have nothing left to do."""
        left = self._pauses.seconds_left()
        if left > LONGEST_REST_SECONDS and not self._board.others_work(self):
            self.leave(self.end.reason, time.time() + left)
        time.sleep(IDLE_SECONDS)

    def _take(self) -> tuple[StepQueue, list[Item]] | None:
        """The next items in somebody's turn; None when there is nothing to do just now."""
        with self._lock:
            if self._count_at_it() >= self._pauses.abreast:
                return None
            taken = self._look_through(suspects=False)
            self._found_nothing = taken is None
            if self.is_dry() and self._board.others_are_dry(self):
                taken = self._look_through(suspects=True)
            if taken is not None:
                self._at_it[threading.get_ident()] = time.monotonic()
            return taken

    def _count_at_it(self) -> int:
        """How many are at something; after a pause also those whom it takes long."""
        if self._pauses.is_shaky:
            return len(self._at_it)
        since = time.monotonic() - LONG_FOR_AN_ANSWER_SECONDS
        return sum(began > since for began in self._at_it.values())

    def _look_through(self, *, suspects: bool) -> tuple[StepQueue, list[Item]] | None:
        """The first queue that has something, and what; `suspects`: of what is suspected only."""
        for queue in self._queues:
            if queue.has_ended():
                continue
            if suspects:
                items = queue.take_suspects()
            else:
                is_shaky = self._pauses.is_shaky
                items = queue.take(self._board.is_over, self._left, probing=is_shaky)
            if queue.has_ended():
                self._board.close(queue.step)
            elif items:
                self._left = None if self._left is None else self._left - len(items)
                return queue, items
        return None

    def _do(self, queue: StepQueue, items: list[Item]) -> None:
        mine = items
        try:
            if queue.step.batch > 1:
                self._question(queue, items, lambda held: _look(queue.step, held))
            elif queue.is_looked_at(items[0]):
                question = queue.question_about(items[0])
                self._question(queue, items, lambda _held: question)
            else:
                mine = self._first_of(queue, items)
        finally:
            with self._lock:
                queue.put_down(mine)
                del self._at_it[threading.get_ident()]

    def _first_of(self, queue: StepQueue, items: list[Item]) -> list[Item]:
        """Settle those nobody need be asked about together, and ask for the first of the others.

        What to ask about the rest is known then, and any thread may do it. Returns all but those.
        """
        began = time.monotonic()
        with reading():
            questions = queue.step.look_each(items)
            db.session.commit()
        known = [item for item in items if questions.get(item.key) is None]
        if known:
            self._question(queue, known, lambda _held: None)
        left = [item for item in items if item not in known]
        if not left or self._is_interrupted(queue, began):
            return items
        self._question(queue, left[:1], lambda held: questions[held[0].key])
        if self._is_interrupted(queue, began):
            return items
        others = left[1:]
        with self._lock:
            queue.hand_on([(item, questions[item.key]) for item in others])
            self._left = None if self._left is None else self._left + len(others)
        return [item for item in items if item not in others]

    def _is_interrupted(self, queue: StepQueue, began: float) -> bool:
        """Whether what `began` then is not to be gone on with."""
        return self._board.must_stop() or self._pauses.knew(began) or queue.has_ended()

    def _question(
        self, queue: StepQueue, items: list[Item], find: Callable[[list[Item]], Any]
    ) -> None:
        """Ask what `find` tells about these; who refuses us is not asked again in this run."""
        was_called = True
        try:
            was_called = self._questioner.put(queue.step, items, find)
        except RefusedError as error:
            self.leave(str(error))
        if not was_called:
            with self._lock:
                queue.not_called(items)
        self._board.news.tell(queue.step.entity, self.provider)


def _look(step: Step, items: list[Item]) -> Any:
    with reading():
        question = step.look(items)
        db.session.commit()
    return question
