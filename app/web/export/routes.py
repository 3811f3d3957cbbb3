"""Stickers: what is picked, how it is written, and the file for QR Factory 3."""

from __future__ import annotations

from functools import partial

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.qr_rows import DEFAULTS
from app.domain.short_code import number_of
from app.errors import NotFoundError
from app.queries import exports
from app.queries.picks import picked_count
from app.services import picks
from app.web.auth import owner_id
from app.web.export import files, preset_pages, sheets
from app.web.export.forms import page_number
from app.web.way_back import path_here
from app.web.which_copies import filter_in, ids_in

bp = Blueprint("export", __name__)
sheets.register(bp)
preset_pages.register(bp)
files.register(bp)


@bp.get("/export")
def index() -> str:
    """What is picked, and the files made before."""
    return render_template(
        "export/index.html",
        page=exports.picked_page(owner_id(), page_number(request.args)),
        presets=exports.presets(owner_id()),
        preset=exports.current_preset(owner_id()),
        batches=exports.recent_batches(owner_id()),
        link=partial(url_for, "export.index"),
    )


@bp.post("/export/picks")
def repick() -> ResponseReturnValue:
    """The ticks of the wall, "Pick all" and "Unpick all". See docs/guide/front-end.md."""
    form = request.form
    wanted = filter_in(form.get("query", ""))
    if "none" in form:
        picks.unpick_all(owner_id())
    elif "all" in form:
        picks.pick_all(owner_id(), wanted)
    else:
        shown, ticked = form.get("shown", "").split(","), form.getlist("copy")
        picks.repick(owner_id(), ids_in(shown), ids_in(ticked))
    return _done(path_here(form.get("back", ""), wanted.url(page=wanted.page)))


@bp.post("/export/pick")
def pick() -> ResponseReturnValue:
    """Add copies, or with all=1 everything in the filter `query`."""
    form = request.form
    if "all" in form:
        picks.pick_all(owner_id(), filter_in(form.get("query", "")))
    else:
        picks.pick(owner_id(), ids_in(form.getlist("copy_id")))
    return _done(_next())


@bp.post("/export/unpick")
def unpick() -> ResponseReturnValue:
    """Take copies out, or with all=1 everything."""
    if "all" in request.form:
        picks.unpick_all(owner_id())
    else:
        picks.unpick(owner_id(), ids_in(request.form.getlist("copy_id")))
    return _done(_next())


def _next() -> str:
    return path_here(request.form.get("next", ""), url_for("export.index"))


def _done(address: str) -> ResponseReturnValue:
    """To script the basket as it is now; to everybody else the page they came from."""
    if request.headers.get("HX-Request") == "true":
        return render_template("export/_basket.html", count=picked_count(owner_id()))
    return redirect(address, 303)


@bp.get("/s/<code>")
def short_address(code: str) -> ResponseReturnValue:
    """Where a printed code leads: the record of that copy."""
    copy_id = number_of(code)
    if copy_id is None:
        raise NotFoundError("No record on this shelf has that code.")
    return redirect(f"/releases/{exports.release_of_copy(owner_id(), copy_id)}")


@bp.get("/export/icon.svg")
def icon_file() -> ResponseReturnValue:
    """Our record, under the name that the file asks for."""
    response = current_app.send_static_file("img/record_icon.svg")
    response.headers.set("Content-Disposition", "attachment", filename=DEFAULTS["IconPath"])
    return response
