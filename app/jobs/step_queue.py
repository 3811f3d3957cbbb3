"""The items of one step of a lane: those ready to be asked for, and those in somebody's hands.

Not safe for several threads by itself; the lane's lock is.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from app.extensions import db, reading
from app.jobs.news import News, Pair
from app.services.enrich import work
from app.services.enrich.steps import IsOver, Step
from app.services.enrich.work import Item

LOOK_AHEAD = 120
# Where nothing was ready, the list is looked at again when a step it waits for got on (the first
# few only: what is ready comes in the order of the list), and now and then.
PEEK = 40
LOOK_AGAIN_SECONDS = 2.0
# A look because of news is not followed by another before so many times as long as it took: where
# much goes on there is always news, and twenty queues that look each time leave no time to those
# who call.
REST_AFTER_NEWS = 20.0
# What failed and is due again so soon is worth staying for.
SOON_SECONDS = 20.0


class StepQueue:
    """What is to be done of a step in the run whose lease is `holder`; `calls_left` bounds it."""

    def __init__(self, step: Step, calls_left: float, news: News, holder: str) -> None:
        self.step, self.calls_left, self._news, self._holder = step, calls_left, news, holder
        self._is_over = False
        self._ready: deque[Item] = deque()
        # What may have killed its worker comes after all others, the least suspect first.
        self._suspects: list[Item] = []
        self._in_hand: set[int] = set()
        # What to ask about those that were looked at together with others, by id.
        self._questions: dict[int, Any] = {}
        # The list is looked through in rounds: up to where, and how many were not ready.
        self._seen = 0
        self._waiting = 0
        # Of the last look: whether nothing was ready, since when, and what that waited for.
        self._is_dry, self._looked_at = False, 0.0
        self._was_at_top, self._rests_until = 0.0, 0.0
        self._waits_for: dict[Pair, int] = {}

    def has_ended(self) -> bool:
        """Whether nothing is left of it to do in this run."""
        return self._is_over

    @property
    def is_in_hand(self) -> bool:
        """Whether somebody works on any of its items."""
        return bool(self._in_hand)

    def take(self, is_over: IsOver, most: int | None, *, probing: bool = False) -> list[Item]:
        """The next items, `most` at the most; none when nothing is ready just now.

        `probing`: from the far end, away from those that failed last. The queue is over when
        nothing is left that could become ready.
        """
        if not self._ready:
            self._look(is_over)
        if self.calls_left < 1 or (most is not None and most < 1):
            self._clear()
            self._is_over = not self._in_hand
            return []
        step = self.step
        count = step.batch if step.batch > 1 else min(step.glance, int(min(self.calls_left, 99)))
        count = min(count, len(self._ready), most or count)
        if probing:
            self._ready.rotate(count)
        if count and self.is_looked_at(self._ready[0]):
            count = 1
        items = [self._ready.popleft() for _ in range(count)]
        return self._taken(items)

    def take_suspects(self) -> list[Item]:
        """What may have killed its worker, for when nobody has anything else to do.

        One, or where a call is about many a part of those that are as suspect: fewer each time.
        """
        if not self._suspects:
            return []
        tries = self._suspects[0].attempts
        most = work.suspects_together(self.step.batch, tries)
        alike = [item for item in self._suspects[:most] if item.attempts == tries]
        del self._suspects[: len(alike)]
        return self._taken(alike)

    def _taken(self, items: list[Item]) -> list[Item]:
        self._in_hand.update(item.id for item in items)
        self.calls_left -= self._calls(items)
        return items

    def hand_on(self, looked_at: Sequence[tuple[Item, Any]]) -> None:
        """Whoever takes something next takes one of these; what to ask about each is known."""
        items = [item for item, _question in looked_at]
        self._questions |= {item.id: question for item, question in looked_at}
        self.put_down(items)
        self.not_called(items)
        self._ready.extendleft(reversed(items))

    def is_looked_at(self, item: Item) -> bool:
        """Whether it is known what to ask about this."""
        return item.id in self._questions

    def question_about(self, item: Item) -> Any:
        """What to ask about something that was looked at; known no longer afterwards."""
        return self._questions.pop(item.id)

    def put_down(self, items: Sequence[Item]) -> None:
        """Nobody works on these any more."""
        self._is_dry = False
        self._in_hand.difference_update(item.id for item in items)

    def not_called(self, items: Sequence[Item]) -> None:
        """These needed no call after all."""
        self.calls_left += self._calls(items)

    def close(self) -> None:
        """Leave what is not done."""
        self._is_over = True
        self._clear()

    def _clear(self) -> None:
        self._ready.clear()
        self._suspects.clear()
        self._questions.clear()

    def _calls(self, items: Sequence[Item]) -> int:
        return min(len(items), 1) if self.step.batch > 1 else len(items)

    def _look(self, is_over: IsOver) -> None:
        """Look for what is ready, if there is any hope to find something."""
        began = time.monotonic()
        if self._seen and began - self._was_at_top >= LOOK_AGAIN_SECONDS:
            # Others may wait for what became ready behind us.
            was_dry = self._is_dry
            self._look_at_top(is_over, LOOK_AHEAD)
            if self._ready:
                return
            self._is_dry = was_dry
        if not self._is_dry or began - self._looked_at >= LOOK_AGAIN_SECONDS:
            self._looked_at = began
            self._refill(is_over, LOOK_AHEAD)
        elif began >= self._rests_until and self._news.differ(self._waits_for):
            self._look_at_top(is_over, PEEK)
            ended = time.monotonic()
            self._rests_until = ended + REST_AFTER_NEWS * (ended - began)

    def _look_at_top(self, is_over: IsOver, most: int) -> None:
        """Look at the top of the list, and go on where we were afterwards."""
        goes_on_at = self._seen, self._waiting
        self._seen = self._waiting = 0
        if self._refill(is_over, most):
            self._seen, self._waiting = goes_on_at

    def _refill(self, is_over: IsOver, most: int) -> bool:
        """Look at the next stretch of the list; whether there is more of it."""
        step, before = self.step, self._news.now()
        if self._seen == 0:
            self._was_at_top = time.monotonic()
        waits_for: dict[Pair, int] = {}

        def noted(entity: str, provider: str) -> bool:
            waits_for[entity, provider] = before.get((entity, provider), 0)
            return is_over(entity, provider)

        with reading():
            rows = work.due(
                step.provider,
                step.entity,
                most,
                after=self._seen,
                among=step.scope,
                holder=self._holder,
            )
            known = self._in_hand.union(item.id for item in self._suspects)
            free = [item for item in rows if item.id not in known]
            ready = step.ready([item for item in free if not item.is_held], noted)
            db.session.commit()
        self._ready.extend(item for item in ready if not item.is_suspect)
        self._suspects.extend(item for item in ready if item.is_suspect)
        self._suspects.sort(key=lambda item: item.attempts)
        self._is_dry, self._waits_for = not self._ready, waits_for
        self._waiting += len(free) - len(ready)
        if len(rows) == most:
            self._seen = rows[-1].id
            return True
        self._end_round()
        return False

    def _end_round(self) -> None:
        # Only who began at the top has seen all: what was let go meanwhile lies before `_seen`.
        is_whole = self._seen == 0
        is_done = is_whole and not (self._ready or self._suspects or self._in_hand or self._waiting)
        self._seen = self._waiting = 0
        if is_done:
            self._is_over = not self._is_due_soon()

    def next_due(self) -> datetime | None:
        """When the next thing that failed for now may be tried."""
        step = self.step
        return work.next_due(step.provider, step.entity, among=step.scope)

    def _is_due_soon(self) -> bool:
        with reading():
            moment = self.next_due()
            db.session.commit()
        return moment is not None and moment.timestamp() - time.time() < SOON_SECONDS


def calls_allowed(step: Step, releases: int) -> float:
    """How many calls a run may make for a step, with so many releases on the shelf."""
    least = 50.0
    return float("inf") if step.allowance is None else max(step.allowance * releases, least)
