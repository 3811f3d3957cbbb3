"""Record labels Discogs has a number for, that one known by a bare name may be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, or_, select

from app.domain.names import display_name
from app.domain.text import clean, fold, sort_key
from app.extensions import db
from app.models import Copy, Label, Release, ReleaseLabel

MOST = 5
LONGEST_NAME = 300
# Words that tell no labels apart: "Blue Note" and "Blue Note Records" are alike.
TELLS_NOTHING = frozenset({"the", "records", "record", "recordings", "music", "ltd", "inc", "co"})


class KnownLabel(NamedTuple):
    """A label by our id, with a few titles that came out on it."""

    id: int
    name: str
    discogs_id: int | None
    titles: Sequence[str]


def label_with_titles(owner_id: int, label_id: int) -> KnownLabel | None:
    """A label of this person's shelf. Two statements."""
    return next(iter(_known(owner_id, Label.id == label_id)), None)


def alike_labels(owner_id: int, name: str) -> list[KnownLabel]:
    """Labels with a number whose name has all the words of this one, the same name first."""
    words = [word for word in fold(name).split() if word not in TELLS_NOTHING]
    if not words:
        return []
    called = (Label.sort_key.contains(word, autoescape=True) for word in words)
    return _known(owner_id, Label.discogs_id.is_not(None), *called)


def label_called(owner_id: int, typed: str) -> int | None:
    """The label with a number that somebody means who types this; case and accents do not matter.

    One statement.
    """
    name = clean(typed, LONGEST_NAME).strip()
    same = or_(Label.name == name, Label.sort_key == sort_key(display_name(name)))
    mine = Label.owner_id == owner_id, Label.discogs_id.is_not(None)
    found = select(Label.id).where(*mine, same).order_by(Label.name != name, Label.id)
    return db.session.scalar(found.limit(1)) if name else None


def _known(owner_id: int, *which: ColumnElement[bool]) -> list[KnownLabel]:
    rows = db.session.execute(
        select(Label.id, Label.name, Label.discogs_id)
        .where(Label.owner_id == owner_id, *which)
        .order_by(func.length(Label.sort_key), Label.id)
        .limit(MOST)
    ).all()
    titles = _titles([row.id for row in rows])
    return [KnownLabel(*row, titles.get(row.id, ())) for row in rows]


def _titles(label_ids: Sequence[int]) -> dict[int, list[str]]:
    """A few of those on the shelf, the oldest first."""
    place = func.row_number().over(
        partition_by=ReleaseLabel.label_id,
        order_by=(Release.year.is_(None), Release.year, Release.id),
    )
    on_shelf = select(Copy.release_id).where(Copy.removed_at.is_(None))
    ranked = (
        select(ReleaseLabel.label_id, Release.title, Release.year, place.label("place"))
        .join(Release, Release.id == ReleaseLabel.release_id)
        .where(ReleaseLabel.label_id.in_(label_ids), Release.id.in_(on_shelf))
        .subquery()
    )
    found: dict[int, list[str]] = {}
    few = select(ranked).where(ranked.c.place <= 3).order_by(ranked.c.label_id, ranked.c.place)
    for row in db.session.execute(few):
        text = f"{row.title} ({row.year})" if row.year else row.title
        found.setdefault(row.label_id, []).append(text)
    return found
