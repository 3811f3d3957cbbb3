"""Releases, artists, labels and copies as documents: edit them, and look before saving."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, flash, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue

from app.domain.document_problems import Problem
from app.domain.documents import format_document
from app.domain.documents_schema import SCHEMAS
from app.domain.strict_json import JsonSyntaxError, parse
from app.errors import GatefoldError, InvalidInputError, NotFoundError
from app.services import curate
from app.services.curate import Change, StaleDocumentError, WrongDocumentError
from app.services.subjects import Subject, open_subject
from app.web.admin import field_acts, field_words
from app.web.admin.document_frame import frame
from app.web.admin.editing_list import EditingList
from app.web.admin.forms import DocumentForm
from app.web.admin.record_places import KINDS
from app.web.auth import owner_id
from app.web.errors import status_of


def register(bp: Blueprint) -> None:
    """The same two addresses for each kind of document."""
    for entity, folder in KINDS.items():
        rule = f"/admin/{folder}/<id:entity_id>"
        kind = {"entity": entity}
        for name, view, methods in (
            ("json", document, ["GET", "POST"]),
            ("check", check, ["POST"]),
        ):
            bp.add_url_rule(
                f"{rule}/{name}", f"{entity}_{name}", view, methods=methods, defaults=kind
            )


def document(entity: str, entity_id: int) -> ResponseReturnValue:
    """The editor, and what comes back from it."""
    # One address for both: with two, Werkzeug answers 405 instead of 404 to an impossible id.
    return save(entity, entity_id) if request.method == "POST" else edit(entity, entity_id)


def edit(entity: str, entity_id: int) -> ResponseReturnValue:
    """The document in an editor, what is beneath its edits, and what was changed last."""
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
        return _gone(entity, form)
    form.take_fields(subject)
    try:
        return _act(subject, form)
    except StaleDocumentError as error:
        return _conflict(error, form)
    except InvalidInputError as error:
        return _page(subject, form, error=error), status_of(error)


def check(entity: str, entity_id: int) -> ResponseReturnValue:
    """What is wrong with a text somebody is still writing, as JSON, with line and column."""
    subject = open_subject(entity, owner_id(), entity_id)
    found: Sequence[Problem] = ()
    try:
        curate.differences(subject, DocumentForm().document.data or "")
    except WrongDocumentError as error:
        found = error.found
    return jsonify(
        problems=[
            {"line": each.line, "column": each.column, "message": each.message} for each in found
        ]
    )


def _act(subject: Subject, form: DocumentForm) -> ResponseReturnValue:
    text, base = form.document.data or "", form.base.data or ""
    if form.row.data and form.typed is not None:
        return _page(subject, form)
    if form.beside.data:
        return _press(subject, form, form.beside.data)
    match form.action.data:
        case "format":
            form.document.data = _formatted(text, subject)
            return _page(subject, form)
        case "preview":
            return _page(subject, form, preview=curate.differences(subject, text, base))
    is_next = form.action.data == "next"
    # Looked up before: what is saved may leave the list.
    listed = EditingList.of_request(subject.entity, subject.id) if is_next else None
    version = form.seen_version()
    changes = curate.save(
        subject.entity, owner_id(), subject.id, version, text, base, how=form.how()
    )
    flash(_saved(changes), "good" if changes else "info")
    return redirect(_onwards(listed))


def _press(subject: Subject, form: DocumentForm, button: str) -> ResponseReturnValue:
    """A button beside a field. What is typed and not saved comes back as it was."""
    if form.as_object() is None:
        curate.differences(subject, form.document.data or "")  # raises, and says where
    is_unsaved = form.says_more_than(subject)
    flash(field_acts.press(subject, button), "good")
    if not is_unsaved:
        return redirect(request.full_path.rstrip("?"))
    now = open_subject(subject.entity, owner_id(), subject.id)
    form.follow(subject, now)
    return _page(now, form)


def _onwards(listed: EditingList | None) -> str:
    """The same editor again or, where the next record is wanted, that one or its list."""
    if listed is None:
        return request.full_path.rstrip("?")
    if not listed.after:
        flash("That was the last one of the list.", "info")
    return listed.after or listed.url


def _saved(changes: Sequence[Change]) -> str:
    if not changes:
        return "Nothing was changed, so nothing was saved."
    return f"Saved: {field_words.named(change.field for change in changes)}."


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
    found = error.found if isinstance(error, WrongDocumentError) else ()
    return render_template(
        "admin/document.html",
        form=form,
        preview=preview,
        error=error,
        found=found,
        **frame(subject, form, found),
    )


def _conflict(error: StaleDocumentError, form: DocumentForm) -> ResponseReturnValue:
    """Both sides, field by field. The text and what it started from stay; the version is new."""
    form.version.data = str(error.subject.version)
    page = render_template(
        "admin/conflict.html", form=form, error=error, **frame(error.subject, form)
    )
    return page, status_of(error)


def _gone(entity: str, form: DocumentForm) -> ResponseReturnValue:
    """The record was there when its editor was opened: give the person their text back."""
    text = form.document.data or form.fields_as_text(SCHEMAS[entity])
    if not text:
        raise NotFoundError("There is no such record on this shelf.")
    return render_template("admin/gone.html", text=text), 410
