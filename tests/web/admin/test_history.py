from __future__ import annotations

import html
import re
from urllib.parse import quote

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from app.extensions import db
from app.models import Artist, Copy, Edit, Release
from app.queries import edit_history
from app.queries.field_states import field_states
from app.services import edit_batches, edits
from app.services.transaction import one_commit
from tests.listening import statements
from tests.listings import OWNER, listed
from tests.web.admin.editing import fields_in, hidden, opened, send, with_fields


@pytest.fixture
def release(client: FlaskClient) -> int:
    return listed()


def change(client: FlaskClient, release: int, **fields: object) -> None:
    address = f"/admin/releases/{release}/json"
    assert send(client, address, with_fields(opened(client, address), **fields)).status_code == 302


def bulk(release_ids: list[int], country: str, batch: str = "b" * 32) -> str:
    with one_commit():
        wanted = {each: {"country": ("US", country)} for each in release_ids}
        edit_batches.lay_many(OWNER, "release", wanted, batch, "bulk")
    return batch


def act(client: FlaskClient, release: int, what: str, **data: object) -> str:
    """Press a button around the editor; the page that comes then."""
    answer = client.post(f"/admin/releases/{release}/{what}", data=data)
    assert answer.status_code == 302
    return client.get(answer.location).text


def press(client: FlaskClient, release: int, button: str) -> str:
    """Press a button beside a field of the editor, nothing typed; the page that comes then."""
    address = f"/admin/releases/{release}/json"
    answer = send(client, address, fields_in(client.get(address).text), beside=button)
    assert answer.status_code == 302
    return client.get(answer.location).text


def title() -> str:
    return db.session.execute(select(Release.title)).scalar_one()


def test_the_editor_shows_five_saves_and_the_history_all_of_them(
    client: FlaskClient, release: int
) -> None:
    for year in range(1960, 1968):
        change(client, release, year=year)

    page = client.get(f"/admin/releases/{release}/json").text

    assert page.count("Undo<span") == 5
    assert "All 8 changes" in page
    whole = client.get(f"/admin/releases/{release}/history").text
    assert whole.count("Undo<span") == 8
    assert "8 changes" in whole


def test_fifty_saves_stand_on_a_page_of_the_history(client: FlaskClient, release: int) -> None:
    for number in range(53):
        bulk([release], f"Land {number}", f"{number:032}")

    first = client.get(f"/admin/releases/{release}/history").text
    second = client.get(f"/admin/releases/{release}/history?page=2").text

    assert (first.count("Undo<span"), second.count("Undo<span")) == (50, 3)
    assert "Land 52" in first
    assert "Land 0" in second
    for page in ("0", "x", "3", "99999999999999999999"):
        assert client.get(f"/admin/releases/{release}/history?page={page}").status_code == 200


def test_a_wrong_edit_noticed_later_is_undone_from_the_history_e10(
    client: FlaskClient, release: int
) -> None:
    change(client, release, title="Wrong")
    here = f"/admin/releases/{release}/history"
    edit = db.session.execute(select(Edit.id)).scalar_one()

    page = client.get(here).text
    assert re.search(r"<b><bdi>\w+</bdi></b> as JSON", page)
    answer = client.post(f"/admin/releases/{release}/undo", data={"edit": edit, "back": here})

    assert answer.location == here
    assert title() == "Kind Of Blue"
    assert "undone just now" in client.get(here).text
    client.post(f"/admin/releases/{release}/redo", data={"edit": edit, "back": here})
    assert title() == "Wrong"


def test_undoing_leads_to_no_other_site(client: FlaskClient, release: int) -> None:
    change(client, release, title="Wrong")
    edit = db.session.execute(select(Edit.id)).scalar_one()

    answer = client.post(
        f"/admin/releases/{release}/undo", data={"edit": edit, "back": "//evil.example"}
    )

    assert answer.location == f"/admin/releases/{release}/json"


