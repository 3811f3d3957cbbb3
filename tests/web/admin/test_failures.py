"""Failures (N10), without script."""

from __future__ import annotations

import html
import time
from datetime import datetime, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from app.extensions import db
from app.models import ProviderPause, ProviderResult, Run
from app.models.base import utcnow
from tests.listening import statements
from tests.listings import listed
from tests.offers import failed

ODD = "Discogs does something unexpected: tracklist is no list."


def state(result_id: int) -> str:
    db.session.expire_all()
    return db.session.get_one(ProviderResult, result_id).state


def test_each_failure_tells_thing_provider_reason_and_tries(client: FlaskClient) -> None:
    release = listed()
    failed("1234", provider="discogs", last_error=ODD)
    failed("77", entity="artist")

    page = html.unescape(client.get("/admin/failures").text)

    assert f'href="/releases/{release}"' in page
    assert ODD in page
    assert "Artist 77" in page


def test_one_is_retried_and_the_run_that_does_it_is_offered(client: FlaskClient) -> None:
    row = failed()

    answer = client.post(f"/admin/failures/{row}/retry", data={"provider": "musicbrainz"})

    assert answer.location == "/admin/failures?provider=musicbrainz"
    assert state(row) == "pending"
    page = client.get("/admin/failures").text
    assert "1 thing waits to be asked for" in page
    assert 'action="/import/enrich"' in page
    started = client.post("/import/enrich")
    run = db.session.scalars(select(Run)).one()
    assert (run.kind, started.location) == ("enrich", f"/jobs/{run.id}")
    assert "A run is under way" in client.get("/admin/failures").text


def test_the_next_try_is_not_before_its_service_may_be_asked_again(client: FlaskClient) -> None:
    now = utcnow()
    failed("1", provider="spotify", state="pending", due_at=now + timedelta(minutes=1))
    failed("2", provider="discogs", state="pending", due_at=now - timedelta(minutes=1))
    until = time.time() + 7_200
    db.session.add(ProviderPause(provider="spotify", until=until, reason="It asked for it."))
    db.session.commit()

    page = client.get("/admin/failures").text
    assert f"in a run after {datetime.fromtimestamp(until):%H:%M}" in page
    client.post("/import/enrich")

    page = client.get("/admin/failures").text
    assert f">{datetime.fromtimestamp(until):%H:%M}</time>" in page
    assert ">soon</time>" in page


def test_what_a_dead_worker_held_does_not_wait_for_a_person(client: FlaskClient) -> None:
    failed("1", state="pending", due_at=None, attempts=2, last_error="It took too long.")

    page = client.get("/admin/failures").text

    assert "in a run after" in page
    assert "when you say so" not in page


def test_what_nobody_is_asked_does_not_wait(client: FlaskClient) -> None:
    failed("1", provider="wikidata", state="pending", last_error=None)
    assert "1 thing waits to be asked for" in client.get("/admin/health").text

    client.post("/admin/health/switch", data={"provider": "wikidata", "on": "0"})

    for page in ("/admin/health", "/admin/failures", "/import"):
        told = client.get(page).text
        assert "waits to be asked for" not in told
        assert "1 question to other services" not in told


def test_all_of_a_filter_are_retried(client: FlaskClient) -> None:
    odd, other = failed("1", provider="discogs", last_error=ODD), failed("2")
    assert "Retry all 2" in client.get("/admin/failures").text

    client.post("/admin/failures/retry", data={"provider": "discogs", "reason": ODD})

    assert (state(odd), state(other)) == ("pending", "failed")


def test_what_is_left_alone_is_a_list_of_its_own(client: FlaskClient) -> None:
    row = failed()

    client.post(f"/admin/failures/{row}/skip", data={"why": "<b>nobody</b> knows it"})

    assert "Nothing failed" in client.get("/admin/failures").text
    page = client.get("/admin/skips").text
    assert "&lt;b&gt;nobody&lt;/b&gt; knows it" in page
    assert "MusicBrainz" in page
    client.post("/admin/skips/1/take-back")
    assert state(row) == "pending"


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("", "Nothing failed"),
        ("provider=discogs", "Nothing like that"),
        ("provider=nobody&page=-3&reason=", "Nothing failed"),
    ],
)
def test_an_empty_list_says_why(client: FlaskClient, query: str, told: str) -> None:
    assert told in client.get(f"/admin/failures?{query}").text


@pytest.mark.parametrize("act", ["retry", "skip"])
def test_what_is_no_failure_is_not_found(client: FlaskClient, act: str) -> None:
    row = failed(state="found", last_error=None)

    assert client.post(f"/admin/failures/{row}/{act}").status_code == 404
    assert state(row) == "found"


@pytest.mark.parametrize("address", ["/admin/failures/{}/retry", "/admin/failures/retry"])
def test_nothing_is_retried_without_the_token(client: FlaskClient, address: str) -> None:
    row = failed()
    client.application.config["WTF_CSRF_ENABLED"] = True

    assert client.post(address.format(row)).status_code == 400
    assert state(row) == "failed"


def test_more_failures_cost_no_more_statements(client: FlaskClient) -> None:
    def some(first: int, count: int) -> None:
        for number in range(first, first + count):
            listed(discogs_id=number)
            failed(str(number))
            failed(f"r{number}", entity="title", last_error=f"Reason {number}.")
        failed(f"23755{first}", entity="artist")

    some(10, 2)
    with statements() as few:
        client.get("/admin/failures")
    some(20, 40)
    with statements() as many:
        page = client.get("/admin/failures").text

    assert len(few) == len(many) > 0
    assert "/admin/failures?page=2" in page


def test_the_admin_page_counts_what_waits_only_where_something_does(client: FlaskClient) -> None:
    assert "Failures <span>" not in client.get("/admin").text
    failed()

    assert "Failures <span>1</span>" in client.get("/admin").text
