"""Edits, syncs and undos in any order: no word of a person is lost or replaced (faults E5, E10)."""

from __future__ import annotations

import random

import pytest
from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.services import edits
from tests.edit_ledger import Entry, Ledger, Thing
from tests.edit_life import STEPS, Life
from tests.edit_shelf import OWNER


def test_in_any_order_what_a_person_said_last_is_shown(app: Flask) -> None:
    class Machine(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            self.life = Life(0)

        @rule(step=st.sampled_from(sorted(set(STEPS))), seed=st.integers(0, 1_000))
        def live(self, step: str, seed: int) -> None:
            self.life.chance = random.Random(seed)
            self.life.do(step)

        @invariant()
        def is_right(self) -> None:
            self.life.check()

    Machine.TestCase.settings = settings(max_examples=6, stateful_step_count=20, deadline=None)
    Machine.TestCase().runTest()


def test_a_long_life_on_either_database(each_database: Flask) -> None:
    life = Life(4)

    for _ in range(60):
        life.do_anything()
        life.check()
    life.check_filing()


@pytest.fixture
def life(app: Flask) -> Life:
    """A shelf after its first sync, with a record of each kind."""
    return Life(1)


def release(ledger: Ledger) -> Thing:
    return ledger.releases[1001]


def test_a_locked_field_stays_until_it_is_unlocked(life: Life) -> None:
    mine = release(life.ledger)
    edits.lock("release", OWNER, mine.id, "title")
    life.ledger.add(mine, "title", "Ask", is_lock=True)
    life.upstream.releases[1001]["title"] = "Bone"
    life.syncs.sync(life.upstream.listed)
    assert life.ledger.shown(mine, "title") == "Ask"
    life.check()

    edits.unlock("release", OWNER, mine.id, "title")
    life.ledger.take_back(mine.entries)

    assert life.ledger.shown(mine, "title") == "Bone"
    life.check()


def test_locking_twice_is_locking_once(life: Life) -> None:
    key = release(life.ledger).id

    assert edits.lock("release", OWNER, key, "title")
    assert not edits.lock("release", OWNER, key, "title")
    assert edits.unlock("release", OWNER, key, "title")
    assert not edits.unlock("release", OWNER, key, "title")


@pytest.mark.parametrize("what", ["shown", "edit", "copy"])
def test_the_ledger_sees_what_is_wrong(life: Life, what: str) -> None:
    mine = release(life.ledger)
    if what == "shown":
        mine.told["title"] = "Bone"
    elif what == "edit":
        mine.entries.append(Entry("title", "Ask", id=1, undone=True))
    else:
        next(iter(life.ledger.copies.values())).removed_by = "sync"

    with pytest.raises(AssertionError):
        life.check()
