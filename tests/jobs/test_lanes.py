"""A lane by itself: pauses in the middle of other calls, and the end of its list."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask, current_app
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.errors import RateLimitedError, UnavailableError
from app.extensions import db
from app.jobs import keeping, lanes, step_queue
from app.jobs.board import Board
from app.jobs.lane_pauses import Pauses
from app.jobs.lanes import Lane
from app.models import ProviderHealth, ProviderPause, ProviderResult
from app.models.base import utcnow
from app.services import runs
from app.services.enrich import health, work
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.runs import Lease

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
        self.before_keeping()
        return {items[0].key: Outcome("found")}

    def before_keeping(self) -> None:
        """What happens while an answer is stored."""


def lane_of(step: Step, count: int, threads: int, kind: str = "enrich", *, deaths: int = 0) -> Lane:
    """A lane with `count` numbers to ask about, of a run that lost so many workers."""
    lease = replace(taken(kind), deaths=deaths)
    health.prepare([PROVIDER])
    work.add("release", PROVIDER, [str(number) for number in range(1, count + 1)])
    db.session.commit()
    board = Board(lambda: False)
    app = current_app._get_current_object()  # type: ignore[attr-defined]
    lane = Lane(app, lease, board, PROVIDER, None, [step], threads=threads)
    board.workers.append(lane)
    return lane


def taken(kind: str) -> Lease:
    """The lease of a new run."""
    lease = runs.take(runs.start(OWNER, kind).id)
    assert lease is not None
    return lease


def walk(lane: Lane) -> BaseException | None:
    """Let a lane work until it ends; returns why, if there was a reason."""
    lane.start()
    return walk_on(lane)


def walk_on(lane: Lane) -> BaseException | None:
    """The same for a lane at work."""
    ends = time.monotonic() + 30
    while lane.is_working():
        assert time.monotonic() < ends, "the lane does not end"
        time.sleep(0.05)
    return lane._board.ending


def states() -> Counter[str]:
    rows = db.session.execute(
        select(ProviderResult.state, func.count()).group_by(ProviderResult.state)
    )
    return Counter({row[0]: row[1] for row in rows})


def test_a_pause_is_told_though_a_call_under_way_still_succeeds(app: Flask) -> None:
    is_under_way = threading.Event()

    def answer(key: str) -> None:
        if key == "2":
            assert is_under_way.wait(5)
            raise RateLimitedError(PROVIDER, "Slow down.", 300.0)
        if key == "3":
            is_under_way.set()
            while not lane.end.reason:
                time.sleep(0.01)

    lane = lane_of(Numbers(answer), 6, threads=2)
    assert walk(lane) is None

    assert states() == {"found": 2, "pending": 4}
    assert lane.end.reason == "Slow down."
    assert lane.end.until is not None
    assert 250 < lane.end.until - time.time() <= 300


def test_what_was_let_go_is_asked_for_again_at_the_end_of_a_long_list(app: Flask) -> None:
    asked: Counter[str] = Counter()

    def answer(key: str) -> None:
        asked[key] += 1
        if asked["1"] == 1 and key == "1":
            raise RateLimitedError(PROVIDER, "Slow down.", 0.2)

    assert walk(lane_of(Numbers(answer), step_queue.LOOK_AHEAD, threads=1)) is None

    assert states() == {"found": step_queue.LOOK_AHEAD}
    assert asked["1"] == 2


def test_many_calls_that_fail_at_once_begin_one_short_rest(app: Flask) -> None:
    health.prepare([PROVIDER])
    fault = UnavailableError(PROVIDER, "It is out of order.")

    rests = [health.failed(PROVIDER, fault) for _ in range(9)]
    db.session.commit()

    assert rests[:4] == [0.0] * 4
    assert rests[4:] == pytest.approx([health.MOMENT_SECONDS] * 5, abs=0.2)


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


def test_what_may_have_killed_its_worker_twice_is_tried_alone(app: Flask) -> None:
    """Row P7 of the fault list: who is worked on beside it is not put aside with it."""
    under_way: set[str] = set()
    beside: dict[str, set[str]] = {}

    def answer(key: str) -> None:
        under_way.add(key)
        time.sleep(0.03)
        beside[key] = under_way - {key}
        under_way.discard(key)

    lane = lane_of(Numbers(answer), 16, threads=4)
    suspects = ("5", "6", "9")
    died_twice = update(ProviderResult).where(ProviderResult.key.in_(suspects)).values(attempts=2)
    db.session.execute(died_twice)
    db.session.commit()

    assert walk(lane) is None
    assert states() == {"found": 16}
    assert [beside[key] for key in suspects] == [set()] * 3
    assert any(beside.values()), "the others are worked on side by side"


def test_what_may_have_killed_its_worker_waits_for_all_other_lanes(app: Flask) -> None:
    """Row P7 of the fault list: were workers to die again, all the rest would be done by then."""
    asked: list[str] = []

    class Others(Numbers):
        provider = "coverart"

    def answer(key: str) -> None:
        time.sleep(0.02)
        asked.append(key)

    lane = lane_of(Numbers(answer), 1, threads=1)
    db.session.execute(update(ProviderResult).values(attempts=2))
    work.add("release", "coverart", [str(number) for number in range(2, 9)])
    health.prepare(["coverart"])
    db.session.commit()
    beside = Lane(lane._app, lane._lease, lane._board, "coverart", None, [Others(answer)])
    lane._board.workers.append(beside)
    beside.start()

    assert walk(lane) is None
    assert walk_on(beside) is None
    assert asked[-1] == "1"
    assert len(asked) == 8


def test_what_killed_its_worker_three_times_is_put_aside(app: Flask) -> None:
    """Row P7 of the fault list."""
    asked: list[str] = []
    lane = lane_of(Numbers(asked.append), 3, threads=1)
    for key, deaths in (("1", 2), ("2", 3)):
        died = update(ProviderResult).where(ProviderResult.key == key).values(attempts=deaths)
        db.session.execute(died)
    db.session.commit()

    assert walk(lane) is None
    assert states() == {"found": 2, "parked": 1}
    assert asked == ["3", "1"], "what may be to blame comes last"


def test_what_was_beside_many_deaths_is_not_put_aside(app: Flask) -> None:
    """Row P1 of the fault list: where workers die all the time, nothing they held is to blame."""
    lane = lane_of(Numbers(lambda _: None), 1, threads=1, deaths=16)
    db.session.execute(update(ProviderResult).values(attempts=5))
    db.session.commit()

    assert walk(lane) is None
    assert states() == {"found": 1}


def test_a_batch_that_died_is_asked_for_in_ever_smaller_parts(app: Flask) -> None:
    asked: list[list[str]] = []

    class Sixteen(Numbers):
        batch = 16

        def look(self, items: Sequence[Item]) -> str:
            asked.append([item.key for item in items])
            return ""

        def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
            return {item.key: Outcome("found") for item in items}

    lane = lane_of(Sixteen(lambda _: None), 11, threads=1)
    for deaths, keys in ((2, "12345678"), (3, "9"), (4, ("10",))):
        died = update(ProviderResult).where(ProviderResult.key.in_(list(keys)))
        db.session.execute(died.values(attempts=deaths))
    db.session.commit()

    assert walk(lane) is None
    assert asked == [["11"], list("1234"), list("5678"), ["9"]]
    assert states() == {"found": 10, "parked": 1}, "who died alone is to blame"


def test_things_looked_at_together_are_asked_for_by_all_threads(app: Flask) -> None:
    looked_at: list[str] = []
    askers: set[str] = set()

    class Together(Numbers):
        glance = 10

        def look(self, items: Sequence[Item]) -> str:
            looked_at.append(items[0].key)
            return items[0].key

    def answer(_key: str) -> None:
        askers.add(threading.current_thread().name)
        time.sleep(0.03)

    lane = lane_of(Together(answer), 12, threads=3)
    lane._left = 10

    assert walk(lane) is None
    assert states() == {"found": 10, "pending": 2}, "no more than it may"
    assert sorted(looked_at) == sorted(str(number) for number in range(1, 11))
    assert len(askers) == 3


def test_each_good_answer_lets_one_more_be_asked_beside_it(app: Flask) -> None:
    """So a service that is away, or refuses us, meets one call and not one of each thread."""
    changed = threading.Condition()
    answered, beside = 0, 0
    seen: list[tuple[int, int]] = []

    def answer(_key: str) -> None:
        nonlocal answered, beside
        with changed:
            beside += 1
            seen.append((beside, answered))
            changed.notify_all()
            changed.wait_for(lambda: beside >= min(4, answered + 1) or len(seen) == 30, timeout=5)
            beside, answered = beside - 1, answered + 1

    assert walk(lane_of(Numbers(answer), 30, threads=4)) is None
    assert states() == {"found": 30}
    assert all(many <= before + 1 for many, before in seen)
    assert max(many for many, _before in seen) == 4


def test_after_a_fault_half_as_many_are_asked_at_once(app: Flask) -> None:
    pauses = Pauses(most=6)
    for _ in range(9):
        pauses.answered()
    told = [pauses.abreast]
    for _ in range(4):
        pauses.stumble()
        told.append(pauses.abreast)
    pauses.answered()
    told.append(pauses.abreast)
    pauses.rest("Away.", 0.0)

    assert (told, pauses.abreast) == ([6, 3, 1, 1, 1, 2], 1)


def test_a_fault_in_a_run_has_fewer_asked_at_once(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(work, "FIRST_WAIT", timedelta(seconds=0.05))

    def answer(key: str) -> None:
        if key == "6":
            raise UnavailableError(PROVIDER, "It answers with a fault (500).")

    lane = lane_of(Numbers(answer), 6, threads=4)
    assert walk(lane) is None
    assert states() == {"found": 5, "failed": 1}
    assert lane._pauses.abreast == 1, "three faults in a row"


def test_the_call_after_a_pause_is_alone_however_long_it_takes(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U2 of the fault list: one probe finds out whether there is room again."""
    monkeypatch.setattr(lanes, "LONG_FOR_AN_ANSWER_SECONDS", 0.01)
    asked: list[str] = []

    def answer(key: str) -> None:
        asked.append(key)
        if len(asked) == 1:
            raise RateLimitedError(PROVIDER, "Slow down.", 0.2)
        if len(asked) == 2:
            time.sleep(0.5)
            assert len(asked) == 2

    assert walk(lane_of(Numbers(answer), 8, threads=3)) is None
    assert states() == {"found": 8}


