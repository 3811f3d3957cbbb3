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
from app.domain.documents import format_document
from app.domain.documents_schema import Schema
from app.domain.ids import LARGEST_ID
from app.services.subjects import Subject


class DocumentForm(FlaskForm):
    """A document, as text or in the fields of a form, with what its editor started from.

    `side` is where it was edited (form or json), `action` the button: save, next, preview or
    format. `row` is a button of the form that adds, moves or removes an entry: "up tracks.3".
    """

    document = TextAreaField()
    version = HiddenField()
    base = HiddenField()
    side = StringField()
    action = StringField()
    row = StringField()
    # What the fields of the form said; None for a text.
    typed: Mapping[str, Any] | None = None

    def begin(self, subject: Subject) -> None:
        """Fill in for somebody who opens `subject` now."""
        self.document.data = format_document(subject.shown, subject.schema)
        self.version.data = str(subject.version)
        self.base.data = json.dumps(subject.shown, ensure_ascii=False, separators=(",", ":"))

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

    def fields_as_text(self, schema: Schema) -> str:
        """What the fields say, for somebody whose record is gone; "" if there were none."""
        told = document_from_form(request.form.items(multi=True), schema)
        return format_document(told, schema) if told else ""

    def how(self) -> str:
        """Where the document was edited, as its edits remember it."""
        return "form" if self.side.data == "form" else "json"

    def seen_version(self) -> int:
        """The version of the record the person saw; 0, which no record has, if it got lost."""
        written = self.version.data or ""
        return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


class UndoForm(FlaskForm):
    """Which edits to take back (or, of one, to lay over again): one of the three is given."""

    edit = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
    batch = StringField()
    field = StringField()
