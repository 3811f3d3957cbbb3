"""What a person decides about things a provider failed to tell. Everything here commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, and_, update

from app.errors import NotFoundError
from app.extensions import db
from app.models import ProviderResult
from app.queries.failures import FailureFilter

AGAIN: dict[str, Any] = {"state": "pending", "attempts": 0, "due_at": None, "last_error": None}


def retry(result_id: int) -> None:
    """Have one thing asked for again with the next run. Raises NotFoundError."""
    if not _change(and_(ProviderResult.id == result_id, FailureFilter().condition)):
        db.session.rollback()
        raise NotFoundError("This is no failure any more. Load the list anew to see what is.")
    db.session.commit()


def retry_all(wanted: FailureFilter) -> int:
    """The same for all that `wanted` means; returns how many."""
    changed = _change(wanted.condition)
    db.session.commit()
    return changed


def _change(condition: ColumnElement[bool]) -> int:
    found = db.session.execute(
        update(ProviderResult)
        .where(condition)
        .values(AGAIN)
        .returning(ProviderResult.id)
        .execution_options(synchronize_session=False)
    )
    return len(found.all())
