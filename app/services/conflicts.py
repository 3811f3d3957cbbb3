"""Deciding between what a person made of a field and what the provider came to say.

Everything here commits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from sqlalchemy import delete, select

from app.domain.quality import LATER_DAYS
from app.errors import NotFoundError
from app.extensions import db
from app.models import Edit, QualityVerdict
from app.models.base import utcnow
from app.queries.conflicts import PUT_OFF
from app.services import catalogue_lock, edits
from app.services.overlay import active_edits
from app.services.transaction import one_commit

ANSWERS = ("mine", "theirs", "later")


def decide(owner_id: int, edit_id: int, answer: str) -> Edit | None:
    """Keep `mine`, take `theirs` or ask again `later`, for the field of this edit.

    None if that is decided already. Raises NotFoundError.
    """
    edit = _get(owner_id, edit_id)
    if edit.news_at is None or edit.undone_at is not None:
        db.session.rollback()
        return None
    of = edit.entity, owner_id, edit.entity_id
    field = edit.field
    db.session.rollback()
    if answer == "mine":
        edits.keep(*of, field)
    elif answer == "later":
        _put_off(*of, field)
    else:
        edits.undo(*of, field=field)
    return _get(owner_id, edit_id)


def reopen(owner_id: int, edit_id: int) -> Edit:
    """Take a decision back: what was shown is shown again, and the field waits. Raises
    NotFoundError."""
    edit = _get(owner_id, edit_id)
    if _is_asked_again(edit):
        return edit
    for each in _undone_with(edit):
        edits.redo(each.entity, owner_id, each.entity_id, each.id)
    with one_commit():
        catalogue_lock.hold(owner_id)
        for each in active_edits(owner_id, edit.entity, edit.entity_id):
            if each.field == edit.field and each.upstream != each.after:
                each.news_at = utcnow()
    return edit


def _put_off(entity: str, owner_id: int, entity_id: int, field: str) -> None:
    """Ask in 30 days; earlier only if the provider says something else once more."""
    now = utcnow()
    with one_commit():
        catalogue_lock.hold(owner_id)
        standing = active_edits(owner_id, entity, entity_id)
        ids = [each.id for each in standing if each.field == field and each.news_at]
        _forget_put_off(owner_id, ids)
        for edit_id in ids:
            db.session.add(
                QualityVerdict(
                    owner_id=owner_id,
                    check_name=PUT_OFF,
                    entity_id=edit_id,
                    verdict="later",
                    at=now,
                    until=now + timedelta(days=LATER_DAYS),
                )
            )


def _is_asked_again(edit: Edit) -> bool:
    """Take a "later" back; whether it was one."""
    of = edit.owner_id, edit.entity, edit.entity_id
    with one_commit():
        catalogue_lock.hold(edit.owner_id)
        beside = [each.id for each in active_edits(*of) if each.field == edit.field]
        return _forget_put_off(edit.owner_id, beside) > 0


def _forget_put_off(owner_id: int, edit_ids: Sequence[int]) -> int:
    said = db.session.execute(
        delete(QualityVerdict)
        .where(
            QualityVerdict.owner_id == owner_id,
            QualityVerdict.check_name == PUT_OFF,
            QualityVerdict.entity_id.in_(edit_ids),
        )
        .returning(QualityVerdict.id)
    )
    return len(said.all())


def _undone_with(edit: Edit) -> list[Edit]:
    """What the same click took back, the oldest first."""
    if edit.undone_at is None:
        return []
    same = select(Edit).where(
        Edit.owner_id == edit.owner_id,
        Edit.entity == edit.entity,
        Edit.entity_id == edit.entity_id,
        Edit.field == edit.field,
        Edit.undone_at == edit.undone_at,
    )
    return list(db.session.scalars(same.order_by(Edit.id)))


def _get(owner_id: int, edit_id: int) -> Edit:
    mine = select(Edit).where(Edit.id == edit_id, Edit.owner_id == owner_id)
    edit = db.session.scalar(mine)
    if edit is None:
        raise NotFoundError("There is no such edit.")
    return edit
