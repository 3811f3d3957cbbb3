"""A change that is stored whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import GatefoldError
from app.extensions import db


@contextmanager
def one_commit() -> Iterator[None]:
    """Commit at the end, or nothing at all when one of our errors is raised."""
    try:
        yield
    except GatefoldError:
        db.session.rollback()
        raise
    db.session.commit()
