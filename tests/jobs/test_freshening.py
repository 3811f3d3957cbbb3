"""A record opened when what is known of it is old is looked up again behind the page."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.extensions import db, set_reading
from app.jobs import runner
from app.models import CallSlot, ProviderHealth, ProviderResult, Release
from app.models.base import utcnow
from app.services import preferences, refresh
from tests.shelves import OWNER, put_on_shelf
from tests.standin.discogs import Collector, DiscogsStandIn, item

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0"}
PATIENCE_SECONDS = 20.0
MakeApp = Callable[..., Flask]


@dataclass
class House:
    """Gatefold with its job threads, three old records on the shelf, and the Discogs behind it."""

    app: Flask
    discogs: DiscogsStandIn

    def open(self, release_id: int, method: str = "GET", **headers: str) -> str:
        """The page of a record, opened as a browser does."""
        told = {**BROWSER, **{name.replace("_", "-"): text for name, text in headers.items()}}
        address = f"/releases/{release_id}"
        answer = self.app.test_client().open(address, method=method, headers=told)
        assert answer.status_code == 200
        return answer.text

    @property
    def calls(self) -> int:
        return self.discogs.calls("/releases/")

    @contextmanager
    def inside(self) -> Iterator[None]:
        with self.app.app_context():
            set_reading(False)
            yield
            db.session.remove()

    def wait_for_calls(self, count: int) -> None:
        self._wait(lambda: self.calls >= count)

    def wait_until_looked_up(self, release_id: int) -> None:
        """Until what is known of a record is new."""

        def is_new() -> bool:
            with self.inside():
                return not refresh.is_stale(db.session.get_one(Release, release_id))

        self._wait(is_new)

    def _wait(self, is_so: Callable[[], bool]) -> None:
        give_up_at = time.monotonic() + PATIENCE_SECONDS
        while not is_so():
            assert time.monotonic() < give_up_at, "it never came to that"
            time.sleep(0.02)


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    items = [item(place, 1000 + place, title=f"New title {place}") for place in (1, 2, 3)]
    with DiscogsStandIn(Collector("collector", token="test-token", items=items)) as stand_in:
        yield stand_in


@pytest.fixture
def build(make_app: MakeApp, discogs: DiscogsStandIn) -> Callable[..., House]:
    """Makes the house; keywords are settings."""

    def make(**settings: Any) -> House:
        told: dict[str, Any] = {"discogs_token": "test-token", "discogs_limit": "600/1"}
        told |= {"discogs_api_url": discogs.url, "discogs_web_url": discogs.web_url}
        house = House(make_app(**told | settings), discogs)
        with house.inside():
            put_on_shelf(*({"Title": f"Old title {place}"} for place in (1, 2, 3)))
            old = utcnow() - timedelta(hours=7)
            db.session.execute(update(Release).values(detailed_at=old, facts_from="details"))
            db.session.commit()
        runner.start(house.app)
        return house

    return make


@pytest.fixture
def house(build: Callable[..., House]) -> House:
    return build()


def test_an_old_record_is_looked_up_once_behind_its_page(house: House) -> None:
    house.discogs.delay = 0.3

    assert "Old title 1" in house.open(1), "the page waits for nobody"
    house.wait_until_looked_up(1)
    assert "New title 1" in house.open(1)
    house.open(2)
    house.wait_until_looked_up(2)

    assert house.calls == 2


def test_the_call_is_one_of_those_kept_for_people_and_leaves_the_work_list_alone(
    house: House,
) -> None:
    with house.inside():
        told = {"entity": "release", "key": "1001", "attempts": 0}
        db.session.add(ProviderResult(**told, provider="coverart", state="none"))
        db.session.commit()

    house.open(1)
    house.wait_until_looked_up(1)

    with house.inside():
        assert db.session.scalars(select(CallSlot.for_person)).all() == [True]
        states = select(ProviderResult.state).where(ProviderResult.provider == "coverart")
        assert db.session.scalar(states) == "none", "nobody asked for another look at the covers"
        health = db.session.get_one(ProviderHealth, "discogs")
        assert (health.calls, health.failures) == (1, 0)


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("HEAD", {}),
        ("GET", {"Sec_Purpose": "prefetch"}),
        ("GET", {"Sec_Fetch_Dest": "empty"}),
        ("GET", {"User_Agent": "Mozilla/5.0 (compatible; Googlebot/2.1)"}),
    ],
)
def test_only_a_person_who_opens_it_counts(
    house: House, method: str, headers: dict[str, str]
) -> None:
    onlookers = house.app.extensions["workplace"].onlookers
    house.open(1, method, **headers)
    assert not onlookers.are_there()

    house.open(2)
    assert onlookers.are_there(), "they may ask for it: a running job leaves a call to them"
    house.wait_until_looked_up(2)

    assert house.calls == 1, "wishes are fulfilled one after the other"


def test_a_program_looks_on_but_has_nothing_looked_up(house: House) -> None:
    """Row U24 of the fault list: a script may ask for the record that it opened."""
    house.open(1, User_Agent="curl/8.5")
    assert house.app.extensions["workplace"].onlookers.are_there()

    house.open(2)
    house.wait_until_looked_up(2)

    assert house.calls == 1


def test_a_record_that_is_fresh_or_not_looked_up_yet_is_left_alone(house: House) -> None:
    with house.inside():
        for release_id, at in ((1, utcnow()), (2, None)):
            changed = update(Release).where(Release.id == release_id).values(detailed_at=at)
            db.session.execute(changed)
        db.session.commit()

    for release_id in (1, 2, 3):
        house.open(release_id)
    house.wait_until_looked_up(3)

    assert house.calls == 1


def test_who_does_not_wish_it_is_not_served(house: House) -> None:
    with house.inside():
        preferences.put(OWNER, refresh.WHEN_OPENED, False)
    house.open(1)
    with house.inside():
        assert not refresh.freshen(house.app.extensions["workplace"], OWNER, 1)
        preferences.put(OWNER, refresh.WHEN_OPENED, True)
        assert refresh.freshen(house.app.extensions["workplace"], OWNER, 2)

    assert house.calls == 1


def test_it_is_off_until_discogs_is_connected(build: Callable[..., House]) -> None:
    house = build(discogs_token="")

    with house.inside():
        assert not refresh.is_wanted_when_opened(house.app.extensions["workplace"], OWNER)
        assert not refresh.freshen(house.app.extensions["workplace"], OWNER, 1)
    assert house.calls == 0


def test_u3_discogs_away_is_not_asked_for_every_record_opened(house: House) -> None:
    house.discogs.fail_next("/releases/", "server_error", times=10)

    house.open(1)
    house.wait_for_calls(1)
    with house.inside():
        time.sleep(0.2)
        failed = select(ProviderHealth.failures)
        assert db.session.scalar(failed) == 1
    house.open(2)
    house.open(3)
    time.sleep(0.3)

    assert house.calls == 1
    assert "Old title 1" in house.open(1)


def test_a_provider_that_rests_is_left_alone(house: House) -> None:
    with house.inside():
        row = {"failures": 5, "opened": 1, "refusal": "", "last_error": "", "calls": 0}
        until = time.time() + 60
        db.session.add(ProviderHealth(provider="discogs", errors={}, open_until=until, **row))
        db.session.commit()

        assert not refresh.freshen(house.app.extensions["workplace"], OWNER, 1)
    assert house.calls == 0


def test_a_worker_elsewhere_does_it_where_web_processes_only_ask(
    build: Callable[..., House],
) -> None:
    house = build(jobs="worker")
    house.open(1)
    assert house.calls == 0

    worker = runner.Runner(house.app, house.app.extensions["workplace"].settings)
    worker.start()
    try:
        house.wait_until_looked_up(1)
    finally:
        worker.stop()
    assert house.calls == 1
