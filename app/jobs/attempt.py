"""One attempt at a run: taken, worked on, and left in a state that a page can explain."""

from __future__ import annotations

from collections.abc import Callable

import structlog
from flask import Flask
from sqlalchemy.exc import OperationalError

from app.domain.pace import WAITED_FOR_SECONDS
from app.errors import (
    GatefoldError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)
from app.extensions import db, patient, set_reading
from app.jobs import heaps
from app.jobs.heart import Heart
from app.jobs.kinds import KINDS
from app.services import runs
from app.services.runs import CancelledError, Lease, LostLeaseError, StoppedError

log = structlog.get_logger(__name__)

TRY_AGAIN_SECONDS = 60.0
BUSY_SECONDS = 5.0
BUSY = "The database is busy; this goes on by itself."
FULL = "The disk is full. Make room; this then goes on by itself, nothing is lost."
# A refusal half-way (a revoked token) needs a person; "Sync now" goes on from there at once.
WAIT_FOR_PERSON_SECONDS = 86_400.0


def work_on(
    app: Flask,
    run_id: int,
    should_stop: Callable[[], bool] = lambda: False,
    held: dict[int, Lease] | None = None,
) -> None:
    """Take a run and work on it until it ends, `should_stop()`, or another must go on.

    Its lease is in `held`, by the run's id, for as long. Does nothing when somebody else holds the
    run. Needs an app context.
    """
    held = {} if held is None else held
    set_reading(False)
    lease = runs.take(run_id)
    if lease is None:
        db.session.remove()
        return
    structlog.contextvars.bind_contextvars(run_id=run_id)
    held[run_id] = lease
    heart = Heart(app, lease)
    heart.start()
    try:
        with heaps.shared(), patient():
            _attempt(app, lease, lambda: should_stop() or heart.has_news.is_set())
    finally:
        heart.stop()
        held.pop(run_id, None)
        db.session.remove()
        structlog.contextvars.unbind_contextvars("run_id")


def _attempt(app: Flask, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Run the job's function and turn whatever happens into a state a page can explain."""
    try:
        KINDS[lease.kind](app.extensions["workplace"], lease, should_stop)
    except LostLeaseError:
        log.warning("lease_lost")
    except CancelledError as stopped:
        runs.end(lease, "cancelled", str(stopped))
    except StoppedError:
        db.session.rollback()
        runs.give_back(lease)
    except OperationalError as error:
        db.session.rollback()
        log.warning("database_busy", reason=type(error.orig).__name__)
        _postpone_if_possible(lease, FULL if "is full" in str(error.orig) else BUSY)
    except (RateLimitedError, UnavailableError) as error:
        db.session.rollback()
        wait = _rest_after(error, lease.attempts)
        log.info("run_postponed", seconds=wait, reason=str(error))
        runs.postpone(lease, wait, str(error))
    except GatefoldError as error:
        db.session.rollback()
        log.info("run_stopped", reason=str(error))
        if isinstance(error, RefusedError) and runs.has_begun(lease):
            runs.postpone(lease, WAIT_FOR_PERSON_SECONDS, str(error))
        else:
            runs.end(lease, "failed", str(error))
    except BaseException as error:
        # Whatever it was, the page must not say "running" for ever; the log gets the whole story.
        db.session.rollback()
        log.error("run_crashed", exc_info=error)
        runs.end(lease, "failed", "A fault in Gatefold stopped this; the log has the details.")
        raise


def _rest_after(error: RateLimitedError | UnavailableError, attempts: int) -> float:
    """So many seconds, as long as it was asked for; after an outage twice as long each time."""
    if isinstance(error, RateLimitedError):
        return error.retry_after or TRY_AGAIN_SECONDS
    return min(TRY_AGAIN_SECONDS * 2.0 ** (attempts - 1), WAITED_FOR_SECONDS)


def _postpone_if_possible(lease: Lease, message: str) -> None:
    """Try again soon; if even that cannot be written, the lease runs out by itself."""
    try:
        runs.postpone(lease, BUSY_SECONDS, message)
    except OperationalError:
        db.session.rollback()
