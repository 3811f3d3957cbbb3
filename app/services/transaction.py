"""A change that is stored whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from app.errors import GatefoldError
from app.extensions import db
from app.services.bulk import commit_large, without_garbage_collection


@contextmanager
def one_commit() -> Iterator[None]:
    """Commit at the end, or nothing at all when one of our errors is raised."""
    with _whole():
        yield
        db.session.commit()


@contextmanager
def one_large_commit() -> Iterator[None]:
    """The same for what writes tens of thousands of rows: somebody waits for it."""
    with without_garbage_collection(), _whole():
        yield
        commit_large()


@contextmanager
def _whole() -> Iterator[None]:
    try:
        yield
    except GatefoldError:
        db.session.rollback()
        raise
