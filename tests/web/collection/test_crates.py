from __future__ import annotations

from urllib.parse import unquote

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Copy, OwnTag
from app.services import copies, crates, own_tags, picks
from tests.csv_shelf import OWNER, row, shelve, shelve_many

HOSTILE = '<script>alert("1")</script>'


def test_a_crate_is_made_filled_from_the_picks_and_shown_on_the_wall(client: FlaskClient) -> None:
    one, two, _three = shelve_many(3)
    picks.pick(OWNER, [one, two])
    assert 'href="/crates/fill"' in client.get("/collection").text
    assert "2 records picked" in client.get("/crates/fill").text

    filled = client.post("/crates/fill", data={"crate": "Tonight"}, follow_redirects=True)

    assert "Put in: 2 records." in filled.text
    index = client.get("/crates").text
    assert "/collection?crate=Tonight&amp;sort=crate" in index
    assert index.count("<img") == 2
    wall = client.get("/collection?crate=Tonight&sort=crate").text
    assert "<h1><bdi>Tonight</bdi></h1>" in wall
    assert wall.count('class="tile"') == 2


def test_a_filter_goes_into_a_crate_or_gets_tags(client: FlaskClient) -> None:
    shelve(row(1, Title="Kind Of Blue"), row(2, Title="Nevermind"))
    page = client.get("/collection?q=blue").text
    assert "/crates/fill?query=q%3Dblue" in page
    query = {"query": "q=blue"}

    client.post("/crates/fill", data={**query, "crate": "Cool"})
    tagged = client.post("/crates/fill", data={**query, "tags": "loud, late"})

    assert unquote(tagged.location) == "/collection?tag=loud"
    for address in (tagged.location, "/collection?crate=Cool", "/collection?q=tag:late"):
        found = client.get(address).text
        assert "Kind Of Blue" in found
        assert "Nevermind" not in found


def test_what_a_filter_put_in_a_crate_or_tagged_is_taken_back_by_the_same_filter(
    client: FlaskClient,
) -> None:
    shelve(row(1, Title="Kind Of Blue"), row(2, Title="Blue"), row(3, Title="Nevermind"))
    blue, all_of_them = {"query": "q=blue"}, {"query": ""}
    client.post("/crates/fill", data={**all_of_them, "crate": "Cool"})
    client.post("/crates/fill", data={**all_of_them, "tags": "loud, late"})

    out = client.post("/crates/fill", data={**blue, "crate": "cool", "act": "out"})
    assert "Taken out: 2 records." in client.get(out.location).text
    off = client.post("/crates/fill", data={**blue, "tags": "LOUD", "act": "out"})
    assert "Off 2 records: loud." in client.get(off.location).text

    for address, there in (("crate=Cool", False), ("tag=loud", False), ("tag=late", True)):
        found = client.get(f"/collection?{address}").text
        assert "Nevermind" in found
        assert ("Kind Of Blue" in found) is there
    for odd in ({"crate": "Warm"}, {"crate": ""}, {"tags": "quiet"}, {"tags": ""}):
        assert client.post("/crates/fill", data={**blue, **odd, "act": "out"}).status_code == 422


def test_a_release_page_puts_its_copy_into_a_crate_and_under_a_tag(client: FlaskClient) -> None:
    (copy_id,) = shelve_many(1)
    page = f"/releases/{db.session.scalar(select(Copy.release_id))}"
    back = {"back": page}

    client.post(f"/copies/{copy_id}/tag", data={"tags": HOSTILE, **back})
    put_in = client.post(f"/copies/{copy_id}/crate", data={"crate": "Tonight", **back})

    assert put_in.location == page
    shown = client.get(page).text
    assert "<script>alert" not in shown
    assert "&lt;script&gt;alert(1)" in shown
    assert 'aria-label="Take it out of Tonight"' in shown
    assert '<option value="Tonight">' in shown
    client.post("/crates/1/take-out", data={"copy": copy_id, **back})
    client.post(f"/copies/{copy_id}/untag", data={"tag": "1", **back})
    assert "Take it out of Tonight" not in client.get(page).text
    assert "chip-pair" not in client.get(page).text


def test_a_copy_that_was_put_away_meanwhile_is_not_said_to_be_tagged_or_packed(
    client: FlaskClient,
) -> None:
    (copy_id,) = shelve_many(1)
    copies.remove_copy(OWNER, copy_id)

    for act, words in (("tag", {"tags": "mellow"}), ("crate", {"crate": "Tonight"})):
        answer = client.post(f"/copies/{copy_id}/{act}", data=words)

        assert answer.status_code == 404
        assert "not stand on your shelf any more" in answer.text
    page = client.get("/crates").text
    assert "No crate packed yet" in page
    assert "mellow" not in page


