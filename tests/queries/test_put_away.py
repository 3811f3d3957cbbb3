"""What was put away, and how many."""

from __future__ import annotations

from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Copy, Release
from app.queries import put_away
from app.queries.shelf_index import shelf_index
from app.services import copies
from tests.shelves import OWNER, put_on_shelf


def copy_of(title: str) -> int:
    return db.session.scalars(select(Copy.id).join(Release).where(Release.title == title)).one()


def test_what_is_put_away_is_listed_the_last_first_and_counted(each_database: Flask) -> None:
    put_on_shelf({"Title": "One"}, {"Title": "Two"}, {"Title": "Three"})
    assert put_away.away_count(shelf_index(OWNER)) == 0
    for title in ("One", "Three"):
        copies.remove_copy(OWNER, copy_of(title))

    page = put_away.away_page(OWNER, "", 1)

    assert [(away.row.title, away.removed_by) for away in page.rows] == [
        ("Three", "person"),
        ("One", "person"),
    ]
    assert page.total == put_away.away_count(shelf_index(OWNER)) == 2
    copies.restore_copy(OWNER, copy_of("Three"))
    assert put_away.away_count(shelf_index(OWNER)) == 1


def test_a_page_past_the_end_is_the_last(app: Flask) -> None:
    put_on_shelf(*({"Title": f"Record {number}"} for number in range(put_away.PER_PAGE + 1)))
    for copy_id in db.session.scalars(select(Copy.id)).all():
        copies.remove_copy(OWNER, copy_id)

    page = put_away.away_page(OWNER, "", 9)

    assert (page.number, page.pages, len(page.rows)) == (2, 2, 1)


def test_what_others_put_away_is_not_told(app: Flask) -> None:
    put_on_shelf({"Title": "One"})
    copies.remove_copy(OWNER, copy_of("One"))

    assert put_away.away_page(OWNER + 1, "", 1).rows == []
