"""Syncing a collection from Discogs, over HTTP, with the real client library."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db
from app.jobs import runner
from app.models import Copy, Release, Run
from app.services import runs
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items

OWNER = 1


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    collector = Collector("collector", items=generated_items(250), token="test-token")
    with DiscogsStandIn(collector) as stand_in:
        yield stand_in


@pytest.fixture
def sync(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Iterator[Callable[[], Run]]:
    app = make_app(
        discogs_api_url=discogs.url, discogs_web_url=discogs.web_url, discogs_token="test-token"
    )
    with app.app_context():

        def run_one() -> Run:
            run_id = runs.start(OWNER, "sync").id
            runner.work_on(app, run_id)
            return runs.get(OWNER, run_id)

        yield run_one
        db.session.remove()


def test_a_collection_arrives_whole(sync: Callable[[], Run], discogs: DiscogsStandIn) -> None:
    run = sync()

    assert (run.state, run.message) == ("done", None)
    assert db.session.scalar(select(func.count()).select_from(Copy)) == 250
    assert run.counts["added"] == 250


def test_an_unchanged_collection_costs_one_listing(
    sync: Callable[[], Run], discogs: DiscogsStandIn
) -> None:
    sync()
    version = db.session.scalar(select(func.max(Release.version)))
    discogs.requests.clear()

    run = sync()

    assert run.counts == {}
    assert len(discogs.requests) <= 3 + 3
    assert db.session.scalar(select(func.max(Release.version))) == version
