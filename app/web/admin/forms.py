"""What the admin pages accept."""

from __future__ import annotations

import json

from flask_wtf import FlaskForm
from wtforms import HiddenField, IntegerField, StringField, TextAreaField
from wtforms.validators import NumberRange, Optional

from app.domain.documents import format_document
from app.domain.ids import LARGEST_ID
from app.services.subjects import Subject


class DocumentForm(FlaskForm):
    """A document as text, with the version and the document its editor started from.

    `action` is the button: save, preview or format.
    """

    document = TextAreaField()
    version = HiddenField()
    base = HiddenField()
    action = StringField()

    def begin(self, subject: Subject) -> None:
        """Fill in for somebody who opens `subject` now."""
        self.document.data = format_document(subject.shown, subject.schema)
        self.version.data = str(subject.version)
        self.base.data = json.dumps(subject.shown, ensure_ascii=False, separators=(",", ":"))

    def seen_version(self) -> int:
        """The version of the record the person saw; 0, which no record has, if it got lost."""
        written = self.version.data or ""
        return int(written) if written.isascii() and written.isdigit() and len(written) < 19 else 0


class UndoForm(FlaskForm):
    """Which edits to take back (or, of one, to lay over again): one of the three is given."""

    edit = IntegerField(validators=[Optional(), NumberRange(1, LARGEST_ID)])
    batch = StringField()
    field = StringField()