def test_a_change_to_many_records_is_told_on_each_and_undone_at_once(
    client: FlaskClient, release: int
) -> None:
    second = listed(discogs_id=20, title="Second")
    batch = bulk([release, second], "Japan")

    page = client.get(f"/admin/releases/{second}/history").text
    assert f'Part of <a href="/admin/history/{batch}">a change to 2 records</a>' in page
    whole = client.get(f"/admin/history/{batch}").text
    assert "A change to 2 records" in whole
    assert "Second" in whole
    client.post(f"/admin/history/{batch}/undo")

    assert set(db.session.scalars(select(Release.country))) == {"US"}
    assert "Undo all of it" not in client.get(f"/admin/history/{batch}").text


def test_the_history_of_everything_is_narrowed_by_kind_and_way(
    client: FlaskClient, release: int
) -> None:
    second = listed(discogs_id=20, title="Second")
    change(client, release, title="One & only")
    artist = db.session.scalars(select(Artist.id).where(Artist.name == "Miles Davis")).one()
    own = f"/admin/artists/{artist}/json"
    send(client, own, with_fields(opened(client, own), profile="Trumpeter."))
    bulk([release, second], "Japan")

    def told(query: str) -> list[str]:
        page = html.unescape(client.get(f"/admin/history{query}").text)
        found = re.findall(r'class="save-title"><a href="[^"]*">(?:<bdi>)?([^<]*)', page)
        return [str(name) for name in found]

    assert told("") == ["2 records", "Miles Davis", "One & only"]
    assert told("?kind=artist") == ["Miles Davis"]
    assert told("?how=bulk") == ["2 records"]
    assert told("?kind=release&how=json") == ["One & only"]
    assert told("?kind=nonsense&how=nonsense&page=0") == told("")


def test_a_history_says_when_a_record_is_gone(client: FlaskClient, release: int) -> None:
    change(client, release, title="Blue")
    db.session.execute(update(Edit).values(entity_id=999))
    db.session.commit()

    page = client.get("/admin/history").text

    assert "A release that is gone" in page
    assert "/admin/releases/999/undo" not in page


@pytest.mark.parametrize("number", ["0", "7", "99999999999999999999", "x"])
def test_what_does_not_exist_has_no_history_e11(client: FlaskClient, number: str) -> None:
    for folder in ("releases", "artists", "labels", "copies"):
        assert client.get(f"/admin/{folder}/{number}/history").status_code == 404
    assert client.get(f"/admin/history/{number}").status_code == 404
    assert client.post(f"/admin/history/{number}/undo").status_code == 404


def test_a_longer_history_asks_no_more_of_the_database(client: FlaskClient, release: int) -> None:
    other = listed(discogs_id=20, title="Second")

    def asked() -> list[int]:
        counts = []
        for address in (f"/admin/releases/{release}/history", "/admin/history"):
            with statements() as told:
                client.get(address)
            counts.append(len(told))
        return counts

    change(client, release, title="Blue")
    bulk([release, other], "Japan")
    few = asked()
    for number in range(20):
        bulk([release], f"Land {number}", f"{number:032}")

    assert asked() == few


def test_a_field_is_locked_and_unlocked_from_the_editor(client: FlaskClient, release: int) -> None:
    assert "Locked: it stays as it is" not in client.get(f"/admin/releases/{release}/json").text

    assert "Locked: it stays as it is" in press(client, release, "lock title")
    assert "title locked as it is" in client.get(f"/releases/{release}").text
    listed(title="KIND OF BLUE")
    assert title() == "Kind Of Blue"

    assert "Title is no longer locked." in press(client, release, "unlock title")
    assert title() == "KIND OF BLUE"


@pytest.mark.parametrize("what", ["lock", "unlock", "keep", "explode"])
def test_a_button_of_nothing_is_not_found_or_does_nothing(
    client: FlaskClient, release: int, what: str
) -> None:
    address = f"/admin/releases/{release}/json"
    fields = fields_in(client.get(address).text)
    for field in ("", "nope", "owner_id", "\x00"):
        answer = client.post(address, data=fields | {"beside": f"{what} {field}"})
        assert answer.status_code == (404 if what in ("lock", "explode") else 302)
    gone = client.post("/admin/releases/99/json", data=fields | {"beside": f"{what} title"})
    assert gone.status_code == 410
    assert db.session.scalar(select(Edit.id)) is None


