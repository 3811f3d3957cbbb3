"""What one run asks about is left alone by the runs of others, in whatever process they are."""

from __future__ import annotations

import pytest
from flask import Flask

from app.extensions import db
from app.services import runs
from app.services.enrich import work
from app.services.runs import Lease
from tests.jobs.enriching import OWNER

THING = ("images", "release", 10)


@pytest.fixture
def leases(each_database: Flask) -> list[Lease]:
    """Those of two runs that both need thing 1."""
    work.add("release", "images", ["1"])
    db.session.commit()
    taken = [runs.take(runs.start(OWNER, kind).id) for kind in ("enrich", "sync")]
    return [lease for lease in taken if lease is not None]


def held_for(lease: Lease) -> list[bool]:
    """For each thing still to be asked for, whether another run asks about it now."""
    return [item.is_held for item in work.due(*THING, holder=lease.name)]


def test_who_comes_second_leaves_it_alone_until_the_first_is_told(leases: list[Lease]) -> None:
    first, second = leases
    (item,) = work.due(*THING, holder=first.name)

    (held,) = work.claim([item], first)
    assert (held_for(first), held_for(second)) == ([False], [True])
    assert work.claim([item], second) == []

    work.let_go([held])
    db.session.commit()
    assert held_for(second) == [False]
    assert [got.attempts for got in work.claim([item], second)] == [1]


def test_what_failed_for_now_is_free_for_others(leases: list[Lease]) -> None:
    first, second = leases
    (held,) = work.claim(work.due(*THING, holder=first.name), first)
    work.settle(held, work.Outcome("pending", error="It does not answer."))
    db.session.commit()

    assert held_for(second) == [False]


@pytest.mark.parametrize("ending", ["gives it back", "is taken over", "dies"])
def test_a_run_that_is_gone_holds_nothing(
    leases: list[Lease], ending: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row P1 of the fault list: what a dead worker had in hand waits for no longer than its run."""
    first, second = leases
    if ending != "gives it back":
        monkeypatch.setattr(runs, "LEASE_SECONDS", -1.0)
        runs.keep_alive(first)
    work.claim(work.due(*THING, holder=first.name), first)
    if ending == "gives it back":
        runs.give_back(first)
    elif ending == "is taken over":
        monkeypatch.undo()
        assert runs.take(first.run_id) is not None

    assert held_for(second) == [False]
    assert len(work.claim(work.due(*THING, holder=second.name), second)) == 1


def test_a_run_counts_the_workers_that_died_and_no_others(
    leases: list[Lease], monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = leases[0]
    assert lease.deaths == 0
    runs.give_back(lease)
    after_giving_back = runs.take(lease.run_id)
    assert after_giving_back is not None
    assert after_giving_back.deaths == 0

    runs.postpone(after_giving_back, -1.0, "It rests.")
    monkeypatch.setattr(runs, "LEASE_SECONDS", -1.0)
    after_waiting = runs.take(lease.run_id)
    assert after_waiting is not None
    assert after_waiting.deaths == 0

    after_death = runs.take(lease.run_id)
    assert after_death is not None
    assert after_death.deaths == 1
