"""Visits to the import pages: a browser without script, and a Discogs behind the app."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.extensions import db, set_reading
from app.jobs import attempt
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    """A Discogs where "collector" has 150 copies and the token test-token."""
    collector = Collector("collector", token="test-token", items=generated_items(150))
    with DiscogsStandIn(collector) as stand_in:
        yield stand_in


@pytest.fixture
def house(make_app: Callable[..., Flask], discogs: DiscogsStandIn) -> Flask:
    """Gatefold with that Discogs, nothing connected, nothing on the shelf."""
    app = make_app(**discogs.settings)
    app.config["WTF_CSRF_ENABLED"] = False
    return app


@pytest.fixture
def visitor(house: Flask) -> FlaskClient:
    """A browser at that Gatefold."""
    return house.test_client()


@pytest.fixture
def work(house: Flask) -> Callable[[int], None]:
    """Does what a job thread would: works on a run until it ends."""

    def work_on(run_id: int) -> None:
        with house.app_context():
            attempt.work_on(house, run_id)

    return work_on


@pytest.fixture
def inside(house: Flask) -> Callable[[], AbstractContextManager[None]]:
    """Opens the database for the length of a block; visits need it closed."""

    @contextmanager
    def opened() -> Iterator[None]:
        with house.app_context():
            set_reading(False)
            yield
            db.session.remove()

    return opened


def sent(visitor: FlaskClient, content: bytes, name: str = "export.csv") -> TestResponse:
    """Upload a file."""
    return visitor.post("/import/csv", data={"file": (io.BytesIO(content), name)})
