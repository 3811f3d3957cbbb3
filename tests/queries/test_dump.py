"""The dump: canonical, and enough to build the same shelf again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select

from app.domain.filters import BrowseFilter
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import Artist, Copy, Edit, Folder, Label, Release
from app.queries import browse
from app.queries.dump import dump_lines
from app.services import copies, curate, load_dump, one_record, sample_shelf
from app.services.one_record import Typed
from app.services.subjects import open_subject
from tests.csv_shelf import row, shelve, strangers_copy
from tests.listings import KIND_OF_BLUE, listed

OWNER = 1


def dump() -> list[str]:
    lines = dump_lines(OWNER)
    db.session.rollback()
    return lines


def entries(kind: str) -> list[dict[str, Any]]:
    return [entry for entry in map(json.loads, dump()) if entry["type"] == kind]


def edit(entity: str, entity_id: int, document: str) -> None:
    version = open_subject(entity, OWNER, entity_id).version
    curate.save(entity, OWNER, entity_id, version, document)


def empty() -> None:
    for model in (Edit, Copy, Release, Artist, Label, Folder):
        db.session.execute(delete(model).where(model.owner_id == OWNER))
    db.session.commit()


def a_full_shelf() -> None:
    """Something of everything: listed, imported, typed, put away, edited, undone."""
    release_id = listed()
    edit("release", release_id, '{"title": "Kind Of Blue (mono)", "year": null}')
    edit("release", release_id, '{"title": "Kind Of Blue (stereo)"}')
    artist_id = db.session.execute(
        select(Artist.id).where(Artist.name == "Miles Davis")
    ).scalar_one()
    edit("artist", artist_id, '{"profile": "Trumpeter"}')
    curate.undo("release", OWNER, release_id, field="year")
    shelve(
        row(5), row(5, **{"Collection Notes": "second copy", "Date Added": "2020-01-01 00:00:00"})
    )
    added = one_record.add_by_hand(
        OWNER, Typed(artist="水", title="†", tracks="A1 One 1:00\nB1 Two", genres=("Rock",))
    )
    one_record.add_by_hand(OWNER, Typed(artist="Me", title="Gone"))
    copies.remove_copy(OWNER, added.copy_id)


def test_two_dumps_of_one_shelf_are_equal(each_database: Flask) -> None:
    a_full_shelf()

    assert dump() == dump()


def test_lines_and_keys_are_sorted(app: Flask) -> None:
    sample_shelf.load(OWNER)

    lines = dump()

    assert lines == sorted(lines)
    assert all(list(json.loads(line)) == sorted(json.loads(line)) for line in lines)


def test_a_copy_tells_what_its_owner_knows(app: Flask) -> None:
    listed()

    (copy,) = entries("copy")

    assert copy == {
        "type": "copy",
        "release_id": 1234,
        "instance_id": 1234,
        "folder": "Uncategorized",
        "rating": None,
        "media_condition": None,
        "sleeve_condition": None,
        "notes": None,
        "fields": {},
        "added_at": "2026-01-02T00:00:00Z",
        "source": "discogs",
        "removed_at": None,
        "removed_by": None,
    }


def test_a_release_tells_its_facts(app: Flask) -> None:
    listed()

    (release,) = entries("release")

    assert (release["release_id"], release["title"], release["year"]) == (
        1234,
        KIND_OF_BLUE.title,
        1959,
    )
    assert release["labels"] == [{"catno": "CL 1355", "discogs_id": 1866, "name": "Columbia"}]


def test_the_shelf_of_somebody_else_is_not_in_it(app: Flask) -> None:
    strangers_copy()
    db.session.commit()

    assert dump() == []


def test_loading_a_dump_gives_the_same_dump(each_database: Flask) -> None:
    a_full_shelf()
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before


def test_the_sample_shelf_goes_through_a_dump_unchanged(each_database: Flask) -> None:
    sample_shelf.load(OWNER)
    before = dump()
    sample_shelf.remove(OWNER)

    counts = load_dump.load(OWNER, before)

    assert dump() == before
    assert counts["copy"] == browse.page(OWNER, BrowseFilter()).total
    assert browse.page(OWNER, BrowseFilter(q="follow me")).total >= 1


def test_edits_loaded_can_be_undone(app: Flask) -> None:
    release_id = listed()
    edit("release", release_id, '{"title": "Mine"}')
    before = dump()
    empty()
    load_dump.load(OWNER, before)

    release = db.session.scalars(select(Release)).one()
    assert release.title == "Mine"
    curate.undo("release", OWNER, release.id, field="title")

    assert db.session.scalars(select(Release.title)).one() == "Kind Of Blue"


def test_twins_nobody_can_tell_apart_stay_two(app: Flask) -> None:
    for another in (False, True):
        one_record.add_by_hand(OWNER, Typed(artist="A", title="B"), another=another)
    before = dump()
    empty()

    load_dump.load(OWNER, before)

    assert dump() == before
    assert len(entries("copy")) == 2


def test_a_shelf_with_records_takes_no_dump(app: Flask) -> None:
    listed()

    with pytest.raises(ConflictError):
        load_dump.load(OWNER, dump())


@pytest.mark.parametrize(
    "line",
    [
        "{",
        "[]",
        "1",
        "{}",
        '{"type":"secret"}',
        '{"type":"copy"}',
        '{"type":"copy","release_id":5,"folder":"x"}',
        '{"type":"release","release_id":"five"}',
        '{"type":"edit","entity":"release","release_id":9,"at":"x"}',
        '{"type":"release","release_id":1,"facts_from":"csv","master_id":null,"title":7}',
        '{"type":"release","release_id":1234,"facts_from":"csv","master_id":null,"title":"twin"}',
        '{"type":"release","release_id":1,"facts_from":"rumour","master_id":null,"title":"x"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_dump_is_refused_whole(app: Flask, line: str) -> None:
    listed()
    good = dump()
    empty()

    with pytest.raises(InvalidInputError):
        load_dump.load(OWNER, [*good, line])

    assert dump() == []
