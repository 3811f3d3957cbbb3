"""One change made to many records: chosen, looked at, made, and undone."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain import grades
from app.domain.bulk_changes import KINDS, BulkChange, Kind, read_change
from app.domain.document_changes import change_lines
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.queries import bulk_edits, exports
from app.queries.matching_copies import matching
from app.queries.shelf_order import ids_of
from app.services import bulk_edit, edits
from app.web.admin import rooms
from app.web.auth import owner_id
from app.web.errors import status_of
from app.web.which_copies import filter_in

# The batches of edits.new_batch.
BATCH = "<batch>"
NO_GRADE = ("", "No grade")
CHOICES = {
    "media": (NO_GRADE, *((grade, grade) for grade in grades.MEDIA)),
    "sleeve": (NO_GRADE, *((grade, grade) for grade in grades.SLEEVE)),
}


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule("/admin/bulk", "bulk", choose)
    bp.add_url_rule("/admin/bulk", "bulk_change", change, methods=["POST"])
    bp.add_url_rule(f"/admin/bulk/{BATCH}", "bulk_made", made)
    bp.add_url_rule(f"/admin/bulk/{BATCH}/undo", "bulk_undo", undo, methods=["POST"])


def choose() -> str:
    """Which change, to what is picked or to a filter (`query`)?"""
    return _form(request.args.get("query"), request.args.get("kind", ""))


def change() -> ResponseReturnValue:
    """Show what a change would do or, with the `token` of having looked, make it."""
    form = request.form
    query, kind = form.get("query"), form.get("kind", "")
    try:
        wanted = read_change(kind, form.get("value", ""), form.get("name", ""))
        if "token" not in form:
            return _look(query, wanted)
        batch, _count = bulk_edit.make(owner_id(), _meant(query), wanted, form["token"])
    except ConflictError as error:
        return _look(query, wanted, error), status_of(error)
    except InvalidInputError as error:
        db.session.rollback()
        problems = error.problems or {"value": [str(error)]}
        return _form(query, kind, problems), status_of(error)
    return redirect(url_for("admin.bulk_made", batch=batch), 303)


def made(batch: str) -> str:
    """What was changed, with its undo."""
    return render_template(
        "admin/bulk_made.html",
        admin_tabs=rooms.tabs(),
        made=bulk_edits.made(owner_id(), batch),
        what=_field_words,
    )


def undo(batch: str) -> ResponseReturnValue:
    """Take it back, on all records at once."""
    bulk_edits.made(owner_id(), batch)
    count = edits.undo_batch(owner_id(), batch)
    told = f"{_counted(count)} as before." if count else "That was undone already."
    flash(told, "good")
    return redirect(url_for("admin.bulk_made", batch=batch), 303)


def _meant(query: str | None) -> list[int]:
    if query is None:
        return list(exports.picked_ids(owner_id()))
    return list(ids_of(matching(owner_id(), filter_in(query)).bits))


def _form(query: str | None, kind: str, problems: dict[str, list[str]] | None = None) -> str:
    chosen = KINDS.get(kind)
    return render_template(
        "admin/bulk.html",
        **_frame(query, kind),
        problems=problems or {},
        chosen=chosen,
        kinds=KINDS,
        words=bulk_edits.words_for(owner_id(), chosen.field) if chosen else (),
        choices=CHOICES.get(kind, ()),
        total=len(_meant(query)),
        lately=bulk_edits.made_lately(owner_id()),
        what=_field_words,
    )


def _look(query: str | None, wanted: BulkChange, error: ConflictError | None = None) -> str:
    dry = bulk_edit.dry_run(owner_id(), _meant(query), wanted)
    return render_template(
        "admin/bulk_look.html",
        **_frame(query, wanted.kind),
        dry=dry,
        error=error,
        chosen=KINDS[wanted.kind],
        change_lines=change_lines,
        rows=bulk_edits.rows_of_releases(owner_id(), [each.release_id for each in dry.samples]),
    )


def _frame(query: str | None, kind: str) -> dict[str, Any]:
    return {
        "admin_tabs": rooms.tabs(),
        "query": query,
        "filter": filter_in(query) if query is not None else None,
        "kind": kind,
        "typed": {name: request.form.get(name, "") for name in ("value", "name")},
    }


def _field_words(entity: str, field: str) -> str:
    """What a changed field is called: the words of the first change that is about it."""
    of_it = (each for each in KINDS.values() if (each.entity, each.field) == (entity, field))
    return next(map(_named, of_it), field)


def _named(kind: Kind) -> str:
    return {"fields": "a field of your own", "media_condition": "grade of the record"}.get(
        kind.field, kind.field.replace("_condition", " grade")
    )


def _counted(count: int) -> str:
    return f"{count:,} {'record is' if count == 1 else 'records are'}"