def test_a_thing_that_hangs_does_not_hold_up_those_after_it(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U5 of the fault list: whichever it is, so the very first one too."""
    monkeypatch.setattr(lanes, "LONG_FOR_AN_ANSWER_SECONDS", 0.1)
    others = threading.Semaphore(0)
    came: list[bool] = []

    def answer(key: str) -> None:
        if key == "1":
            came.extend(others.acquire(timeout=5) for _ in range(9))
        else:
            others.release()

    assert walk(lane_of(Numbers(answer), 10, threads=3)) is None
    assert came == [True] * 9


def test_things_that_are_out_of_order_do_not_make_their_service_rest(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U19 of the fault list: five in a row fail for good, all else is asked for at once."""
    monkeypatch.setattr(work, "FIRST_WAIT", timedelta(seconds=0.1))
    monkeypatch.setattr(health, "MOMENT_SECONDS", 0.1)
    broken = [str(number) for number in range(3, 10)]
    asked: list[str] = []

    def answer(key: str) -> None:
        asked.append(key)
        if key in broken:
            raise UnavailableError(PROVIDER, "It answers with a fault (500).")

    assert walk(lane_of(Numbers(answer), 20, threads=1)) is None
    assert states() == {"found": 13, "failed": 7}
    assert Counter(asked) == Counter({str(n): 3 if str(n) in broken else 1 for n in range(1, 21)})
    assert asked[7] == "20", "the fifth fault has another thing tried, far from those"
    row = db.session.get_one(ProviderHealth, PROVIDER)
    assert (row.opened, row.errors) == (0, {"Unavailable": 21})


def test_what_fails_for_longer_than_any_outage_is_at_fault_itself(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U19 of the fault list: a run ends, though nothing else is left to tell the two apart."""
    monkeypatch.setattr(work, "FIRST_WAIT", timedelta(seconds=0.05))
    monkeypatch.setattr(health, "MOMENT_SECONDS", 0.05)
    monkeypatch.setattr(health, "FIRST_REST_SECONDS", 0.05)
    monkeypatch.setattr(health, "LONGEST_REST_SECONDS", 0.05)
    monkeypatch.setattr(health, "MOST_RESTS_OF_AN_OUTAGE", 8)
    asked: list[str] = []

    def answer(key: str) -> None:
        asked.append(key)
        raise UnavailableError(PROVIDER, "It answers with a fault (500).")

    walk(lane_of(Numbers(answer), 6, threads=1))

    assert states() == {"failed": 6}
    assert len(asked) == 6 * work.MOST_ATTEMPTS + 8


def test_a_run_keeps_to_what_is_on_its_own_shelf(app: Flask) -> None:
    asked: list[str] = []
    step = Numbers(asked.append)
    step.scope = {"2", "5", "200"}
    lane = lane_of(step, 200, threads=1)
    theirs = update(ProviderResult).where(ProviderResult.key == "9").values(due_at=utcnow())
    db.session.execute(theirs)
    db.session.commit()

    assert walk(lane) is None
    assert asked == ["2", "5", "200"]
    assert states() == {"found": 3, "pending": 197}
    assert lane.tries_again_at() is None, "what others wait for is none of its business"


def test_two_runs_at_once_ask_once_for_what_both_need(app: Flask) -> None:
    asked: Counter[str] = Counter()

    def answer(key: str) -> None:
        asked[key] += 1
        time.sleep(0.02)

    pair = [lane_of(Numbers(answer), 12, threads=2, kind=kind) for kind in ("enrich", "sync")]
    pair[0].start()
    assert walk(pair[1]) is None
    assert walk_on(pair[0]) is None
    assert states() == {"found": 12}
    assert set(asked.values()) == {1}


def test_a_batch_asks_for_no_more_than_nobody_else_asks_for(app: Flask) -> None:
    """Another run took one of them between the look at the list and the call."""
    asked: list[list[str]] = []
    held: list[Item] = []
    other = taken("sync")

    class Four(Numbers):
        batch = 4

        def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
            if not asked and not held:
                held.extend(work.claim(items[1:2], other))
            return list(items)

        def look(self, items: Sequence[Item]) -> str:
            asked.append([item.key for item in items])
            return ""

        def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
            if work.pending("release", PROVIDER, ["2"]):
                runs.give_back(other)
            return {item.key: Outcome("found") for item in items}

    assert walk(lane_of(Four(lambda _: None), 4, threads=1)) is None
    assert asked == [["1", "3", "4"], ["2"]]


@pytest.fixture
def busy(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], Lane]:
    """Makes a lane of one number whose answer meets a locked database so many times."""
    monkeypatch.setattr(keeping, "BUSY_PAUSES", (0.0, 0.0, 0.0))

    def make(times: int) -> Lane:
        asked: list[str] = []
        step = Numbers(asked.append)
        left = iter(range(times))

        def locked() -> None:
            if next(left, None) is not None:
                raise OperationalError("UPDATE", {}, Exception("database is locked"))

        step.before_keeping = locked  # type: ignore[method-assign]
        return lane_of(step, 1, threads=1)

    return make


def test_an_answer_waits_for_a_busy_database(busy: Callable[[int], Lane]) -> None:
    assert walk(busy(3)) is None
    assert states() == {"found": 1}


def test_a_database_that_stays_busy_costs_no_attempt(busy: Callable[[int], Lane]) -> None:
    ending = walk(busy(99))

    assert isinstance(ending, OperationalError), "the run is put off"
    row = db.session.scalars(select(ProviderResult)).one()
    assert (row.state, row.attempts) == ("pending", 0)


def test_a_rest_that_goes_on_after_a_restart_has_its_true_reason(app: Flask) -> None:
    """Rows U3 and U19 of the fault list."""
    health.prepare([PROVIDER])
    row = db.session.get_one(ProviderHealth, PROVIDER)
    row.open_until, row.last_error = time.time() + 60, "It is out of order."
    db.session.flush()
    assert health.why_resting(PROVIDER) == "It is out of order."

    db.session.add(
        ProviderPause(provider=PROVIDER, until=time.time() + 9_000, reason="It asked us to wait.")
    )
    db.session.flush()
    assert health.why_resting(PROVIDER) == "It asked us to wait."
