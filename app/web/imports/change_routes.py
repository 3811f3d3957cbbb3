"""What a sync changed: looked through, taken back, done again."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, flash, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.document_changes import change_lines
from app.domain.ids import id_in
from app.errors import NotFoundError
from app.queries import change_sets as queries
from app.queries import run_status
from app.services import change_sets
from app.services.change_sets import TakenBack
from app.web.auth import owner_id
from app.web.imports import job_words
from app.web.way_back import path_here


def register(bp: Blueprint) -> None:
    """Add these addresses to the import area's."""
    bp.get("/jobs/<id:run_id>/changes")(changes)
    bp.post("/jobs/<id:run_id>/changes/undo")(undo)
    bp.post("/jobs/<id:run_id>/changes/redo")(redo)


def changes(run_id: int) -> str:
    """The changes of one sync, all or of one kind."""
    run = run_status.get(owner_id(), run_id)
    page = queries.change_page(
        run, request.args.get("kind", ""), id_in(request.args.get("page", "")) or 1
    )
    return render_template(
        "jobs/changes.html",
        run=run,
        page=page,
        words=job_words,
        change_lines=change_lines,
        link=lambda **wanted: _address(run_id, **({"kind": page.kind} | wanted)),
    )


def _address(run_id: int, **wanted: object) -> str:
    parts = {name: value for name, value in wanted.items() if value not in ("", 1)}
    return f"/jobs/{run_id}/changes" + (f"?{urlencode(parts)}" if parts else "")


def undo(run_id: int) -> ResponseReturnValue:
    """Take back one change, a kind, or the whole sync."""
    one = request.form.get("change", "")
    taken = change_sets.take_back(
        owner_id(), run_id, kind=request.form.get("kind", ""), change_ids=_ids(one)
    )
    flash(_told(taken), "good" if taken.done else "info")
    return redirect(path_here(request.form.get("back", ""), _address(run_id)))


def _ids(written: str) -> tuple[int, ...]:
    if not written:
        return ()
    number = id_in(written)
    if number is None:
        raise NotFoundError("There is no such change.")
    return (number,)


def _told(taken: TakenBack) -> str:
    if not taken.done and not taken.left:
        return "Nothing of this can be taken back."
    if not taken.done:
        return "Nothing was taken back: these records were changed again meanwhile."
    told = f"{taken.done:,} {'change' if taken.done == 1 else 'changes'} taken back."
    if taken.left:
        told += f" {taken.left:,} left as they are, for they were changed again meanwhile."
    return told + " A later sync leaves it so."


def redo(run_id: int) -> ResponseReturnValue:
    """Have everything again as the sync had it that one click took back."""
    (change_id,) = _ids(request.form.get("change", "")) or (0,)
    count = change_sets.do_again(owner_id(), run_id, change_id)
    flash(f"{count:,} {'change counts' if count == 1 else 'changes count'} again.", "good")
    return redirect(path_here(request.form.get("back", ""), _address(run_id)))