def test_a_deleted_crate_is_brought_back_by_one_button(client: FlaskClient) -> None:
    crate = crates.make(OWNER, HOSTILE, copy_ids=shelve_many(2))

    gone = client.post(f"/crates/{crate}/delete", follow_redirects=True).text

    assert f'action="/crates/{crate}/restore"' in gone
    assert "<script>alert" not in gone
    assert client.get(f"/crates/{crate}").status_code == 404
    client.post(f"/crates/{crate}/restore")
    assert "2 records" in client.get(f"/crates/{crate}").text


def test_a_crate_is_packed_with_buttons_alone(client: FlaskClient) -> None:
    one, two = shelve_many(2)
    crate = crates.make(OWNER, "Tonight", copy_ids=[one, two])
    here = f"/crates/{crate}?page=1#copy-{two}"

    moved = client.post(f"/crates/{crate}/move", data={"copy": two, "to": "up", "back": here})

    assert (moved.status_code, moved.location) == (303, here)
    assert crates.on_shelf(OWNER, crate) == [two, one]
    client.post(f"/crates/{crate}/move", data={"copy": two, "other": one, "side": "after"})
    assert crates.on_shelf(OWNER, crate) == [one, two]


def test_a_crate_gets_another_name_and_a_name_that_is_taken_is_refused(
    client: FlaskClient,
) -> None:
    crate = crates.make(OWNER, "Tonight")
    crates.make(OWNER, "Other")

    refused = client.post(f"/crates/{crate}/change", data={"name": "other", "note": ""})

    assert refused.status_code == 422
    assert "There is a crate called “Other” already." in refused.text
    client.post(f"/crates/{crate}/change", data={"name": "Tomorrow", "note": "quiet"})
    assert "quiet" in client.get(f"/crates/{crate}").text


def test_a_tag_is_renamed_and_deleted_on_the_page_of_all_tags(client: FlaskClient) -> None:
    copies = shelve_many(2)
    own_tags.tag(OWNER, copies, "to clean")
    menu = client.get("/collection").text
    assert 'href="/crates#tags"' in menu
    assert 'href="/folders"' in menu
    tag = db.session.scalars(select(OwnTag.id)).one()

    page = client.post(f"/tags/{tag}/rename", data={"name": HOSTILE}, follow_redirects=True).text
    assert "&lt;script&gt;" in page
    assert "<script>alert" not in page
    assert f"/tags/{tag}/delete" in page
    assert client.post(f"/tags/{tag}/rename", data={"name": "a, b"}).status_code == 422

    page = client.post(f"/tags/{tag}/delete", follow_redirects=True).text
    assert "is off every record" in page
    assert "Your tags" not in page
    assert client.post(f"/tags/{tag}/delete").status_code == 404


def test_pages_without_anything_say_what_to_do(client: FlaskClient) -> None:
    assert "No crate packed yet" in client.get("/crates").text
    assert "Nothing is picked" in client.get("/crates/fill").text
    assert "No record answers" in client.get("/crates/fill?query=q%3Dzzz").text
    crate = crates.make(OWNER, "Empty")
    assert "Nothing in it yet" in client.get(f"/crates/{crate}").text


@pytest.mark.parametrize(
    "data",
    [{}, {"copy": "x"}, {"copy": "9" * 30, "to": "up"}, {"to": "\0"}, {"copy": "1", "other": "-1"}],
)
@pytest.mark.parametrize("what", ["move", "take-out", "change", "delete", "restore"])
def test_odd_forms_are_answered_in_order(
    client: FlaskClient, what: str, data: dict[str, str]
) -> None:
    crates.make(OWNER, "Tonight")

    for number in ("1", "77"):
        assert client.post(f"/crates/{number}/{what}", data=data).status_code < 500
    for act in ("tag", "untag", "crate"):
        assert client.post(f"/copies/9/{act}", data=data).status_code < 500


def test_the_menu_of_tags_counts_what_is_left(client: FlaskClient) -> None:
    one, two = shelve_many(2)
    own_tags.tag(OWNER, [one, two], "loud")
    own_tags.tag(OWNER, [one], "late")

    page = client.get("/collection?tag=late").text

    assert 'href="/collection?tag=late&amp;tag=loud"><bdi>loud</bdi><span>2</span>' in page
    assert "Your tag: late" in page
