from __future__ import annotations

import pytest

from app.domain.pace import Bound, Mark, marked, per_second, seconds_left


def told(*marks: tuple[float, int]) -> list[Mark]:
    found: list[Mark] = []
    for at, done in marks:
        found = marked(found, at, done)
    return found


def test_a_steady_job() -> None:
    marks = told((0, 0), (10, 100), (20, 200))

    assert per_second(marks, 20) == 10
    assert seconds_left(300, 10) == 30


@pytest.mark.parametrize("marks", [told(), told((0, 0)), told((0, 700)), told((0, 0), (0.5, 100))])
def test_nothing_is_said_before_there_is_something_to_measure(marks: list[Mark]) -> None:
    assert per_second(marks, 0.5) is None


def test_what_is_read_again_counts_from_its_new_beginning() -> None:
    marks = told((0, 0), (10, 1_000), (20, 2_000), (21, 0), (31, 100))

    assert per_second(marks, 31) == 10


def test_an_attempt_that_goes_on_half_way_did_not_do_the_first_half_in_no_time() -> None:
    marks = told((1_000, 5_000), (1_010, 5_100))

    assert per_second(marks, 1_010) == 10


def test_a_standstill_is_no_work() -> None:
    marks = told((0, 0), (10, 100), (310, 110), (320, 210))

    assert per_second(marks, 320) == pytest.approx(10)
    assert per_second(marks, 4_000) == pytest.approx(10)


def test_the_wait_for_a_full_window_belongs_to_the_rate() -> None:
    marks = told((0, 0), (20, 6_000))

    assert per_second(marks, 60) == 100


def test_after_a_change_of_speed_the_last_minutes_count() -> None:
    slow = [(float(at), at) for at in range(0, 1_000, 10)]
    fast = [(1_000.0 + at, 1_000 + at * 10) for at in range(0, 400, 10)]

    assert per_second(told(*slow, *fast), 1_390) == pytest.approx(10)


def test_many_small_steps_make_few_marks() -> None:
    marks = told(*((at / 10, at) for at in range(10_000)))

    assert len(marks) < 70
    assert per_second(marks, 1_000) == pytest.approx(10, rel=0.01)


def test_a_provider_s_limit_bounds_what_a_burst_promises() -> None:
    bound = Bound(6_000, 60)

    assert seconds_left(5_000, 100, bound) == 50  # all of it fits into one burst
    assert seconds_left(60_000, 300, bound) == 540
    assert seconds_left(60_000, 50, bound) == 1_200
