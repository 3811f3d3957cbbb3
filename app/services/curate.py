"""Correcting records: documents become edits over what providers say, and edits are undone.

Each function commits once, or raises and leaves everything as it was.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.document_problems import Problem, problems
from app.domain.documents import Document, changed_fields, tidy
from app.domain.strict_json import JsonDocument, JsonSyntaxError, parse
from app.errors import ConflictError, GatefoldError, InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Edit
from app.models.base import utcnow
from app.services.overlay import active_edits, by_field
from app.services.subjects import Subject, open_subject


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
    entity: str, owner_id: int, entity_id: int, version: int, text: str, base: str = ""
) -> list[Change]:
    """Lay what `text` changes over the provider's facts, as one batch of edits.

    `version` is that of the record the person saw. Returns what was changed, [] if nothing was.
    Raises NotFoundError, TooLargeError, WrongDocumentError, StaleDocumentError.
    """
    with _one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        changes = differences(subject, text, base)
        if changes and version != subject.version:
            raise StaleDocumentError(subject, changes)
        if changes:
            _lay(subject, changes)
            subject.write({change.field: change.mine for change in changes})
    return changes


@contextmanager
def _one_commit() -> Iterator[None]:
    try:
        yield
    except GatefoldError:
        db.session.rollback()
        raise
    db.session.commit()


def _lay(subject: Subject, changes: Iterable[Change]) -> None:
    standing = by_field(active_edits(subject.owner_id, subject.entity, subject.id))
    batch, moment = uuid.uuid4().hex, utcnow()
    for change in changes:
        beneath = standing.get(change.field, [])
        if beneath and beneath[-1].upstream == change.mine:
            # Back to what the provider says: no edit is needed any more.
            _mark_undone(beneath)
            continue
        db.session.add(
            Edit(
                owner_id=subject.owner_id,
                batch=batch,
                entity=subject.entity,
                entity_id=subject.id,
                field=change.field,
                before=change.now,
                after=change.mine,
                upstream=beneath[-1].upstream if beneath else change.now,
                at=moment,
            )
        )


def undo(
    entity: str,
    owner_id: int,
    entity_id: int,
    *,
    edit_id: int | None = None,
    batch: str | None = None,
    field: str | None = None,
) -> list[str]:
    """Take back one edit, all edits of one save, or every edit of a field.

    What shows then is the newest edit left, else what the provider says now. Returns the fields
    whose edits were taken back; undoing twice does nothing. Raises NotFoundError.
    """
    with _one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        chosen = _chosen(subject, edit_id, batch, field)
        taken = [edit for edit in chosen if edit.undone_at is None]
        _mark_undone(taken)
        _settle(subject, {edit.field: edit.upstream for edit in taken})
    return sorted({edit.field for edit in taken})


def redo(entity: str, owner_id: int, entity_id: int, edit_id: int) -> list[str]:
    """Lay an undone edit over the facts again. Raises NotFoundError."""
    with _one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        (edit,) = _chosen(subject, edit_id, None, None)
        if edit.undone_at is None:
            return []
        standing = by_field(active_edits(owner_id, entity, entity_id)).get(edit.field, [])
        # While it was undone no sync told it anything.
        edit.upstream = standing[-1].upstream if standing else subject.shown[edit.field]
        edit.undone_at = None
        _settle(subject, {edit.field: edit.upstream})
        return [edit.field]


def _chosen(
    subject: Subject, edit_id: int | None, batch: str | None, field: str | None
) -> Sequence[Edit]:
    query = select(Edit).where(
        Edit.owner_id == subject.owner_id,
        Edit.entity == subject.entity,
        Edit.entity_id == subject.id,
    )
    if edit_id is not None:
        query = query.where(Edit.id == edit_id)
    elif batch is not None:
        query = query.where(Edit.batch == batch)
    else:
        query = query.where(Edit.field == field)
    edits = db.session.scalars(query.order_by(Edit.id)).all()
    if not edits:
        raise NotFoundError(f"There is no such edit of {subject.name}.")
    return edits


def _mark_undone(edits: Iterable[Edit]) -> None:
    moment = utcnow()
    for edit in edits:
        edit.undone_at = moment


def _settle(subject: Subject, upstream: dict[str, Any]) -> None:
    """Show the newest standing edit of these fields, else what `upstream` says."""
    db.session.flush()
    standing = by_field(active_edits(subject.owner_id, subject.entity, subject.id))
    values = {
        field: standing[field][-1].after if field in standing else told
        for field, told in upstream.items()
    }
    changes = {field: new for field, new in values.items() if new != subject.shown[field]}
    if changes:
        subject.write(changes)
