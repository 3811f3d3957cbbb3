"""The pages of the collection, as a browser without script sees them."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Artist, Copy, Label, Release
from app.models.release import Credit, Track
from tests.shelves import put_on_shelf

HOSTILE = "<script>alert(1)</script>"


def id_of(title: str) -> int:
    return db.session.scalars(select(Release.id).where(Release.title == title)).one()


def test_the_wall_shows_every_record_with_its_sleeve(client: FlaskClient) -> None:
    put_on_shelf({"Title": "Kind Of Blue", "Artist": "Miles Davis"}, {"Title": "Chet"})

    page = client.get("/collection").text

    assert "Kind Of Blue" in page
    assert "Miles Davis" in page
    sleeves = re.findall(r'src="(/sleeves/[^"]+\.svg)"', page)
    assert len(sleeves) == 2
    picture = client.get(sleeves[0])
    assert picture.mimetype == "image/svg+xml"
    assert "immutable" in picture.headers["Cache-Control"]
    assert ElementTree.fromstring(picture.data).tag.endswith("svg")


def test_the_table_shows_the_same_records(client: FlaskClient) -> None:
    put_on_shelf({"Title": "Kind Of Blue", "Catalog#": "CL 1355"})

    page = client.get("/collection?view=table").text

    assert "<table" in page
    assert "CL 1355" in page


def test_an_empty_shelf_leads_to_the_import(client: FlaskClient) -> None:
    page = client.get("/collection")

    assert page.status_code == 200
    assert 'href="/import"' in page.text


def test_an_empty_filter_says_what_to_take_away(client: FlaskClient) -> None:
    put_on_shelf({"Title": "Kind Of Blue"})

    page = client.get("/collection?genre=Polka&year_from=1990").text

    assert "Genre: Polka" in page
    assert 'href="/collection?year_from=1990"' in page


@pytest.mark.parametrize(
    "path",
    [
        "/collection?q=%00%ff%22",
        "/collection?page=99999999999999999999",
        "/collection?decade=abc&decade=19999",
        "/collection?sort=;drop&view=<x>",
        "/collection?q=" + "a+" * 3000,
        "/collection?added_from=0000-00-00",
        "/collection?" + "&".join(f"genre=g{n}" for n in range(400)),
    ],
)
def test_nonsense_in_the_address_is_no_fault(client: FlaskClient, path: str) -> None:
    put_on_shelf({"Title": "Kind Of Blue"})

    assert client.get(path).status_code == 200


def test_a_release_page_shows_the_record_and_the_copy(client: FlaskClient) -> None:
    put_on_shelf(
        {
            "Title": "Kind Of Blue",
            "Artist": "Miles Davis (2)",
            "Label": "Columbia",
            "Catalog#": "CL 1355",
            "Released": "1959",
            "CollectionFolder": "Jazz room",
            "Collection Media Condition": "Very Good Plus (VG+)",
            "Collection Notes": "from the flea market",
        }
    )

    page = client.get(f"/releases/{id_of('Kind Of Blue')}").text

    for fact in ("Miles Davis", "Columbia", "CL 1355", "1959", "Jazz room", "(VG+)", "flea market"):
        assert fact in page
    assert "Miles Davis (2)" not in page
    assert "https://www.discogs.com/release/1001" in page
    assert "Data provided by Discogs" in page


def test_tracks_stand_by_side_with_their_times(client: FlaskClient) -> None:
    put_on_shelf({"Title": "Kind Of Blue"})
    release_id = id_of("Kind Of Blue")
    lines = [
        ("A1", "So What", "9:22"),
        ("A2", "Freddie Freeloader", "9:46"),
        ("B1", "Blue", "5:00"),
    ]
    for position, (number, title, duration) in enumerate(lines):
        track = Track(release_id=release_id, position=position, title=title)
        track.number, track.duration = number, duration
        db.session.add(track)
    db.session.commit()

    page = client.get(f"/releases/{release_id}").text

    assert "Side A" in page
    assert "19:08" in page, "the length of side A"
    assert "24:08" in page, "the length of the record"


def test_text_from_outside_is_never_markup(client: FlaskClient) -> None:
    """Row W1 of the fault list."""
    put_on_shelf(
        {
            "Title": HOSTILE,
            "Artist": HOSTILE,
            "Label": HOSTILE,
            "Catalog#": HOSTILE,
            "CollectionFolder": HOSTILE,
            "Collection Notes": HOSTILE,
        }
    )
    release = db.session.scalars(select(Release)).one()
    release.notes = "[url=javascript:alert(1)]click[/url] [a=Miles Davis] [b]x[/b]"
    release.further_pictures = ["javascript:alert(1)", 'https://i.x/"><script>alert(1)</script>']
    db.session.commit()
    label_id = db.session.scalars(select(Label.id)).first()

    for path in (
        "/collection",
        "/collection?view=table",
        f"/releases/{release.id}",
        f"/artists/{release.artist_id}",
        f"/labels/{label_id}",
        f"/sleeves/{release.id}-1.svg",
        f"/collection?q={HOSTILE}&folder={HOSTILE}",
    ):
        page = client.get(path)
        assert page.status_code == 200
        assert "<script>alert" not in page.text
        assert 'href="javascript:' not in page.text


def test_further_pictures_are_linked_at_discogs(client: FlaskClient) -> None:
    put_on_shelf({"Title": "A"})
    release = db.session.scalars(select(Release)).one()
    release.further_pictures = ["https://i.discogs.com/back", "https://i.discogs.com/inner"]
    db.session.commit()

    page = client.get(f"/releases/{release.id}").text

    assert 'href="https://i.discogs.com/back" rel="external noreferrer"' in page
    assert page.count("https://i.discogs.com/") == 2


def test_previous_and_next_stay_within_the_filter(client: FlaskClient) -> None:
    put_on_shelf(
        {"Title": "A", "Format": "CD"},
        {"Title": "B", "Format": "LP"},
        {"Title": "C", "Format": "CD"},
        {"Title": "D", "Format": "CD"},
    )

    page = client.get(f"/releases/{id_of('C')}?format=CD&sort=title").text

    assert f'href="/releases/{id_of("A")}?format=CD&amp;sort=title" rel="prev"' in page
    assert f'href="/releases/{id_of("D")}?format=CD&amp;sort=title" rel="next"' in page


def test_an_artist_page_separates_own_records_from_credits(client: FlaskClient) -> None:
    put_on_shelf(
        {"Title": "Leader", "Artist": "Bill Evans"}, {"Title": "Sideman", "Artist": "Miles Davis"}
    )
    artist_id = db.session.scalars(select(Artist.id).where(Artist.name == "Bill Evans")).one()
    credit = Credit(release_id=id_of("Sideman"), position=1, artist_id=artist_id, role="Piano")
    db.session.add(credit)
    db.session.commit()

    page = client.get(f"/artists/{artist_id}").text

    own, _heading, credited = page.partition("Also credited on")
    assert "Leader" in own
    assert "Sideman" not in own
    assert "Sideman" in credited
    assert "Piano" in credited


def test_a_discogs_number_leads_to_our_page(client: FlaskClient) -> None:
    put_on_shelf({"Title": "Kind Of Blue", "release_id": 249504})

    answer = client.get("/discogs/release/249504")

    assert (answer.status_code, answer.location) == (302, f"/releases/{id_of('Kind Of Blue')}")


@pytest.mark.parametrize(
    "path",
    [
        "/releases/4711",
        "/artists/4711",
        "/labels/4711",
        "/sleeves/4711-1.svg",
        "/discogs/release/4711",
        "/releases/99999999999999999999",
        "/releases/0",
        "/releases/-1",
        "/releases/abc",
    ],
)
def test_what_is_not_there_is_not_found(each_client: FlaskClient, path: str) -> None:
    """Row E11 of the fault list."""
    page = each_client.get(path)

    assert page.status_code == 404
    assert 'href="/' in page.text


def test_a_record_put_away_keeps_its_page(client: FlaskClient) -> None:
    put_on_shelf({"Title": "Unloved"})
    copy_id = db.session.scalars(select(Copy.id)).one()

    client.post(f"/copies/{copy_id}/remove")

    assert "Unloved" not in client.get("/collection").text
    page = client.get(f"/releases/{id_of('Unloved')}")
    assert f'action="/copies/{copy_id}/restore"' in page.text
