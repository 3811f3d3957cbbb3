"""What a person removes: kept, put back, let go, and not brought back by a sync (E6, E7)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db
from app.models import Copy, Tombstone
from app.services import one_record, trash
from app.services.one_record import Typed
from tests.listings import OWNER, listed

AWAY = "/collection/away"


def all_copies() -> Sequence[int]:
    return db.session.scalars(select(Copy.id).order_by(Copy.id)).all()


def test_a_removed_copy_stays_hidden_when_a_sync_returns_it_and_says_so(
    each_database: Flask,
) -> None:
    """E7."""
    each_database.config["WTF_CSRF_ENABLED"] = False
    visitor = each_database.test_client()
    release = listed()
    visitor.post(f"/copies/{all_copies()[0]}/remove")

    listed(title="Kind Of Blue (again)")

    assert "Kind Of Blue" not in visitor.get("/collection").text
    page = visitor.get(f"/releases/{release}").text
    assert "You removed this" in page
    assert "Restore?" in page


def test_the_trash_says_when_a_copy_goes_for_good(client: FlaskClient) -> None:
    release = listed()
    client.post(f"/copies/{all_copies()[0]}/remove")
    day = datetime.now(UTC).astimezone() + timedelta(days=30)

    for address in (AWAY, f"/releases/{release}"):
        assert f"goes for good on {day.day} {day:%b %Y}" in client.get(address).text


def test_all_copies_of_a_record_are_removed_at_once(client: FlaskClient) -> None:
    first = one_record.add_by_hand(OWNER, Typed(title="Demo", artist="Us"))
    one_record.add_by_hand(OWNER, Typed(title="Demo", artist="Us"), another=True)
    assert "Remove all 2 copies" in client.get(f"/releases/{first.release_id}").text

    client.post(f"/releases/{first.release_id}/remove")

    assert "In the trash <span>2</span>" in client.get(AWAY).text
    assert client.post("/releases/99/remove").status_code == 404


def test_what_is_deleted_for_good_stays_away_until_it_is_let_come_back(
    client: FlaskClient,
) -> None:
    listed(discogs_id=1, title="One")
    listed(discogs_id=2, title="Two")
    one, two = all_copies()
    for copy in (one, two):
        client.post(f"/copies/{copy}/remove")

    told = client.post(f"{AWAY}/empty", data={"copy": one}, follow_redirects=True)
    assert "1 record is gone for good" in told.text
    client.post(f"{AWAY}/empty")

    listed(discogs_id=1, title="One")
    assert all_copies() == []
    emptied = client.get(f"{AWAY}?by=emptied").text
    assert emptied.count("Let it come back") == 2
    stone = db.session.scalars(select(Tombstone.id).order_by(Tombstone.id)).first()
    client.post(f"{AWAY}/forget", data={"emptied": stone})
    listed(discogs_id=1, title="One")
    assert len(all_copies()) == 1


def test_what_discogs_no_longer_lists_stands_by_itself_and_can_go_to_the_trash(
    client: FlaskClient,
) -> None:
    listed()
    copy = db.session.execute(select(Copy)).scalar_one()
    copy.removed_at, copy.removed_by = copy.added_at, "sync"
    db.session.commit()

    page = client.get(AWAY).text
    assert "kept, with their folder" in page
    assert "for good" not in page
    client.post(f"/copies/{copy.id}/remove", data={"back": AWAY})

    assert "goes for good on" in client.get(AWAY).text


@pytest.mark.parametrize(("action", "field"), [("empty", "copy"), ("forget", "emptied")])
@pytest.mark.parametrize("written", ["7", "", "-1", "x", "9" * 30])
def test_what_is_not_there_is_not_found(
    client: FlaskClient, action: str, field: str, written: str
) -> None:
    assert client.post(f"{AWAY}/{action}", data={field: written}).status_code == 404


@pytest.mark.parametrize("query", ["by=emptied", "by=sync", "by=person&page=9", "by=x&page=-1"])
def test_every_group_has_its_page(client: FlaskClient, query: str) -> None:
    listed()
    client.post(f"/copies/{all_copies()[0]}/remove")

    assert client.get(f"{AWAY}?{query}").status_code == 200


def test_a_record_in_the_trash_can_still_be_edited(client: FlaskClient) -> None:
    """E6."""
    release = listed()
    opened = editor(client, release)
    client.post(f"/copies/{all_copies()[0]}/remove")

    saved = save(client, release, opened, "Kind Of Green")

    assert saved.status_code == 302
    assert "Kind Of Green" in client.get(AWAY).text


def test_an_edit_of_a_record_that_is_gone_for_good_gives_the_text_back(
    client: FlaskClient,
) -> None:
    """E6."""
    release = one_record.add_by_hand(OWNER, Typed(title="Demo", artist="Us")).release_id
    opened = editor(client, release)
    trash.remove_release(OWNER, release)
    trash.empty(OWNER)

    saved = save(client, release, opened, "Worth Keeping")

    assert saved.status_code == 410
    assert "Worth Keeping" in saved.text


def editor(client: FlaskClient, release: int) -> dict[str, str]:
    """The fields of the editor as a browser would send them."""
    form = {}
    page = client.get(f"/admin/releases/{release}/json").text
    for name in ("version", "base"):
        found = re.search(rf'name="{name}"[^>]* value="([^"]*)"', page)
        assert found
        form[name] = unescape(found[1])
    return form


def save(client: FlaskClient, release: int, form: dict[str, str], title: str) -> TestResponse:
    document = {**json.loads(form["base"]), "title": title}
    return client.post(
        f"/admin/releases/{release}/json",
        data={**form, "document": json.dumps(document), "action": "save"},
    )
