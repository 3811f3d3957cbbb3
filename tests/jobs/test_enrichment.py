"""The enrichment run, against all services at once over real HTTP."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.extensions import db, set_reading
from app.jobs import foreground
from app.models import Article, Copy, Link, Master, ProviderResult, Release, Run
from app.services import runs
from tests.standin.world import World

OWNER = 1


@pytest.fixture
def world() -> Iterator[World]:
    with World(60) as world:
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


def follow(app: Flask, kind: str, cursor: dict[str, Any] | None = None) -> Run:
    """Start a run and wait for its end."""
    set_reading(False)
    started = runs.start(OWNER, kind, cursor).id
    db.session.commit()
    return foreground.follow(app, OWNER, started, lambda _run: None)


def states(provider: str, entity: str) -> Counter[str]:
    """How many things of a provider are in each state."""
    rows = db.session.execute(
        select(ProviderResult.state, func.count())
        .where(ProviderResult.provider == provider, ProviderResult.entity == entity)
        .group_by(ProviderResult.state)
    )
    return Counter({row[0]: row[1] for row in rows})


def count(model: Any, *conditions: Any) -> int:
    """How many rows of a model there are."""
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0


def test_everything_is_asked_once_and_settled(app_in: Callable[..., Flask], world: World) -> None:
    app = app_in(world)
    follow(app, "sync")
    run = follow(app, "enrich")

    assert (run.state, run.message) == ("done", None)
    assert count(ProviderResult, ProviderResult.state == "pending") == 0
    for name, stand_in in world.services.items():
        asked = Counter(request.target for request in stand_in.requests)
        assert [target for target, times in asked.items() if times > 1] == [], name
    print({k: v.calls() for k, v in world.services.items()})
    for p in world.services: print(p, [ (e,states(p,e)) for e in ("release","master","title","artist")])
    print(Counter(db.session.execute(select(Link.provider,Link.badge,Link.state)).all()))
    print(count(Release, Release.image_sha256.is_not(None)), count(Article), count(Master))
    assert 0