def test_what_discogs_now_says_is_shown_beside_both_other_sides_e5(
    client: FlaskClient, release: int
) -> None:
    change(client, release, title="Blue")
    listed(title="KIND OF BLUE")

    page = client.get(f"/admin/releases/{release}/json").text

    assert "Discogs now says something else" in page
    # Enter in a field presses the first button of its form: one that only shows.
    first = re.findall(r'<button[^>]*form="editor-form"[^>]*>', page)[0]
    assert 'value="preview"' in first
    sides = re.findall(r'data-side="([^"]*)"><bdi>([^<]*)', page)
    assert sides == [
        ("When you began", "Kind Of Blue"),
        ("Discogs now", "KIND OF BLUE"),
        ("Yours", "Blue"),
    ]
    assert title() == "Blue"


def test_keeping_mine_is_asked_once_and_taking_theirs_ends_the_edit_e5(
    client: FlaskClient, release: int
) -> None:
    change(client, release, title="Blue")
    listed(title="KIND OF BLUE")

    page = press(client, release, "keep title")

    assert "now says something else" not in page
    assert "Discogs says:" in page
    assert title() == "Blue"
    listed(title="Kind of Blue!")
    assert "now says something else" in client.get(f"/admin/releases/{release}/json").text
    press(client, release, "undo title")
    assert title() == "Kind of Blue!"


def test_each_field_says_where_it_comes_from_and_who_changed_it(
    client: FlaskClient, release: int
) -> None:
    page = client.get(f"/admin/releases/{release}/json").text
    assert "Title, where it comes from: Discogs" in page
    assert "exact: by its number" in page

    change(client, release, title="Blue")
    page = client.get(f"/admin/releases/{release}/json").text

    assert "Title, where it comes from: edited" in page
    assert re.search(r"Edited by <b><bdi>\w+</bdi></b> as JSON, <time", page)


def test_save_and_next_walks_along_the_list_somebody_came_from(client: FlaskClient) -> None:
    ids = [listed(discogs_id=number, title=f"Blue {number}", country="") for number in (1, 2, 3)]
    listed(discogs_id=4, title="Red")
    start = client.get("/admin?state=no-country&q=blue").text
    address = html.unescape(re.findall(r'href="([^"]*/json[^"]*)" data-edit', start)[0])
    assert f"/{ids[2]}/" in address
    page = client.get(address).text
    assert "1 of 3 in" in page
    assert "Without a country, “blue”" in page

    form = {
        "document": '{"country": "UK"}',
        "version": hidden(page, "version"),
        "base": hidden(page, "base"),
    }
    answer = send(client, address, form, action="next")

    # The saved one has left the list, and the next one is still found.
    assert f"/admin/releases/{ids[1]}/json?" in answer.location
    assert "1 of 2 in" in client.get(answer.location).text
    assert "No longer among the 2" in client.get(address).text
    last = f"/admin/releases/{ids[0]}/json?list=releases&state=no-country&q=blue"
    form = opened(client, last) | {"document": "{}"}
    assert send(client, last, form, action="next").location == "/admin?q=blue&state=no-country"


def following(client: FlaskClient, address: str, document: str) -> str:
    """Where Save & next leads."""
    form = opened(client, address) | {"document": document}
    return send(client, address, form, action="next").location


def test_save_and_next_walks_along_a_filter_of_the_wall(client: FlaskClient) -> None:
    ids = [listed(discogs_id=number, title=f"Blue {4 - number}") for number in (1, 2, 3)]
    listed(discogs_id=4, title="Red")
    page = client.get(f"/releases/{ids[2]}?q=blue&sort=title").text
    address = html.unescape(re.findall(r'href="([^"]*/json[^"]*)" data-edit', page)[0])
    assert "1 of 3 in" in (editor := client.get(address).text)
    assert "Search: blue" in editor

    # What is saved leaves the filter, and the next one in its order is still found.
    second = following(client, address, '{"title": "Green"}')

    assert f"/admin/releases/{ids[1]}/json?list=wall&" in second
    assert "1 of 2 in" in client.get(second).text
    assert "No longer among the 2" in client.get(address).text
    assert following(client, second, "{}").startswith(f"/admin/releases/{ids[0]}/json?list=wall&")
    last = address.replace(f"/{ids[2]}/", f"/{ids[0]}/")
    assert following(client, last, "{}") == "/collection?q=blue&sort=title"
    assert "list=wall" not in client.get(f"/releases/{ids[0]}").text


