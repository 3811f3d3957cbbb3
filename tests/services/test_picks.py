from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.domain.filters import BrowseFilter
from app.extensions import db
from app.models import Selection
from app.queries import exports
from app.services import picks
from app.services.copies import remove_copy
from tests.csv_shelf import OWNER, row, shelve, shelve_many, strangers_copy


def picked() -> list[int]:
    return sorted(exports.picked_ids(OWNER))


def test_picking_adds_and_unpicking_takes_out(each_database: Flask) -> None:
    first, second, third = shelve_many(3)

    picks.pick(OWNER, [first, second])
    picks.pick(OWNER, [second, third])
    picks.unpick(OWNER, [first])

    assert picked() == [second, third]


def test_copies_of_others_and_of_nobody_are_passed_over(each_database: Flask) -> None:
    (mine,) = shelve_many(1)
    theirs = strangers_copy()

    picks.pick(OWNER, [mine, theirs, 10**15])

    assert picked() == [mine]
    assert db.session.scalars(select(Selection.copy_id)).all() == [mine]


def test_a_copy_that_was_removed_cannot_be_picked(app: Flask) -> None:
    (copy_id,) = shelve_many(1)
    remove_copy(OWNER, copy_id)

    picks.pick(OWNER, [copy_id])

    assert picked() == []


def test_everything_a_filter_means_is_picked(each_database: Flask) -> None:
    _, seventy_five, *_ = ids = shelve(row(1), row(2, Released=1975), row(3), row(4, Released=1975))
    picks.pick(OWNER, [ids[0]])

    assert picks.pick_all(OWNER, BrowseFilter(year_from=1975)) == 2

    assert picked() == [ids[0], seventy_five, ids[3]]


def test_a_page_of_ticks_leaves_other_pages_alone(each_database: Flask) -> None:
    ids = shelve_many(5)
    picks.pick(OWNER, [ids[0], ids[1], ids[4]])

    picks.repick(OWNER, shown=ids[:3], ticked=[ids[1], ids[2]])

    assert picked() == [ids[1], ids[2], ids[4]]


def test_putting_back_everything_leaves_the_picks_of_others(app: Flask) -> None:
    picks.pick(OWNER, shelve_many(2))
    theirs = strangers_copy()
    picks.pick(2, [theirs])

    picks.unpick_all(OWNER)

    assert picked() == []
    assert list(exports.picked_ids(2)) == [theirs]


def test_nobody_takes_out_the_picks_of_others(app: Flask) -> None:
    theirs = strangers_copy()
    picks.pick(2, [theirs])

    picks.unpick(OWNER, [theirs])

    assert list(exports.picked_ids(2)) == [theirs]
