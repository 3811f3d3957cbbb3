"""The lanes that fetch covers: odd pictures, gone pictures, and the room they may take."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import String, cast, select

from app.extensions import db
from app.models import Image, Picture, ProviderHealth, ProviderResult, Release
from app.services import image_room, refresh
from app.services.image_store import ImageStore
from tests.jobs.test_enrichment import follow, states
from tests.standin.world import World

OWNER = 1


@pytest.fixture
def world() -> Iterator[World]:
    with World(20) as world:
        yield world


@pytest.fixture
def app_in(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes the app that talks to a world, its context pushed; keywords are settings."""
    with ExitStack() as contexts:

        def make(world: World, **settings: Any) -> Flask:
            app = make_app(**{**world.settings(tmp_path), **settings})
            contexts.enter_context(app.app_context())
            return app

        yield make
        db.session.remove()


def picture_calls(world: World) -> Counter[str]:
    """How often each picture of the Discogs host was asked for."""
    return Counter(
        request.path for request in world.discogs.requests if request.path.startswith("/images/")
    )


def of_state(state: str) -> Sequence[ProviderResult]:
    """What is in this state in the lane of pictures."""
    return db.session.scalars(
        select(ProviderResult).where(
            ProviderResult.provider == "images", ProviderResult.state == state
        )
    ).all()


def release(number: str) -> Release:
    return db.session.scalars(select(Release).where(Release.discogs_id == int(number))).one()


def shown(number: str) -> str | None:
    """Which picture a release shows."""
    db.session.rollback()
    return release(number).image_sha256


def pictured(source: str) -> Sequence[Release]:
    """The releases that show a picture of this source."""
    mine = Picture.release_key == cast(Release.discogs_id, String)
    query = select(Release).join(Picture, mine & (Picture.image_sha256 == Release.image_sha256))
    return db.session.scalars(query.where(Picture.source == source).order_by(Release.id)).all()


def result(provider: str, key: str) -> ProviderResult:
    return db.session.scalars(
        select(ProviderResult).where(
            ProviderResult.entity == "release",
            ProviderResult.provider == provider,
            ProviderResult.key == key,
        )
    ).one()


@pytest.mark.parametrize(("fault", "odd"), [("half_json", None), ("blank", 7), ("redirect", 7)])
def test_odd_pictures_in_a_row_are_their_own_fault_alone(
    app_in: Callable[..., Flask], world: World, fault: str, odd: int | None
) -> None:
    """Row U17 of the fault list: no picture, though the host is well."""
    app = app_in(world)
    follow(app, "sync")
    world.discogs.fail_next("/images/", fault, 7)

    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    left = states("images", "release")
    assert left["failed"] == 7
    assert left["pending"] == 0
    assert left["found"] > 0
    health = db.session.get_one(ProviderHealth, "images")
    assert (health.failures, health.open_until) == (0, None)
    assert health.errors.get("OddAnswer") == odd


def test_a_gone_picture_is_found_again_by_reading_its_record_once_more(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U17 of the fault list: addresses of Discogs change, pictures do not."""
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich", {"only": "discogs"})
    read = world.discogs.calls("/releases/")
    world.discogs.gallery.signature = "signed-again"

    follow(app, "enrich")
    lost = [row.key for row in of_state("failed")]
    asked = picture_calls(world)
    follow(app, "enrich")

    assert len(lost) > 3
    assert world.discogs.calls("/releases/") == read + len(lost)
    assert set(asked.values()) == {1}
    assert set((picture_calls(world) - asked).values()) == {1}
    assert not of_state("failed")
    assert all(shown(number) for number in lost)


def test_a_picture_that_stays_away_is_asked_for_twice_and_no_more(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U17 of the fault list: no hammering."""
    app = app_in(world)
    follow(app, "sync")
    world.discogs.fail_next("/images/", "not_found")
    follow(app, "enrich")
    (lost,) = (row.key for row in of_state("failed"))
    address = f"/images/signed-once/600/R-{lost}-1.jpeg"
    world.discogs.fail_next(address, "not_found", 99)

    for _ in range(3):
        follow(app, "enrich")

    assert picture_calls(world)[address] == 2
    assert world.discogs.calls(f"/releases/{lost}") == 2
    assert result("images", lost).state == "none"
    assert shown(lost) is None


def test_a_person_who_looks_a_record_up_again_gets_its_cover_back(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich")
    one, other = (str(row.discogs_id) for row in pictured("discogs")[:2])
    archived = str(pictured("coverart")[0].discogs_id)
    workplace = app.extensions["workplace"]
    image_room.make_room(ImageStore(workplace.settings.instance_path), 0)
    asked = picture_calls(world), world.archive.calls()

    for number in (one, archived):
        refresh.refresh_release(workplace, OWNER, release(number).id)
    follow(app, "enrich")

    assert (shown(one) is None, shown(archived) is None, shown(other) is None) == (0, 0, 1)
    assert sum((picture_calls(world) - asked[0]).values()) == 1
    assert world.archive.calls() - asked[1] == 2, "one picture is two steps away"


def test_a_run_keeps_the_pictures_within_their_room(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world, image_cache_mb=50)
    follow(app, "sync")
    old = datetime(2020, 1, 1, tzinfo=UTC)
    digest, size = "ab" * 32, 60 * 10**6
    many = Image(sha256=digest, width=1, height=1, bytes=size, colour="#000000", used_at=old)
    db.session.add(many)
    db.session.commit()

    follow(app, "enrich")

    kept = db.session.scalars(select(Image.sha256)).all()
    assert digest not in kept
    assert len(kept) > 10