def test_save_and_next_walks_along_the_open_gaps_of_a_kind(client: FlaskClient) -> None:
    for number in (1, 2, 3):
        listed(discogs_id=number, year=None)
    page = client.get("/admin/quality/year").text
    address = html.unescape(re.findall(r'href="([^"]*/json[^"]*)" data-edit', page)[0])
    first, second, third = db.session.scalars(select(Release.id).order_by(Release.id))
    assert f"/admin/releases/{first}/json?list=gaps&gap=year" == address
    assert "1 of 3 in" in client.get(address).text
    client.post(f"/admin/quality/year/{second}/never")

    after = following(client, address, '{"year": 1971}')

    assert after == f"/admin/releases/{third}/json?list=gaps&gap=year"
    assert "1 of 1 in" in client.get(after).text
    assert following(client, after, '{"year": 1972}') == "/admin/quality/year"
    for odd in ("gap=grade", "gap=nope", ""):
        odd_address = f"/admin/releases/{first}/json?list=gaps&{odd}"
        assert "Save &amp; next" not in client.get(odd_address).text


def test_a_record_opened_by_itself_has_no_next(client: FlaskClient, release: int) -> None:
    page = client.get(f"/admin/releases/{release}/json").text

    assert "Save &amp; next" not in page
    assert "back to the list" not in page


def test_a_copy_that_was_put_away_can_still_be_edited_e6(client: FlaskClient, release: int) -> None:
    copy = db.session.execute(select(Copy.id)).scalar_one()
    client.post(f"/copies/{copy}/remove")
    own = f"/admin/copies/{copy}/json"

    answer = send(client, own, with_fields(opened(client, own), notes="Lent to Ada"))

    assert answer.status_code == 302
    found = db.session.execute(select(Copy)).scalar_one()
    assert (found.notes, found.removed_at is not None) == ("Lent to Ada", True)


@pytest.mark.parametrize("bad", [b"\x00", b"\xed\xa0\x80", b"NaN", b"x" * 100_000])
def test_no_name_of_a_batch_or_field_breaks_anything_s19(each_database: Flask, bad: bytes) -> None:
    release = listed()
    each_database.config["WTF_CSRF_ENABLED"] = False
    client = each_database.test_client()
    for name in ("edit", "batch", "field"):
        for what in ("undo", "redo"):
            answer = client.post(f"/admin/releases/{release}/{what}", data={name: bad})
            assert answer.status_code in (404, 422)
    asked = quote(bad[:1_000])
    page = client.get(f"/admin/history?kind={asked}&how={asked}&page={asked}")
    assert page.status_code == 200
    assert client.get(f"/admin/history/{asked}").status_code in (404, 422)


def test_histories_read_the_same_on_both_databases(each_database: Flask) -> None:

    first, second = listed(), listed(discogs_id=20, title="Second")
    edits.lock("release", OWNER, first, "title")
    bulk([first, second], "Japan")

    (newest, oldest) = edit_history.saves(OWNER, "release", first, 1, 50).rows
    assert (newest.how, newest.reach.records, newest.reach.fields, newest.standing) == (
        "bulk",
        2,
        2,
        1,
    )
    assert (oldest.how, oldest.reach.records) == ("lock", 1)
    states = field_states(OWNER, "release", first)
    assert (states["title"].is_locked, states["title"].edited_at) == (True, None)
    assert (states["country"].shown, states["country"].upstream) == ("Japan", "US")
    everything = edit_history.all_saves(OWNER, "", "", 1).rows
    assert edit_history.names_of(save.record for save in everything).keys() >= {("release", first)}
