"""Rows U1 to U24 of the fault list: services that ask for patience, refuse us, or are away."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import pairwise

import pytest
from flask import Flask
from sqlalchemy import select

from app import extensions
from app.clients import http
from app.errors import UnavailableError
from app.extensions import db, set_reading
from app.models import CallSlot, ProviderHealth, ProviderPause, ProviderResult, Release
from app.services import provider_care, refresh
from app.services.enrich import health, work
from config import VERSION
from tests.jobs.enriching import (
    OWNER,
    RELEASES,
    clocked,
    count,
    errors,
    follow,
    states,
)
from tests.standin.world import World


def test_429_without_a_time_is_waited_out_for_one_window(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U1 of the fault list."""
    app = app_in(world, discogs_limit="600/2")
    follow(app, "sync")
    world.discogs.fail_next("/releases/1003", "rate_limited")
    before = world.discogs.calls("/releases/")
    moments = clocked(world.discogs)
    run = follow(app, "enrich", {"only": "discogs"})

    assert (run.state, run.message) == ("done", None)
    assert states("discogs", "release") == Counter(found=RELEASES)
    assert world.discogs.calls("/releases/") - before == RELEASES + 1
    asked = zip(world.discogs.requests[-len(moments) :], moments, strict=True)
    refused, again = (at for request, at in asked if request.path == "/releases/1003")
    assert again - refused >= 2
    # What had left already when the refusal came is no call made in spite of it.
    assert max(b - a for a, b in pairwise(moments)) >= 1.8
    assert db.session.get_one(ProviderPause, "discogs").reason == "Discogs asked us to slow down."
    assert db.session.get_one(ProviderHealth, "discogs").failures == 0


