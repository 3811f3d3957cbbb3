"""Bringing records in: the first run, the import page, the sample shelf and the sync."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.sleeves import draw_sleeve
from app.errors import NotFoundError
from app.queries import run_status
from app.services import runs, sample_shelf, sync_news
from app.web.auth import owner_id
from app.web.imports import (
    change_routes,
    connect_routes,
    csv_routes,
    enrich_routes,
    job_routes,
    record_routes,
)
from app.web.imports.page import import_page

bp = Blueprint("imports", __name__)
connect_routes.register(bp)
csv_routes.register(bp)
record_routes.register(bp)
job_routes.register(bp)
change_routes.register(bp)
enrich_routes.register(bp)


@bp.get("/")
def home() -> ResponseReturnValue:
    """The collection; while there is none, the ways to bring one in."""
    if run_status.owns_anything(owner_id()):
        return redirect("/collection")
    return import_page()


@bp.get("/import")
def index() -> ResponseReturnValue:
    """The ways to bring records in, and how things stand with Discogs."""
    return import_page()


@bp.post("/import/sync")
def sync() -> ResponseReturnValue:
    """Start a sync, or a look for what is new; pressed twice, it leads to the one under way."""
    cursor = {sync_news.QUICK: True} if request.form.get("quick") else None
    run = enrich_routes.woken(runs.start(owner_id(), "sync", cursor))
    return redirect(url_for("imports.job", run_id=run.id))


@bp.post("/import/sample")
def load_sample() -> ResponseReturnValue:
    """Put the sample shelf up and show it."""
    came = sample_shelf.load(owner_id())
    if came:
        flash(f"The sample shelf is up: {came} records to look around with.", "fetch")
    else:
        flash("The sample shelf is up already.", "info")
    return redirect("/collection")


@bp.post("/import/sample/remove")
def remove_sample() -> ResponseReturnValue:
    """Take the sample shelf down."""
    gone = sample_shelf.remove(owner_id())
    flash(
        f"The {gone} records of the sample shelf are gone; yours stay."
        if gone
        else "There was no sample shelf.",
        "good",
    )
    return redirect("/import")


@bp.get("/import/sample/<int:place>.svg")
def sample_sleeve(place: int) -> Response:
    """One of the sleeves in the window of the first run."""
    window = sample_shelf.shop_window()
    if place >= len(window):
        raise NotFoundError("There is no such sleeve.")
    response = Response(draw_sleeve(window[place]), mimetype="image/svg+xml")
    response.headers["Cache-Control"] = "private, max-age=86400"
    return response
