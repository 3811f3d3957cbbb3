"""What the buttons around a document do: undo, redo, lock, unlock, keep what is mine."""

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
        for act in (undo, redo, lock, unlock, keep):
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


def lock(entity: str, entity_id: int) -> ResponseReturnValue:
    """Have a field stay as it is shown."""
    field = _field()
    is_new = edits.lock(entity, owner_id(), entity_id, field)
    word = field_words.label(field)
    told = f"{word} stays as it is from now on." if is_new else f"{word} was locked already."
    flash(told, "good")
    return _back(entity, entity_id)


def unlock(entity: str, entity_id: int) -> ResponseReturnValue:
    """Let a provider change a locked field again."""
    field = _field()
    was_locked = edits.unlock(entity, owner_id(), entity_id, field)
    word = field_words.label(field)
    flash(f"{word} is no longer locked." if was_locked else f"{word} was not locked.", "good")
    return _back(entity, entity_id)


def keep(entity: str, entity_id: int) -> ResponseReturnValue:
    """Note that what the provider says now was seen, and is not wanted."""
    field = _field()
    edits.keep(entity, owner_id(), entity_id, field)
    flash(f"Kept: {field_words.label(field).lower()} stays yours.", "good")
    return _back(entity, entity_id)


def _field() -> str:
    return _form().field.data or ""


def _form() -> UndoForm:
    form = UndoForm()
    if not form.validate():
        raise NotFoundError("There is no such edit.")
    return form


def _back(entity: str, entity_id: int) -> ResponseReturnValue:
    """To the page that asked, else to the editor."""
    return redirect(path_here(request.form.get("back", ""), editor_url(entity, entity_id)))
