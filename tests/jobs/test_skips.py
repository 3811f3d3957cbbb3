"""What a person wants left alone is asked for by no lane."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import unquote_plus

import pytest
from flask import Flask
from sqlalchemy import select

from app.domain.matching.keys import title_key
from app.domain.providers import SERVICES
from app.extensions import db
from app.models import Artist, Credit, ProviderResult, Release, Skip
from app.queries import enrich_status
from app.queries import skips as queries
from app.services import skips
from app.services.enrich import work
from tests.jobs.enriching import OWNER, count, follow, states
from tests.standin.server import StandIn
from tests.standin.world import World


@pytest.fixture
def world() -> Iterator[World]:
    with World(8) as world:
        yield world


def asked(stand_in: StandIn) -> str:
    """All that was asked of a service, as one text."""
    return "\n".join(unquote_plus(request.target) for request in stand_in.requests)


def rows_of(*keys: tuple[str, str]) -> list[tuple[str, str, str]]:
    """Provider, entity and state of all that is on the work list under these names."""
    found = db.session.execute(
        select(
            ProviderResult.provider,
            ProviderResult.entity,
            ProviderResult.key,
            ProviderResult.state,
            ProviderResult.tried_at,
        )
    )
    return [
        (row.provider, row.entity, row.state)
        for row in found
        if (row.entity, row.key) in keys and (row.state != "parked" or row.tried_at)
    ]


@pytest.mark.parametrize("apple", [True, False], ids=["apple", "itunes"])
def test_no_lane_asks_for_a_skipped_release_or_its_title_or_artist(
    make_app: Callable[..., Flask], world: World, tmp_path: Path, apple: bool
) -> None:
    app = make_app(**world.settings(tmp_path, apple=apple))
    with app.app_context():
        follow(app, "sync")
        names, title = _skip_the_first()

        run = follow(app, "enrich")

        assert run.state == "done"
        assert rows_of(*names) == []
        for entity, _key in names:
            assert count(ProviderResult, ProviderResult.entity == entity) > 0, entity
        lanes = set(db.session.scalars(select(ProviderResult.provider)))
        shop = "apple_music" if apple else "itunes"
        assert lanes >= {each.name for each in SERVICES} - {"itunes", "apple_music"} | {shop}
        lanes_now = enrich_status.lane_counts()
        assert [(lane.left, lane.troubled) for lane in lanes_now] == [(0, 0)] * 9
        db.session.remove()
    told = {name: asked(stand_in) for name, stand_in in world.services.items()}
    for word in (names[0][1], names[3][1], names[4][1]):
        assert f"/{word}" not in told["discogs"].replace("/users/", "")
        assert f"/{word}&" not in told["musicbrainz"] + "&"
    for service in ("spotify", shop):
        assert len(told[service]) > 0
        assert title not in told[service]


def _skip_the_first() -> tuple[list[tuple[str, str]], str]:
    """The names of what is skipped now, release first, and the title of the release."""
    titles = list(db.session.scalars(select(Release.title)))
    release = next(
        each
        for each in db.session.scalars(select(Release).order_by(Release.id))
        if each.master_discogs_id and sum(each.title in title for title in titles) == 1
    )
    credit = select(Credit.artist_id).where(Credit.release_id == release.id, Credit.role == "")
    artist = db.session.get_one(Artist, db.session.scalars(credit).all()[0])
    title = title_key(release.master_discogs_id, release.discogs_id, release.id)
    names = [
        ("release", str(release.discogs_id)),
        ("title", title),
        ("barcode", title),
        ("master", str(release.master_discogs_id)),
        ("artist", str(artist.discogs_id)),
    ]
    told = release.title
    skips.leave_release_alone(OWNER, release.id, "", "A white label")
    skips.leave_artist_alone(OWNER, artist.id, "", "Nobody knows them")
    return names, told


@pytest.mark.parametrize("service", [service.name for service in SERVICES])
def test_a_thing_is_skipped_for_one_provider_alone(each_database: Flask, service: str) -> None:
    for entity, key in (("release", "7"), ("title", "m9"), ("master", "9"), ("artist", "3")):
        for provider in (service, "other"):
            work.add(entity, provider, [key, "88"])
    db.session.commit()
    for entity, key in (("release", "7"), ("title", "m9"), ("artist", "3")):
        db.session.add(Skip(owner_id=OWNER, entity=entity, key=key, provider=service))
    db.session.flush()

    for entity, key in (("release", "7"), ("title", "m9"), ("master", "9"), ("artist", "3")):
        assert [item.key for item in work.due(service, entity, 9)] == ["88"]
        assert [item.key for item in work.due("other", entity, 9)] == [key, "88"]


def test_what_is_taken_back_is_asked_for_by_the_next_run(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    follow(app, "sync")
    release_id = db.session.scalars(select(Release.id)).all()[0]
    skips.leave_release_alone(OWNER, release_id, "", "")
    follow(app, "enrich")
    assert db.session.get_one(Release, release_id).detailed_at is None
    (skip,) = queries.page(OWNER, 1).rows

    skips.take_back(OWNER, skip.id)
    follow(app, "enrich")

    assert db.session.get_one(Release, release_id).detailed_at is not None
    assert states("discogs", "release") == {"found": 8}
    assert count(ProviderResult, ProviderResult.state == "parked") == 0
