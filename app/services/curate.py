"""Correcting records: what a document changes becomes edits over what providers say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from app.domain.document_problems import Problem, problems
from app.domain.documents import Document, changed_fields, tidy
from app.domain.strict_json import JsonDocument, JsonSyntaxError, parse
from app.errors import ConflictError, InvalidInputError
from app.services import edits
from app.services.subjects import Subject, open_subject
from app.services.transaction import one_commit


@dataclass(frozen=True, slots=True)
class Change:
    """One field: what the person started from, what is shown now, and what they made of it."""

    field: str
    base: Any
    now: Any
    mine: Any

    @property
    def is_contested(self) -> bool:
        """Whether somebody else changed the field meanwhile."""
        return bool(self.base != self.now)


class WrongDocumentError(InvalidInputError):
    """The text is no document that can be saved; `found` says where and why."""

    def __init__(self, found: Sequence[Problem]) -> None:
        count = f"{len(found)} things in the text" if len(found) > 1 else "One thing in the text"
        super().__init__(f"{count} must be mended before it can be saved. Nothing was changed.")
        self.found = found


class StaleDocumentError(ConflictError):
    """The record changed since the person opened it; `changes` are theirs, with both sides."""

    def __init__(self, subject: Subject, changes: Sequence[Change]) -> None:
        super().__init__(
            f"{subject.name} was changed since you opened it. Your text is kept; nothing was saved."
        )
        self.subject = subject
        self.changes = changes


def differences(subject: Subject, text: str, base: str = "") -> list[Change]:
    """What saving `text` would change.

    `base` is the document the person started from, as JSON: a field they did not touch is not
    theirs, even if it reads differently now. Without it everything that differs is. It is only
    compared, never stored. Raises TooLargeError, WrongDocumentError.
    """
    started_from = _base(subject, base)
    mine = changed_fields(started_from, _read(subject, text))
    return [
        Change(field, old, subject.shown[field], new)
        for field, (old, new) in mine.items()
        if new != subject.shown[field]
    ]


def _base(subject: Subject, base: str) -> Document:
    try:
        value = parse(base).value if base else subject.shown
    except JsonSyntaxError:
        return subject.shown
    return value if isinstance(value, dict) else subject.shown


def _read(subject: Subject, text: str) -> Document:
    try:
        document = parse(text)
    except JsonSyntaxError as error:
        raise WrongDocumentError([Problem((), error.line, error.column, error.sentence)]) from error
    found = [p for p in problems(document, subject.schema) if not _is_old(p, document, subject)]
    found = found or [
        Problem(path, *document.position(path), sentence)
        for path, sentence in subject.misnamed(tidy(document.value, subject.schema))
    ]
    if found:
        raise WrongDocumentError(found)
    return tidy(document.value, subject.schema)


def _is_old(problem: Problem, document: JsonDocument, subject: Subject) -> bool:
    """Whether the problem is in a field that is shown so already: a provider may exceed limits."""
    field = problem.path[0] if problem.path else None
    return field in subject.shown and document.value[field] == subject.shown[field]


def save(
    entity: str,
    owner_id: int,
    entity_id: int,
    version: int,
    text: str,
    base: str = "",
    how: str = "json",
) -> list[Change]:
    """Lay what `text` changes over the provider's facts, as one batch of edits.

    `version` is that of the record the person saw, `how` the way they edited it (json, form).
    Returns what was changed, [] if nothing was.
    Raises NotFoundError, TooLargeError, WrongDocumentError, StaleDocumentError.
    """
    with one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        changes = differences(subject, text, base)
        if changes and version != subject.version:
            raise StaleDocumentError(subject, changes)
        mine = {change.field: change.mine for change in changes}
        edits.lay(subject, mine, edits.new_batch(), how)
    return changes
