"""Failures: what a provider did not tell, why, and another try for one or for all."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.queries import failures as queries
from app.queries import run_status
from app.queries.failures import FailureFilter
from app.services import failures, skips
from app.services.enrich import desk
from app.services.workplace import Workplace
from app.web.admin import rooms, words
from app.web.auth import owner_id


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule("/admin/failures", "failures", index)
    bp.add_url_rule("/admin/failures/retry", "failures_retry_all", retry_all, methods=["POST"])
    rule = "/admin/failures/<id:result_id>"
    bp.add_url_rule(f"{rule}/retry", "failures_retry", retry, methods=["POST"])
    bp.add_url_rule(f"{rule}/skip", "failures_skip", skip, methods=["POST"])


def index() -> str:
    """What could not be had, the latest first."""
    wanted = FailureFilter.from_args(request.args)
    choices = queries.choices(wanted)
    workplace: Workplace = current_app.extensions["workplace"]
    return render_template(
        "admin/failures.html",
        admin_tabs=rooms.tabs(failed=choices.open),
        words=words,
        filter=wanted,
        choices=choices,
        page=queries.page(owner_id(), wanted),
        due=queries.due_count(desk.asked(workplace, owner_id())),
        run=run_status.under_way(owner_id()),
    )


def retry(result_id: int) -> ResponseReturnValue:
    """Try one thing again."""
    failures.retry(result_id)
    flash("It is asked for again with the next run.", "good")
    return redirect(FailureFilter.from_args(request.form).url())


def skip(result_id: int) -> ResponseReturnValue:
    """Leave one thing alone: that provider, or with `everybody` all of them."""
    form = request.form
    why = form.get("why", "")
    skips.leave_failed_alone(owner_id(), result_id, why, everybody="everybody" in form)
    flash("Left alone. You can take that back under Left alone.", "good")
    return redirect(FailureFilter.from_args(form).url())


def retry_all() -> ResponseReturnValue:
    """Try again all that the filter shows."""
    wanted = FailureFilter.from_args(request.form)
    count = failures.retry_all(wanted)
    things = f"{count:,} {'thing is' if count == 1 else 'things are'}"
    flash(f"{things} asked for again with the next run." if count else "There was nothing.", "good")
    return redirect(wanted.url(reason=""))
