"""Health: what each service is told to be, and what a person can do about it."""

from __future__ import annotations

import html
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.errors import UnavailableError
from app.extensions import db
from app.models import CallSlot, NeighbourCalls, Preference, ProviderHealth, ProviderPause, Schedule
from app.models.base import utcnow
from app.services.enrich import desk, health
from tests.listening import statements
from tests.listings import OWNER
from tests.offers import failed


def known(provider: str, **facts: Any) -> None:
    told: dict[str, Any] = {
        "failures": 0,
        "opened": 0,
        "refusal": "",
        "last_error": "",
        "calls": 3,
        "errors": {},
        "last_success_at": utcnow(),
        **facts,
    }
    db.session.add(ProviderHealth(provider=provider, **told))
    db.session.commit()


def row_of(client: FlaskClient, provider: str) -> str:
    """The words of a service's row."""
    page = client.get("/admin/health").text
    found = re.search(rf'<tr id="{provider}".*?</tr>', page, re.DOTALL)
    assert found
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())


def test_a_service_that_answers_works(client: FlaskClient) -> None:
    known("wikidata")

    row = row_of(client, "wikidata")

    assert "works" in row
    assert "just now" in row
    assert "Try again" not in row


def test_u20_a_service_without_its_keys_tells_what_to_set(client: FlaskClient) -> None:
    row = row_of(client, "spotify")

    assert "not set up" in row
    assert "SPOTIFY_CLIENT_ID" in row


def test_u3_a_pause_is_told_with_its_end(client: FlaskClient) -> None:
    until = time.time() + 86_400
    db.session.add(ProviderPause(provider="musicbrainz", until=until, reason="asked to slow down"))
    db.session.commit()

    row = row_of(client, "musicbrainz")

    assert "Rests until" in row
    assert time.strftime("%H:%M", time.localtime(until)) in row
    assert "asked to slow down." in row


def test_u2_calls_of_others_at_the_same_address_are_told(client: FlaskClient) -> None:
    db.session.add(NeighbourCalls(provider="discogs", calls=31, told_at=time.time() - 2))
    db.session.add(NeighbourCalls(provider="spotify", calls=5, told_at=time.time() - 600))
    db.session.commit()

    assert "31 by somebody else at your internet address" in row_of(client, "discogs")
    assert "somebody else" not in row_of(client, "spotify"), "that was long ago"


def test_u19_a_breaker_is_told_and_can_be_closed(client: FlaskClient) -> None:
    known("wikidata", failures=5, open_until=time.time() + 500, last_error="It does not answer.")
    assert "rests" in row_of(client, "wikidata")

    client.post("/admin/health/again", data={"provider": "wikidata"})

    assert "works" in row_of(client, "wikidata")


def test_u19_the_last_answer_before_an_outage_stays_to_be_seen(client: FlaskClient) -> None:
    known("wikidata", last_success_at=utcnow() - timedelta(hours=3))
    for _ in range(7):
        health.failed("wikidata", UnavailableError("wikidata", "It does not answer."))
    db.session.commit()

    row = row_of(client, "wikidata")

    assert "Rests until" in row
    assert "3 hours ago" in row


def test_u21_a_refusal_tells_what_to_do_and_is_forgiven(client: FlaskClient) -> None:
    known("wikipedia", refusal="Wikipedia blocks our requests. Set CONTACT to your address.")
    known("wikidata", refusal="Wikidata blocks our requests.")
    row = row_of(client, "wikipedia")
    assert "refuses" in row
    assert "Set CONTACT" in row

    client.post("/admin/health/again", data={"provider": "wikipedia"})

    assert "works" in row_of(client, "wikipedia")
    assert "refuses" in row_of(client, "wikidata")


def test_trying_again_keeps_a_pause_the_service_asked_for(client: FlaskClient) -> None:
    known("wikidata", failures=2)
    until = time.time() + 500
    db.session.add(ProviderPause(provider="wikidata", until=until, reason="asked to slow down"))
    db.session.commit()

    client.post("/admin/health/again", data={"provider": "wikidata"})

    assert "rests" in row_of(client, "wikidata")


def test_faults_in_a_row_and_the_next_try_are_told(client: FlaskClient) -> None:
    due_at = utcnow() + timedelta(minutes=3)
    known("musicbrainz", failures=2, last_error="MusicBrainz does not answer.")
    failed(state="pending", due_at=due_at)

    row = row_of(client, "musicbrainz")

    assert "2 faults in a row: MusicBrainz does not answer." in row
    assert f"Next try in a run after {due_at.astimezone():%H:%M}" in row


