"""Artists and labels by what they are called, for somebody who wants to correct one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import func, literal, select, union_all

from app.domain.text import fold
from app.extensions import db
from app.models import Artist, Label

MOST = 8


class AlikeName(NamedTuple):
    """An artist or a label (`kind`) by our id."""

    kind: str
    id: int
    name: str


def alike_names(owner_id: int, typed: str) -> Sequence[AlikeName]:
    """Up to eight artists and eight labels whose name has all these words, the shortest first.

    One statement; none where nothing is typed.
    """
    words = fold(typed).split()
    if not words:
        return ()
    parts = [
        select(_first(owner_id, kind, model, words).subquery())
        for kind, model in (("artist", Artist), ("label", Label))
    ]
    return [AlikeName(*row) for row in db.session.execute(union_all(*parts))]


def _first(owner_id: int, kind: str, model: Any, words: Sequence[str]) -> Any:
    called = (model.sort_key.contains(word, autoescape=True) for word in words)
    return (
        select(literal(kind).label("kind"), model.id, model.name)
        .where(model.owner_id == owner_id, *called)
        .order_by(func.length(model.sort_key), model.id)
        .limit(MOST)
    )
