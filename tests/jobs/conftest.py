"""The app beside a world of services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
from app.services.enrich import health, work
from tests.jobs.enriching import RELEASES
from tests.standin.world import World


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


@pytest.fixture
def world() -> Iterator[World]:
    with World(RELEASES) as world:
        yield world


@pytest.fixture
def _hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed is tried again, and a breaker closes, after seconds and not after minutes."""
    monkeypatch.setattr(work, "FIRST_WAIT", timedelta(seconds=0.2))
    monkeypatch.setattr(health, "FIRST_REST_SECONDS", 0.3)
