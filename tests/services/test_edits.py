"""Edits, syncs and undos in any order: no word of a person is lost or replaced (faults E5, E10)."""

from __future__ import annotations

import random
from typing import Any

from flask import Flask
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from app.extensions import db
from app.services import edits
from tests.edit_ledger import FIELDS, VALUES, Ledger

fields = st.sampled_from(FIELDS)
places = st.integers(0, 20)


def values() -> st.SearchStrategy[tuple[str, Any]]:
    return fields.flatmap(
        lambda field: st.tuples(st.just(field), st.sampled_from(VALUES[field][1]))
    )


def test_in_any_order_what_a_person_said_last_is_shown(app: Flask) -> None:
    class Life(RuleBasedStateMachine):
        def __init__(self) -> None:
            super().__init__()
            _empty()
            self.ledger = Ledger()

        @rule(said=values())
        def sync(self, said: tuple[str, Any]) -> None:
            self.ledger.sync(*said)

        @rule(said=st.dictionaries(fields, st.integers(0, 2), min_size=1, max_size=3))
        def edit(self, said: dict[str, int]) -> None:
            self.ledger.edit({field: VALUES[field][1][at] for field, at in said.items()})

        @rule(place=places)
        def undo(self, place: int) -> None:
            self.ledger.undo(place)

        @rule(place=places)
        def redo(self, place: int) -> None:
            self.ledger.redo(place)

        @rule(field=fields)
        def undo_field(self, field: str) -> None:
            self.ledger.undo_field(field)

        @rule(field=fields)
        def lock(self, field: str) -> None:
            self.ledger.lock(field)

        @rule(field=fields)
        def unlock(self, field: str) -> None:
            self.ledger.unlock(field)

        @invariant()
        def is_right(self) -> None:
            self.ledger.check()

    Life.TestCase.settings = settings(max_examples=8, stateful_step_count=20, deadline=None)
    Life.TestCase().runTest()


def _empty() -> None:
    """A shelf as it was at first; the ledger's record is the only one."""
    for table in reversed(db.metadata.sorted_tables):
        if table.name in ("edit", "copy", "credit", "release_tag", "release", "artist", "folder"):
            db.session.execute(table.delete())
    db.session.commit()


def test_a_long_life_on_either_database(each_database: Flask) -> None:
    chance, ledger = random.Random(4), Ledger()

    for _ in range(40):
        ledger.do_anything(chance)
        ledger.check()


def test_a_locked_field_stays_until_it_is_unlocked(app: Flask) -> None:
    ledger = Ledger()
    ledger.lock("title")
    ledger.sync("title", "Bone")
    assert ledger.shown("title") == "Ask"
    ledger.check()

    ledger.unlock("title")

    assert ledger.shown("title") == "Bone"
    ledger.check()


def test_locking_twice_is_locking_once(app: Flask) -> None:
    ledger = Ledger()

    assert edits.lock("release", 1, ledger.release_id, "title")
    assert not edits.lock("release", 1, ledger.release_id, "title")
    assert edits.unlock("release", 1, ledger.release_id, "title")
    assert not edits.unlock("release", 1, ledger.release_id, "title")
