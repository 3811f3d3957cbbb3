"""Adding one record: from Discogs over HTTP, or by hand."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.domain.filters import BrowseFilter
from app.errors import InvalidInputError, RateLimitedError
from app.extensions import db
from app.models import Copy, ProviderResult, Release
from app.queries import browse, details
from app.queries.release_record import records
from app.services import curate, one_record, runs, sync
from app.services.one_record import AlreadyOwnedError, Typed
from app.services.subjects import open_subject
from app.services.workplace import Workplace
from tests.listings import listed
from tests.standin.discogs import Collector, DiscogsStandIn, credit, item, label, release, vinyl

OWNER = 1


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    collector = Collector("collector", token="test-token")
    with DiscogsStandIn(collector) as stand_in:
        stand_in.releases[1234] = release(
            1234,
            title="Kind Of Blue",
            artist=[credit("Miles Davis", 23755)],
            labels=[label("Columbia", "CL 1355", 1866)],
            formats=[vinyl("1", "LP", "Album")],
            year=1959,
            country="US",
        )
        yield stand_in


@pytest.fixture
def workplace(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Iterator[Workplace]:
    app = make_app(**discogs.settings, discogs_token="test-token")
    with app.app_context():
        yield app.extensions["workplace"]
        db.session.remove()


def number_of_copies() -> int:
    return db.session.scalar(select(func.count()).select_from(Copy)) or 0


def test_a_release_comes_from_discogs_in_full_with_one_call(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    added = one_record.add_from_discogs(workplace, OWNER, "https://www.discogs.com/release/1234-x")

    page = details.release_page(OWNER, added.release_id)
    assert (page.release.title, page.release.year, page.release.country) == (
        "Kind Of Blue",
        1959,
        "US",
    )
    assert [track.title for side in page.sides for track in side.tracks] == ["Side A", "Side B"]
    assert page.release.facts_from == "details"
    assert page.release.detailed_at is not None
    assert [owned.copy.source for owned in page.copies] == ["hand"]
    assert len(discogs.requests) == 1


def test_the_answer_is_kept_as_evidence(workplace: Workplace) -> None:
    one_record.add_from_discogs(workplace, OWNER, "1234")

    kept = db.session.scalars(select(ProviderResult)).one()
    assert (kept.entity, kept.key, kept.provider, kept.state) == (
        "release",
        "1234",
        "discogs",
        "found",
    )
    assert json.loads(zlib.decompress(kept.payload or b""))["title"] == "Kind Of Blue"


def test_an_added_record_is_found_at_once(workplace: Workplace) -> None:
    one_record.add_from_discogs(workplace, OWNER, "1234", folder="New arrivals")

    found = browse.page(OWNER, BrowseFilter(q="cl1355 davis side")).rows
    assert [(row.title, row.folder) for row in found] == [("Kind Of Blue", "New arrivals")]


def test_a_record_already_owned_is_said_and_only_added_when_wanted(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    first = one_record.add_from_discogs(workplace, OWNER, "1234")

    with pytest.raises(AlreadyOwnedError, match="Kind Of Blue stands on your shelf already") as no:
        one_record.add_from_discogs(workplace, OWNER, "1234")
    again = one_record.add_from_discogs(workplace, OWNER, "1234", another=True)

    assert no.value.release_id == first.release_id == again.release_id
    assert number_of_copies() == 2
    assert len(discogs.requests) == 1


def test_details_do_not_overrule_an_edit(workplace: Workplace) -> None:
    release_id = listed(title="Kind Of Bleu")
    version = open_subject("release", OWNER, release_id).version
    curate.save("release", OWNER, release_id, version, '{"title": "Kind Of Blue (mono)"}')

    one_record.add_from_discogs(workplace, OWNER, "1234", another=True)

    release = db.session.get_one(Release, release_id)
    assert (release.title, release.facts_from) == ("Kind Of Blue (mono)", "details")
    assert open_subject("release", OWNER, release_id).shown["tracks"][0]["title"] == "Side A"


def test_a_release_discogs_does_not_have_is_refused(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    with pytest.raises(InvalidInputError, match="no release 999") as refusal:
        one_record.add_from_discogs(workplace, OWNER, "999")

    assert list(refusal.value.problems) == ["discogs"]
    assert number_of_copies() == 0


def test_nothing_is_kept_and_nobody_waits_when_discogs_is_busy(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    """U1: one try, for a person is waiting."""
    discogs.fail_next("/releases/", "rate_limited", times=3)

    with pytest.raises(RateLimitedError):
        one_record.add_from_discogs(workplace, OWNER, "1234")

    assert number_of_copies() == 0
    assert len(discogs.requests) == 1


def test_somebody_not_connected_may_add_public_releases(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = make_app(discogs_api_url=discogs.url, discogs_web_url=discogs.web_url)
    with app.app_context():
        one_record.add_from_discogs(app.extensions["workplace"], OWNER, "1234")

        assert number_of_copies() == 1


# --- by hand ---

WHITE_LABEL = Typed(
    artist="  Unknown   Dubber ",
    title="Untitled",
    label="White Label",
    catno="WL 1",
    year="1991",
    format='12", W/Lbl',
    genres=("Electronic",),
    styles="Dub, Minimal",
    country="UK",
    folder="Boxes",
    tracks="A1 Version 6:01\nB1 Dub",
    notes="Ann's",
)


def test_a_typed_record_stands_on_the_shelf_with_all_that_was_typed(each_database: Flask) -> None:
    added = one_record.add_by_hand(OWNER, WHITE_LABEL)

    page = details.release_page(OWNER, added.release_id)
    record = records(OWNER, [page.release.id])[page.release.id]
    assert (record.title, page.release.artist_text, record.year, record.country) == (
        "Untitled",
        "Unknown Dubber",
        1991,
        "UK",
    )
    assert [(one.name, one.catno) for one in record.labels] == [("White Label", "WL 1")]
    assert record.formats[0].descriptions == ('12"', "White Label")
    assert (record.genres, record.styles) == (("Electronic",), ("Dub", "Minimal"))
    assert [(one.position, one.title, one.duration) for one in record.tracks or ()] == [
        ("A1", "Version", "6:01"),
        ("B1", "Dub", ""),
    ]
    assert page.copies[0].copy.folder.name == "Boxes"
    assert page.release.discogs_id is None
    assert browse.page(OWNER, BrowseFilter(q="wl1 version ann")).total == 1


def test_artist_and_title_are_enough(each_database: Flask) -> None:
    one_record.add_by_hand(OWNER, Typed(artist="水", title="†"))

    assert browse.page(OWNER, BrowseFilter()).rows[0].title == "†"


@pytest.mark.parametrize("field", ["title", "label", "notes", "tracks", "folder"])
def test_what_would_be_read_otherwise_than_written_is_refused(app: Flask, field: str) -> None:
    typed = replace(Typed(artist="A", title="B"), **{field: "Blue \u202egnineve"})

    with pytest.raises(InvalidInputError) as refusal:
        one_record.add_by_hand(OWNER, typed)

    assert set(refusal.value.problems) == {field}


def test_each_wrong_field_is_named(app: Flask) -> None:
    typed = Typed(artist=" \u200b", title="", year="199x", country="x" * 201, notes="x" * 20_001)

    with pytest.raises(InvalidInputError) as refusal:
        one_record.add_by_hand(OWNER, typed)

    assert set(refusal.value.problems) == {"artist", "title", "year", "country", "notes"}
    assert number_of_copies() == 0


@pytest.mark.parametrize("year", ["0", "", " 1999 "])
def test_an_unknown_year_may_stay_open(app: Flask, year: str) -> None:
    one_record.add_by_hand(OWNER, Typed(artist="A", title="B", year=year))

    assert db.session.scalars(select(Release.year)).one() in (None, 1999)


@pytest.mark.parametrize("year", ["1849", "2101", "-5", "19.5", "٢٠٢٠", "9" * 400])
def test_a_year_that_cannot_be_is_refused(app: Flask, year: str) -> None:
    with pytest.raises(InvalidInputError) as refusal:
        one_record.add_by_hand(OWNER, Typed(artist="A", title="B", year=year))

    assert list(refusal.value.problems) == ["year"]


def test_the_same_record_typed_twice_is_noticed(each_database: Flask) -> None:
    first = one_record.add_by_hand(OWNER, WHITE_LABEL)

    with pytest.raises(AlreadyOwnedError):
        one_record.add_by_hand(OWNER, WHITE_LABEL)
    second = one_record.add_by_hand(OWNER, WHITE_LABEL, another=True)

    assert first.release_id == second.release_id
    assert number_of_copies() == 2


def test_a_sync_adopts_the_copy_added_by_number(
    workplace: Workplace, discogs: DiscogsStandIn
) -> None:
    one_record.add_from_discogs(workplace, OWNER, "1234")
    discogs.users[0].items.append(item(1, 1234, title="Kind Of Blue", artist="Miles Davis"))

    lease = runs.take(runs.start(OWNER, "sync").id)
    assert lease is not None
    sync.run_sync(workplace, lease, lambda: False)

    assert [
        (each.discogs_instance_id, each.source) for each in db.session.scalars(select(Copy))
    ] == [(1, "discogs")]