def test_a_budget_somebody_else_used_up_is_waited_for_with_few_calls(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U2 of the fault list."""
    app = app_in(world, discogs_limit="30/3")
    follow(app, "sync")
    before = world.discogs.calls("/releases/")
    window = world.discogs.window
    window.on, window.limit, window.seconds = True, 30, 3.0
    for _ in range(29):
        window.count("127.0.0.1", authenticated=True)
    run = follow(app, "enrich", {"only": "discogs"})

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=RELEASES)
    assert world.discogs.calls("/releases/") - before <= RELEASES + 6


def test_services_that_ask_for_a_moment_get_it_and_nothing_fails(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U4 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    world.musicbrainz.fail_next("/", "server_error", 1)
    world.wikidata.fail_next("/", "rate_limited", 1, retry_after=1)
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert count(ProviderResult, ProviderResult.state.in_(("failed", "pending"))) == 0
    assert db.session.get_one(ProviderPause, "wikidata").reason == "Wikidata asked us to slow down."


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
@pytest.mark.parametrize("provider", ["discogs", "wikipedia", "spotify"])
def test_a_firewalls_page_stops_that_lane_alone_with_one_line(
    app_in: Callable[..., Flask], world: World, provider: str, kind: str
) -> None:
    """Row U6 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    stand_in = world.services[provider]
    path = {"discogs": "/releases/", "spotify": "/v1/search"}.get(provider, "/")
    before = stand_in.calls(path)
    stand_in.fail_next(path, kind, 999)
    run = follow(app, "enrich")

    assert run.state == "done"
    assert (run.message or "").count("block") == 1
    assert "block" in db.session.get_one(ProviderHealth, provider).refusal
    db.session.remove()
    for page in (f"/jobs/{run.id}", "/admin/health"):
        assert "block" in app.test_client().get(page).text, page
    assert stand_in.calls(path) - before == 1
    assert errors(provider) == []
    assert states("apple_music", "title")["pending"] == 0


def test_tokens_are_renewed_during_a_run_and_shared_by_its_threads(
    app_in: Callable[..., Flask],
) -> None:
    """Row U10 of the fault list."""
    with World(12) as world:
        world.spotify.expires_in, world.spotify.delay = 61, 0.7
        app = app_in(world)
        follow(app, "sync")
        run = follow(app, "enrich")

        assert (run.state, run.message) == ("done", None)
        assert states("spotify", "title")["failed"] == 0
        assert 2 <= world.spotify.token_calls <= 8
        assert len(world.apple_music.tokens) == 1


def test_shops_wait_for_details_while_discogs_rests_for_a_moment(
    app_in: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U2 of the fault list: without tracks and barcodes they would find less, and ask more."""
    monkeypatch.setattr(http, "LONGEST_WAIT_SECONDS", 0.5)  # what is longer is up to the lane
    with World(20) as world:
        app = app_in(world)
        follow(app, "sync")
        world.discogs.fail_next("/releases/", "rate_limited", 6, retry_after=1)
        run = follow(app, "enrich")

        assert (run.state, run.message) == ("done", None)
        assert db.session.get_one(ProviderHealth, "discogs").errors["RateLimited"] > 0
        for shop in ("spotify", "apple_music"):
            assert states(shop, "title") == Counter(found=20)


def test_a_service_switched_off_is_asked_no_more_in_the_run_under_way(
    app_in: Callable[..., Flask],
) -> None:
    with World(30) as world:
        app = app_in(world, spotify_limit="4/1")
        follow(app, "sync")

        def switch_off() -> None:
            while not world.spotify.calls("/v1/search"):
                time.sleep(0.01)
            with app.app_context():
                set_reading(False)
                provider_care.switch(OWNER, "spotify", on=False)
                db.session.remove()

        person = threading.Thread(target=switch_off)
        person.start()
        run = follow(app, "enrich")
        person.join()

        assert (run.state, run.message) == ("done", "Spotify is switched off.")
        assert states("spotify", "title")["pending"] > 0
        assert states("apple_music", "title")["pending"] == 0


def test_a_long_change_of_a_person_holds_a_run_up_and_nothing_is_asked_twice(
    app_in: Callable[..., Flask], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row S9 of the fault list: a page says after five seconds that it waits, a job goes on."""
    app = app_in(world)
    follow(app, "sync")
    monkeypatch.setattr(extensions, "BUSY_SECONDS", 0)
    held: list[float] = []

    def change() -> None:
        while not world.discogs.calls("/releases/"):
            time.sleep(0.01)
        with app.app_context(), extensions.patient(), db.engine.begin():
            time.sleep(1)
            held.append(time.monotonic())

    person = threading.Thread(target=change)
    person.start()
    run = follow(app, "enrich")
    person.join()

    assert held
    assert (run.state, run.message) == ("done", None)
    for name, stand_in in world.services.items():
        assert max(Counter(each.target for each in stand_in.requests).values(), default=1) == 1, (
            name
        )


@pytest.mark.usefixtures("_hurry")
def test_after_an_outage_the_lane_rests_longer_each_time_and_goes_on_alone(
    app_in: Callable[..., Flask], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U19 of the fault list."""
    # A thing that fails again is no news of the service: five others have to fail before that.
    monkeypatch.setattr(http, "_jitter", lambda _state: 0.0)
    monkeypatch.setattr(work, "FIRST_WAIT", timedelta(seconds=1))
    app = app_in(world)
    follow(app, "sync")
    moments = clocked(world.apple_music)
    # Five faults of three tries each open the breaker; then two probes meet the outage.
    world.apple_music.fail_next("/", "server_error", 3 * (5 + 2))
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert states("apple_music", "title")["pending"] == 0
    assert states("apple_music", "title")["failed"] <= 1
    row = db.session.get_one(ProviderHealth, "apple_music")
    assert (row.failures, row.opened, row.open_until) == (0, 0, None)
    assert row.errors["Unavailable"] == 5 + 2
    assert len(moments) >= 21 + RELEASES - 1


@pytest.mark.usefixtures("_hurry")
def test_an_outage_of_hours_costs_nothing_that_was_to_be_asked(
    app_in: Callable[..., Flask], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U19 of the fault list: with two dozen probes, for no more things than these."""
    monkeypatch.setattr(http, "_jitter", lambda _state: 0.0)
    monkeypatch.setattr(health, "LONGEST_REST_SECONDS", 0.05)
    app = app_in(world)
    follow(app, "sync")
    world.apple_music.fail_next("/", "server_error", 3 * (5 + 24))
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert states("apple_music", "title")["pending"] == 0
    assert states("apple_music", "title")["failed"] == 0


def test_a_rest_doubles_up_to_a_quarter_of_an_hour(app: Flask) -> None:
    """Row U19 of the fault list."""
    health.prepare(["apple_music"])
    rests = []
    for number in range(5 + 6):
        rests.append(health.failed("apple_music", UnavailableError("apple_music", "down")))
        row = db.session.get_one(ProviderHealth, "apple_music")
        row.open_until = None
        assert row.failures == number + 1

    assert rests == [0, 0, 0, 0, 0.5, 60, 120, 240, 480, 900, 900]


def test_a_blocked_user_agent_is_told_with_what_to_do(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U21 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    world.musicbrainz.fail_next("/", "private", 999)
    run = follow(app, "enrich")

    assert run.state == "done"
    assert "MusicBrainz blocks our requests" in (run.message or "")
    assert "CONTACT" in (run.message or "")
    assert world.musicbrainz.calls() == 1
    assert states("musicbrainz", "release")["failed"] == 0
    (agent,) = {each.headers["User-Agent"] for each in world.musicbrainz.requests}
    installation = app.extensions["workplace"].vault.installation
    contact = app.extensions["workplace"].settings.contact
    assert agent == f"Gatefold/{VERSION} ( {contact}; installation {installation} )"
    asked = [each for each in world.discogs.requests if each.path.startswith("/releases/")]
    agents = {each.headers["User-Agent"] for each in asked}
    assert agents == {f"Gatefold/{VERSION} +{contact}; installation {installation}"}


def test_a_person_is_served_within_two_seconds_while_a_run_uses_the_budget(
    app_in: Callable[..., Flask],
) -> None:
    """Row U24 of the fault list."""
    with World(50) as world:
        app = app_in(world, discogs_limit="30/3")
        window = world.discogs.window
        follow(app, "sync")
        release_ids = db.session.scalars(select(Release.id).order_by(Release.id.desc())).all()
        db.session.remove()
        window.on, window.limit, window.seconds = True, 30, 3.0
        workplace = app.extensions["workplace"]
        took: list[float] = []

        def click(release_id: int) -> None:
            started = time.monotonic()
            set_reading(False)
            refresh.refresh_release(workplace, OWNER, release_id)
            took.append(time.monotonic() - started)
            db.session.remove()

        click(release_ids[0])
        worker = threading.Thread(target=_enrich_details, args=(app,))
        worker.start()
        for release_id in release_ids[1:4]:
            time.sleep(1.1)
            click(release_id)
        worker.join()

        assert max(took) <= 2
        assert count(CallSlot, CallSlot.for_person) >= len(took), "they went before the job"
        assert states("discogs", "release")["found"] == 50
        assert "asked us to slow down" not in str(
            db.session.scalars(select(ProviderPause.reason)).all()
        )


def _enrich_details(app: Flask) -> None:
    with app.app_context():
        follow(app, "enrich", {"only": "discogs"})
        db.session.remove()
