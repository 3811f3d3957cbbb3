"""Starting enrichment runs in tests, waiting for what becomes of them, and counting it."""

from __future__ import annotations

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

OWNER = 1


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
