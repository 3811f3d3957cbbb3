"""What the buttons of a history do: undo and redo."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request
from flask.typing import ResponseReturnValue

from app.errors import NotFoundError
from app.services import edits
from app.web.admin import field_words
from app.web.admin.forms import UndoForm
from app.web.admin.record_places import KINDS, editor_url
from app.web.auth import owner_id
from app.web.way_back import path_here


def register(bp: Blueprint) -> None:
    """The same addresses for each kind of record."""
    for entity, folder in KINDS.items():
        for act in (undo, redo):
            name = act.__name__
            bp.add_url_rule(
                f"/admin/{folder}/<id:entity_id>/{name}",
                f"{entity}_{name}",
                act,
                methods=["POST"],
                defaults={"entity": entity},
            )


def undo(entity: str, entity_id: int) -> ResponseReturnValue:
    """Take back one edit, a whole save, or all edits of a field."""
    form = _form()
    fields = edits.undo(
        entity,
        owner_id(),
        entity_id,
        edit_id=form.edit.data,
        batch=form.batch.data or None,
        field=form.field.data or None,
    )
    flash(f"Undone: {field_words.named(fields)}." if fields else "That was undone already.", "good")
    return _back(entity, entity_id)


def redo(entity: str, entity_id: int) -> ResponseReturnValue:
    """Lay an undone edit over the facts again."""
    fields = edits.redo(entity, owner_id(), entity_id, _form().edit.data or 0)
    told = f"Done again: {field_words.named(fields)}." if fields else "That edit counts already."
    flash(told, "good")
    return _back(entity, entity_id)


def _form() -> UndoForm:
    form = UndoForm()
    if not form.validate():
        raise NotFoundError("There is no such edit.")
    return form


def _back(entity: str, entity_id: int) -> ResponseReturnValue:
    """To the page that asked, else to the editor."""
    return redirect(path_here(request.form.get("back", ""), editor_url(entity, entity_id)))
