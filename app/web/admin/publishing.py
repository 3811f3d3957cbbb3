"""Publishing: what goes public, what would change, the publishing itself, the site as a zip."""

from __future__ import annotations

from tempfile import TemporaryFile

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask.typing import ResponseReturnValue

from app.domain import privacy
from app.errors import ConflictError, DiskFullError, GatefoldError, InvalidInputError
from app.extensions import db
from app.models import Run
from app.models.run import ACTIVE_STATES
from app.queries import run_status
from app.services import runs
from app.services.publishing import site, site_zip
from app.services.publishing.report import Report, Wish
from app.services.publishing.site_folder import SiteFolder
from app.services.publishing.site_job import KIND, folder_of, stored_report, told
from app.services.workplace import Workplace
from app.web.admin import rooms
from app.web.auth import owner_id
from app.web.errors import status_of

PLACE = "/admin/publish"
LINES_SHOWN = 50
DIFFS_SHOWN = 20
STOP_POLLING = 286


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule(PLACE, "publish", index)
    bp.add_url_rule(PLACE, "publish_start", start, methods=["POST"])
    bp.add_url_rule(f"{PLACE}/public", "publish_public", choose, methods=["POST"])
    bp.add_url_rule(f"{PLACE}/site.zip", "publish_zip", download)


def index() -> ResponseReturnValue:
    """The page; with ?look=1 what would change."""
    try:
        seen = _look() if request.args.get("look") else None
    except (InvalidInputError, ConflictError, DiskFullError) as error:
        return _page(refused=error)
    return _page(seen)


def start() -> ResponseReturnValue:
    """Publish; pressed twice, it leads to the one under way."""
    cursor = {"overwrite": request.form.get("overwrite") == "1", "everything": False}
    run = runs.start(owner_id(), KIND, cursor)
    runner = current_app.extensions.get("runner")
    if runner is not None:
        runner.wake(run.id)
    return redirect(PLACE)


def choose() -> ResponseReturnValue:
    """Choose what goes public."""
    site.let_out(owner_id(), request.form.getlist("public"))
    flash("Kept. It holds from the next publishing on.", "good")
    return redirect(f"{PLACE}#public")


def download() -> ResponseReturnValue:
    """The published site as one file."""
    packed = TemporaryFile()  # noqa: SIM115 - closed with the answer
    try:
        site_zip.pack(folder_of(_workplace()), packed)
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


def _look() -> Report:
    db.session.rollback()
    wish = Wish(dry=True, diffs=DIFFS_SHOWN)
    return site.publish(_workplace(), owner_id(), folder_of(_workplace()), wish)


def _page(seen: Report | None = None, refused: GatefoldError | None = None) -> ResponseReturnValue:
    run = _latest()
    is_active = run is not None and run.state in ACTIVE_STATES
    public = site.public_classes(owner_id())
    page = render_template(
        "admin/publish.html",
        admin_tabs=rooms.tabs(),
        folder=folder_of(_workplace()),
        is_published=_is_published(),
        run=run,
        is_active=is_active,
        report=stored_report(run.cursor) if run else None,
        seen=seen,
        summary=told(seen) if seen else "",
        problem=str(refused) if refused else "",
        always=privacy.ALWAYS,
        classes=privacy.CLASSES,
        never=privacy.NEVER,
        public=public,
        goes_public=privacy.goes_public(public),
        lines_shown=LINES_SHOWN,
    )
    if refused:
        return page, status_of(refused)
    return page, STOP_POLLING if _is_poll() and not is_active else 200


def _latest() -> Run | None:
    return run_status.latest(owner_id(), KIND)


def _is_published() -> bool:
    try:
        return SiteFolder(folder_of(_workplace())).is_ours
    except InvalidInputError:
        return False


def _is_poll() -> bool:
    return "HX-Request" in request.headers


def _workplace() -> Workplace:
    found: Workplace = current_app.extensions["workplace"]
    return found
