"""What an editor shows around the text: the form, where each field comes from, the last changes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from flask import request

from app.domain.document_changes import change_lines, differing_lines
from app.domain.document_form import FormField, form_fields, is_wrong
from app.domain.document_problems import Problem
from app.domain.strict_json import LINE_END, MAX_CHARACTERS
from app.queries import curation, edit_history
from app.queries.field_states import field_states
from app.queries.folder_names import folder_names
from app.services.subjects import Subject
from app.web.admin import field_words, record_places
from app.web.admin.editing_list import EditingList
from app.web.admin.forms import DocumentForm
from app.web.auth import owner_id

NEWEST_SAVES = 5


def frame(subject: Subject, form: DocumentForm, found: Sequence[Problem] = ()) -> dict[str, Any]:
    """What the templates of an editor need; `found` are the problems of its text."""
    of = (owner_id(), subject.entity, subject.id)
    is_release = subject.entity == "release"
    states = field_states(*of)
    return {
        "subject": subject,
        "place": record_places.place,
        "here": record_places.place(subject.entity, subject.id),
        "address": request.full_path.rstrip("?"),
        "record_url": record_places.record_url(subject),
        "lines": LINE_END.split(form.document.data or ""),
        "fields": _fields(subject, form, found),
        "is_wrong": is_wrong,
        "is_unsaved": form.says_more_than(subject),
        "states": states,
        "news": [state for state in states.values() if state.is_news and state.is_covered],
        "saves": edit_history.saves(*of, 1, NEWEST_SAVES),
        "listed": EditingList.of_request(subject.entity, subject.id),
        "artists": curation.artists_of(owner_id(), subject.id) if is_release else (),
        "change_lines": change_lines,
        "differing_lines": differing_lines,
        "most_characters": MAX_CHARACTERS,
        "offered": _offered(subject),
        "words": field_words,
    }


def _offered(subject: Subject) -> Mapping[str, Sequence[str]]:
    """By field the words there are."""
    if subject.entity != "copy":
        return field_words.OFFERED
    return {**field_words.OFFERED, "folder": folder_names(owner_id())}


def _fields(
    subject: Subject, form: DocumentForm, found: Sequence[Problem]
) -> list[FormField] | None:
    """The text as fields; None while it is no JSON, or JSON of something else."""
    document = form.as_object()
    if document is None:
        return None
    return form_fields(subject.shown | dict(document), subject.schema, found)
