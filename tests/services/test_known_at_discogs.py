"""A record typed by hand that turns out to be known at Discogs."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Copy, Release
from app.services import curate, one_record
from app.services.one_record import Typed
from app.services.subjects import open_subject
from tests.listings import OWNER, listed
from tests.standin.discogs import Collector, DiscogsStandIn, release


@pytest.fixture
def visitor(make_app: Callable[..., Flask]) -> Iterator[FlaskClient]:
    """Somebody whose Discogs knows release 1234."""
    with DiscogsStandIn(Collector("collector", token="test-token")) as discogs:
        discogs.releases[1234] = release(1234, title="Known Title", artist="Us", year=1999)
        app = make_app(
            discogs_api_url=discogs.url, discogs_web_url=discogs.web_url, discogs_token="test-token"
        )
        app.config["WTF_CSRF_ENABLED"] = False
        with app.app_context():
            yield app.test_client()
            db.session.remove()


@pytest.fixture
def by_hand(visitor: FlaskClient) -> int:
    """A record typed in, whose country was corrected since."""
    added = one_record.add_by_hand(OWNER, Typed(artist="Us", title="Typed Title"))
    version = open_subject("release", OWNER, added.release_id).version
    curate.save("release", OWNER, added.release_id, version, '{"country": "Narnia"}')
    return added.release_id


def shown(release_id: int) -> tuple[str, int | None, str | None]:
    document = open_subject("release", OWNER, release_id).shown
    return document["title"], document["year"], document["country"]


def test_discogs_facts_lie_beneath_what_was_corrected(visitor: FlaskClient, by_hand: int) -> None:
    assert f'href="/releases/{by_hand}/connect"' in visitor.get(f"/releases/{by_hand}").text

    visitor.post(f"/releases/{by_hand}/connect", data={"discogs": "1234"})

    assert shown(by_hand) == ("Known Title", 1999, "Narnia")
    assert visitor.get("/discogs/release/1234").location == f"/releases/{by_hand}"
    assert "Known Title" in visitor.get("/collection").text
    assert "/connect" not in visitor.get(f"/releases/{by_hand}").text


def test_what_is_here_already_is_shown_first_and_then_joined(
    visitor: FlaskClient, by_hand: int
) -> None:
    other = listed(discogs_id=1234, title="Known Title")
    asked = visitor.post(f"/releases/{by_hand}/connect", data={"discogs": "1234"})
    assert asked.status_code == 409
    assert f'href="/releases/{other}"' in asked.text
    assert shown(by_hand)[0] == "Typed Title"

    joined = visitor.post(f"/releases/{by_hand}/connect", data={"discogs": "1234", "join": "1"})

    assert joined.location == f"/releases/{other}"
    assert shown(other) == ("Known Title", 1999, "Narnia")
    assert db.session.scalars(select(Copy.release_id)).all() == [other, other]
    assert db.session.get(Release, by_hand) is None


@pytest.mark.parametrize("written", ["", "x", "77", "0", "9" * 30])
def test_what_discogs_does_not_have_changes_nothing(
    visitor: FlaskClient, by_hand: int, written: str
) -> None:
    refused = visitor.post(f"/releases/{by_hand}/connect", data={"discogs": written})

    assert (refused.status_code, "field-error" in refused.text) == (422, True)
    assert shown(by_hand)[0] == "Typed Title"
    assert visitor.post("/releases/99/connect", data={"discogs": "1234"}).status_code == 404
