"""The app beside a world of services."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from app.extensions import db
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
