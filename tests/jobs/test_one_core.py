"""The threads of a run share a processor, and leave the others to the pages."""

from __future__ import annotations

import os
import threading

import pytest

from app.jobs.one_core import one_core


def cores_of_a_new_thread() -> set[int]:
    found: list[set[int]] = []
    thread = threading.Thread(target=lambda: found.append(os.sched_getaffinity(0)))
    thread.start()
    thread.join()
    return found[0]


def test_what_is_started_meanwhile_shares_one_core_and_nothing_else_does() -> None:
    before = os.sched_getaffinity(0)
    with one_core():
        shared = cores_of_a_new_thread()
        assert len(shared) == 1
        assert shared == os.sched_getaffinity(0) <= before
    assert os.sched_getaffinity(0) == cores_of_a_new_thread() == before


def test_where_nobody_may_choose_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_thread: int, _cores: set[int]) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "sched_setaffinity", refuse)
    with one_core():
        assert cores_of_a_new_thread()


def test_where_there_is_no_choice_the_run_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_setaffinity")
    with one_core():
        assert cores_of_a_new_thread()