def test_calls_are_counted_in_the_window_of_the_limit(client: FlaskClient) -> None:
    now = time.time()
    for seconds in (1, 5, 59, 61, -5):
        db.session.add(CallSlot(provider="itunes", at=now - seconds))
    db.session.commit()

    assert "3 of 20 in the last minute" in row_of(client, "itunes")


@pytest.mark.parametrize(
    ("skew", "told"),
    [(86_400.0, "24 h 0 min behind"), (-7_200.0, "2 h 0 min ahead of"), (20.0, None)],
)
def test_u11_a_clock_that_is_off_is_told(
    client: FlaskClient, skew: float, told: str | None
) -> None:
    known("discogs", clock_skew=skew)
    known("wikidata", clock_skew=skew + 1)

    page = client.get("/admin/health").text

    assert ("The clock of this machine is off" in page) == (told is not None)
    assert told is None or told in page


def test_a_service_is_switched_off_and_on(client: FlaskClient) -> None:
    workplace = client.application.extensions["workplace"]

    client.post("/admin/health/switch", data={"provider": "wikidata", "on": "0"})
    assert "Wikidata is switched off." in row_of(client, "wikidata")
    assert desk.why_off(workplace, OWNER, "wikidata")

    client.post("/admin/health/switch", data={"provider": "wikidata", "on": "1"})
    assert not desk.why_off(workplace, OWNER, "wikidata")


def test_a_service_switched_off_by_settings_says_so(make_app: Callable[..., Flask]) -> None:
    app = make_app(enable_wikidata=False)
    with app.app_context():
        assert "ENABLE_WIKIDATA" in row_of(app.test_client(), "wikidata")


def test_the_schedule_is_set_and_told(client: FlaskClient) -> None:
    client.post("/admin/health/schedule", data={"every": "6h", "enrich": "1"})

    assert db.session.execute(select(Schedule.every_seconds)).scalar_one() == 21_600
    page = client.get("/admin/health").text
    assert "Next sync at" in page
    assert re.search(r'value="6h" checked', page)
    assert re.search(r'name="enrich" value="1" checked', page)

    client.post("/admin/health/schedule", data={"every": "off"})
    assert db.session.scalar(select(Schedule.id)) is None


def test_looking_up_what_is_opened_is_off_until_discogs_is_connected_or_it_is_wished_for(
    client: FlaskClient, make_app: Callable[..., Flask]
) -> None:
    ticked = 'name="fresh" value="1" checked'
    assert ticked not in client.get("/admin/health").text
    client.post("/admin/health/schedule", data={"every": "off", "fresh": "1"})
    assert ticked in client.get("/admin/health").text

    client.post("/admin/health/schedule", data={"every": "off"})
    with make_app(discogs_token="a-token").app_context():
        assert ticked not in client.get("/admin/health").text, "what was set holds"


@pytest.mark.parametrize(
    ("address", "data", "status"),
    [
        ("switch", {"provider": "nobody", "on": "1"}, 404),
        ("again", {}, 404),
        ("covers", {"source": "discogs", "move": "sideways"}, 422),
        ("covers", {"source": "upload", "move": "up"}, 422),
        ("schedule", {"every": "hourly"}, 422),
    ],
)
def test_nonsense_changes_nothing(
    client: FlaskClient, address: str, data: dict[str, str], status: int
) -> None:
    assert client.post(f"/admin/health/{address}", data=data).status_code == status
    assert db.session.scalar(select(Preference.id)) is None


@pytest.mark.parametrize("address", ["switch", "again", "covers", "schedule"])
def test_nothing_is_set_without_the_token(client: FlaskClient, address: str) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True

    assert client.post(f"/admin/health/{address}").status_code == 400


def test_disk_and_database_are_told(client: FlaskClient) -> None:
    page = client.get("/admin/health").text

    assert "GB free" in page
    assert "Ready (sqlite)." in page


def test_more_work_costs_no_more_statements(client: FlaskClient) -> None:
    failed("1")
    db.session.rollback()
    with statements() as few:
        client.get("/admin/health")
    db.session.rollback()
    for number in range(10, 40):
        failed(str(number))
        failed(str(number), provider="discogs")
    for provider in ("discogs", "wikidata", "spotify"):
        known(provider)
    db.session.rollback()
    with statements() as many:
        client.get("/admin/health")

    assert len(few) == len(many) > 0
