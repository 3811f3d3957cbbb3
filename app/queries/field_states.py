"""How each edited field of a record stands: whose word is shown, and what waits beneath it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, case, func, select

from app.extensions import db
from app.models import Edit, User
from app.queries.many_ids import among


@dataclass(frozen=True, slots=True)
class FieldState:
    """A field under standing edits.

    `began` is what was shown before the first of them, `shown` what is shown now, `upstream` what
    the provider says now. `edited_at`, `who` and `how` are of the newest edit that is no lock, None
    and "" if the field is only locked. `is_news`: nobody has looked at what the provider came to
    say meanwhile.
    """

    field: str
    began: Any
    shown: Any
    upstream: Any
    edited_at: datetime | None
    who: str
    how: str
    is_locked: bool
    is_news: bool

    @property
    def is_covered(self) -> bool:
        """Whether the provider says something else than what is shown."""
        return bool(self.upstream != self.shown)


def field_states(owner_id: int, entity: str, entity_id: int) -> dict[str, FieldState]:
    """The fields with standing edits, by name; two statements, however many edits there are."""
    spans = _spans(owner_id, entity, entity_id)
    wanted = {edit_id for span in spans for edit_id in (span.first, span.last, span.word)}
    rows = db.session.execute(
        select(Edit, User.name)
        .join(User, User.id == Edit.owner_id)
        .where(among(Edit.id, wanted - {None}))
    )
    edits = {edit.id: (edit, who) for edit, who in rows}
    return {span.field: _state(span, edits) for span in spans}


def _spans(owner_id: int, entity: str, entity_id: int) -> Sequence[Row[Any]]:
    """Of each field the first and the last standing edit, and the last that is no lock."""
    is_lock = Edit.how == "lock"
    return db.session.execute(
        select(
            Edit.field,
            func.min(Edit.id).label("first"),
            func.max(Edit.id).label("last"),
            func.max(case((~is_lock, Edit.id))).label("word"),
            func.count(case((is_lock, 1))).label("locks"),
            func.count(Edit.news_at).label("news"),
        )
        .where(
            Edit.owner_id == owner_id,
            Edit.entity == entity,
            Edit.entity_id == entity_id,
            Edit.undone_at.is_(None),
        )
        .group_by(Edit.field)
    ).all()


def _state(span: Row[Any], edits: dict[int, tuple[Edit, str]]) -> FieldState:
    first, last = edits[span.first][0], edits[span.last][0]
    word, who = edits[span.word] if span.word else (None, "")
    return FieldState(
        field=span.field,
        began=first.before,
        shown=last.after,
        upstream=last.upstream,
        edited_at=word.at if word else None,
        who=who,
        how=word.how if word else "",
        is_locked=span.locks > 0,
        is_news=span.news > 0,
    )
