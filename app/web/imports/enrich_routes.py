"""Starting an enrichment, letting it rest and go on, trying again what failed."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from app.domain.providers import SERVICES
from app.models import Run
from app.queries.failures import FailureFilter
from app.services import failures, provider_care, runs
from app.web.auth import owner_id


def register(bp: Blueprint) -> None:
    """Add these addresses to the import area's."""
    bp.post("/import/enrich")(enrich)
    bp.post("/jobs/<id:run_id>/pause")(pause)
    bp.post("/jobs/<id:run_id>/resume")(resume)
    bp.post("/jobs/<id:run_id>/retry")(retry)


def enrich() -> ResponseReturnValue:
    """Start fetching what other services know; pressed twice, it leads to the one under way."""
    return _to(woken(runs.start(owner_id(), "enrich")))


def pause(run_id: int) -> ResponseReturnValue:
    """Let a job rest at its next step."""
    return _to(runs.pause(owner_id(), run_id))


def resume(run_id: int) -> ResponseReturnValue:
    """Let a paused job go on."""
    return _to(woken(runs.resume(owner_id(), run_id)))


def retry(run_id: int) -> ResponseReturnValue:
    """Ask again for all that failed, and those who broke down: with this job or a new one."""
    runs.get(owner_id(), run_id)
    for service in SERVICES:
        provider_care.try_again(service.name)
    count = failures.retry_all(FailureFilter())
    if count:
        flash(f"{count:,} {'thing is' if count == 1 else 'things are'} asked for again.", "good")
    return _to(woken(runs.start(owner_id(), "enrich")))


def woken(run: Run) -> Run:
    """The run, taken up now rather than within a second, if jobs run in this process."""
    runner = current_app.extensions.get("runner")
    if runner is not None:
        runner.wake(run.id)
    return run


def _to(run: Run) -> ResponseReturnValue:
    return redirect(url_for("imports.job", run_id=run.id))
