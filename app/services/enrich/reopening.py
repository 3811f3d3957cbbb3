"""Asking again about what is settled on the work list. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import update

from app.extensions import db
from app.models import ProviderResult
from app.models.base import utcnow
from app.queries.skips import is_skipped


def due() -> None:
    """Ask again where nothing was found, or it failed, and enough time has gone by."""
    db.session.execute(
        update(ProviderResult)
        .where(
            ProviderResult.state.in_(("none", "failed")),
            ProviderResult.due_at <= utcnow(),
        )
        .values(state="pending", attempts=0, due_at=None)
        .execution_options(synchronize_session=False)
    )


def old(entity: str, provider: str) -> None:
    """Ask again about what was found, or left for a person to decide, once it is due."""
    db.session.execute(
        update(ProviderResult)
        .where(
            ProviderResult.entity == entity,
            ProviderResult.provider == provider,
            ProviderResult.state.in_(("found", "doubtful")),
            ProviderResult.due_at <= utcnow(),
        )
        .values(state="pending", attempts=0, due_at=None)
        .execution_options(synchronize_session=False)
    )


def these(entity: str, providers: Collection[str], keys: Collection[str]) -> int:
    """Ask these providers again about these things, whatever they answered before.

    But not about what a person wants left alone. Returns how many questions are open now.
    """
    opened = db.session.execute(
        update(ProviderResult)
        .where(
            ProviderResult.entity == entity,
            ProviderResult.provider.in_(providers),
            ProviderResult.key.in_(keys),
            ~is_skipped(ProviderResult.__table__),
        )
        .values(state="pending", attempts=0, due_at=None, last_error=None)
        .returning(ProviderResult.id)
        .execution_options(synchronize_session=False)
    )
    return len(opened.all())
