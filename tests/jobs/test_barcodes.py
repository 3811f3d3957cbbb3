"""Titles found by the barcodes of their pressings, over real HTTP."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db, set_reading
from app.models import Link, Master, ProviderResult
from app.models.base import utcnow
from tests.jobs.enriching import clocked, follow
from tests.standin.discogs import item
from tests.standin.musicbrainz import Group
from tests.standin.shop_albums import ShopAlbum
from tests.standin.world import ARTIST, GROUP, RELEASE, World, mbid

# What the sleeve says, what catalogues keep.
SLEEVE, UPC = "0 77774 60012 5", "077774600125"
OTHER_SLEEVE, OTHER_EAN = "5 099902 987613", "5099902987613"
NOBODYS = "4 006381 333931"
# Known to no stand-in by its words.
STRANGER = "Blue Garden = 青い庭"
SHOPS = ("spotify", "apple_music")


def record(number: int, title: str, barcode: str = "", **more: Any) -> dict[str, Any]:
    """A copy of a release, which Discogs tells the barcode of; odd numbers only Discogs knows."""
    codes = [{"type": "Barcode", "value": barcode}] if barcode else []
    return item(number, number, title=title, artist="Some Band", identifiers=codes, **more)


@pytest.fixture
def enriched(app_in: Callable[..., Flask]) -> Callable[..., Flask]:
    """Syncs and enriches a world; keywords are settings."""

    def run(world: World, **settings: Any) -> Flask:
        app = app_in(world, **settings)
        follow(app, "sync")
        assert follow(app, "enrich").message is None
        return app

    return run


def links(provider: str) -> list[tuple[str, str, str]]:
    """Title, badge and state of each link to a provider."""
    rows = db.session.execute(
        select(Link.key, Link.badge, Link.state).where(Link.provider == provider).order_by(Link.key)
    )
    return [(row.key, row.badge, row.state) for row in rows]


def asked(world: World, provider: str) -> tuple[int, int]:
    """How many barcode calls, and how many searches by words, a shop has had."""
    targets = [each.target for each in world.services[provider].requests]
    by_barcode = [each for each in targets if "upc" in each]
    by_words = [each for each in targets if "search?" in each and each not in by_barcode]
    return len(by_barcode), len(by_words)


def sell(world: World, *albums: ShopAlbum) -> None:
    """Let the shops sell these and nothing else."""
    for shop in (world.spotify, world.apple_music, world.itunes):
        shop.albums[:] = albums


def test_a_barcode_settles_what_words_would_not(enriched: Callable[..., Flask]) -> None:
    with World(items=[record(1, STRANGER, SLEEVE), record(3, "Red Garden", OTHER_SLEEVE)]) as world:
        wrong = ShopAlbum(9, "Polka Party", ("Alpine Brass",), upc=OTHER_EAN)
        sell(world, ShopAlbum(7, "The Blue Garden", ("Some Band",), tracks=30, upc=UPC), wrong)
        enriched(world)

        for shop in SHOPS:
            (sure, *others) = links(shop)
            assert sure == ("r1", "exact", "accepted")
            assert all(state == "waiting" for _key, _badge, state in others), "confirmed by nothing"
        link = db.session.scalars(select(Link).where(Link.provider == "spotify")).first()
        assert link is not None
        assert link.evidence["barcode"] == "same: 0 077774 600125"
        assert asked(world, "spotify") == (2, 0), "what the shops sell under it is asked first"
        assert asked(world, "apple_music") == (1, 1), "and Apple is asked for many at once"


def test_words_follow_a_barcode_in_vain_only_while_calls_are_left(
    app_in: Callable[..., Flask],
) -> None:
    with World(items=[record(1, "Blue Garden", NOBODYS)]) as world:
        app = app_in(world)
        follow(app, "sync")
        follow(app, "enrich")
        assert (asked(world, "spotify"), asked(world, "apple_music")) == ((1, 0), (1, 0))
        follow(app, "enrich")
        assert (asked(world, "spotify"), asked(world, "apple_music")) == ((1, 0), (1, 0))
        _a_day_goes_by()
        follow(app, "enrich")

        assert (asked(world, "spotify"), asked(world, "apple_music")) == ((1, 1), (1, 1))
        assert links("spotify") == [("r1", "guess", "accepted")]


def _a_day_goes_by() -> None:
    set_reading(False)
    hours = timedelta(hours=25)
    db.session.execute(
        update(ProviderResult)
        .where(ProviderResult.provider.in_(SHOPS), ProviderResult.due_at < utcnow() + hours)
        .values(due_at=utcnow())
    )
    db.session.commit()


def test_titles_known_already_leave_their_calls_to_others(enriched: Callable[..., Flask]) -> None:
    known = [record(2 * n, f"Known {n}", master_id=50 + n) for n in range(1, 4)]
    with World(items=[*known, record(1, "Blue Garden", NOBODYS)]) as world:
        enriched(world)

        assert asked(world, "spotify") == (1, 1)
        assert ("r1", "guess", "accepted") in links("spotify")


def test_itunes_is_asked_by_barcode_where_apple_music_is_not_set_up(
    enriched: Callable[..., Flask],
) -> None:
    with World(items=[record(1, STRANGER, SLEEVE)]) as world:
        sell(world, ShopAlbum(7, "The Blue Garden", ("Some Band",), tracks=30, upc=UPC))
        enriched(world, apple_team_id="")

        assert [each.path for each in world.itunes.requests] == ["/lookup"]
        assert links("apple_music") == [("r1", "exact", "accepted")]


def test_musicbrainz_is_asked_by_barcode_for_what_no_address_leads_to(
    enriched: Callable[..., Flask],
) -> None:
    items = [
        record(1, "Blue Garden", SLEEVE, master_id=51),
        record(3, "Red Garden", OTHER_SLEEVE, master_id=53),
    ]
    with World(items=items) as world:
        band = ((mbid(ARTIST, 1), "Some Band"),)
        page = ("free streaming", f"https://open.spotify.com/album/{77:022d}")
        ours = Group(mbid(GROUP, 1), "Blue Garden", "1969-05", artists=band, links=[page])
        decoy = Group(mbid(GROUP, 2), "Polka Party", artists=((mbid(ARTIST, 2), "Alpine Brass"),))
        world.musicbrainz.add_group(ours, decoy)
        world.musicbrainz.barcodes |= {UPC: [decoy, ours], OTHER_EAN: [decoy]}
        enriched(world)

        asked_for = [each.target for each in world.musicbrainz.requests]
        assert sum("barcode" in target for target in asked_for) == 1
        assert ("m51", "derived", "accepted") in links("spotify")
        assert links("musicbrainz") == [("m51", "derived", "accepted")]
        link = db.session.scalars(select(Link).where(Link.provider == "musicbrainz")).first()
        assert link is not None
        assert "0 077774 600125" in link.evidence["barcode"]
        assert db.session.get_one(Master, 51).year == 1969
        assert db.session.get(Master, 53) is None or db.session.get_one(Master, 53).mbid is None


def test_a_pressing_tells_its_work_where_no_master_does(enriched: Callable[..., Flask]) -> None:
    with World(items=[record(1, "Blue Garden", SLEEVE), record(3, "Red", master_id=53)]) as world:
        band = ((mbid(ARTIST, 1), "Some Band"),)
        spotify = ("free streaming", f"https://open.spotify.com/album/{77:022d}")
        apple = ("purchase for download", "https://music.apple.com/gb/album/name/4711")
        for number, title in ((1, "Blue Garden"), (3, "Red")):
            group = Group(mbid(GROUP, number), title, "1969", artists=band, links=[spotify])
            world.musicbrainz.add_group(group)
            world.musicbrainz.page("release", number, mbid(RELEASE, number), title)
            world.musicbrainz.releases[mbid(RELEASE, number)] = (group.mbid, [apple])
        enriched(world)

        for shop in SHOPS:
            assert links(shop) == [("m53", "exact", "accepted"), ("r1", "exact", "accepted")]
            assert asked(world, shop) == (0, 0)
        assert db.session.get_one(Master, 53).year == 1969
        assert not any("barcode" in each.target for each in world.musicbrainz.requests)
        once = [each.target for each in world.musicbrainz.requests]
        assert len(once) == len(set(once))


def test_a_barcode_that_is_told_a_run_later_still_leads_to_its_work(
    app_in: Callable[..., Flask],
) -> None:
    with World(items=[record(1, "Blue Garden", SLEEVE)]) as world:
        band = ((mbid(ARTIST, 1), "Some Band"),)
        group = Group(mbid(GROUP, 7), "Blue Garden", "1969-05", artists=band)
        world.musicbrainz.add_group(group)
        world.musicbrainz.barcodes |= {UPC: [group]}
        app = app_in(world)
        follow(app, "sync")
        world.discogs.fail_next("/", "unauthorised", 99)
        follow(app, "enrich")
        early = links("musicbrainz")
        world.discogs.recover()

        follow(app, "enrich")

        assert early == []
        assert links("musicbrainz") == [("r1", "derived", "accepted")]


def test_the_last_barcodes_do_not_wait_for_the_very_last_details(
    app_in: Callable[..., Flask],
) -> None:
    titles = [record(number, f"Garden {number}", SLEEVE) for number in range(1, 40, 2)]
    with World(items=titles) as world:
        app = app_in(world)
        follow(app, "sync")
        world.discogs.delay = 0.8
        details, looked_up = clocked(world.discogs), clocked(world.musicbrainz)
        follow(app, "enrich")

        assert len(details) == len(titles)
        by_barcode = [
            moment
            for moment, request in zip(looked_up, world.musicbrainz.requests, strict=True)
            if "barcode" in request.target
        ]
        assert by_barcode[0] < max(details)


def test_a_record_refreshed_since_has_its_barcode_not_asked_for_again(
    app_in: Callable[..., Flask],
) -> None:
    with World(items=[record(1, "Blue Garden", NOBODYS)]) as world:
        app = app_in(world)
        follow(app, "sync")
        follow(app, "enrich")
        told = update(ProviderResult).where(ProviderResult.provider == "discogs")
        db.session.execute(told.values(fetched_at=utcnow()))
        db.session.commit()

        follow(app, "enrich")

        by_barcode = [each for each in world.musicbrainz.requests if "barcode" in each.target]
        assert len(by_barcode) == 1
