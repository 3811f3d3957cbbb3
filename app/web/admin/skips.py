"""What is to be left alone: the list, adding to it, and taking back."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.ids import id_in
from app.queries import skips as queries
from app.services import skips
from app.web.admin import rooms, words
from app.web.auth import owner_id
from app.web.way_back import path_here


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule("/admin/skips", "skips", index)
    bp.add_url_rule("/admin/skips", "skip", skip, methods=["POST"])
    rule = "/admin/skips/<id:skip_id>/take-back"
    bp.add_url_rule(rule, "skip_take_back", take_back, methods=["POST"])


def index() -> str:
    """All of it, the latest first."""
    page = queries.page(owner_id(), id_in(request.args.get("page", "")) or 1)
    return render_template(
        "admin/skips.html",
        admin_tabs=rooms.tabs(skipped=page.total),
        words=words,
        page=page,
        link=partial(url_for, "admin.skips"),
    )


def skip() -> ResponseReturnValue:
    """Leave a `release` or an `artist` alone (our id), for one `provider` or all."""
    form = request.form
    provider, why = form.get("provider", ""), form.get("why", "")
    artist_id = id_in(form.get("artist", ""))
    if artist_id:
        skips.leave_artist_alone(owner_id(), artist_id, provider, why)
    else:
        release_id = id_in(form.get("release", "")) or 0
        skips.leave_release_alone(owner_id(), release_id, provider, why)
    flash("Left alone from now on. What is known stays.", "good")
    return _back()


def take_back(skip_id: int) -> ResponseReturnValue:
    """Have it asked about again."""
    skips.take_back(owner_id(), skip_id)
    flash("Taken back. It is asked about with the next run.", "good")
    return _back()


def _back() -> ResponseReturnValue:
    return redirect(path_here(request.form.get("back", ""), url_for("admin.skips")), 303)
