"""Rows U1 to U24 of the fault list, as an enrichment run meets them over real HTTP."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.clients import http, wikidata
from app.clients.http import Limits
from app.extensions import db, set_reading
from app.models import Link, ProviderHealth, ProviderResult, Release
from app.services import curate, reviews, runs
from app.services.enrich import reopening
from tests.jobs.enriching import (
    OWNER,
    RELEASES,
    count,
    errors,
    follow,
    states,
    wait_until,
)
from tests.pictures import giant_png
from tests.servers import free_port
from tests.standin.cover_art import ArchiveStandIn
from tests.standin.discogs import DiscogsStandIn, credit, item, vinyl
from tests.standin.messages import Reply
from tests.standin.shop_albums import ShopAlbum
from tests.standin.world import World

NAMES_ITS_FIELD = re.compile(r"cannot read: [\w.\[\]]+ is ")


@pytest.mark.usefixtures("_hurry")
@pytest.mark.parametrize("kind", ["hang", "reset", "truncated"])
def test_what_breaks_off_is_put_off_and_comes_with_a_later_try(
    app_in: Callable[..., Flask], world: World, kind: str
) -> None:
    """Row U5 of the fault list (the deadline itself: tests/clients); a call makes three tries."""
    app = app_in(world)
    follow(app, "sync")
    before = world.discogs.calls("/releases/1004")
    world.discogs.fail_next("/releases/1004", kind, 3, seconds=0.1)
    run = follow(app, "enrich", {"only": "discogs"})

    assert (run.state, run.message) == ("done", None)
    assert states("discogs", "release") == Counter(found=RELEASES)
    assert world.discogs.calls("/releases/1004") - before == 4
    assert db.session.get_one(ProviderHealth, "discogs").errors == {"Unavailable": 1}


@pytest.mark.usefixtures("_hurry")
def test_answers_that_trickle_are_cut_off_and_come_with_a_later_try(
    app_in: Callable[..., Flask], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U5 of the fault list: one byte now and then, from every service in one whole run."""
    monkeypatch.setattr(http, "Limits", partial(Limits, total_seconds=0.6))
    monkeypatch.setattr(wikidata, "_LIMITS", Limits(total_seconds=0.6))
    app = app_in(world)
    follow(app, "sync")
    slow = {
        "discogs": "/releases/1004",
        "musicbrainz": "/ws/2/url",
        "wikidata": "/",
        "spotify": "/v1/search",
        "apple_music": "/",
    }
    for provider, path in slow.items():
        world.services[provider].fail_next(path, "trickle", 3, seconds=0.1)
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert states("discogs", "release") == Counter(found=RELEASES)
    assert count(ProviderResult, ProviderResult.state.in_(("failed", "pending", "parked"))) == 0
    for provider in ("discogs", "musicbrainz"):  # (where no other thread takes a turn of the fault)
        assert db.session.get_one(ProviderHealth, provider).errors == {"Unavailable": 1}


@pytest.mark.usefixtures("_hurry")
def test_wrong_types_fail_by_their_field_and_the_others_finish(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Rows U7 and U22 of the fault list, for every service that answers in JSON."""
    app = app_in(world)
    follow(app, "sync")
    odd = {
        "musicbrainz": "/ws/2/url",
        "wikidata": "/",
        "wikipedia": "/",
        "spotify": "/v1/search",
        "apple_music": "/",
    }
    for provider, path in odd.items():
        world.services[provider].fail_next(path, "wrong_types", 9_999)
    run = follow(app, "enrich")

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=RELEASES)
    assert count(Release, Release.image_sha256.is_not(None)) > 0
    told = {provider: errors(provider) for provider in odd}
    assert {provider for provider, sentences in told.items() if not sentences} == set()
    assert [
        each for some in told.values() for each in some if not NAMES_ITS_FIELD.search(each)
    ] == []


def test_each_odd_answer_waits_for_a_person_with_its_field_and_what_is_unheard_of_does_no_harm(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U7 of the fault list: Discogs leaves keys out, and adds new ones as it likes."""
    app = app_in(world)
    follow(app, "sync")
    discogs, needed = world.discogs, ("id", "title")
    odd: dict[str, Callable[[dict[str, Any]], object]] = {
        "1001": lambda body: body.pop("title"),
        "1002": lambda body: body["artists"][0].update(name=None),
        "1003": lambda body: body.update(tracklist=[None]),
        "1005": lambda body: body.update({key: None for key in body if key not in needed}),
        "1006": lambda body: [body.pop(key) for key in list(body) if key not in needed],
    }
    for key, edit in odd.items():
        discogs.fail_next(f"/releases/{key}", "edited", 2, edit=partial(_with_news, edit))
    discogs.fail_next("/releases/1004", "half_json", 2)
    run = follow(app, "enrich", {"only": "discogs"})

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=2, failed=4)
    db.session.remove()
    page = app.test_client().get("/admin/failures").text
    for field in ("title is missing", "artists[0].name is missing", "tracklist[0] is missing"):
        assert f"Discogs told something we cannot read: {field}." in page
        assert field in app.test_client().get(f"/jobs/{run.id}").text
    assert "Discogs sent something that cannot be read." in page
    assert discogs.calls("/releases/") == RELEASES + 4, "what makes no sense is asked once more"


