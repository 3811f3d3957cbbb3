"""Reviews: pages of other services that may be about a thing on the shelf; a person decides."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.ids import id_in
from app.queries import reviews as queries
from app.services import reviews
from app.web.admin import rooms, words
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule("/admin/reviews", "reviews", waiting)
    bp.add_url_rule("/admin/reviews/decided", "reviews_decided", decided)
    bp.add_url_rule("/admin/reviews/undo", "reviews_undo_last", undo_last, methods=["POST"])
    bp.add_url_rule("/admin/reviews/<id:link_id>/undo", "reviews_undo", undo, methods=["POST"])
    answers = f"<any({', '.join(reviews.ANSWERS)}):answer>"
    rule = f"/admin/reviews/<id:link_id>/{answers}"
    bp.add_url_rule(rule, "reviews_decide", decide, methods=["POST"])


def waiting() -> str:
    """Questions, the likeliest first, with what was decided last."""
    asked = queries.waiting(owner_id(), _number(request.args))
    return _page("reviews", page=asked, last=queries.last_decided(owner_id()))


def decided() -> str:
    """What was decided, the latest first."""
    return _page("decided", page=queries.decided(owner_id(), _number(request.args)))


def _page(name: str, **values: object) -> str:
    counts = queries.counts(owner_id())
    return render_template(
        f"admin/{name}.html",
        admin_tabs=rooms.tabs(waiting=counts.waiting),
        words=words,
        counts=counts,
        pages=partial(url_for, request.endpoint or ""),
        editor_of=_editor_of,
        **values,
    )


def _editor_of(question: queries.Question) -> str:
    """Where ours is edited, with the other questions to go on with; "" once it left the shelf."""
    record = queries.record_of(question.thing)
    if record is None:
        return ""
    return f"{editor_url(*record)}?list=reviews&at={question.candidates[0].id}"


def _number(told: Mapping[str, str]) -> int:
    return id_in(told.get("page", "")) or 1


def decide(link_id: int, answer: str) -> ResponseReturnValue:
    """Answer, and go on with the next question."""
    if reviews.decide(owner_id(), link_id, answer) is None:
        flash("That was decided already.", "info")
    return _onwards(id_in(request.form.get("next", "")), _number(request.form))


def undo(link_id: int) -> ResponseReturnValue:
    """Take one decision back; it is asked again."""
    link = reviews.undo(owner_id(), link_id)
    flash(f"Taken back, and waiting for you again: {link.name or link.url}.", "good")
    return redirect(url_for("admin.reviews_decided", page=_number(request.form)))


def undo_last() -> ResponseReturnValue:
    """Take the latest decision back, and look at its question again."""
    link = reviews.undo_last(owner_id())
    if link is None:
        flash("Nothing was decided yet.", "info")
        return redirect(url_for("admin.reviews"))
    return _onwards(link.id, queries.page_of(owner_id(), link))


def _onwards(link_id: int | None, page: int) -> ResponseReturnValue:
    """To a candidate, which a browser focuses by its anchor."""
    anchor = f"candidate-{link_id}" if link_id else None
    return redirect(url_for("admin.reviews", page=page if page > 1 else None, _anchor=anchor))
