"""Picking on the wall, on a release and on the sticker page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.queries import exports
from tests.csv_shelf import OWNER, row, shelve, shelve_many, strangers_copy
from tests.web.export.conftest import Shelf


def picks() -> list[int]:
    return sorted(exports.picked_ids(OWNER))


def test_ticks_of_several_pages_come_together(client: FlaskClient) -> None:
    ids = shelve_many(4)

    client.post("/export/picks", data={"shown": f"{ids[0]},{ids[1]}", "copy": ids[0]})
    answer = client.post("/export/picks", data={"shown": f"{ids[2]},{ids[3]}", "copy": ids[3]})

    assert picks() == [ids[0], ids[3]]
    assert (answer.status_code, answer.location) == (303, "/collection")
    client.post("/export/picks", data={"shown": f"{ids[0]},{ids[1]}", "copy": ids[1]})
    assert picks() == [ids[1], ids[3]]


def test_everything_in_a_filter_is_picked_by_its_query(client: FlaskClient) -> None:
    ids = shelve(row(1), row(2, Released=1980), row(3, Released=1985))

    answer = client.post("/export/picks", data={"all": "1", "query": "decade=1980&sort=title"})

    assert picks() == ids[1:]
    assert answer.location == "/collection?decade=1980&sort=title"


def test_the_plain_form_picks_a_filter_too(client: FlaskClient) -> None:
    ids = shelve(row(1), row(2, Title="Landed"))

    client.post("/export/pick", data={"all": "1", "query": "q=landed"})

    assert picks() == [ids[1]]


def test_everything_is_put_back(client: FlaskClient, picked: Shelf) -> None:
    picked(3)
    client.post("/export/picks", data={"none": "1"})
    assert picks() == []

    picked(3)
    client.post("/export/unpick", data={"all": "1"})
    assert picks() == []


def test_script_gets_the_basket_back(client: FlaskClient) -> None:
    ids = shelve_many(3)
    asked = {"HX-Request": "true"}
    ticks = {"shown": ",".join(map(str, ids)), "copy": ids[:2]}

    answer = client.post("/export/picks", data=ticks, headers=asked)

    assert answer.status_code == 200
    assert 'id="basket"' in answer.text
    assert "<b data-basket-count>2</b>" in answer.text
    assert "<html" not in answer.text
    emptied = client.post("/export/picks", data={"shown": ticks["shown"]}, headers=asked)
    assert "<b data-basket-count>0</b>" in emptied.text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "/\t/evil.example",
        "\\/evil.example",
        "evil.example",
        "javascript:alert(1)",
        "//[",
        "",
    ],
)
def test_a_form_cannot_send_people_to_another_site(client: FlaskClient, address: str) -> None:
    assert client.post("/export/pick", data={"next": address}).location == "/export"
    assert client.post("/export/picks", data={"back": address}).location == "/collection"


def test_a_form_may_say_where_to_go_on_this_site(client: FlaskClient) -> None:
    answer = client.post("/export/picks", data={"back": "/releases/1?genre=Jazz"})

    assert answer.location == "/releases/1?genre=Jazz"


@pytest.mark.parametrize("nonsense", ["", "x", "-1", "0", "1e9", "9" * 30, "1;drop", "\0", "½"])
def test_what_is_no_id_is_passed_over(client: FlaskClient, nonsense: str) -> None:
    (mine,) = shelve_many(1)

    answer = client.post("/export/pick", data={"copy_id": [nonsense, str(mine)]})
    client.post("/export/picks", data={"shown": nonsense, "copy": nonsense})

    assert answer.status_code == 303
    assert picks() == [mine]


def test_copies_of_others_cannot_be_picked(client: FlaskClient) -> None:
    theirs = strangers_copy()

    client.post("/export/pick", data={"copy_id": theirs})

    assert picks() == []
    assert "Not Yours" not in client.get("/export").text


def test_the_picked_page_shows_sleeves_and_takes_one_out(
    client: FlaskClient, picked: Shelf
) -> None:
    first, second = picked(2)
    page = client.get("/export").text
    assert "Title 001" in page
    assert "<b>2</b> picked" in page
    assert f'value="{first}"' in page

    answer = client.post("/export/unpick", data={"copy_id": first, "next": "/export?page=2"})

    assert answer.location == "/export?page=2"
    assert picks() == [second]
    assert "Title 001" not in client.get("/export").text


def test_with_nothing_picked_the_way_to_the_collection_is_shown(client: FlaskClient) -> None:
    for address in ("/export", "/export/preview", "/export/edit"):
        page = client.get(address)
        assert page.status_code == 200
        assert 'href="/collection"' in page.text
        assert "No record is picked" in page.text


def test_the_picks_have_pages(client: FlaskClient, picked: Shelf) -> None:
    picked(61)

    assert "Title 061" not in client.get("/export").text
    assert "Title 061" in client.get("/export?page=2").text
    assert "Title 061" in client.get("/export?page=99").text
    assert "Title 001" in client.get("/export?page=x").text


def test_a_form_without_its_token_is_refused(app: Flask, make_app: Callable[..., Flask]) -> None:
    (mine,) = shelve_many(1)
    guarded = make_app().test_client()
    for address in (
        "/export/pick",
        "/export/picks",
        "/export/unpick",
        "/export/edit",
        "/export/presets",
        "/export/csv",
        "/export/processed",
    ):
        answer = guarded.post(address, data={"copy_id": mine, "copy": mine, "action": "save"})
        assert answer.status_code == 400, address
    assert picks() == []


def test_a_printed_code_leads_to_its_record(client: FlaskClient) -> None:
    ids = shelve_many(40)

    answer = client.get("/s/14")

    assert (ids[39], answer.status_code) == (40, 302)
    assert answer.location == "/releases/40"


@pytest.mark.parametrize("code", ["zz", "-", "ä", "zzzzzzzzzzzzz", "0", "1.5"])
def test_a_code_of_nobody_is_not_found(client: FlaskClient, code: str) -> None:
    shelve_many(1)

    assert client.get(f"/s/{code}").status_code == 404


def test_a_code_of_somebody_else_is_not_found(client: FlaskClient) -> None:
    theirs = strangers_copy()

    assert theirs < 36
    assert client.get(f"/s/{theirs}").status_code == 404
