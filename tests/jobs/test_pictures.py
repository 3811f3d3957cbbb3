"""The lanes that fetch covers: odd pictures, gone pictures, and the room they may take."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from app.extensions import db
from app.models import ProviderHealth
from tests.jobs.test_enrichment import follow, states
from tests.standin.world import World

OWNER = 1


@pytest.fixture
def world() -> Iterator[World]:
    with World(20) as world:
        yield world


@pytest.fixture
def app_in(make_app: Callable[..., Flask], tmp_path: Path) -> Iterator[Callable[..., Flask]]:
    """Makes the app that talks to a world, its context pushed; keywords are settings."""
    with ExitStack() as contexts:

        def make(world: World, **settings: Any) -> Flask:
            app = make_app(**{**world.settings(tmp_path), **settings})
            contexts.enter_context(app.app_context())
            return app

        yield make
        db.session.remove()


@pytest.mark.parametrize(("fault", "odd"), [("half_json", None), ("blank", 7), ("redirect", 7)])
def test_odd_pictures_in_a_row_are_their_own_fault_alone(
    app_in: Callable[..., Flask], world: World, fault: str, odd: int | None
) -> None:
    """Row U17 of the fault list: no picture, though the host is well."""
    app = app_in(world)
    follow(app, "sync")
    world.discogs.fail_next("/images/", fault, 7)

    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    left = states("images", "release")
    assert left["failed"] == 7
    assert left["pending"] == 0
    assert left["found"] > 0
    health = db.session.get_one(ProviderHealth, "images")
    assert (health.failures, health.open_until) == (0, None)
    assert health.errors.get("OddAnswer") == odd
