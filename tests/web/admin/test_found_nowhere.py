"""Records no other service has a page of: the list, and the gap with its fix."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from app.extensions import db
from app.models import Link, Release, User
from app.queries import curation
from app.queries.curation import ReleaseFilter
from app.services import reviews, runs
from tests.listings import OWNER, listed
from tests.offers import failed, offered

GAP = "/admin/quality/link"
ALBUM = "https://open.spotify.com/album/1weenld61qoidwYuZ1GESA"


@pytest.fixture
def record(client: FlaskClient) -> int:
    """A record that was looked for in vain."""
    release_id = listed()
    failed("r1234", entity="title", provider="spotify", state="none")
    return release_id


def in_list(state: str) -> set[int]:
    return {row.id for row in curation.releases(OWNER, ReleaseFilter(state=state)).rows}


def test_the_list_has_what_no_accepted_page_is_known_of(each_database: Flask) -> None:
    found, work, pressing, lost = (listed(discogs_id=number) for number in (1, 2, 3, 4))
    release = db.session.get_one(Release, work)
    release.master_discogs_id = 77
    offered("r1", state="accepted")
    offered("m77", state="accepted", provider="musicbrainz", url="https://musicbrainz.org/x")
    offered("3", entity="release", state="accepted", provider="bandcamp")
    offered("r4", state="waiting")
    offered("r4", state="rejected", provider="apple_music")
    offered("r4", state="accepted", owner_id=other_person())

    assert in_list("unmatched") == {lost}
    assert in_list("no-spotify") == {work, pressing, lost}
    assert in_list("no-musicbrainz") == {found, pressing, lost}
    assert in_list("no-apple") == {found, work, pressing, lost}


def other_person() -> int:
    db.session.add(User(name="Ada"))
    db.session.commit()
    return db.session.scalars(select(func.max(User.id))).one()


def test_a_record_nobody_was_asked_about_has_no_such_gap(client: FlaskClient) -> None:
    listed()
    assert "None open" in client.get(GAP).text


def test_while_services_are_asked_the_page_says_that_the_number_goes_down(
    client: FlaskClient, record: int
) -> None:
    assert "goes down by itself" not in client.get("/admin/quality").text
    run = runs.start(OWNER, "enrich")

    page = client.get("/admin/quality").text

    assert "“Found nowhere else” goes down by itself" in page
    assert f'href="/jobs/{run.id}">See how far it is' in page


def test_the_address_of_a_page_fills_the_gap_and_is_taken_back(
    client: FlaskClient, record: int
) -> None:
    assert "1 open" in client.get(GAP).text

    said = client.post(f"{GAP}/{record}", data={"address": f"{ALBUM}?si=tracked"})

    page = client.get(said.location).text
    assert "None open" in page
    assert "Found." in page
    assert f'href="{ALBUM}"' in client.get(f"/releases/{record}").text
    done = re.search(r'name="done" value="(link-\d+)"', page)
    assert done
    client.post(f"{GAP}/undo", data={"done": done[1], "at": record})
    assert "1 open" in client.get(GAP).text
    assert ALBUM not in client.get(f"/releases/{record}").text
    assert db.session.scalar(select(func.count(Link.id))) == 0


def test_a_page_on_offer_is_taken_with_one_key(client: FlaskClient, record: int) -> None:
    first, second = offered(url=ALBUM, score=0.7), offered(provider="apple_music", score=0.6)
    page = client.get(GAP).text
    assert f'name="offer" value="{first}" formnovalidate data-number="1"' in page
    assert f'name="offer" value="{second}" formnovalidate data-number="2"' in page

    said = client.post(f"{GAP}/{record}", data={"offer": str(second)})

    assert "None open" in client.get(said.location).text
    client.post(f"{GAP}/undo", data={"done": f"link-{second}", "at": record})
    states = dict(db.session.execute(select(Link.id, Link.state)).all())
    assert states == {first: "waiting", second: "waiting"}


def test_a_page_named_after_it_was_rejected_counts(client: FlaskClient, record: int) -> None:
    other = offered(url="https://open.spotify.com/album/other")
    link = offered(url=ALBUM)
    reviews.decide(OWNER, link, "reject")

    client.post(f"{GAP}/{record}", data={"address": ALBUM})

    states = dict(db.session.execute(select(Link.id, Link.state)).all())
    assert states == {link: "accepted", other: "rejected"}


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("", "Paste the address"),
        ("Kind of Blue", "Paste the address of a page at MusicBrainz"),
        ("javascript:alert(1)", "Paste the address of a page at MusicBrainz"),
        ("https://evil.example/album/1", "Paste the address of a page at MusicBrainz"),
        ("https://www.discogs.com/master/5460", "its page at Discogs"),
        ("https://open.spotify.com/artist/0kbYTNQb4Pb1rPbbaF0pT4", "page of an artist"),
        ("https://musicbrainz.org/release/1", "Paste the address of a page at MusicBrainz"),
    ],
)
def test_what_is_no_page_of_a_record_comes_back_with_the_reason(
    client: FlaskClient, record: int, address: str, sentence: str
) -> None:
    said = client.post(f"{GAP}/{record}", data={"address": address})

    assert said.status_code == 422
    assert sentence in said.text
    assert db.session.scalar(select(func.count(Link.id))) == 0


def test_an_offer_for_another_record_is_not_taken(client: FlaskClient, record: int) -> None:
    other = offered("r99")

    assert client.post(f"{GAP}/{record}", data={"offer": str(other)}).status_code == 422
    assert db.session.get_one(Link, other).state == "waiting"
