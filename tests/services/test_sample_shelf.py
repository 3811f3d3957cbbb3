"""Putting the sample shelf up and taking it down again."""

from __future__ import annotations

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.domain.filters import BrowseFilter
from app.extensions import db
from app.models import Artist, Copy, Credit, Edit, Folder, Label, Release, Track
from app.queries import browse
from app.services import artist_pages, curate, sample_shelf
from app.services.subjects import open_subject
from tests.listings import listed
from tests.shelves import put_on_shelf

OWNER = 1
WHAT_A_SHELF_IS_MADE_OF = (Copy, Release, Artist, Label, Folder, Credit, Track, Edit)


def rows(model: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def found(words: str) -> int:
    return browse.page(OWNER, BrowseFilter(q=words)).total


def test_loading_puts_real_records_on_the_shelf(each_database: Flask) -> None:
    came = sample_shelf.load(OWNER)

    assert came == rows(Copy) >= 200
    assert browse.page(OWNER, BrowseFilter()).total == came
    assert browse.page(OWNER, BrowseFilter(sort="artist")).rows[0].artist_text


def test_sample_records_are_found_by_artist_and_by_track(each_database: Flask) -> None:
    sample_shelf.load(OWNER)
    title = db.session.scalar(select(Track.title).where(Track.kind == "track").limit(1))

    assert found("aly us") >= 1
    assert found(title or "") >= 1


def test_loading_twice_changes_nothing(each_database: Flask) -> None:
    came = sample_shelf.load(OWNER)

    assert sample_shelf.load(OWNER) == 0
    assert rows(Copy) == sample_shelf.count(OWNER) == came


def test_removing_leaves_nothing_behind(each_database: Flask) -> None:
    sample_shelf.load(OWNER)
    browse.page(OWNER, BrowseFilter())  # so that the index in memory knows the copies

    assert sample_shelf.remove(OWNER) > 0

    assert {model.__tablename__: rows(model) for model in WHAT_A_SHELF_IS_MADE_OF} == dict.fromkeys(
        (model.__tablename__ for model in WHAT_A_SHELF_IS_MADE_OF), 0
    )
    assert browse.page(OWNER, BrowseFilter()).total == 0


def test_edits_go_with_the_sample_records_they_were_made_on(each_database: Flask) -> None:
    sample_shelf.load(OWNER)
    release = db.session.scalars(select(Release).limit(1)).one()
    subject = open_subject("release", OWNER, release.id)
    curate.save("release", OWNER, release.id, subject.version, '{"title": "Mine"}')

    sample_shelf.remove(OWNER)

    assert rows(Edit) == 0


def test_sample_artists_go_also_when_one_was_made_part_of_anothers_page(
    each_database: Flask,
) -> None:
    sample_shelf.load(OWNER)
    some = select(Artist.id).join(Release, Release.artist_id == Artist.id).distinct().limit(3)
    part, whole, other = db.session.scalars(some.order_by(Artist.id)).all()
    artist_pages.merge(OWNER, part, whole)
    artist_pages.merge(OWNER, whole, other)

    sample_shelf.remove(OWNER)

    assert [rows(model) for model in WHAT_A_SHELF_IS_MADE_OF] == [0] * 8


def test_the_page_that_somebody_of_mine_is_part_of_outlives_the_sample_shelf(app: Flask) -> None:
    sample_shelf.load(OWNER)
    put_on_shelf({"Title": "Mine", "Artist": "Somebody Of Mine"})
    db.session.commit()
    mine = db.session.scalars(select(Artist.id).where(Artist.name == "Somebody Of Mine")).one()
    page = db.session.scalars(select(Release.artist_id).where(Release.artist_id != mine)).first()
    assert page is not None
    artist_pages.merge(OWNER, mine, page)

    sample_shelf.remove(OWNER)

    assert set(db.session.scalars(select(Artist.id))) == {mine, page}
    assert artist_pages.take_apart(OWNER, mine) == page


def test_own_records_outlive_the_sample_shelf(each_database: Flask) -> None:
    mine = listed()
    sample_shelf.load(OWNER)

    sample_shelf.remove(OWNER)

    assert db.session.scalars(select(Copy.release_id)).all() == [mine]
    assert found("miles davis") == 1
    assert rows(Credit) == 2


def test_a_record_that_is_also_on_the_sample_shelf_stays_mine(each_database: Flask) -> None:
    mine = listed(discogs_id=22_684, title="Follow Me (mine)")

    sample_shelf.load(OWNER)
    assert db.session.get(Release, mine).title == "Follow Me (mine)"  # type: ignore[union-attr]
    sample_shelf.remove(OWNER)

    assert db.session.scalars(select(Release.title)).all() == ["Follow Me (mine)"]


def test_removing_what_is_not_there_does_nothing(app: Flask) -> None:
    assert sample_shelf.remove(OWNER) == 0
