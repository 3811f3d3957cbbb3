"""The enrichment run, against all services at once over real HTTP."""

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.providers import BY_NAME
from app.extensions import db
from app.jobs import attempt
from app.models import (
    Article,
    Artist,
    Copy,
    Edit,
    Link,
    Master,
    ProviderHealth,
    ProviderPause,
    ProviderResult,
    Release,
)
from app.models.base import utcnow
from app.services import curate, people, runs
from app.services.enrich import work
from tests.jobs.enriching import OWNER, count, follow, states, wait_until
from tests.standin.discogs import credit, item
from tests.standin.messages import Request
from tests.standin.world import World
from tests.web.admin.editing import text_in


@pytest.fixture
def world() -> Iterator[World]:
    with World(30) as world:
        yield world


def test_everything_is_asked_once_and_settled(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    follow(app, "sync")
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert count(ProviderResult, ProviderResult.state == "pending") == 0
    for name, stand_in in world.services.items():
        assert asked_twice(stand_in.requests) == [], name


def asked_twice(requests: Sequence[Request]) -> list[str]:
    """The addresses among these that were asked for more than once."""
    asked = Counter(request.target for request in requests)
    return [target for target, times in asked.items() if times > 1]


def test_what_was_found_stands_on_the_shelf(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich")

    known = len(world.musicbrainz.groups)
    pictured = sum(bool(each["basic_information"]["picture"]) for each in world.collector.items)
    assert count(Release, Release.detailed_at.is_not(None)) == 30
    assert count(Master, Master.year == 1971, Master.year_from == "musicbrainz") == known > 5
    assert count(Link, Link.provider == "spotify", Link.badge == "exact") == known
    assert count(Link, Link.provider == "spotify", Link.state == "accepted") == 30
    assert count(Article) == len(world.wikipedia.pages) > 5
    assert count(Release, Release.image_sha256.is_not(None)) >= pictured > 20


def test_calls_are_few(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich")

    assert world.discogs.calls("/releases/") == 30
    assert world.discogs.calls("/masters/") == world.discogs.calls("/artists/") == 0
    assert world.musicbrainz.calls("/ws/2/url") == 3, "a hundred addresses in one call"
    assert world.spotify.calls("/v1/search") <= 30 - len(world.musicbrainz.groups)
    assert world.apple_music.calls() <= 30
    assert world.itunes.calls() == 0, "Apple Music is the same shop"
    assert world.wikipedia.calls() <= count(Artist)


def test_a_second_run_asks_nobody(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich")
    before = {name: stand_in.calls() for name, stand_in in world.services.items()}
    run = follow(app, "enrich")

    assert run.state == "done"
    assert {name: stand_in.calls() for name, stand_in in world.services.items()} == before


def test_new_records_alone_are_asked_for(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    latest = world.collector.items.pop()
    follow(app, "sync")
    follow(app, "enrich")
    world.collector.items.append(latest)
    follow(app, "sync")
    before = world.discogs.calls("/releases/")
    follow(app, "enrich")

    assert world.discogs.calls("/releases/") == before + 1


def test_what_has_left_every_shelf_is_not_left_to_be_asked(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    for owner in (OWNER, people.add_person("Second").id):
        follow(app, "sync", owner_id=owner)
        del world.collector.items[20:]
    follow(app, "enrich", {"most": 1})
    follow(app, "sync")
    del world.collector.items[10:]
    follow(app, "sync")

    follow(app, "enrich", {"only": "coverart"})

    assert states("coverart", "release")["pending"] == 10, "they stand on another shelf"
    assert states("spotify", "title")["pending"] == 20


def test_who_puts_up_the_same_records_gets_all_of_it_and_nobody_is_asked(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich")
    decided = db.session.scalars(select(Link).where(Link.state == "accepted")).first()
    assert decided is not None
    decided.decided_at, page = utcnow(), decided.url
    second = people.add_person("Second").id
    before = {name: stand_in.calls() for name, stand_in in world.services.items()}
    follow(app, "sync", owner_id=second)
    listed = world.discogs.calls()
    run = follow(app, "enrich", owner_id=second)

    assert (run.state, run.message) == ("done", None)
    after = {name: stand_in.calls() for name, stand_in in world.services.items()}
    assert after == before | {"discogs": listed}
    for facts in (
        (Release.discogs_id, Release.country, Release.image_sha256, Release.detailed_at.is_(None)),
        (Link.key, Link.url, Link.badge, Link.score, Link.name),
    ):
        mine, theirs = (facts_of(owner, *facts) for owner in (OWNER, second))
        assert mine == theirs
    assert (page, "waiting") in facts_of(second, Link.url, Link.state), "to each their decision"


def test_two_who_put_up_the_same_records_at_once_ask_once_and_both_get_all(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    second = people.add_person("Second").id
    owners = (OWNER, second)
    for owner in owners:
        follow(app, "sync", owner_id=owner)

    def enrich(owner: int) -> str:
        with app.app_context():
            return follow(app, "enrich", owner_id=owner).state

    listed = {name: len(stand_in.requests) for name, stand_in in world.services.items()}
    with ThreadPoolExecutor(2) as both:
        assert list(both.map(enrich, owners)) == ["done", "done"]
    for name, stand_in in world.services.items():
        assert asked_twice(stand_in.requests[listed[name] :]) == [], name
    assert states("discogs", "release") == {"found": 30}
    for facts in (
        (Release.discogs_id, Release.country, Release.image_sha256, Release.detailed_at.is_(None)),
        (Link.key, Link.url, Link.badge, Link.score, Link.name, Link.state),
    ):
        mine, theirs = (facts_of(owner, *facts) for owner in owners)
        assert mine == theirs


def facts_of(owner_id: int, *facts: Any) -> set[tuple[Any, ...]]:
    """These columns of all rows of a person."""
    whose = facts[0].class_.owner_id == owner_id
    return {tuple(row) for row in db.session.execute(select(*facts).where(whose))}


def test_pressings_of_a_title_share_an_answer(app_in: Callable[..., Flask]) -> None:
    same = {"title": "Blue Garden", "artist": "Some Band", "master_id": 77}
    items = [item(number, 1_000 + number, year=1970 + number, **same) for number in range(1, 6)]
    with World(items=items) as world:
        app = app_in(world)
        follow(app, "sync")
        follow(app, "enrich")

        assert world.apple_music.calls() == 1
        assert count(Link, Link.provider == "apple_music", Link.state == "accepted") == 1


def test_nobody_is_asked_about_various_artists(app_in: Callable[..., Flask]) -> None:
    """Row U18 of the fault list, in part."""
    various = [credit("Various", 194)]
    with World(items=[item(1, 1_001, title="Sounds of the City", artist=various)]) as world:
        app = app_in(world)
        follow(app, "sync")
        follow(app, "enrich")

        assert world.wikipedia.calls() == 0
        assert "/artist/194" not in str([each.target for each in world.musicbrainz.requests])


def test_what_is_not_set_up_is_left_out(app_in: Callable[..., Flask], world: World) -> None:
    """Row U20 of the fault list."""
    app = app_in(
        world,
        spotify_client_id="",
        spotify_client_secret="",
        apple_team_id="",
        enable_wikipedia=False,
    )
    follow(app, "sync")
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert count(ProviderResult, ProviderResult.provider == "spotify") == 0
    assert (world.spotify.calls(), world.apple_music.calls(), world.wikipedia.calls()) == (0, 0, 0)
    assert world.itunes.calls() > 0, "the search without a key answers in Apple's place"


def test_a_refused_key_stops_one_lane_with_one_line(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U20 of the fault list."""
    app = app_in(world, spotify_client_secret="wrong")
    follow(app, "sync")
    run = follow(app, "enrich")

    assert run.state == "done"
    assert (run.message or "").count("SPOTIFY_CLIENT_SECRET") == 1
    assert states("spotify", "title")["failed"] == 0
    assert states("discogs", "release") == Counter(found=30)
    health = db.session.get_one(ProviderHealth, "spotify")
    assert "SPOTIFY_CLIENT_SECRET" in health.refusal


def test_a_days_pause_stops_one_lane_and_outlives_the_run(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U3 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    world.spotify.fail_next("/v1/search", "rate_limited", 99, retry_after=86_400)
    run = follow(app, "enrich")
    asked = world.spotify.calls("/v1/search")

    assert run.state == "done"
    assert "Spotify rests until" in (run.message or "")
    assert states("apple_music", "title")["pending"] == 0
    assert states("spotify", "title")["failed"] == 0
    pause = db.session.get_one(ProviderPause, "spotify")
    assert 86_000 < pause.until - time.time() < 86_500
    follow(app, "enrich")
    assert world.spotify.calls("/v1/search") == asked, "and nobody tries before"


def test_a_provider_out_of_order_is_left_alone_and_the_rest_finishes(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Rows U4 and U19 of the fault list: five faults in a row open the breaker."""
    app = app_in(world)
    follow(app, "sync")
    world.apple_music.fail_next("/", "server_error", 10_000)
    started = runs.start(OWNER, "enrich").id
    wait_until(app, started, lambda run: run.state == "waiting")

    run = runs.get(OWNER, started)
    assert "Apple Music rests until" in (run.message or "")
    assert states("discogs", "release") == Counter(found=30)
    assert states("spotify", "title")["pending"] == 0
    health = db.session.get_one(ProviderHealth, "apple_music")
    assert health.failures >= 5
    threads = BY_NAME["apple_music"].threads
    asked = world.apple_music.calls()
    assert asked <= 3 * (5 + threads), "five faults, each tried three times"
    attempt.work_on(app, runs.start(OWNER, "enrich").id)
    assert runs.get(OWNER, started).state == "waiting"
    assert world.apple_music.calls() == asked, "a new worker knows that it rests"
    db.session.execute(update(ProviderHealth).values(open_until=time.time()))
    db.session.execute(update(ProviderResult).values(due_at=None))
    attempt.work_on(app, runs.start(OWNER, "enrich").id)
    assert world.apple_music.calls() == asked + 3, "and after that one call finds out"


def test_a_bounded_run_that_is_interrupted_keeps_to_its_bound(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    follow(app, "sync")
    started = runs.start(OWNER, "enrich", {"only": "discogs", "most": 10}).id
    attempt.work_on(app, started, lambda: world.discogs.calls("/releases/") >= 4)
    before = world.discogs.calls("/releases/")
    attempt.work_on(app, started)

    assert runs.get(OWNER, started).state == "done"
    assert 4 <= before <= world.discogs.calls("/releases/") <= 10


def test_a_thing_that_cannot_be_read_is_set_aside(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Rows U7 and U22 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    world.discogs.fail_next("/releases/1007", "wrong_types", 9, keys=["tracklist"])
    run = follow(app, "enrich")

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=29, failed=1)
    failed = db.session.scalars(
        select(ProviderResult).where(ProviderResult.state == "failed")
    ).one()
    assert failed.key == "1007"
    assert "tracklist" in (failed.last_error or "")
    assert count(Release, Release.title != "") == 30


def test_a_release_gone_from_discogs_keeps_what_is_known(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U8 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    release = db.session.scalars(select(Release).where(Release.discogs_id == 1_011)).one()
    release_id, version = release.id, release.version
    curate.save("release", OWNER, release_id, version, json.dumps({"country": "Atlantis"}))
    db.session.remove()
    before = text_in(app.test_client().get(f"/admin/releases/{release_id}/json").text)
    world.discogs.gone.add(1_011)
    run = follow(app, "enrich")

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=29, none=1)
    assert db.session.get_one(Release, release_id).gone_at is not None
    assert count(Edit, Edit.entity == "release", Edit.entity_id == release_id) == 1
    assert count(Copy, Copy.release_id == release_id, Copy.removed_at.is_(None)) == 1
    db.session.remove()
    assert "Atlantis" in before
    assert text_in(app.test_client().get(f"/admin/releases/{release_id}/json").text) == before
    assert "Gone from Discogs" in app.test_client().get(f"/releases/{release_id}").text


def test_a_token_revoked_half_way_stops_discogs_and_nothing_is_asked_again(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U9 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    _revoke_after(world, 10)
    run = follow(app, "enrich", {"only": "discogs"})
    assert "does not accept this token" in (run.message or "")
    told = set(
        db.session.scalars(select(ProviderResult.key).where(ProviderResult.state == "found"))
    )
    assert 0 < len(told) <= 10
    assert states("discogs", "release") == Counter(found=len(told), pending=30 - len(told))
    refused = BY_NAME["discogs"].threads
    assert world.discogs.calls("/releases/") <= 10 + refused, "those under way when it went"

    world.collector.token = "test-token"
    assert follow(app, "enrich", {"only": "discogs"}).message is None
    assert states("discogs", "release") == Counter(found=30)
    asked = Counter(each.path.removeprefix("/releases/") for each in world.discogs.requests)
    assert {asked[key] for key in told} == {1}
    assert world.discogs.calls("/releases/") <= 30 + refused


def _revoke_after(world: World, calls: int) -> None:
    """Have the token revoked once so many releases were asked for."""
    receive = world.discogs.receive

    def receiving(request: Request) -> Any:
        fault = receive(request)
        if world.discogs.calls("/releases/") > calls:
            world.discogs.receive = receive  # type: ignore[method-assign]
            world.collector.token = ""
        return fault

    world.discogs.receive = receiving  # type: ignore[method-assign]


def test_a_persons_edit_stays_above_the_details(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    follow(app, "sync")
    release = db.session.scalars(select(Release).where(Release.discogs_id == 1_003)).one()
    release_id = release.id
    text = json.dumps({"country": "Atlantis"})
    curate.save("release", OWNER, release_id, release.version, text)
    follow(app, "enrich")

    db.session.expire_all()
    assert db.session.get_one(Release, release_id).country == "Atlantis"


def test_a_poisonous_thing_is_put_aside_in_the_end(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row P7 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    work.add("release", "discogs", ["1005"])
    db.session.execute(update(ProviderResult).values(attempts=3))
    db.session.commit()
    follow(app, "enrich", {"only": "discogs"})

    assert states("discogs", "release") == Counter(found=29, parked=1)
    assert world.discogs.calls("/releases/1005") == 0
