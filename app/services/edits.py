"""Edits as a layer over what providers say: laid, taken back, laid again, locked.

What is shown of a field is its newest standing edit, else what the provider says now. The functions
that take an owner commit once, or raise and leave everything as it was; `lay` and `take_back` are
for those who commit themselves.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Edit
from app.models.base import utcnow
from app.services import catalogue_lock
from app.services.bulk import without_garbage_collection
from app.services.edit_batches import take_back_batch
from app.services.overlay import active_edits, by_field
from app.services.subjects import Subject, open_subject
from app.services.transaction import one_commit


def new_batch() -> str:
    """A name for all that one click changes."""
    return uuid.uuid4().hex


def lay(subject: Subject, values: Mapping[str, Any], batch: str, how: str) -> list[str]:
    """Show these values of an opened record from now on; returns the fields that changed.

    A field that gets what the provider says needs no edit any more. Does not commit.
    """
    changed = {field: new for field, new in values.items() if new != subject.shown[field]}
    standing = by_field(active_edits(subject.owner_id, subject.entity, subject.id))
    for field, new in changed.items():
        beneath = standing.get(field, [])
        if beneath and beneath[-1].upstream == new and not any(map(is_lock, beneath)):
            _mark_undone(beneath)
            continue
        upstream = beneath[-1].upstream if beneath else subject.shown[field]
        _add(subject, field, new, upstream, batch, how)
    if changed:
        subject.write(changed)
    return list(changed)


def _add(subject: Subject, field: str, after: Any, upstream: Any, batch: str, how: str) -> None:
    db.session.add(
        Edit(
            owner_id=subject.owner_id,
            batch=batch,
            how=how,
            entity=subject.entity,
            entity_id=subject.id,
            field=field,
            before=subject.shown[field],
            after=after,
            upstream=upstream,
        )
    )


def is_lock(edit: Edit) -> bool:
    """Whether an edit changes nothing but keeps what was shown."""
    return bool(edit.how == "lock")


def lock(entity: str, owner_id: int, entity_id: int, field: str) -> bool:
    """Have a field stay as it is shown, whatever a provider says later.

    Returns whether it was not locked before. Raises NotFoundError.
    """
    with one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        if field not in subject.shown:
            raise NotFoundError(f"{subject.name} has no field called {field}.")
        standing = by_field(active_edits(owner_id, entity, entity_id)).get(field, [])
        if any(map(is_lock, standing)):
            return False
        now = subject.shown[field]
        _add(subject, field, now, standing[-1].upstream if standing else now, new_batch(), "lock")
    return True


def unlock(entity: str, owner_id: int, entity_id: int, field: str) -> bool:
    """Let providers change a locked field again; what they say now is shown at once.

    An edit of the field stays. Returns whether it was locked. Raises NotFoundError.
    """
    with one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        standing = by_field(active_edits(owner_id, entity, entity_id)).get(field, [])
        locks = [edit for edit in standing if is_lock(edit)]
        take_back(subject, locks)
    return bool(locks)


def keep(entity: str, owner_id: int, entity_id: int, field: str) -> None:
    """Note that the person saw what the provider says now, and keeps what they made of the field.

    Raises NotFoundError.
    """
    with one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        for edit in active_edits(owner_id, entity, subject.id):
            if edit.field == field:
                edit.news_at = None


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

    Returns the fields whose edits were taken back; undoing twice does nothing. Raises
    NotFoundError.
    """
    with one_commit():
        subject = open_subject(entity, owner_id, entity_id, lock=True)
        chosen = _chosen(subject, edit_id, batch, field)
        taken = [edit for edit in chosen if edit.undone_at is None]
        take_back(subject, taken)
    return sorted({edit.field for edit in taken})


def undo_batch(owner_id: int, batch: str) -> int:
    """Take back everything one click changed, on however many records; returns how many fields.

    Raises NotFoundError.
    """
    with without_garbage_collection(), one_commit():
        catalogue_lock.hold(owner_id)
        return take_back_batch(owner_id, batch)


def redo(entity: str, owner_id: int, entity_id: int, edit_id: int) -> list[str]:
    """Lay an undone edit over the facts again. Raises NotFoundError."""
    with one_commit():
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


def take_back(subject: Subject, edits: Sequence[Edit]) -> None:
    """Take back these edits of an opened record. Does not commit."""
    _mark_undone(edits)
    _settle(subject, {edit.field: edit.upstream for edit in edits})


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
        edit.undone_at, edit.news_at = moment, None


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
