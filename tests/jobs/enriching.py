"""Starting enrichment runs in tests, waiting for what becomes of them, and counting it."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from flask import Flask
from sqlalchemy import func, select

from app.extensions import db, set_reading
from app.jobs import foreground
from app.models import ProviderResult, Run
from app.services import runs
from tests.standin.server import StandIn

OWNER = 1
# What stands in the world of the fixture.
RELEASES = 6


def follow(
    app: Flask, kind: str, cursor: dict[str, Any] | None = None, *, owner_id: int = OWNER
) -> Run:
    """Start a run and wait for its end."""
    set_reading(False)
    started = runs.start(owner_id, kind, cursor).id
    db.session.commit()
    return foreground.follow(app, owner_id, started, lambda _run: None)


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


def wait_until(app: Flask, run_id: int, is_so: Callable[[Run], bool]) -> None:
    """Work on a run until something is so."""

    def tell(run: Run) -> None:
        if is_so(run):
            raise ArrivedError

    with suppress(ArrivedError):
        foreground.follow(app, OWNER, run_id, tell)
    db.session.expire_all()


class ArrivedError(Exception):
    """What was waited for has come."""


def clocked(stand_in: StandIn) -> list[float]:
    """The moments at which requests come to a stand-in from now on."""
    moments: list[float] = []
    receive = stand_in.receive

    def noting(request: Any) -> Any:
        moments.append(time.monotonic())
        return receive(request)

    stand_in.receive = noting  # type: ignore[method-assign]
    return moments


def errors(provider: str) -> list[str]:
    """Why things of a provider failed."""
    query = select(ProviderResult.last_error).where(
        ProviderResult.provider == provider, ProviderResult.state == "failed"
    )
    return [error or "" for error in db.session.scalars(query)]
