"""Backups: the list, make one, look one through, take it away, put it back, delete it."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, flash, redirect, render_template, request, send_file
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from app.domain.backups import DAILIES_KEPT, POINTS_KEPT_FOR, REASONS
from app.errors import ConflictError, DiskFullError, GatefoldError, InvalidInputError
from app.extensions import db
from app.queries import run_status
from app.services.backups import checking, making, report, restoring, tending
from app.services.backups.archive import NotABackupError
from app.services.backups.folder import BackupFailedError
from app.services.workplace import Workplace
from app.web.admin import health_words, rooms, words
from app.web.auth import owner_id
from app.web.errors import status_of

UPLOAD = "admin.backup_upload"
REFUSALS = (InvalidInputError, ConflictError, DiskFullError, BackupFailedError)
# Room for the file and the form around it.
MOST_BYTES = checking.MOST_UPLOAD_BYTES + 100_000
PLACE = "/admin/backups"


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.url_value_preprocessor(_allow_a_large_body)
    bp.add_url_rule(PLACE, "backups", index)
    bp.add_url_rule(PLACE, "backup_make", make, methods=["POST"])
    bp.add_url_rule(f"{PLACE}/upload", "backup_upload", upload, methods=["POST"])
    bp.add_url_rule(f"{PLACE}/<name>", "backup", show)
    bp.add_url_rule(f"{PLACE}/<name>/file", "backup_file", download)
    for act, view in (("check", check), ("restore", restore), ("delete", delete)):
        bp.add_url_rule(f"{PLACE}/<name>/{act}", f"backup_{act}", view, methods=["POST"])


def _allow_a_large_body(endpoint: str | None, _values: object) -> None:
    """Before anything reads the body (the CSRF check does), and for this one address only."""
    if endpoint == UPLOAD:
        request.max_content_length = MOST_BYTES


def index() -> ResponseReturnValue:
    """What there is, and how it stands."""
    return _index()


def _index(refused: GatefoldError | None = None) -> ResponseReturnValue:
    page = render_template(
        "admin/backups.html",
        **_frame(),
        report=report.report(_workplace()),
        has_records=tending.has_records(),
        problem=str(refused) if refused else "",
        dailies_kept=DAILIES_KEPT,
        points_kept_days=POINTS_KEPT_FOR.days,
        upload_mb=checking.MOST_UPLOAD_BYTES // 2**20,
        most_upload_bytes=checking.MOST_UPLOAD_BYTES,
    )
    return page, status_of(refused) if refused else 200


def _or_the_list(
    act: Callable[..., ResponseReturnValue],
) -> Callable[..., ResponseReturnValue]:
    """The answer of a view, or the list with what kept it from being done."""

    @functools.wraps(act)
    def view(**values: str) -> ResponseReturnValue:
        _let_others_write()
        try:
            return act(**values)
        except REFUSALS as error:
            db.session.rollback()
            return _index(error)

    return view


@_or_the_list
def make() -> ResponseReturnValue:
    """Make a backup now."""
    made = making.make(_workplace())
    size = health_words.size(made.size)
    flash(
        f"Backed up and looked through: {made.manifest.count('copies'):,} copies, {size}.", "good"
    )
    return redirect(PLACE)


@_or_the_list
def upload() -> ResponseReturnValue:
    """Keep a backup from elsewhere, if it can be restored here, and show what is in it."""
    file = request.files.get("file")
    if file is None or not file.filename:
        raise InvalidInputError("Choose a file first.")
    kept = checking.take_in(_workplace(), file.stream)
    flash("The backup is here, and whole. Nothing was restored yet.", "good")
    return redirect(address_of("admin.backup", name=kept.name))


def show(name: str) -> ResponseReturnValue:
    """What is in a backup, beside what is here now."""
    _let_others_write()
    path = checking.folder_of(_workplace()).file(name)
    seen, problem = None, ""
    try:
        seen = restoring.preview(_workplace(), path)
    except NotABackupError as error:
        problem = str(error)
    found = report.report(_workplace())
    page = render_template(
        "admin/backup.html",
        **_frame(),
        backup=checking.folder_of(_workplace()).find(name),
        seen=seen,
        problem=problem,
        must_stay=found.must_stay == name,
        run=run_status.under_way(owner_id()),
    )
    return page, 422 if problem else 200


def download(name: str) -> ResponseReturnValue:
    """The file itself."""
    path = checking.folder_of(_workplace()).file(name)
    response = send_file(path, mimetype="application/zip", as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@_or_the_list
def check(name: str) -> ResponseReturnValue:
    """Look a backup through once more."""
    problem = checking.check(_workplace(), name)
    if problem:
        flash(problem, "bad")
    else:
        flash("Read from end to end: everything that was put in is there.", "good")
    return redirect(PLACE)


@_or_the_list
def restore(name: str) -> ResponseReturnValue:
    """Put a backup back in place of what is here."""
    path = checking.folder_of(_workplace()).file(name)
    done = restoring.restore(_workplace(), path)
    copies = f"{done.manifest.count('copies'):,} copies"
    flash(f"Restored: {copies}. What was here before is the newest backup in this list.", "good")
    return redirect(PLACE)


@_or_the_list
def delete(name: str) -> ResponseReturnValue:
    """Delete a backup."""
    tending.delete(_workplace(), name)
    flash("The backup is deleted.", "good")
    return redirect(PLACE)


def _frame() -> dict[str, Any]:
    return {
        "admin_tabs": rooms.tabs(),
        "words": words,
        "told": health_words,
        "reasons": REASONS,
    }


def _let_others_write() -> None:
    """A backup takes a while: no transaction of ours may stand open meanwhile."""
    db.session.remove()


def _workplace() -> Workplace:
    found: Workplace = current_app.extensions["workplace"]
    return found
