"""Health and the numbers tell of every call to Discogs, not only of those the enrichment makes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from app.clients import http
from app.errors import UnavailableError
from app.extensions import db, set_reading
from app.jobs import attempt
from app.models import ProviderHealth
from app.services import runs
from app.services.enrich import health
from tests.at_once import found_at_once
from tests.shelves import OWNER, put_on_shelf
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items

LISTING = "/users/collector/collection/folders/0/releases"


@dataclass
class House:
    """A Gatefold, its visitor, and the Discogs behind it."""

    app: Flask
    discogs: DiscogsStandIn
    visitor: FlaskClient

    def sync(self, *, quick: bool = False) -> str:
        """Bring the collection in as far as that goes; the state it ends in."""
        with self.app.app_context():
            run_id = runs.start(OWNER, "sync", {"quick": True} if quick else None).id
            attempt.work_on(self.app, run_id)
            return runs.get(OWNER, run_id).state

    def row(self) -> str:
        """What Health says of Discogs."""
        page = self.visitor.get("/admin/health").text
        found = re.search(r'<tr id="discogs".*?</tr>', page, re.DOTALL)
        assert found
        return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", found[0])).split())

    def number(self, name: str, kind: str = "") -> float:
        """A number of /metrics about Discogs."""
        labels = 'provider="discogs"' + (f',kind="{kind}"' if kind else "")
        start = f"gatefold_provider_{name}{{{labels}}} "
        lines = self.visitor.get("/metrics").text.splitlines()
        return float(next(line for line in lines if line.startswith(start)).removeprefix(start))


@pytest.fixture
def house(make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """One whose collector has 250 copies at Discogs; nothing is waited for before another try."""
    monkeypatch.setattr(http, "_jitter", lambda _state: 0.0)
    collector = Collector("collector", token="test-token", items=generated_items(250))
    with DiscogsStandIn(collector) as discogs:
        app = make_app(
            discogs_api_url=discogs.url,
            discogs_web_url=discogs.web_url,
            discogs_token="test-token",
            discogs_limit="6000/60",
        )
        app.config["WTF_CSRF_ENABLED"] = False
        yield House(app, discogs, app.test_client())


def test_a_sync_counts_each_of_its_calls_and_tells_the_last_answer(house: House) -> None:
    assert "not asked yet" in house.row()
    assert "none yet" in house.row()

    house.sync()

    assert "works" in house.row()
    assert "none yet" not in house.row()
    assert house.number("calls_total") == len(house.discogs.requests) == 3 + 3
    house.sync(quick=True)
    assert house.number("calls_total") == len(house.discogs.requests) == 3 + 3 + 1
    assert house.number("clock_skew_seconds") == pytest.approx(0, abs=5)


def test_u4_an_outage_during_a_sync_is_told_until_discogs_answers_again(house: House) -> None:
    house.discogs.fail_next(LISTING, "server_error", times=3)

    assert house.sync() == "waiting"

    assert "stumbles" in house.row()
    assert "a problem of its own" in house.row()
    assert house.number("errors_total", "Unavailable") == 1
    assert house.sync() == "done"
    assert "works" in house.row()
    assert house.number("errors_total", "Unavailable") == 1


def test_what_was_answered_before_an_outage_counts(house: House) -> None:
    house.discogs.fail_next("/users/collector/collection/fields", "server_error", times=3)

    assert house.sync() == "waiting"

    assert house.number("calls_total") >= 3, "who it is, the folders, and the fault"
    assert "none yet" not in house.row()


def test_u9_a_token_that_is_refused_is_told_until_one_is_taken(house: House) -> None:
    house.discogs.users[0].token = "another"

    assert house.sync() == "failed"

    assert "refuses" in house.row()
    assert house.number("refused") == 1
    assert house.number("errors_total", "Refused") == 1
    house.visitor.post("/import/connect/token", data={"token": "another"})
    assert "works" in house.row(), "the new one was tried at Discogs"
    assert house.number("refused") == 0


def test_u23_a_private_collection_is_no_fault_of_discogs(house: House) -> None:
    house.discogs.fail_next(LISTING, "private", times=1)

    house.sync()

    assert "refuses" not in house.row()
    assert house.number("faults_in_a_row") == 0
    assert house.number("errors_total", "Refused") == 1


def test_a_slow_down_is_counted_and_no_fault(house: House) -> None:
    house.discogs.fail_next(LISTING, "rate_limited", times=1, retry_after=400)

    assert house.sync() == "waiting"

    assert "rests" in house.row()
    assert house.number("faults_in_a_row") == 0
    assert house.number("errors_total", "RateLimited") == 1


def test_what_a_person_looks_up_is_counted(house: House) -> None:
    house.sync()
    before = len(house.discogs.requests)

    house.visitor.post("/releases/1/refresh")

    assert house.number("calls_total") == len(house.discogs.requests) > before
    house.discogs.fail_next("/releases/", "server_error", times=1)
    house.visitor.post("/releases/1/refresh")
    assert house.number("errors_total", "Unavailable") == 1
    assert "1 fault:" in house.row()


def test_a_record_discogs_does_not_know_is_an_answer(house: House) -> None:
    with house.app.app_context():
        set_reading(False)
        put_on_shelf({"Title": "Gone"})

    house.visitor.post("/releases/1/refresh")

    assert "works" in house.row()
    assert house.number("calls_total") == len(house.discogs.requests)


def test_two_may_be_the_first_to_tell_of_a_provider(each_database: Flask) -> None:
    def tell() -> list[int]:
        health.failed_elsewhere(UnavailableError("discogs", "It does not answer."))
        db.session.commit()
        return [1]

    assert len(found_at_once(each_database, 4, tell)) == 4

    assert db.session.scalar(select(ProviderHealth.calls)) == 4
