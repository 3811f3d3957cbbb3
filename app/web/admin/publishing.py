"""Publishing: what goes public, what would change, the publishing itself, the site as a zip."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.domain import privacy
from app.errors import GatefoldError, InvalidInputError
from app.models import Run
from app.models.run import ACTIVE_STATES
from app.queries import run_status
from app.services import runs
from app.services.publishing import by_itself, hugo, looked, site, site_job, site_zip
from app.services.publishing.looked import Look
from app.services.publishing.site_job import KIND, LOOK, PREVIEW
from app.services.workplace import Workplace
from app.web.admin import publish_look, rooms
from app.web.auth import owner_id

PLACE = "/admin/publish"
LINES_SHOWN = 50
MOST_OVERWRITTEN = 5_000


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule(PLACE, "publish", index)
    bp.add_url_rule(f"{PLACE}/look", "publish_look", look)
    bp.add_url_rule(f"{PLACE}/site.zip", "publish_zip", download)
    for name, view in (
        ("", start),
        ("/look", start_look),
        ("/preview", start_preview),
        ("/public", choose_public),
        ("/by-itself", choose_by_itself),
    ):
        endpoint = f"publish_{view.__name__}"
        bp.add_url_rule(f"{PLACE}{name}", endpoint, view, methods=["POST"])


def index() -> ResponseReturnValue:
    """The page: what is under way, what was done last, and what to do next."""
    latest = {kind: run_status.latest(owner_id(), kind) for kind in (KIND, LOOK, PREVIEW)}
    active = [run for run in latest.values() if run and run.state in ACTIVE_STATES]
    public = site.public_classes(owner_id())
    run, settings = latest[KIND], _workplace().settings
    page = render_template(
        "admin/publish.html",
        admin_tabs=rooms.tabs(),
        folder=site_job.folder_of(_workplace()),
        is_published=site_job.is_published(_workplace()),
        latest=latest,
        active=active,
        report=site_job.stored_report(run.cursor) if run else None,
        look=_fresh_look(run),
        preview=site_job.previews(_workplace()).find(),
        has_hugo=hugo.find(settings.hugo_binary) is not None,
        how_to_get_hugo=hugo.HOW_TO_GET,
        follows=by_itself.is_on(owner_id()),
        commits=by_itself.is_committed(owner_id()),
        always=privacy.ALWAYS,
        classes=privacy.CLASSES,
        never=privacy.NEVER,
        public=public,
        goes_public=privacy.goes_public(public),
        lines_shown=LINES_SHOWN,
    )
    # Everything on the page may be another one once a job has ended.
    is_over = "HX-Request" in request.headers and not active
    return page, {"HX-Refresh": "true"} if is_over else {}


def _fresh_look(publishing: Run | None) -> Look | None:
    """What the last dry run found, unless somebody has published since."""
    found = looked.find(_instance())
    return None if found and _is_old(found, publishing) else found


def _is_old(look: Look, publishing: Run | None) -> bool:
    return bool(publishing and publishing.created_at > look.at)


def look() -> ResponseReturnValue:
    """What the last dry run found, a page at a time."""
    found = looked.find(_instance())
    if found is None:
        return redirect(PLACE)
    shown = publish_look.shown(found, request.args)
    run = run_status.latest(owner_id(), KIND)
    return render_template(
        "admin/publish_look.html",
        admin_tabs=rooms.tabs(),
        look=found,
        shown=shown,
        is_old=_is_old(found, run),
    )


def start() -> ResponseReturnValue:
    """Publish: what changed, everything, or one record."""
    cursor: dict[str, Any] = {**_asked(), "commit": by_itself.is_committed(owner_id())}
    named = request.form.getlist("overwrite")
    if len(named) > MOST_OVERWRITTEN:
        raise InvalidInputError("Replace fewer pages at once.")
    return _started(KIND, {**cursor, "overwrite": named})


def start_look() -> ResponseReturnValue:
    """Find out what publishing would change."""
    return _started(LOOK, _asked())


def start_preview() -> ResponseReturnValue:
    """Make the preview anew."""
    return _started(PREVIEW, {})


def choose_public() -> ResponseReturnValue:
    """Choose what goes public."""
    site.let_out(owner_id(), request.form.getlist("public"))
    flash("Kept. It holds from the next publishing on.", "good")
    return redirect(f"{PLACE}#public")


def choose_by_itself() -> ResponseReturnValue:
    """Choose whether publishing follows a sync, and whether it is committed."""
    form, is_committed = request.form, request.form.get("commit") == "1"
    by_itself.choose(owner_id(), after_runs=form.get("after") == "1", commit=is_committed)
    if is_committed and (why := site_job.why_no_commit(_workplace())):
        flash(f"Saved. But as it is, nothing could be published and committed: {why}", "warn")
    else:
        flash("Saved.", "good")
    return redirect(f"{PLACE}#by-itself")


def download() -> ResponseReturnValue:
    """The published site as one file, with the theme if that is asked for."""
    packed = TemporaryFile()  # noqa: SIM115 - closed with the answer
    try:
        with_theme = request.args.get("theme") == "1"
        site_zip.pack(site_job.folder_of(_workplace()), packed, with_theme=with_theme)
    except GatefoldError:
        packed.close()
        raise
    packed.seek(0)
    response = send_file(
        packed, mimetype="application/zip", as_attachment=True, download_name="site.zip"
    )
    response.call_on_close(packed.close)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _asked() -> dict[str, Any]:
    """What a form asks to be published: `everything`, or our id of one record."""
    told = request.form.get("release", "")
    if told and not (told.isascii() and told.isdigit() and len(told) < 19):
        raise InvalidInputError("That is not the number of a record.")
    return {
        "everything": request.form.get("everything") == "1",
        "release": int(told) if told else None,
    }


def _started(kind: str, cursor: dict[str, Any]) -> ResponseReturnValue:
    """Start a run; pressed twice, it leads to the one under way."""
    run: Run = runs.start(owner_id(), kind, cursor)
    if {**run.cursor, **cursor} != run.cursor:
        flash("Another one is under way. When it has ended, press again.", "info")
    runner = current_app.extensions.get("runner")
    if runner is not None:
        runner.wake(run.id)
    return redirect(PLACE)


def _instance() -> Path:
    return Path(_workplace().settings.instance_path)


def _workplace() -> Workplace:
    found: Workplace = current_app.extensions["workplace"]
    return found
