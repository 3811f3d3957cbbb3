from __future__ import annotations

import pytest
from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, User
from app.services import copies
from tests.listings import OWNER, listed

pytestmark = pytest.mark.usefixtures("app")


def the_copy() -> Copy:
    return db.session.execute(select(Copy)).scalar_one()


def test_a_removed_copy_stays_away_when_a_sync_lists_it_again() -> None:
    release = listed()

    assert copies.remove_copy(OWNER, the_copy().id) == release
    listed(title="KIND OF BLUE")

    assert the_copy().removed_at is not None
    assert the_copy().removed_by == "person"


def test_a_restored_copy_is_back_on_the_shelf() -> None:
    listed()
    copies.remove_copy(OWNER, the_copy().id)

    copies.restore_copy(OWNER, the_copy().id)

    assert (the_copy().removed_at, the_copy().removed_by) == (None, None)


def test_removing_and_restoring_change_what_kept_counts_have_seen() -> None:
    listed()
    versions = [the_copy().changed_in]

    for action in (copies.remove_copy, copies.restore_copy):
        action(OWNER, the_copy().id)
        versions.append(the_copy().changed_in)

    assert versions == sorted(set(versions))
    assert db.session.get_one(User, OWNER).collection_version == versions[-1]


def test_doing_it_twice_changes_nothing_more() -> None:
    listed()
    copies.remove_copy(OWNER, the_copy().id)
    removed_at, seen = the_copy().removed_at, the_copy().changed_in

    copies.remove_copy(OWNER, the_copy().id)

    assert (the_copy().removed_at, the_copy().changed_in) == (removed_at, seen)


def test_a_copy_the_sync_put_away_can_be_removed_for_good() -> None:
    listed()
    copy = the_copy()
    copy.removed_by, copy.removed_at = "sync", copy.added_at
    db.session.commit()

    copies.remove_copy(OWNER, copy.id)
    listed(title="KIND OF BLUE")

    assert the_copy().removed_by == "person"


def test_nobody_else_can_remove_or_restore_it() -> None:
    listed()

    for action in (copies.remove_copy, copies.restore_copy):
        with pytest.raises(NotFoundError):
            action(2, the_copy().id)
