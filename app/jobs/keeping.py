"""Storing what a provider answered: facts and states in one transaction, and again if need be."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import structlog
from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.errors import GatefoldError
from app.extensions import db
from app.services.enrich import work
from app.services.enrich.steps import Outcomes, Step
from app.services.enrich.work import Item

log = structlog.get_logger(__name__)

# A database that is busy for longer than it lets anybody wait is given so many chances, in seconds.
BUSY_PAUSES = (0.2, 1.0, 3.0)
NOT_STORED = "The answer could not be stored; the log has the details."


def keep(step: Step, items: list[Item], question: Any, answer: Any) -> None:
    """Store an answer and settle its items; items whose answer cannot be stored fail.

    Does not commit. Raises OperationalError when the database is busy: no fault of the answer's.
    """
    try:
        if question is None and step.batch == 1:
            outcomes: Outcomes = step.keep_known(items)
        else:
            outcomes = step.keep(items, question, answer)
    except OperationalError:
        raise
    except (GatefoldError, SQLAlchemyError) as error:
        db.session.rollback()
        log.error("answer_not_stored", keys=[item.key for item in items], exc_info=error)
        reason = str(error) if isinstance(error, GatefoldError) else NOT_STORED
        outcomes = {item.key: work.Outcome("failed", error=reason) for item in items}
    work.settle_all([(item, outcomes.get(item.key, work.NOTHING)) for item in items])


def patiently(store: Callable[[], None]) -> None:
    """Do what writes and commits, again if the database is busy; at last OperationalError."""
    for pause in BUSY_PAUSES:
        try:
            store()
            return
        except OperationalError as error:
            db.session.rollback()
            log.warning("database_busy", reason=type(error.orig).__name__)
            time.sleep(pause)
    store()


def give_back(items: list[Item]) -> None:
    """Let go what nobody's fault it is that it did not come to an end. Commits."""

    def store() -> None:
        work.let_go(items)
        db.session.commit()

    try:
        patiently(store)
    except OperationalError:
        db.session.rollback()
        log.warning("attempts_stay_counted", keys=[item.key for item in items])
