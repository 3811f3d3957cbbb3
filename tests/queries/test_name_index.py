"""Who has which copies: whatever changed, the mended index equals one read anew."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import Artist, Copy, Release
from app.queries.name_index import NameIndex, _linked, _made, name_index
from app.queries.shelf_index import shelf_index
from app.services import copies, curate
from app.services.shelf import next_version
from tests.shelves import OWNER, put_on_shelf


def _put_one_away() -> None:
    copies.remove_copy(OWNER, db.session.scalars(select(Copy.id).order_by(Copy.id)).first() or 0)


def _bring_it_back() -> None:
    copies.restore_copy(OWNER, db.session.scalars(select(Copy.id).order_by(Copy.id)).first() or 0)


def _delete_one() -> None:
    db.session.delete(db.session.scalars(select(Copy).order_by(Copy.id.desc())).first())
    next_version(OWNER)
    db.session.commit()


def _add_two() -> None:
    put_on_shelf(
        {"Artist": "Nina Simone", "Label": "Philips", "release_id": 71},
        {"Artist": "Miles Davis", "Label": "Philips", "release_id": 72},
    )


def _give_it_another_label() -> None:
    release = db.session.scalars(select(Release).order_by(Release.id)).first()
    assert release is not None
    text = json.dumps({"labels": [{"name": "Prestige", "catno": "1"}]})
    curate.save("release", OWNER, release.id, release.version, text)


def _rename(before: str, after: str) -> Callable[[], None]:
    def rename() -> None:
        artist = db.session.scalars(select(Artist).where(Artist.name == before)).one()
        curate.save("artist", OWNER, artist.id, artist.version, json.dumps({"name": after}))

    return rename


CHANGES = [
    _put_one_away,
    _bring_it_back,
    _add_two,
    _give_it_another_label,
    _rename("Various", "Somebody"),
    _rename("Somebody", "Various"),
    _rename("Miles Davis", "Miles Dewey Davis"),
    _delete_one,
    _add_two,
]


@pytest.fixture
def records(each_database: Flask) -> Flask:
    put_on_shelf(
        {"Artist": "Miles Davis", "Label": "Columbia, Fontana", "release_id": 11},
        {"Artist": "Miles Davis", "Label": "Columbia", "release_id": 12},
        {"Artist": "Various", "Label": "Columbia", "release_id": 13},
    )
    return each_database


def test_after_any_change_the_index_is_as_if_read_anew(records: Flask) -> None:
    names = _told(name_index(shelf_index(OWNER)))
    for change in CHANGES:
        change()
        shelf = shelf_index(OWNER)
        before, names = names, _told(name_index(shelf))

        assert names == _told(_made(shelf, _linked(OWNER)))
        assert names != before


def _told(index: NameIndex) -> tuple[object, ...]:
    held = {key: sorted(ids) for key, ids in index.copies.items()}
    return index.version, index.highest, held, index.names, index.on_shelf
