"""What a person decides about things a provider failed to tell. Everything here commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, update

from app.domain.dead_letters import NEVER
from app.errors import NotFoundError
from app.extensions import db
from app.models import ProviderResult
from app.queries.failures import FailureFilter

AGAIN: dict[str, Any] = {"state": "pending", "attempts": 0, "due_at": None, "last_error": None}
GIVEN_UP: dict[str, Any] = {"state": "parked", "due_at": None, "last_error": NEVER}


def retry(result_id: int) -> None:
    """Have one thing asked for again with the next run. Raises NotFoundError."""
    _change_one(result_id, FailureFilter(), AGAIN)


def retry_all(wanted: FailureFilter) -> int:
    """The same for all that `wanted` means; returns how many."""
    changed = _change(wanted.condition, AGAIN)
    db.session.commit()
    return changed


def never(result_id: int) -> None:
    """Give one thing up: no run asks for it, until it is taken back. Raises NotFoundError."""
    _change_one(result_id, FailureFilter(), GIVEN_UP)


def take_back(result_id: int) -> None:
    """Have a thing that was given up asked for again. Raises NotFoundError."""
    _change_one(result_id, FailureFilter(never=True), AGAIN)


def _change_one(result_id: int, within: FailureFilter, values: dict[str, Any]) -> None:
    changed = _change(and_(ProviderResult.id == result_id, within.condition), values)
    if not changed:
        db.session.rollback()
        raise NotFoundError("This is no failure any more. Load the list anew to see what is.")
    db.session.commit()


def _change(condition: ColumnElement[bool], values: dict[str, Any]) -> int:
    found = db.session.execute(
        update(ProviderResult)
        .where(condition)
        .values(values)
        .returning(ProviderResult.id)
        .execution_options(synchronize_session=False)
    )
    return len(found.all())
