"""What people changed: of one record, of everything, and all that one click did."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.document_changes import change_lines
from app.domain.ids import id_in
from app.errors import NotFoundError
from app.queries import edit_history
from app.queries.edit_history import PER_PAGE
from app.services import edits
from app.services.subjects import open_subject
from app.web.admin import field_words, record_places, rooms
from app.web.admin.record_places import KINDS
from app.web.auth import owner_id


def register(bp: Blueprint) -> None:
    """Add these addresses to the admin area's."""
    for entity, folder in KINDS.items():
        bp.add_url_rule(
            f"/admin/{folder}/<id:entity_id>/history",
            f"{entity}_history",
            of_record,
            defaults={"entity": entity},
        )
    bp.add_url_rule("/admin/history", "history", of_all)
    bp.add_url_rule("/admin/history/<batch>", "change", one_change)
    bp.add_url_rule("/admin/history/<batch>/undo", "change_undo", undo_change, methods=["POST"])


def of_record(entity: str, entity_id: int) -> str:
    """Everything that was changed on one record, newest first."""
    subject = open_subject(entity, owner_id(), entity_id)
    return render_template(
        "admin/history.html",
        subject=subject,
        record_url=record_places.record_url(subject),
        page=edit_history.saves(owner_id(), entity, entity_id, _number(), PER_PAGE),
        link=partial(url_for, f"admin.{entity}_history", entity_id=entity_id),
        **_frame(),
    )


def of_all() -> str:
    """Everything that was changed anywhere, newest first; of one kind or in one way if wanted."""
    ways = edit_history.ways(owner_id())
    kind, how = request.args.get("kind", ""), request.args.get("how", "")
    kind, how = kind if kind in KINDS else "", how if how in ways else ""
    page = edit_history.all_saves(owner_id(), kind, how, _number())
    return render_template(
        "admin/all_history.html",
        admin_tabs=rooms.tabs(),
        page=page,
        names=edit_history.names_of(save.record for save in page.rows),
        link=partial(url_for, "admin.history", kind=kind or None, how=how or None),
        kind=kind,
        how=how,
        kinds=KINDS,
        ways=ways,
        **_frame(),
    )


def one_change(batch: str) -> str:
    """What one click did, on however many records."""
    change = edit_history.change(owner_id(), batch)
    if change is None:
        raise NotFoundError("There is no such change.")
    return render_template(
        "admin/change.html",
        change=change,
        names=edit_history.names_of((edit.entity, edit.entity_id) for edit in change.sample),
        **_frame(),
    )


def undo_change(batch: str) -> ResponseReturnValue:
    """Take back everything one click did."""
    count = edits.undo_batch(owner_id(), batch)
    flash(
        f"Undone: {count:,} {'field' if count == 1 else 'fields'}."
        if count
        else "That was undone already.",
        "good",
    )
    return redirect(url_for("admin.change", batch=batch))


def _number() -> int:
    return id_in(request.args.get("page", "")) or 1


def _frame() -> dict[str, Any]:
    return {
        "change_lines": change_lines,
        "words": field_words,
        "place": record_places.place,
        "here": request.full_path.rstrip("?"),
    }
