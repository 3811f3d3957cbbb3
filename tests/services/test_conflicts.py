"""Conflicts between a person's edit and what Discogs came to say since."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Edit, Release
from app.queries import conflicts as queries
from app.services import conflicts, curate, edits
from app.services.subjects import open_subject
from tests.listings import listed

OWNER = 1


@pytest.fixture(autouse=True)
def world(each_database: Flask) -> Flask:
    return each_database


def contested(**mine: Any) -> int:
    """A record edited by a person, of which Discogs then says something else."""
    release_id = listed()
    edit(release_id, **(mine or {"title": "Mine"}))
    listed(title="Theirs", year=1960)
    return release_id


def edit(release_id: int, **values: Any) -> None:
    version = open_subject("release", OWNER, release_id).version
    curate.save("release", OWNER, release_id, version, json.dumps(values))


def title(release_id: int) -> str:
    db.session.rollback()
    return db.session.scalars(select(Release.title).where(Release.id == release_id)).one()


def the_conflict() -> queries.Conflict:
    db.session.rollback()
    conflict = queries.next_conflict(OWNER)
    assert conflict is not None
    return conflict


def test_what_discogs_changed_under_an_edit_has_three_sides() -> None:
    release_id = listed()
    assert queries.next_conflict(OWNER) is None
    edit(release_id, title="Mine")
    listed()
    assert queries.conflict_count(OWNER) == 0
    listed(title="Theirs")

    conflict = the_conflict()

    assert (conflict.entity_id, conflict.field) == (release_id, "title")
    assert (conflict.before, conflict.theirs, conflict.mine) == ("Kind Of Blue", "Theirs", "Mine")
    assert queries.conflict_count(OWNER) == 1


def test_mine_is_kept_and_not_asked_about_until_discogs_changes_it_again() -> None:
    release_id = contested()

    conflicts.decide(OWNER, the_conflict().edit_id, "mine")

    assert title(release_id) == "Mine"
    assert queries.conflict_count(OWNER) == 0
    listed(title="Theirs")
    assert queries.conflict_count(OWNER) == 0
    listed(title="Theirs again")
    assert the_conflict().theirs == "Theirs again"


def test_theirs_is_taken_and_both_ways_can_be_taken_back() -> None:
    release_id = contested()
    edit(release_id, title="Mine, mended")
    edit_id = the_conflict().edit_id

    conflicts.decide(OWNER, edit_id, "theirs")
    assert title(release_id) == "Theirs"
    assert queries.conflict_count(OWNER) == 0

    conflicts.reopen(OWNER, edit_id)
    assert title(release_id) == "Mine, mended"
    assert the_conflict().theirs == "Theirs"
    conflicts.decide(OWNER, the_conflict().edit_id, "mine")
    conflicts.reopen(OWNER, edit_id)
    assert the_conflict().mine == "Mine, mended"


def test_two_fields_are_two_conflicts_and_skipping_leads_round() -> None:
    contested(title="Mine", year=1961)
    first = the_conflict()

    second = queries.next_conflict(OWNER, after=first.edit_id)
    assert second is not None
    assert second.field != first.field
    again = queries.next_conflict(OWNER, after=second.edit_id)

    assert again == first
    assert queries.next_conflict(OWNER, at=second.edit_id) == second
    assert queries.conflict_count(OWNER) == 2


def test_what_is_decided_is_decided_once_and_nothing_of_others() -> None:
    contested()
    edit_id = the_conflict().edit_id
    conflicts.decide(OWNER, edit_id, "mine")

    assert conflicts.decide(OWNER, edit_id, "theirs") is None
    with pytest.raises(NotFoundError):
        conflicts.decide(OWNER + 1, edit_id, "mine")
    with pytest.raises(NotFoundError):
        conflicts.reopen(OWNER, 10**15)


def test_an_undone_edit_is_no_conflict() -> None:
    release_id = contested()
    edits.undo("release", OWNER, release_id, field="title")

    assert queries.conflict_count(OWNER) == 0
    assert db.session.scalar(select(Edit.id)) is not None
