import signal
import threading
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from app.extensions import db
from app.waiting_line import OVERTAKEN_SECONDS, WaitingLine, _Turn


def until(is_so: Callable[[], bool]) -> None:
    while not is_so():
        time.sleep(0.001)


def test_who_waits_in_line_gets_the_lock_in_the_order_they_came() -> None:
    line, came = WaitingLine(), []

    def wait(number: int) -> None:
        with line:
            came.append(number)

    threads = [threading.Thread(target=wait, args=(number,)) for number in range(20)]
    with line:
        for number, thread in enumerate(threads):
            thread.start()
            until(lambda many=number + 1: len(line._waiting) == many)
    for thread in threads:
        thread.join()

    assert came == list(range(20))


def test_who_has_waited_for_a_moment_is_not_overtaken_any_more() -> None:
    line, got = WaitingLine(), threading.Event()

    def wait() -> None:
        line.acquire()
        got.set()

    line.acquire()
    threading.Thread(target=wait).start()
    until(lambda: bool(line._waiting))
    time.sleep(OVERTAKEN_SECONDS)
    line.release()

    assert not line.acquire(timeout=0)
    assert got.wait(5)


def test_who_asks_again_at_once_overtakes_those_who_sleep() -> None:
    """To wait for each to wake took a third of the time of a run of ten threads."""
    overtook = 0
    for _ in range(20):
        line, got = WaitingLine(), threading.Event()
        line.acquire()
        threading.Thread(target=lambda line=line, got=got: line.acquire() and got.set()).start()
        until(lambda line=line: bool(line._waiting))
        line.release()
        if line.acquire(timeout=0):
            overtook += 1
            line.release()
        assert got.wait(5)

    assert overtook


def test_one_at_a_time_holds_it_and_nobody_is_forgotten() -> None:
    line, begin = WaitingLine(), threading.Barrier(8)
    inside, most, missed = [], [], []

    def work(number: int) -> None:
        begin.wait(5)
        for turn in range(100):
            if line.acquire(timeout=0.0003 if (turn + number) % 3 == 0 else -1):
                inside.append(number)
                time.sleep(0.0002)
                most.append(len(inside))
                inside.pop()
                line.release()
            else:
                missed.append(number)

    threads = [threading.Thread(target=work, args=(n,), daemon=True) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)

    assert not any(thread.is_alive() for thread in threads)
    assert max(most) == 1
    assert missed, "or nobody had to wait"
    assert len(most) + len(missed) == 8 * 100
    assert line.acquire(timeout=0)


def test_only_what_is_held_can_be_let_go() -> None:
    with pytest.raises(RuntimeError, match="Nobody holds this"):
        WaitingLine().release()


def test_who_gives_up_leaves_the_line_to_those_behind() -> None:
    line = WaitingLine()
    assert line.acquire(timeout=0)
    assert not line.acquire(timeout=0.01)

    behind = threading.Thread(target=line.acquire)
    behind.start()
    until(lambda: bool(line._waiting))
    line.release()
    behind.join(5)

    assert not behind.is_alive()
    line.release()
    assert line.acquire(timeout=0)


def test_who_is_called_and_leaves_calls_the_next() -> None:
    """Interrupted at that very moment, which only a step by step account can show."""
    line, called, behind = WaitingLine(), _Turn(), _Turn()
    line.acquire()
    assert not line._takes(called)
    assert not line._takes(behind)
    line.release()
    assert line._leaves(called)

    assert behind.sleep(0)
    assert line._takes(behind)


@pytest.fixture
def heeds_ctrl_c() -> Iterator[None]:
    """A shell has what it starts in the background ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeds_ctrl_c")
def test_who_is_interrupted_leaves_the_line_too() -> None:
    """Ctrl+C in a command, while a thread of its job writes.

    Several times: one in a dozen comes just before the sleep begins, and Python does not wake for
    it.
    """
    for _ in range(20):
        line = WaitingLine()
        line.acquire()
        ctrl_c = threading.Thread(target=_interrupt, args=(threading.get_ident(), line))
        ctrl_c.start()
        with pytest.raises(KeyboardInterrupt):
            line.acquire()
        ctrl_c.join()
        line.release()

        assert line.acquire(timeout=0)


def _interrupt(whom: int, line: WaitingLine) -> None:
    """As soon as somebody waits."""
    while not line._waiting:
        pass
    signal.pthread_kill(whom, signal.SIGINT)


def test_a_writer_who_waits_goes_before_one_that_has_just_written(app: Flask) -> None:
    """A sync stores page after page; a person's change comes between two of them."""
    wrote: list[str] = []
    is_at_it, asks = threading.Event(), threading.Event()

    def sync() -> None:
        for page in range(5):
            with db.engine.begin():
                is_at_it.set()
                if page == 0:
                    asks.wait(5)
                    time.sleep(0.5)  # the person has been in line for a while by now
                wrote.append("page")

    engine = db.engine
    writer = threading.Thread(target=lambda: _with_app(app, sync))
    writer.start()
    is_at_it.wait(5)
    asks.set()
    with engine.begin():
        wrote.append("person")
    writer.join()

    assert wrote.index("person") == 1


def _with_app(app: Flask, work: Callable[[], None]) -> None:
    with app.app_context():
        work()
