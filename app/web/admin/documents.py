"""Releases, artists, labels and copies as documents: edit, look before saving, undo, redo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.domain.document_changes import change_lines, differing_lines
from app.domain.document_problems import Problem
from app.domain.documents import format_document
from app.domain.strict_json import LINE_END, MAX_CHARACTERS, JsonSyntaxError, parse
from app.errors import GatefoldError, InvalidInputError, NotFoundError
from app.queries import curation
from app.services import curate, edits
from app.services.curate import Change, StaleDocumentError, WrongDocumentError
from app.services.subjects import Subject, open_subject
from app.web.admin.forms import DocumentForm, UndoForm
from app.web.auth import owner_id
from app.web.errors import status_of

KINDS = {"release": "releases", "artist": "artists", "label": "labels", "copy": "copies"}


def register(bp: Blueprint) -> None:
    """The same three addresses for each kind of document."""
    for entity, folder in KINDS.items():
        rule = f"/admin/{folder}/<id:entity_id>"
        kind = {"entity": entity}
        for name, view, methods in (
            ("json", document, ["GET", "POST"]),
            ("undo", undo, ["POST"]),
            ("redo", redo, ["POST"]),
        ):
            bp.add_url_rule(
                f"{rule}/{name}", f"{entity}_{name}", view, methods=methods, defaults=kind
            )


def document(entity: str, entity_id: int) -> ResponseReturnValue:
    """The editor, and what comes back from it."""
    # One address for both: with two, Werkzeug answers 405 instead of 404 to an impossible id.
    return save(entity, entity_id) if request.method == "POST" else edit(entity, entity_id)


def edit(entity: str, entity_id: int) -> ResponseReturnValue:
    """The document in an editor, what is beneath its edits, and its history."""
    subject = open_subject(entity, owner_id(), entity_id)
    form = DocumentForm(formdata=None)
    form.begin(subject)
    return _page(subject, form)


def save(entity: str, entity_id: int) -> ResponseReturnValue:
    """Save, show what saving would change, or format; on trouble the text comes back as it was."""
    form = DocumentForm()
    try:
        subject = open_subject(entity, owner_id(), entity_id)
    except NotFoundError:
        return _gone(form)
    try:
        return _act(subject, form)
    except StaleDocumentError as error:
        return _conflict(error, form)
    except InvalidInputError as error:
        return _page(subject, form, error=error), status_of(error)


def _act(subject: Subject, form: DocumentForm) -> ResponseReturnValue:
    text, base = form.document.data or "", form.base.data or ""
    match form.action.data:
        case "format":
            form.document.data = _formatted(text, subject)
            return _page(subject, form)
        case "preview":
            return _page(subject, form, preview=curate.differences(subject, text, base))
    changes = curate.save(subject.entity, owner_id(), subject.id, form.seen_version(), text, base)
    flash(_saved(changes), "good" if changes else "info")
    return redirect(_address(subject.entity, subject.id))


def undo(entity: str, entity_id: int) -> ResponseReturnValue:
    """Take back one edit, a whole save, or all edits of a field."""
    form = _undo_form()
    fields = edits.undo(
        entity,
        owner_id(),
        entity_id,
        edit_id=form.edit.data,
        batch=form.batch.data or None,
        field=form.field.data or None,
    )
    flash(f"Undone: {', '.join(fields)}." if fields else "That was undone already.", "good")
    return redirect(_address(entity, entity_id))


def redo(entity: str, entity_id: int) -> ResponseReturnValue:
    """Lay an undone edit over the facts again."""
    form = _undo_form()
    fields = edits.redo(entity, owner_id(), entity_id, form.edit.data or 0)
    flash(f"Done again: {', '.join(fields)}." if fields else "That edit counts already.", "good")
    return redirect(_address(entity, entity_id))


def _undo_form() -> UndoForm:
    form = UndoForm()
    if not form.validate():
        raise NotFoundError("There is no such edit.")
    return form


def _address(entity: str, entity_id: int) -> str:
    return url_for(f"admin.{entity}_json", entity_id=entity_id)


def _place(entity: str, entity_id: int) -> str:
    return f"/admin/{KINDS[entity]}/{entity_id}"


def _record_url(subject: Subject) -> str:
    """Where the record itself is looked at; a copy stands on the page of its release."""
    if subject.entity == "copy":
        return f"/releases/{subject.release_id}#copy-{subject.id}"
    return f"/{KINDS[subject.entity]}/{subject.id}"


def _saved(changes: Sequence[Change]) -> str:
    if not changes:
        return "Nothing was changed, so nothing was saved."
    return f"Saved: {', '.join(change.field for change in changes)}."


def _formatted(text: str, subject: Subject) -> str:
    try:
        return format_document(parse(text).value, subject.schema)
    except JsonSyntaxError as error:
        raise WrongDocumentError([Problem((), error.line, error.column, error.sentence)]) from error


def _page(
    subject: Subject,
    form: DocumentForm,
    *,
    preview: Sequence[Change] | None = None,
    error: GatefoldError | None = None,
) -> str:
    return render_template(
        "admin/document.html", form=form, preview=preview, error=error, **_frame(subject, form)
    )


def _frame(subject: Subject, form: DocumentForm) -> dict[str, Any]:
    """What the editor shows around the text."""
    of = (owner_id(), subject.entity, subject.id)
    is_release = subject.entity == "release"
    return {
        "subject": subject,
        "place": _place(subject.entity, subject.id),
        "record_url": _record_url(subject),
        "lines": LINE_END.split(form.document.data or ""),
        "history": curation.history(*of),
        "beneath": curation.beneath(*of),
        "artists": curation.artists_of(owner_id(), subject.id) if is_release else (),
        "change_lines": change_lines,
        "differing_lines": differing_lines,
        "most_characters": MAX_CHARACTERS,
    }


def _conflict(error: StaleDocumentError, form: DocumentForm) -> ResponseReturnValue:
    """Both sides, field by field. The text and what it started from stay; the version is new."""
    form.version.data = str(error.subject.version)
    page = render_template(
        "admin/conflict.html", form=form, error=error, **_frame(error.subject, form)
    )
    return page, status_of(error)


def _gone(form: DocumentForm) -> ResponseReturnValue:
    """The record was there when its editor was opened: give the person their text back."""
    if not form.document.data:
        raise NotFoundError("There is no such record on this shelf.")
    return render_template("admin/gone.html", text=form.document.data), 410
