"""Save & next, begun at a conflict or a question."""

from __future__ import annotations

import html
import json
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import Artist, Copy, Edit
from app.services import conflicts, curate, reviews
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import OWNER, listed
from tests.offers import offered
from tests.web.admin.editing import opened, send


def contested(number: int) -> int:
    """A record of which Discogs says something else than its owner; our id."""
    release_id = listed(discogs_id=number)
    version = open_subject("release", OWNER, release_id).version
    curate.save("release", OWNER, release_id, version, json.dumps({"title": f"Mine {number}"}))
    listed(discogs_id=number, title=f"Theirs {number}")
    return release_id


def editor_on(page: str, name: str) -> str:
    """The first editor a page of a queue leads to."""
    return html.unescape(re.findall(rf'href="([^"]*/json\?list={name}[^"]*)"', page)[0])


def saved(client: FlaskClient, address: str, document: str = "{}") -> str:
    """Where Save & next leads."""
    form = opened(client, address) | {"document": document}
    return send(client, address, form, action="next").location


def test_save_and_next_walks_from_conflict_to_conflict(each_database: Flask) -> None:
    each_database.config["WTF_CSRF_ENABLED"] = False
    client = each_database.test_client()
    first, second, third = contested(1), contested(2), contested(3)
    copy_id = db.session.scalars(select(Copy.id).where(Copy.release_id == second)).one()
    version = open_subject("copy", OWNER, copy_id).version
    curate.save("copy", OWNER, copy_id, version, '{"notes": "Mine"}')
    mark_as_news(copy_id)
    address = editor_on(client.get("/admin/conflicts").text, "conflicts")
    page = client.get(address).text
    assert f"/releases/{first}/" in address
    assert "1 of 4 in" in page
    assert "Conflicts" in page

    # What is decided leaves the queue, and the next one is still found.
    address = saved(client, address)
    assert f"/admin/releases/{second}/json" in address
    conflicts.decide(OWNER, at_of(address), "mine")
    assert "No longer among the 3 in" in client.get(address).text
    address = saved(client, address, '{"country": "Japan"}')
    assert f"/admin/releases/{third}/json" in address
    assert "2 of 3 in" in client.get(address).text
    address = saved(client, address)
    assert f"/admin/copies/{copy_id}/json" in address

    assert saved(client, address) == "/admin/conflicts"
    assert "That was the last one of the list." in client.get("/admin/conflicts").text


def mark_as_news(copy_id: int) -> None:
    edit = db.session.scalars(select(Edit).where(Edit.entity == "copy")).one()
    assert edit.entity_id == copy_id
    edit.upstream, edit.news_at = "Theirs", edit.at
    db.session.commit()


def at_of(address: str) -> int:
    return int(re.findall(r"at=(\d+)", address)[0])


def test_save_and_next_walks_from_question_to_question(each_database: Flask) -> None:
    each_database.config["WTF_CSRF_ENABLED"] = False
    client = each_database.test_client()
    ids = [listed(discogs_id=number, title=f"Blue {number}") for number in (1, 2, 3)]
    artist = db.session.scalars(select(Artist.id).where(Artist.discogs_id == 23_755)).one()
    best = offered("r1", score=0.9)
    offered("r1", provider="itunes", url="https://music.apple.com/1", score=0.5)
    offered("r77", score=0.85)  # has left the shelf
    offered("r3", score=0.8)
    offered("23755", entity="artist", provider="wikipedia", score=0.7)
    offered("r2", score=0.6)
    address = editor_on(client.get("/admin/reviews").text, "reviews")
    assert address == f"/admin/releases/{ids[0]}/json?list=reviews&at={best}"
    assert "1 of 5 in" in client.get(address).text

    # One thing is edited once, however many services offer pages for it.
    address = saved(client, address)
    assert f"/admin/releases/{ids[2]}/json" in address
    reviews.decide(OWNER, at_of(address), "none")
    assert "No longer among the 4 in" in client.get(address).text
    address = saved(client, address, '{"country": "Japan"}')
    assert f"/admin/artists/{artist}/json" in address
    assert "3 of 4 in" in client.get(address).text
    address = saved(client, address)
    assert f"/admin/releases/{ids[1]}/json" in address

    assert saved(client, address) == "/admin/reviews"
    assert "That was the last one of the list." in client.get("/admin/reviews").text


@pytest.mark.parametrize("at", ["", "0", "x", "99", "9" * 30])
@pytest.mark.parametrize("name", ["reviews", "conflicts"])
def test_an_odd_address_opens_the_record_all_the_same(
    client: FlaskClient, name: str, at: str
) -> None:
    release_id = listed()

    assert client.get(f"/admin/releases/{release_id}/json?list={name}&at={at}").status_code == 200


def test_a_question_about_something_else_is_no_list_of_this_record(client: FlaskClient) -> None:
    listed()
    other = listed(discogs_id=5)
    link = offered("r1234")

    page = client.get(f"/admin/releases/{other}/json?list=reviews&at={link}").text

    assert "Save &amp; next" not in page
    assert "back to the list" not in page


def test_a_longer_queue_costs_no_more_statements(client: FlaskClient) -> None:
    def asked() -> tuple[int, int]:
        counts = []
        for name in ("conflicts", "reviews"):
            address = editor_on(client.get(f"/admin/{name}").text, name)
            client.get(address)
            with statements() as made:
                client.get(address)
            counts.append(len(made))
        return counts[0], counts[1]

    for number in (1, 2, 3):
        contested(number)
        offered(f"r{number}")
    few = asked()
    for number in range(4, 24):
        contested(number)
        offered(f"r{number}")

    assert asked() == few
