"""What people told us: read, answer, close, take along as the text of issues."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.ids import id_in
from app.domain.issue_text import KINDS, issue_text, issues_text
from app.models.curation import FEEDBACK_STATES
from app.queries import feedback as queries
from app.services import feedback
from app.web.admin import rooms
from app.web.auth import owner_id
from config import VERSION

PLACE = "/admin/feedback"


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule(PLACE, "feedback", index)
    bp.add_url_rule(f"{PLACE}/issues.md", "feedback_issues", issues)
    one = f"{PLACE}/<id:feedback_id>"
    bp.add_url_rule(f"{one}/issue.md", "feedback_issue", issue)
    acts: tuple[tuple[str, Callable[[int], ResponseReturnValue]], ...] = (
        ("answer", answer),
        ("close", close),
        ("reopen", reopen),
    )
    for act, view in acts:
        bp.add_url_rule(f"{one}/{act}", f"feedback_{act}", view, methods=["POST"])


def index() -> str:
    """Those of one `state`, the latest first."""
    state = _state()
    counts = queries.counts(owner_id())
    number = id_in(request.args.get("page", "")) or 1
    return render_template(
        "admin/feedback.html",
        admin_tabs=rooms.tabs(told=counts["open"]),
        kinds=KINDS,
        state=state,
        counts=counts,
        page=queries.page(owner_id(), state, number, counts[state]),
        link=partial(url_for, "admin.feedback", state=state),
    )


def answer(feedback_id: int) -> ResponseReturnValue:
    """Answer one; its writer finds that on the page Feedback."""
    feedback.answer(owner_id(), feedback_id, request.form.get("answer", ""))
    flash("Answered. It stands on the page Feedback.", "good")
    return _back()


def close(feedback_id: int) -> ResponseReturnValue:
    """Be done with one."""
    feedback.close(owner_id(), feedback_id)
    flash("Closed.", "good")
    return _back()


def reopen(feedback_id: int) -> ResponseReturnValue:
    """Take that back."""
    feedback.reopen(owner_id(), feedback_id)
    flash("Open again.", "good")
    return _back()


def issue(feedback_id: int) -> Response:
    """One as the text of an issue."""
    told = queries.as_told(feedback.get(owner_id(), feedback_id))
    return _file(issue_text(told, VERSION), f"feedback-{feedback_id}.md")


def issues() -> Response:
    """All of one `state`."""
    state = _state()
    return _file(issues_text(queries.told(owner_id(), state), VERSION), f"feedback-{state}.md")


def _state() -> str:
    state = request.values.get("state", "")
    return state if state in FEEDBACK_STATES else FEEDBACK_STATES[0]


def _back() -> ResponseReturnValue:
    return redirect(url_for("admin.feedback", state=_state()), 303)


def _file(text: str, name: str) -> Response:
    response = Response(text, content_type="text/markdown; charset=utf-8")
    response.headers.set("Content-Disposition", "attachment", filename=name)
    return response
