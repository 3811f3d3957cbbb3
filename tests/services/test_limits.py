"""Pacing calls by a moving window that all threads and processes share."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from app.services.limits import DatabaseLimiter
from config import RateLimit


class Clock:
    """A clock that only goes on when somebody sleeps."""

    def __init__(self) -> None:
        self.now = 1_000_000.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


def limiter(clock: Clock, limit: str = "5/60", name: str = "discogs") -> DatabaseLimiter:
    return DatabaseLimiter(name, RateLimit.parse(limit), clock=clock.time, sleep=clock.sleep)


def test_a_full_window_is_waited_for_and_never_exceeded(each_database: Flask, clock: Clock) -> None:
    paced = limiter(clock)
    moments = []
    for _ in range(23):
        paced.acquire()
        moments.append(clock.now)

    assert moments[4] == moments[0], "an idle window lets a burst through at once"
    for moment in moments:
        assert sum(moment <= other < moment + 60 for other in moments) <= 5
    assert moments[-1] - moments[0] <= 4 * 60 * 1.02, "and no more is waited than it must be"


def test_providers_have_budgets_of_their_own(app: Flask, clock: Clock) -> None:
    for _ in range(5):
        limiter(clock).acquire()
    limiter(clock, name="musicbrainz").acquire()

    assert clock.now == 1_000_000.0


def test_after_a_complaint_nobody_calls(app: Flask, clock: Clock) -> None:
    limiter(clock).penalise(120)
    assert limiter(clock).paused() == (1_000_120.0, "asked to slow down")

    limiter(clock).acquire()

    assert clock.now >= 1_000_120.0
    assert limiter(clock).paused() is None


def test_a_longer_pause_is_not_cut_short(app: Flask, clock: Clock) -> None:
    limiter(clock).penalise(120)
    limiter(clock).penalise(5)

    assert limiter(clock).paused() == (1_000_120.0, "asked to slow down")


def test_what_the_provider_counts_wins_over_our_own_count(app: Flask, clock: Clock) -> None:
    """Row U2 of the fault list: somebody else uses up the budget of our address."""
    paced = limiter(clock)
    paced.acquire()
    paced.observe(0)

    assert paced.paused() is not None


def test_threads_share_one_window(each_database: Flask) -> None:
    booked: list[float] = []

    def book_some() -> None:
        with each_database.app_context():
            paced = DatabaseLimiter("discogs", RateLimit.parse("10/600"))
            booked.extend(paced.book() for _ in range(10))

    threads = [threading.Thread(target=book_some) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    booked.sort()
    assert len(booked) == 40
    assert all(later - earlier >= 600 for earlier, later in zip(booked, booked[10:], strict=False))


def test_a_job_leaves_room_to_people_who_were_seen_lately(app: Flask, clock: Clock) -> None:
    """Row U24 of the fault list."""

    def bulk() -> DatabaseLimiter:
        return limiter(clock, "60/60")

    def person() -> DatabaseLimiter:
        return DatabaseLimiter(
            "discogs",
            RateLimit.parse("60/60"),
            clock=clock.time,
            sleep=clock.sleep,
            patience=10,
            for_person=True,
        )

    person().acquire()
    job = bulk()
    started = clock.now
    for _ in range(300):
        job.acquire()
    clicked = clock.now
    person().acquire()

    assert clock.now - clicked <= 2
    assert clicked - started <= 5 * 60 * 1.01, "and what it leaves is little"


def test_a_job_uses_the_whole_window_while_nobody_is_there(app: Flask, clock: Clock) -> None:
    job = limiter(clock, "60/60")
    started = clock.now
    for _ in range(241):
        job.acquire()

    assert clock.now - started < 4 * 60 * 1.01
