"""Gaps left for good, dumped and loaded again."""

from __future__ import annotations

import json

import pytest
from flask import Flask
from sqlalchemy import delete, func, select

from app.domain.quality import BY_NAME
from app.errors import InvalidInputError
from app.extensions import db
from app.models import Artist, Copy, Label, QualityVerdict, Release
from app.queries.dump import dump_lines
from app.services import load_dump, quality
from app.services.one_record import Typed, add_by_hand
from tests.listings import listed

OWNER = 1


@pytest.fixture(autouse=True)
def world(each_database: Flask) -> Flask:
    return each_database


def leave_some() -> None:
    """One of each kind, and one that is only put off."""
    release_id = listed(year=None)
    copy_id = db.session.scalars(select(Copy.id)).one()
    typed = Typed(artist="miles davis", title="Tutu", label="CBS", genres=("Jazz",))
    added = add_by_hand(OWNER, typed)
    bare = db.session.scalars(select(Artist.id).where(Artist.discogs_id.is_(None))).one()
    label = db.session.scalars(select(Label.id).where(Label.discogs_id.is_(None))).one()
    left = {"year": release_id, "grade": copy_id, "name": bare, "cover": added.release_id}
    left["label"] = label
    for name, entity_id in left.items():
        assert quality.leave(OWNER, BY_NAME[name], entity_id, "never")
    assert quality.leave(OWNER, BY_NAME["country"], added.release_id, "later")


def test_what_is_left_for_good_comes_through_a_dump() -> None:
    leave_some()
    lines = list(dump_lines(OWNER))
    told = [json.loads(line) for line in lines if '"type":"verdict"' in line]
    assert sorted(line["check"] for line in told) == ["cover", "grade", "label", "name", "year"]
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "user":
            db.session.execute(delete(table))
    db.session.commit()

    load_dump.load(OWNER, lines)

    assert list(dump_lines(OWNER)) == lines
    year = select(Release.discogs_id).join(
        QualityVerdict,
        (QualityVerdict.entity_id == Release.id) & (QualityVerdict.check_name == "year"),
    )
    assert db.session.scalars(year).all() == [1_234]


@pytest.mark.parametrize(
    ("word", "other"),
    [('"check":"year"', '"check":"mood"'), ('"verdict":"never"', '"verdict":"later"')],
)
def test_a_verdict_that_makes_no_sense_loads_nothing(word: str, other: str) -> None:
    leave_some()
    lines = [line.replace(word, other) for line in dump_lines(OWNER)]
    for table in reversed(db.metadata.sorted_tables):
        if table.name != "user":
            db.session.execute(delete(table))
    db.session.commit()

    with pytest.raises(InvalidInputError):
        load_dump.load(OWNER, lines)

    assert db.session.scalar(select(func.count()).select_from(Copy)) == 0
