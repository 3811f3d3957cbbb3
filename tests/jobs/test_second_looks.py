"""What a service tells late still leads to a cover, an article or a work, in the same run."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import String, cast, select, update

from app.extensions import db, set_reading
from app.models import Link, Picture, ProviderResult, Release
from app.models.base import utcnow
from app.services import reviews, skips
from app.services.enrich import second_looks
from app.services.enrich.cover_steps import ArchiveCovers
from tests.jobs.enriching import OWNER, RELEASES, count, follow, states
from tests.standin.world import World

# Neither Discogs nor the archive has a picture of the fifth.
BARE = 1005


@pytest.fixture
def itunes_app(
    make_app: Callable[..., Flask], world: World, tmp_path: Path
) -> Iterator[Callable[[], Flask]]:
    """The synced shelf beside a world whose Apple shop is iTunes."""
    app = make_app(**world.settings(tmp_path, apple=False))
    with app.app_context():
        follow(app, "sync")
        yield lambda: app
        db.session.remove()


def sources() -> dict[int, str]:
    """Where the picture comes from that each release shows."""
    rows = db.session.execute(
        select(Release.discogs_id, Picture.source)
        .join(Picture, Picture.image_sha256 == Release.image_sha256)
        .where(
            (Picture.release_key == cast(Release.discogs_id, String))
            | (Picture.release_key == "r" + cast(Release.discogs_id, String))
            | (Picture.release_key == "m" + cast(Release.master_discogs_id, String))
        )
    )
    return {row.discogs_id: row.source for row in rows}


def sleeves(world: World) -> Counter[str]:
    """How often each picture of the shop was fetched."""
    return Counter(
        request.path for request in world.archive.requests if request.path.startswith("/music/")
    )


def test_a_record_without_another_cover_waits_for_the_shops(
    itunes_app: Callable[[], Flask], world: World
) -> None:
    world.itunes.delay = 0.3

    assert follow(itunes_app(), "enrich").message is None

    assert sources()[BARE] == "itunes"
    assert list(sleeves(world).items()) == [(f"/music/{BARE}/source/600x600bb.jpg", 1)]
    assert states("images", "release") == {"found": 6}


@pytest.mark.usefixtures("_hurry")
def test_a_shop_that_answers_only_the_next_run_still_gives_its_cover(
    itunes_app: Callable[[], Flask], world: World
) -> None:
    app = itunes_app()
    world.itunes.fail_next("/", "half_json", 99)
    follow(app, "enrich")
    without = BARE not in sources()
    world.itunes.recover()
    _retry("itunes")

    follow(app, "enrich")

    assert without
    assert sources()[BARE] == "itunes"


def _retry(provider: str) -> None:
    db.session.execute(
        update(ProviderResult)
        .where(ProviderResult.provider == provider, ProviderResult.state == "failed")
        .values(due_at=utcnow())
    )
    db.session.commit()


@pytest.mark.parametrize("service", ["musicbrainz", "discogs"])
def test_a_service_that_refuses_the_first_run_leads_to_all_covers_in_the_next(
    app_in: Callable[..., Flask], world: World, service: str
) -> None:
    """A shelf from a file: where the pictures lie at Discogs is told by the details only."""
    app = app_in(world)
    follow(app, "sync")
    db.session.execute(update(Release).values(cover_url=None))
    db.session.commit()
    world.services[service].fail_next("/", "unauthorised", 99)
    follow(app, "enrich")
    early = sources()
    world.services[service].recover()

    follow(app, "enrich")

    of_discogs = dict.fromkeys((1001, 1002, 1003, 1006), "discogs")
    assert sources() == {**of_discogs, 1004: "coverart"}
    assert early != sources()


@pytest.mark.usefixtures("_hurry")
def test_a_work_musicbrainz_could_not_look_up_at_first_still_gives_its_links(
    app_in: Callable[..., Flask], world: World
) -> None:
    app = app_in(world)
    follow(app, "sync")
    world.musicbrainz.fail_next("/ws/2/url", "half_json", 99)
    follow(app, "enrich", {"only": "musicbrainz"})
    to_listen = Link.entity == "title", Link.provider == "spotify"
    without = count(Link, *to_listen)
    world.musicbrainz.recover()
    _retry("musicbrainz")

    follow(app, "enrich", {"only": "musicbrainz"})

    assert (without, count(Link, *to_listen)) == (0, 1)


def test_links_doubted_without_details_are_looked_for_again_once_these_are_there(
    app_in: Callable[..., Flask], world: World
) -> None:
    """But not what a person has answered meanwhile."""
    app = app_in(world)
    follow(app, "sync")
    world.discogs.fail_next("/releases/", "unauthorised", 99)
    follow(app, "enrich")
    doubted, questions = states("spotify", "title")["doubtful"], open_questions("spotify")
    set_reading(False)
    reviews.decide(OWNER, min(questions), "none")
    asked = world.spotify.calls("/v1/search")
    world.discogs.recover()

    follow(app, "enrich")

    assert doubted == len(set(questions.values())) > 1
    assert states("spotify", "title") == Counter(found=RELEASES - 1, doubtful=1)
    assert states("apple_music", "title") == Counter(found=RELEASES)
    assert open_questions("spotify") == open_questions("apple_music") == {}
    assert world.spotify.calls("/v1/search") == asked + doubted - 1

    follow(app, "enrich")
    assert world.spotify.calls("/v1/search") == asked + doubted - 1, "and no third time"


def open_questions(provider: str) -> dict[int, str]:
    """The offers of a provider that wait for a person, each with the title it is about."""
    waiting = select(Link).where(Link.provider == provider, Link.state == "waiting")
    return {link.id: link.key for link in db.session.scalars(waiting)}


@pytest.fixture
def looked_too_early(app_in: Callable[..., Flask], world: World) -> Callable[[datetime], int]:
    """How many covers get a second look if MusicBrainz told of the bare record at this moment."""
    app = app_in(world)
    follow(app, "sync")
    follow(app, "enrich")
    steps = [ArchiveCovers(OWNER, app.extensions["workplace"])]

    def take(found_at: datetime) -> int:
        identity = (ProviderResult.provider == "musicbrainz", ProviderResult.entity == "release")
        row = update(ProviderResult).where(*identity, ProviderResult.key == str(BARE))
        db.session.execute(row.values(state="found", fetched_at=found_at))
        return second_looks.take(OWNER, steps)

    return take


def test_what_was_found_in_the_future_by_a_wrong_clock_gives_no_look_after_another(
    looked_too_early: Callable[[datetime], int],
) -> None:
    """Row U11 of the fault list: a run that looked once more each time would never end."""
    assert looked_too_early(utcnow() + timedelta(days=1)) == 0
    assert looked_too_early(utcnow()) == 1


def test_what_is_left_alone_gets_no_second_look_and_the_run_ends(
    looked_too_early: Callable[[datetime], int],
) -> None:
    bare = db.session.scalars(select(Release.id).where(Release.discogs_id == BARE)).one()
    skips.leave_release_alone(OWNER, bare, "coverart", "")

    assert looked_too_early(utcnow()) == 0
