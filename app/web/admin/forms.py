"""What the admin pages accept."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from flask import request
from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.domain.document_form import document_from_form, with_row_moved
from app.domain.documents import changed_fields, format_document, tidy
from app.domain.documents_schema import Schema
from app.domain.ids import LARGEST_ID
from app.domain.strict_json import JsonSyntaxError, parse
from app.errors import TooLargeError
from app.services.subjects import Subject


class DocumentForm(FlaskForm):
    """A document, as text or in the fields of a form, with what its editor started from.

    `side` is where it was edited (form or json), `action` the button: save, next, preview or
    format. `row` is a button of the form that adds, moves or removes an entry: "up tracks.3";
    `beside` one that stands beside a field: "lock year".
    """

    document = TextAreaField()
    version = HiddenField()
    base = HiddenField()
    side = StringField()
    action = StringField()
    row = StringField()
    beside = StringField()
    # What the fields of the form said; None for a text.
    typed: Mapping[str, Any] | None = None

    def begin(self, subject: Subject) -> None:
        """Fill in for somebody who opens `subject` now."""
        self.document.data = format_document(subject.shown, subject.schema)
        self.version.data = str(subject.version)
        self.base.data = _compact(subject.shown)

    def take_fields(self, subject: Subject) -> None:
        """Write what the fields say as the text; a field that was not sent stays as it is shown.

        With script the text comes along with the fields and says the same, and more.
        """
        if self.how() != "form" or "document" in request.form:
            return
        act, _, place = (self.row.data or "").partition(" ")
        sent = request.form.items(multi=True)
        told = document_from_form(sent, subject.schema, keep_blank=bool(act))
        if act:
            told = with_row_moved(told, act, place)
        self.typed = subject.shown | told
        self.document.data = format_document(self.typed, subject.schema)

    def says_more_than(self, subject: Subject) -> bool:
        """Whether something was typed that nobody has saved."""
        meant = self._meant(subject.schema)
        return meant is None or bool(changed_fields(subject.shown, meant))

    def follow(self, before: Subject, now: Subject) -> None:
        """Go on from `now`, which a button made of `before`; what was typed stays."""
        turned = {field: new for field, (_, new) in changed_fields(before.shown, now.shown).items()}
        self._take_over(turned, before)
        if turned:
            base = _object_in(self.base.data or "") or before.shown
            self.base.data = _compact(dict(base) | turned)
        if self.seen_version() == before.version:
            self.version.data = str(now.version)

    def _take_over(self, turned: Mapping[str, Any], before: Subject) -> None:
        meant = self._meant(before.schema) or {}
        untouched = {
            field: new for field, new in turned.items() if meant.get(field) == before.shown[field]
        }
        if not untouched:
            return
        told = dict(self.as_object() or {}) | untouched
        self.typed = told if self.typed is not None else None
        self.document.data = format_document(told, before.schema)

    def _meant(self, schema: Schema) -> Mapping[str, Any] | None:
        """What would be saved; a text may have shapes that nobody can tidy."""
        return tidy(self.typed, schema) if self.typed is not None else self.as_object()

    def fields_as_text(self, schema: Schema) -> str:
        """What the fields say, for somebody whose record is gone; "" if there were none."""
        told = document_from_form(request.form.items(multi=True), schema)
        return format_document(told, schema) if told else ""

    def as_object(self) -> Mapping[str, Any] | None:
        """What fields or text say, None while the text is no document."""
        return self.typed if self.typed is not None else _object_in(self.document.data or "")

    def how(self) -> str:
        """Where the document was edited, as its edits remember it."""
        return "form" if self.side.data == "form" else "json"

    def seen_version(self) -> int:
        """The version of the record the person saw; 0, which no record has, if it got lost."""
        written = self.version.data or ""
        return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


def _compact(document: Mapping[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, separators=(",", ":"))


def _object_in(text: str) -> dict[str, Any] | None:
    try:
        value = parse(text).value
    except (JsonSyntaxError, TooLargeError):
        return None
    return value if isinstance(value, dict) else None


class UndoForm(FlaskForm):
    """Which edits to take back (or, of one, to lay over again): one of the three is given."""

    edit = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
    batch = StringField()
    field = StringField()
