"""Failures: what a provider did not tell, why, and another try for one or for all."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.queries import failures as queries
from app.queries import run_status
from app.queries.failures import FailureFilter
from app.services import failures
from app.web.admin import rooms, words
from app.web.auth import owner_id

ACTS = {
    "retry": (failures.retry, "It is asked for again with the next run."),
    "never": (failures.never, "Given up. No run asks for it any more."),
    "take-back": (failures.take_back, "Taken back. It is asked for with the next run."),
}


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule("/admin/failures", "failures", index)
    bp.add_url_rule("/admin/failures/retry", "failures_retry_all", retry_all, methods=["POST"])
    rule = f"/admin/failures/<id:result_id>/<any({', '.join(map(repr, ACTS))}):act>"
    bp.add_url_rule(rule, "failures_act", act, methods=["POST"])


def index() -> str:
    """What could not be had, the latest first."""
    wanted = FailureFilter.from_args(request.args)
    choices = queries.choices(wanted)
    return render_template(
        "admin/failures.html",
        admin_tabs=rooms.tabs(failed=choices.open),
        words=words,
        filter=wanted,
        choices=choices,
        page=queries.page(owner_id(), wanted),
        due=queries.due_count(),
        run=run_status.under_way(owner_id()),
    )


def act(result_id: int, act: str) -> ResponseReturnValue:
    """Try one thing again, give it up, or take that back."""
    do, told = ACTS[act]
    do(result_id)
    flash(told, "good")
    return redirect(FailureFilter.from_args(request.form).url())


def retry_all() -> ResponseReturnValue:
    """Try again all that the filter shows."""
    wanted = FailureFilter.from_args(request.form)
    count = failures.retry_all(wanted)
    things = f"{count:,} {'thing is' if count == 1 else 'things are'}"
    flash(f"{things} asked for again with the next run." if count else "There was nothing.", "good")
    return redirect(wanted.url(reason=""))
