"""A lane by itself: pauses in the middle of other calls, and the end of its list."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from app.errors import RateLimitedError, UnavailableError
from app.extensions import db
from app.jobs import step_queue
from app.jobs.board import Board
from app.jobs.lanes import Lane
from app.models import ProviderResult
from app.services import runs
from app.services.enrich import health, work
from app.services.enrich.steps import Outcomes, Step
from app.services.enrich.work import Item, Outcome

OWNER = 1
PROVIDER = "images"


class Numbers(Step):
    """Asks `answer` about each number."""

    provider = PROVIDER
    entity = "release"

    def __init__(self, answer: Callable[[str], None]) -> None:
        super().__init__(OWNER, current_app.extensions["workplace"])
        self._answer = answer

    def look(self, items: Sequence[Item]) -> str:
        return items[0].key

    def ask(self, client: Any, question: str) -> str:
        self._answer(question)
        return question

    def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
        return {items[0].key: Outcome("found")}


def lane_of(step: Step, count: int, threads: int) -> Lane:
    """A lane with `count` numbers to ask about."""
    run = runs.start(OWNER, "enrich")
    lease = runs.take(run.id)
    assert lease is not None
    health.prepare([PROVIDER])
    work.add("release", PROVIDER, [str(number) for number in range(1, count + 1)])
    db.session.commit()
    board = Board(lambda: False)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    lane = Lane(app, lease, board, PROVIDER, None, [step], threads=threads)
    board.workers.append(lane)
    return lane


def walk(lane: Lane) -> None:
    """Let a lane work until it ends."""
    lane.start()
    ends = time.monotonic() + 30
    while lane.is_working():
        assert time.monotonic() < ends, "the lane does not end"
        time.sleep(0.05)
    assert lane._board.ending is None


def states() -> Counter[str]:
    rows = db.session.execute(
        select(ProviderResult.state, func.count()).group_by(ProviderResult.state)
    )
    return Counter({row[0]: row[1] for row in rows})


def test_a_pause_is_told_though_a_call_under_way_still_succeeds(app: Flask) -> None:
    def answer(key: str) -> None:
        if key == "1":
            raise RateLimitedError(PROVIDER, "Slow down.", 300.0)
        while not lane.end.reason:
            time.sleep(0.01)

    lane = lane_of(Numbers(answer), 6, threads=2)
    walk(lane)

    assert lane.end.reason == "Slow down."
    assert lane.end.until is not None
    assert 250 < lane.end.until - time.time() <= 300


def test_what_was_let_go_is_asked_for_again_at_the_end_of_a_long_list(app: Flask) -> None:
    asked: Counter[str] = Counter()

    def answer(key: str) -> None:
        asked[key] += 1
        if asked["1"] == 1 and key == "1":
            raise RateLimitedError(PROVIDER, "Slow down.", 0.2)

    walk(lane_of(Numbers(answer), step_queue.LOOK_AHEAD, threads=1))

    assert states() == {"found": step_queue.LOOK_AHEAD}
    assert asked["1"] == 2


def test_many_calls_that_fail_at_once_begin_one_short_rest(app: Flask) -> None:
    health.prepare([PROVIDER])
    fault = UnavailableError(PROVIDER, "It is out of order.")

    rests = [health.failed(PROVIDER, fault) for _ in range(9)]
    db.session.commit()

    assert rests[:4] == [0.0] * 4
    assert rests[4:] == pytest.approx([health.FIRST_REST_SECONDS] * 5, abs=1)


def test_threads_that_note_their_progress_at_once_do_not_block_each_other(
    each_database: Flask,
) -> None:
    lease = runs.take(runs.start(OWNER, "enrich").id)
    assert lease is not None
    faults: list[Exception] = []

    def note() -> None:
        with each_database.app_context():
            try:
                runs.check(lease, to_write=True)
                time.sleep(0.3)
                runs.progress(lease)
                db.session.commit()
            except SQLAlchemyError as fault:
                faults.append(fault)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=note) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert faults == []