@pytest.mark.parametrize("kind", ["half_json", "wrong_types"])
def test_an_answer_mangled_on_its_way_is_asked_for_once_more_at_once(
    app_in: Callable[..., Flask], world: World, kind: str
) -> None:
    """Row U7 of the fault list: neither the run nor the record waits for it."""
    app = app_in(world)
    world.discogs.fail_next("/users/Collector/collection/folders/0/releases", kind)
    assert follow(app, "sync").state == "done"
    world.discogs.fail_next("/releases/1003", kind)
    world.musicbrainz.fail_next("/ws/2/url", kind)
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert states("discogs", "release") == Counter(found=RELEASES)
    assert world.discogs.calls("/releases/") == RELEASES + 1
    assert count(ProviderResult, ProviderResult.last_error.is_not(None)) == 0


def _with_news(edit: Callable[[dict[str, Any]], object], body: dict[str, Any]) -> None:
    body |= {"brandNew": {"unheard": ["of"]}}
    for track in body["tracklist"]:
        track["brandNew"] = [1]
    edit(body)


@pytest.mark.parametrize(("ahead", "told"), [(86_400, "24 h 0 min behind"), (-86_400, "ahead of")])
def test_a_clock_a_day_off_is_told_after_a_run_and_spoils_nothing(
    app_in: Callable[..., Flask], world: World, ahead: int, told: str
) -> None:
    """Row U11 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    for stand_in in world.services.values():
        stand_in.clock_ahead = float(ahead)
    world.apple_music.clock = lambda: time.time() + ahead
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert states("apple_music", "title")["failed"] == 0
    skew = db.session.get_one(ProviderHealth, "discogs").clock_skew
    assert skew == pytest.approx(ahead, abs=5)
    assert told in app.test_client().get("/admin/health").text


def test_a_gigabyte_costs_one_release_its_details(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U14 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    world.discogs.fail_next("/releases/1002", "huge", 9)
    world.discogs.fail_next("/releases/1004", "huge", 9, gzipped=True)
    run = follow(app, "enrich", {"only": "discogs"})

    assert run.state == "done"
    assert states("discogs", "release") == Counter(found=RELEASES - 2, failed=2)
    assert all("far more than it ever should" in error for error in errors("discogs"))


def test_a_redirect_elsewhere_is_not_followed(app_in: Callable[..., Flask], world: World) -> None:
    """Row U15 of the fault list."""
    app = app_in(world)
    follow(app, "sync")
    with ArchiveStandIn() as elsewhere:
        world.discogs.fail_next("/releases/1002", "redirect", 9, location=f"{elsewhere.url}/x")
        run = follow(app, "enrich", {"only": "discogs"})

        assert run.state == "done"
        assert elsewhere.calls() == 0
    assert states("discogs", "release") == Counter(found=RELEASES - 1, failed=1)
    assert "another address" in errors("discogs")[0]


def test_without_a_network_all_but_the_sync_works_and_that_goes_on_when_it_is_back(
    app_in: Callable[..., Flask], world: World
) -> None:
    """Row U16 of the fault list."""
    follow(app_in(world), "sync")
    port = free_port()
    app = app_in(world, discogs_api_url=f"http://127.0.0.1:{port}")
    app.config["WTF_CSRF_ENABLED"] = False
    browser = app.test_client()
    release_id = db.session.scalars(select(Release.id)).first()
    db.session.remove()

    assert browser.get("/collection").status_code == 200
    assert browser.get(f"/releases/{release_id}").status_code == 200
    assert browser.get("/export").status_code == 200
    assert browser.get(f"/admin/releases/{release_id}/json").status_code == 200
    set_reading(False)
    curate.save("release", OWNER, release_id or 0, 1, '{"country": "Atlantis"}')
    assert "Atlantis" in browser.get(f"/releases/{release_id}").text
    run_id = runs.start(OWNER, "sync").id
    db.session.commit()
    wait_until(app, run_id, lambda run: run.state == "waiting")
    run = runs.get(OWNER, run_id)
    assert (run.state, run.message) == ("waiting", "Discogs could not be reached.")
    db.session.remove()
    with DiscogsStandIn(world.collector, port=port):
        assert follow(app, "sync").state == "done"


@pytest.mark.parametrize(
    "reply",
    [
        Reply(403),
        Reply(410),
        Reply(200, b'<svg xmlns="http://www.w3.org/2000/svg"/>', {"Content-Type": "image/svg+xml"}),
        Reply(200, giant_png(20_000), {"Content-Type": "image/png"}),
    ],
    ids=["refused", "gone", "a drawing", "of 400 million points"],
)
def test_a_picture_that_is_none_is_left_out_and_not_hammered(
    app_in: Callable[..., Flask], reply: Reply
) -> None:
    """Row U17 of the fault list."""
    with World(items=[item(1, 1_001, title="Blue Garden", picture=True)]) as world:
        app = app_in(world)
        follow(app, "sync")
        world.discogs.gallery.answer = lambda path: reply  # type: ignore[method-assign]
        run = follow(app, "enrich")
        follow(app, "enrich")
        follow(app, "enrich")

        assert run.state == "done"
        tries = 2 if reply.status in (403, 410) else 1
        assert world.discogs.calls("/images/") == tries
        assert world.discogs.calls("/releases/") == tries, "its record may tell where it is now"
        assert count(Release, Release.image_sha256.is_not(None)) == 0
        release_id = db.session.scalars(select(Release.id)).one()
        browser = app.test_client()
        for address in ("/collection", f"/releases/{release_id}"):
            (drawn,) = set(re.findall(r'src="(/sleeves/[^"]+)"', browser.get(address).text))
            assert browser.get(drawn).mimetype == "image/svg+xml"


def test_namesakes_wait_for_a_person_whose_answer_stays(app_in: Callable[..., Flask]) -> None:
    """Row U18 of the fault list."""
    ours = item(1, 1_001, title="Blue Garden", artist="Some Band", year=1971)
    with World(items=[ours]) as world:
        app = app_in(world)
        world.spotify.albums[:] = [
            ShopAlbum(5, "Blue Garden", ("Some Band Orchestra",), "2003", 3),
            ShopAlbum(6, "Blue Garden", ("Some Other Band",), "2011", 30),
        ]
        follow(app, "sync")
        follow(app, "enrich")
        offered = db.session.scalars(select(Link).where(Link.provider == "spotify")).all()
        assert offered
        assert {link.state for link in offered} == {"waiting"}

        set_reading(False)
        reviews.decide(OWNER, offered[0].id, "none")
        key = db.session.scalars(
            select(ProviderResult.key).where(ProviderResult.provider == "spotify")
        ).one()
        reopening.these("title", ("spotify",), (key,))
        db.session.commit()
        before = world.spotify.calls("/v1/search")
        follow(app, "enrich")

        assert world.spotify.calls("/v1/search") > before, "it was looked for again"
        links = db.session.scalars(select(Link).where(Link.provider == "spotify")).all()
        assert {link.state for link in links} == {"rejected"}


TWELVE = vinyl("1", '12"')  # which may be a single or an album
NAMESAKES = {
    "of another artist": (
        item(1, 1_001, title="Blue Garden", artist=[credit("Nova (3)", 31)], year=1971),
        [ShopAlbum(1, "Blue Garden", ("Nova",), "2019", 14)],
    ),
    "named after its artist": (
        item(2, 1_002, title="Mild Weather", artist=[credit("Mild Weather", 32)], year=1994),
        [ShopAlbum(2, "Mild Weather", ("Mild Weather",), "2009", 2)],
    ),
    "of many artists": (
        item(3, 1_003, title="Night Sounds", artist=[credit("Various", 194)], year=1991),
        [ShopAlbum(3, "Night Sounds", ("Various Artists",), "1991", 2)],
    ),
    "in another script": (
        item(4, 1_004, title="夜 の 歌", artist=[credit("坂本 (2)", 33)], year=1985),
        [ShopAlbum(4, "夜 の 海", ("坂本",), "1985", 2)],
    ),
    "twice the same title": (
        item(5, 1_005, title="Deep Water", artist="Nova", year=1973, formats=[TWELVE]),
        [
            ShopAlbum(5, "Deep Water", ("Nova",), "1973", 2),
            ShopAlbum(6, "Deep Water", ("Nova",), "1973", 2, kind="single"),
        ],
    ),
}


def test_what_only_bears_the_same_name_is_suggested_and_stands_on_no_page(
    app_in: Callable[..., Flask],
) -> None:
    """Row U18 of the fault list: evidence is needed, or a person."""
    sure = item(9, 1_009, title="Green Lawns", artist=[credit("Nova (3)", 31)], year=1972)
    with World(items=[sure, *(ours for ours, _offered in NAMESAKES.values())]) as world:
        app = app_in(world)
        right = ShopAlbum(9, "Green Lawns", ("Nova",), "1972", 2)
        others = [album for _ours, offered in NAMESAKES.values() for album in offered]
        world.spotify.albums[:] = [right, *others]
        follow(app, "sync")
        follow(app, "enrich")

        links = db.session.scalars(select(Link).where(Link.provider == "spotify")).all()
        states_of = {link.remote_id: link.state for link in links}
        assert states_of == {right.code: "accepted"} | {each.code: "waiting" for each in others}
        browser = app.test_client()
        for release_id, number in db.session.execute(select(Release.id, Release.discogs_id)).all():
            page = browser.get(f"/releases/{release_id}").text
            told = {code for code in states_of if code in page}
            assert told == ({right.code} if number == 1_009 else set())
        asked = browser.get("/admin/reviews").text
        assert {code for code in states_of if code in asked} == {each.code for each in others}
