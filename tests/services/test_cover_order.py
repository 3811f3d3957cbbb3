"""Whose covers come first is the person's choice, and all records follow at once."""

from __future__ import annotations

import pytest
from flask import Flask

from app.errors import InvalidInputError
from app.extensions import db
from app.models import Image, Picture, Release
from app.services import cover_order, covers, preferences
from tests.listings import OWNER, listed


def picture(source: str, key: str, colour: str) -> str:
    """A picture of the release 1234 at a source; returns its digest."""
    sha256 = colour.removeprefix("#") * 10 + "0000"
    db.session.add(Image(sha256=sha256, width=9, height=9, bytes=9, colour=colour))
    db.session.flush()
    db.session.add(Picture(source=source, key=key, release_key="1234", image_sha256=sha256))
    db.session.commit()
    return sha256


def shown(release: int) -> str | None:
    db.session.expire_all()
    return db.session.get_one(Release, release).image_sha256


def test_moving_a_source_changes_the_covers_of_all_records(each_database: Flask) -> None:
    release = listed()
    archive = picture("coverart", "release/x", "#111111")
    discogs = picture("discogs", "R-1234.jpeg", "#222222")
    covers.choose_cover(OWNER, [release])
    db.session.commit()
    assert shown(release) == archive

    assert cover_order.move(OWNER, "discogs", -1)[0] == "discogs"
    assert shown(release) == discogs

    cover_order.move(OWNER, "discogs", 1)
    assert shown(release) == archive


def test_nothing_moves_beyond_the_ends(each_database: Flask) -> None:
    before = cover_order.order_of(OWNER)

    assert cover_order.move(OWNER, before[0], -1) == before
    assert cover_order.move(OWNER, before[-1], 1) == before


def test_a_source_that_came_later_stands_last(app: Flask) -> None:
    preferences.put(OWNER, covers.COVER_ORDER, ["discogs", "bygone"])

    assert cover_order.order_of(OWNER)[0] == "discogs"
    assert set(cover_order.order_of(OWNER)) == set(covers.DEFAULT_ORDER) - {covers.UPLOAD}


def test_a_persons_own_picture_has_no_place_to_lose(app: Flask) -> None:
    with pytest.raises(InvalidInputError):
        cover_order.move(OWNER, covers.UPLOAD, 1)
