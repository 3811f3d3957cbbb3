"""Telling us something, and seeing what was answered."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.issue_text import KINDS, path_of
from app.errors import InvalidInputError
from app.queries import feedback as queries
from app.services import feedback
from app.web.auth import owner_id
from app.web.way_back import path_here

bp = Blueprint("feedback", __name__)


@bp.get("/feedback")
def index() -> str:
    """The form for the page in `page`, and what was sent before with its answers."""
    return _form({}, {})


@bp.post("/feedback")
def send() -> ResponseReturnValue:
    """Keep it and go back to the page it is about."""
    form = request.form
    about = path_here(form.get("page", ""), "")
    try:
        number = feedback.send(owner_id(), form.get("kind", ""), form.get("text", ""), about)
    except InvalidInputError as error:
        page = _form(form.to_dict(), error.problems)
        return page, 429 if "" in error.problems else 422
    flash(f"Kept as number {number}. Thank you; the answer will stand under Feedback.", "good")
    return redirect(about or url_for("feedback.index"), 303)


def _form(typed: dict[str, str], problems: dict[str, list[str]]) -> str:
    asked = typed.get("page", request.args.get("page", ""))
    return render_template(
        "feedback/index.html",
        kinds=KINDS,
        about=path_of(path_here(asked, "")),
        typed=typed,
        problems=problems,
        sent=queries.sent(owner_id()),
    )
