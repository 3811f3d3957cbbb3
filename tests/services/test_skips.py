from __future__ import annotations

import pytest
from flask import Flask
from sqlalchemy import select

from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Artist, ProviderResult, Release, Skip
from app.queries import enrich_status, failures
from app.queries import skips as queries
from app.services import skips
from app.services.enrich import reopening, work
from tests.listings import OWNER, listed
from tests.offers import failed


def row(entity: str, key: str, provider: str = "discogs") -> ProviderResult:
    db.session.expire_all()
    found = select(ProviderResult).filter_by(entity=entity, key=key, provider=provider)
    return db.session.scalars(found).one()


def keys() -> list[tuple[str, str]]:
    return sorted((s.entity, s.key) for s in db.session.scalars(select(Skip)))


def test_a_release_is_left_alone_with_its_title_and_both_come_back(each_database: Flask) -> None:
    release_id = listed(discogs_id=1234)
    master = db.session.get_one(Release, release_id).master_discogs_id
    title = f"m{master}" if master else "r1234"
    for entity, key in (("release", "1234"), ("title", title), ("barcode", title)):
        work.add(entity, "discogs", [key, "r77"])

    skips.leave_release_alone(OWNER, release_id, "", " no \0 use ")

    assert keys() == [("release", "1234"), ("title", title)]
    (told,) = queries.page(OWNER, 1).rows
    assert (told.entity, told.reason) == ("release", "no  use")
    assert told.thing is not None
    for entity, key in (("release", "1234"), ("title", title), ("barcode", title)):
        assert [item.key for item in work.due("discogs", entity, 9)] == ["r77"]
        assert row(entity, key).state == "parked"
        reopening.these(entity, ("discogs",), (key,))
        assert row(entity, key).state == "parked", "not even when another step wants it again"
    skips.take_back(OWNER, told.id)
    assert keys() == []
    assert row("barcode", title).state == row("release", "1234").state == "pending"
    with pytest.raises(NotFoundError):
        skips.take_back(OWNER, told.id)


def test_a_title_with_another_pressing_on_the_shelf_is_still_asked_about(
    each_database: Flask,
) -> None:
    first, second = listed(discogs_id=1), listed(discogs_id=2)
    for release in db.session.scalars(select(Release)):
        release.master_discogs_id = 5
    db.session.commit()

    skips.leave_release_alone(OWNER, first, "", "")

    assert keys() == [("release", "1")]
    assert second != first


def test_what_is_left_alone_counts_neither_as_left_nor_as_trouble(each_database: Flask) -> None:
    release_id = listed(discogs_id=1234)
    failed("1234", provider="discogs", state="parked", last_error="odd")
    failed("1234", provider="musicbrainz")
    work.add("release", "coverart", ["1234"])
    work.add("release", "images", ["1234", "8"])

    skips.leave_release_alone(OWNER, release_id, "", "")

    counts = {lane.provider: lane for lane in enrich_status.lane_counts()}
    assert [counts[name].left for name in ("discogs", "coverart", "images")] == [0, 0, 1]
    assert sum(lane.troubled for lane in counts.values()) == 0
    assert counts["coverart"].total == 0
    assert failures.open_count() == 0
    assert enrich_status.waiting_records(OWNER, None, ["discogs"]) == 0


def test_one_taken_back_leaves_the_others_alone(each_database: Flask) -> None:
    release_id = listed(discogs_id=1234)
    work.add("release", "discogs", ["1234"])
    skips.leave_release_alone(OWNER, release_id, "", "")
    skips.leave_release_alone(OWNER, release_id, "discogs", "")
    general = next(s for s in queries.page(OWNER, 1).rows if not s.provider)

    skips.take_back(OWNER, general.id)

    assert row("release", "1234").state == "parked"
    assert queries.is_left_alone("release", "1234", "discogs")
    assert not queries.is_left_alone("release", "1234", "musicbrainz")


def test_said_twice_it_stands_once_with_the_later_reason(each_database: Flask) -> None:
    release_id = listed(discogs_id=1234)
    skips.leave_release_alone(OWNER, release_id, "", "first")

    skips.leave_release_alone(OWNER, release_id, "", "second")

    assert [s.reason for s in queries.page(OWNER, 1).rows] == ["second"]
    assert queries.skip_count(OWNER) == 1


def test_an_artist_of_nobody_and_a_service_there_is_none_of_are_refused(app: Flask) -> None:
    release_id = listed(discogs_id=1234)
    artist_id = db.session.scalars(select(Artist.id)).all()[0]

    with pytest.raises(InvalidInputError):
        skips.leave_release_alone(OWNER, release_id, "nobody", "")
    with pytest.raises(NotFoundError):
        skips.leave_artist_alone(OWNER + 1, artist_id, "", "")
    with pytest.raises(NotFoundError):
        skips.leave_release_alone(OWNER + 1, release_id, "", "")
    assert keys() == []
