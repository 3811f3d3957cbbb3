"""Conflicts: where Discogs came to say something else than what a person edited; they decide."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.document_changes import differing_lines
from app.domain.ids import id_in
from app.queries import conflicts as queries
from app.services import conflicts
from app.services.subjects import open_subject
from app.web.admin import field_words, rooms
from app.web.admin.record_places import editor_url
from app.web.auth import owner_id

PLACE = "/admin/conflicts"
DONE = {
    "mine": "Yours is kept.",
    "theirs": "Theirs is shown now.",
    "later": "Put off for 30 days; yours is shown.",
}
# Where a record of each kind is shown; a copy stands on the page of its release.
PAGES = {"release": "releases", "artist": "artists", "label": "labels"}


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    bp.add_url_rule(PLACE, "conflicts", index)
    one = f"{PLACE}/<id:edit_id>"
    answers = f"<any({', '.join(conflicts.ANSWERS)}):answer>"
    bp.add_url_rule(f"{one}/{answers}", "conflicts_decide", decide, methods=["POST"])
    bp.add_url_rule(f"{one}/undo", "conflicts_undo", undo, methods=["POST"])


def index() -> str:
    """One conflict: the one `at`, or the first `after` another, as edits are numbered."""
    after, at = (id_in(request.args.get(name, "")) or 0 for name in ("after", "at"))
    count = queries.conflict_count(owner_id())
    conflict = queries.next_conflict(owner_id(), after, at)
    subject = conflict and open_subject(conflict.entity, owner_id(), conflict.entity_id)
    done = request.args.get("done", "")
    last = id_in(request.args.get("of", ""))
    return render_template(
        "admin/conflicts.html",
        admin_tabs=rooms.tabs(contested=count),
        count=count,
        conflict=conflict,
        subject=subject,
        row=conflict and queries.row_of(owner_id(), conflict),
        pages=PAGES,
        field=conflict and field_words.label(conflict.field),
        sides=conflict and differing_lines(conflict.before, conflict.theirs, conflict.mine),
        done=DONE.get(done) if last else None,
        last=last,
        editor_url=editor_url,
    )


def decide(edit_id: int, answer: str) -> ResponseReturnValue:
    """Keep mine, take theirs or put it off, and go on with the next."""
    if conflicts.decide(owner_id(), edit_id, answer) is None:
        flash("That was decided already.", "info")
        return redirect(url_for("admin.conflicts", after=edit_id), 303)
    there = url_for("admin.conflicts", after=edit_id, done=answer, of=edit_id)
    return redirect(there, 303)


def undo(edit_id: int) -> ResponseReturnValue:
    """Take a decision back, and look at it again."""
    conflicts.reopen(owner_id(), edit_id)
    flash("Taken back, and waiting for you again.", "good")
    return redirect(url_for("admin.conflicts", at=edit_id), 303)
