"""A Discogs account that gets another name, or goes, while its collection is kept here."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.jobs import attempt
from app.models import Connection, Copy, Release, Run, RunEvent
from app.services import accounts, runs
from app.services import sync as sync_service
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items
from tests.standin.faults import Fault
from tests.standin.messages import Request

OWNER = 1
COPIES = 150


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    collector = Collector("collector", token="test-token", items=generated_items(COPIES))
    with DiscogsStandIn(collector) as stand_in:
        yield stand_in


@pytest.fixture
def app_with(
    make_app: Callable[..., Flask], discogs: DiscogsStandIn
) -> Iterator[Callable[..., Flask]]:
    """Makes the app; keywords are settings."""
    with ExitStack() as contexts:

        def make(**settings: Any) -> Flask:
            urls = {"discogs_api_url": discogs.url, "discogs_web_url": discogs.web_url}
            app = make_app(**urls, discogs_limit="6000/60", **settings)
            contexts.enter_context(app.app_context())
            return app

        yield make
        db.session.remove()


def sync(app: Flask) -> Run:
    """Start a sync and work on it until nothing more can be done now."""
    run_id = runs.start(OWNER, "sync").id
    attempt.work_on(app, run_id)
    return runs.get(OWNER, run_id)


def copies_here() -> int:
    """How many copies stand on the shelf."""
    return len(db.session.scalars(select(Copy.id).where(Copy.removed_at.is_(None))).all())


def test_an_account_renamed_between_two_syncs_stays_the_same(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    """Row U23 of the fault list: it is known by its number."""
    app = app_with()
    accounts.connect_token(app.extensions["workplace"], OWNER, "test-token")
    assert sync(app).state == "done"
    discogs.users[0].username = "digger"
    del discogs.users[0].items[100:]
    run = sync(app)

    assert (run.state, run.message) == ("done", None)
    assert copies_here() == 100, "what has gone is put away: it is no other account"
    assert db.session.scalars(select(Connection.username)).one() == "digger"
    told = db.session.scalars(select(RunEvent.text).where(RunEvent.run_id == run.id)).all()
    assert "Your account at Discogs is called digger now." in told


def test_of_a_connected_account_nothing_waits_for_what_is_asked_before_it(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    app = app_with()
    accounts.connect_token(app.extensions["workplace"], OWNER, "test-token")
    discogs.requests.clear()
    receive, all_asked = discogs.receive, threading.Barrier(4)

    def receiving(request: Request) -> Fault | None:
        if request.query.get("page") != "2":
            all_asked.wait(timeout=5)
        return receive(request)

    discogs.receive = receiving  # type: ignore[method-assign]

    assert sync(app).state == "done"
    assert copies_here() == COPIES
    assert len(discogs.requests) == 3 + 2


def test_a_name_that_is_somebody_elses_by_now_brings_none_of_their_records(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    """Row U23 of the fault list: what was asked under the old name is not believed."""
    app = app_with()
    accounts.connect_token(app.extensions["workplace"], OWNER, "test-token")
    discogs.users[0].username = "digger"
    stranger = Collector("collector", user_id=4711, items=generated_items(COPIES + 30)[-30:])
    discogs.users.append(stranger)

    assert sync(app).state == "done"

    assert copies_here() == COPIES
    theirs = {item["id"] for item in stranger.items}
    assert not theirs & set(db.session.scalars(select(Release.discogs_id)))


def test_an_account_renamed_while_it_is_read_is_read_to_its_end(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    """Row U23 of the fault list."""
    app = app_with(discogs_token="test-token")
    discogs.before_page(1, lambda: setattr(discogs.users[0], "username", "digger"))
    run = sync(app)

    assert (run.state, run.message) == ("done", None)
    assert copies_here() == COPIES
    assert run.cursor["username"] == "digger"


def test_an_account_renamed_the_moment_it_was_looked_up_is_read_all_the_same(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Row U23 of the fault list."""
    look_up = sync_service._account

    def renamed_then(*asked: Any) -> Any:
        account = look_up(*asked)
        discogs.users[0].username = "digger"
        return account

    monkeypatch.setattr(sync_service, "_account", renamed_then)
    run = sync(app_with(discogs_token="test-token"))

    assert (run.state, run.message) == ("done", None)
    assert copies_here() == COPIES


@pytest.mark.parametrize("change", ["renamed", "deleted"])
def test_a_public_account_that_is_not_there_any_more_is_told_with_what_to_change(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn, change: str
) -> None:
    """Row U23 of the fault list."""
    app = app_with(discogs_username="collector")
    assert sync(app).state == "done"
    if change == "renamed":
        discogs.users[0].username = "digger"
    else:
        discogs.users.clear()
    run = sync(app)

    assert run.state == "failed"
    assert "nobody called collector" in (run.message or "")
    assert "DISCOGS_USERNAME" in (run.message or "")
    assert copies_here() == COPIES


def test_a_deleted_account_of_ones_own_is_told_with_what_to_change(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    """Row U23 of the fault list."""
    app = app_with(discogs_token="test-token")
    assert sync(app).state == "done"
    discogs.users.clear()
    run = sync(app)

    assert run.state == "failed"
    assert "discogs.com/settings/developers" in (run.message or "")
    assert copies_here() == COPIES


def test_a_collection_made_private_while_it_is_read_keeps_what_arrived(
    app_with: Callable[..., Flask], discogs: DiscogsStandIn
) -> None:
    """Row U23 of the fault list."""
    app = app_with(discogs_username="collector")
    discogs.before_page(2, lambda: setattr(discogs.users[0], "private", True))
    run = sync(app)

    assert "discogs.com/settings/privacy" in (run.message or "")
    assert copies_here() > 0
