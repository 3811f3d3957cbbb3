"""What Discogs is asked only when somebody wants it: profiles of artists, and original years."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.extensions import db, set_reading
from app.models import Artist, CallSlot, Edit, Master, ProviderResult
from tests.shelves import OWNER, put_on_shelf
from tests.standin.discogs import Collector, DiscogsStandIn, credit, item

MILES, VARIOUS, MASTER = 23755, 194, 77
PROFILE = "Trumpeter, see [a=John Coltrane]."


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    """A Discogs that knows one record in full, its artist and its work."""
    there = item(1, 1001, title="Kind Of Blue", master_id=MASTER, artist=[credit("Miles", MILES)])
    with DiscogsStandIn(Collector("collector", token="test-token", items=[there])) as discogs:
        discogs.artists[MILES] = {"id": MILES, "name": "Miles", "profile": PROFILE}
        discogs.masters[MASTER] = {"id": MASTER, "title": "Kind Of Blue", "year": 1959}
        yield discogs


@pytest.fixture
def house(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Iterator[Flask]:
    """A Gatefold that has the record, looked up once."""
    house = make_app(discogs_api_url=discogs.url, discogs_web_url=discogs.web_url)
    house.config["WTF_CSRF_ENABLED"] = False
    with house.app_context():
        set_reading(False)
        put_on_shelf({"Title": "Kind Of Blue"})
        house.test_client().post("/releases/1/refresh")
        yield house
        db.session.remove()


@pytest.fixture
def visitor(house: Flask) -> FlaskClient:
    """A browser there."""
    return house.test_client()


def artist() -> Artist:
    """The artist of the record."""
    db.session.expire_all()
    return db.session.scalars(select(Artist).where(Artist.discogs_id == MILES)).one()


def test_looking_a_record_up_tells_the_original_year_where_nobody_better_did(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    assert discogs.calls("/masters/") == 1
    master = db.session.get_one(Master, MASTER)
    assert (master.year, master.year_from) == (1959, "discogs")
    assert "1959" in visitor.get("/releases/1").text

    set_reading(False)
    master.year, master.year_from = 1960, "musicbrainz"
    db.session.commit()
    visitor.post("/releases/1/refresh")

    db.session.expire_all()
    assert db.session.get_one(Master, MASTER).year == 1960
    assert discogs.calls("/masters/") == 1, "and it costs no call"


def test_a_year_that_cannot_be_had_spoils_nothing(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    discogs.fail_next("/masters/", "server_error", 1)

    page = visitor.post("/releases/1/refresh", follow_redirects=True).text

    assert "Looked up again" in page
    db.session.expire_all()
    assert db.session.get_one(Master, MASTER).year == 1959


def test_the_year_is_hardly_waited_for_where_all_calls_are_used_up(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    """Row U24 of the fault list: the next call becomes free in five seconds."""
    db.session.execute(delete(CallSlot))
    db.session.add_all(CallSlot(provider="discogs", at=time.time() - 55) for _ in range(24))
    db.session.commit()

    page = visitor.post("/releases/1/refresh", follow_redirects=True).text

    assert "Looked up again" in page
    assert discogs.calls("/releases/") == 2
    assert discogs.calls("/masters/") == 1, "only of the first time"


def test_the_year_is_asked_for_however_often_people_look_up_records_and_no_job_runs(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    """Row U24 of the fault list: the last of the first calls of a window would be kept apart."""
    for _ in range(4):
        visitor.post("/releases/1/refresh")
    db.session.add_all(CallSlot(provider="discogs", at=time.time() - 3) for _ in range(11))
    db.session.commit()

    visitor.post("/releases/1/refresh")

    assert discogs.calls("/releases/") == 6
    assert discogs.calls("/masters/") == 6


def test_a_profile_is_asked_for_on_demand_and_shown_as_discogs(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    assert discogs.calls("/artists/") == 0
    address = f"/artists/{artist().id}"
    assert "Look up profile" in visitor.get(address).text

    page = visitor.post(f"{address}/refresh", follow_redirects=True).text

    assert "Profile looked up at Discogs" in page
    assert "Trumpeter, see John Coltrane." in page
    assert 'From <a href="' in page
    assert discogs.calls("/artists/") == 1
    kept = select(ProviderResult).where(ProviderResult.entity == "artist")
    assert [(row.provider, row.state) for row in db.session.scalars(kept)] == [("discogs", "found")]


def test_a_profile_in_ones_own_words_stays_and_the_new_one_waits_below(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    address = f"/artists/{artist().id}"
    set_reading(False)
    db.session.add(
        Edit(
            owner_id=OWNER,
            batch="1",
            entity="artist",
            entity_id=artist().id,
            field="profile",
            upstream=None,
            before=None,
            after="Mine.",
        )
    )
    artist().profile = "Mine."
    db.session.commit()

    page = visitor.post(f"{address}/refresh", follow_redirects=True).text

    assert "Mine." in page
    assert "Trumpeter" not in page
    edit = db.session.scalars(select(Edit)).one()
    assert edit.upstream == PROFILE


def test_an_artist_discogs_has_no_more_stays_as_it_is(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    discogs.artists.clear()

    page = visitor.post(f"/artists/{artist().id}/refresh", follow_redirects=True).text

    assert "Discogs has this artist no more" in page


def test_nobody_looks_up_various_or_a_strangers_artist(
    visitor: FlaskClient, discogs: DiscogsStandIn
) -> None:
    set_reading(False)
    various = Artist(owner_id=OWNER, discogs_id=VARIOUS, name="Various", sort_key="various")
    db.session.add(various)
    db.session.commit()
    address = f"/artists/{various.id}"

    assert "Look up profile" not in visitor.get(address).text
    assert visitor.post(f"{address}/refresh").status_code == 409
    assert visitor.post("/artists/9999/refresh").status_code == 404
    assert discogs.calls("/artists/") == 0
