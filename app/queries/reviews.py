"""What waits for a person: pages that may be about a thing on the shelf, and what was decided.

All candidates of one provider about one thing are one question. A decision is what was answered to
it in one moment, so that it can be taken back as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, Subquery, and_, case, func, or_, select

from app.extensions import db
from app.models import Link
from app.queries.linked_things import Thing, things
from app.queries.paged import Page, Place, Stop, place

PER_PAGE = 15


class Key(NamedTuple):
    """What a question is about, and whose page it asks for."""

    entity: str
    key: str
    provider: str


@dataclass(frozen=True, slots=True)
class Question:
    """Candidates of one provider, the best first; `thing` is None once it has left the shelf."""

    key: Key
    thing: Thing | None
    candidates: Sequence[Link]


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person answered at `at`: `accepted` is None for "none of these"."""

    key: Key
    at: datetime
    thing: Thing | None
    accepted: Link | None
    rejected: Sequence[Link]

    @property
    def is_none_of_these(self) -> bool:
        """Whether all of several candidates were turned down at once."""
        return self.accepted is None and len(self.rejected) > 1

    @property
    def link_id(self) -> int:
        """Any link of it, to name it by."""
        return (self.accepted or self.rejected[0]).id


@dataclass(frozen=True, slots=True)
class Counts:
    """How many questions wait, how many were decided."""

    waiting: int
    decided: int


_KEY = (Link.entity, Link.key, Link.provider)


def counts(owner_id: int) -> Counts:
    """How many questions there are. Two statements."""
    return Counts(_count(_questions(owner_id)), _count(_decisions(owner_id)))


def waiting_count(owner_id: int) -> int:
    """How many questions wait. One statement."""
    return _count(_questions(owner_id))


def waiting(owner_id: int, number: int) -> Page[Question]:
    """A page of questions, the likeliest first. A constant number of statements."""
    asked = _questions(owner_id)
    total = _count(asked)
    number, pages = place(total, number, PER_PAGE)
    order = func.max(Link.score).desc(), func.min(Link.id)
    part = asked.order_by(*order).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    keys = [Key(*row) for row in db.session.execute(part)]
    links = _by_key(keys, _is_waiting(owner_id))
    about = things(owner_id, {(key.entity, key.key) for key in keys})
    rows = [Question(key, about.get(key[:2]), _best_first(links[key])) for key in keys]
    return Page(rows, total, number, pages)


def page_of(owner_id: int, link: Link) -> int:
    """The page of `waiting` that the question of this link is on. Two statements."""
    best, first = func.max(Link.score).label("best"), func.min(Link.id).label("first")
    asked = _questions(owner_id).add_columns(best, first).subquery()
    mine = db.session.execute(
        select(asked.c.best, asked.c.first).where(
            asked.c.entity == link.entity,
            asked.c.key == link.key,
            asked.c.provider == link.provider,
        )
    ).first()
    if mine is None:
        return 1
    is_before = or_(
        asked.c.best > mine.best, and_(asked.c.best == mine.best, asked.c.first < mine.first)
    )
    before = db.session.scalar(select(func.count()).select_from(asked).where(is_before)) or 0
    return before // PER_PAGE + 1


def place_of(owner_id: int, entity: str, entity_id: int, at: int) -> Place[Stop] | None:
    """Where a record stands among the things with questions, the likeliest first.

    `at` is a link it was opened from; None if that is about something else. A constant number of
    statements.
    """
    mine = select(Link).where(Link.id == at, Link.owner_id == owner_id)
    link = db.session.scalar(mine)
    if link is None:
        return None
    key = link.entity, link.key
    if record_of(things(owner_id, {key}).get(key)) != (entity, entity_id):
        return None
    asked = _things_asked_about(owner_id)
    here = db.session.execute(
        select(asked).where(asked.c.entity == link.entity, asked.c.key == link.key)
    ).first()
    best, first = (here.best, here.first) if here else (link.score, link.id)
    same = asked.c.best == best
    is_before = or_(asked.c.best > best, and_(same, asked.c.first < first))
    is_after = or_(asked.c.best < best, and_(same, asked.c.first > first))
    counted = select(func.count(), func.count(case((is_before, 1)))).select_from(asked)
    total, number = db.session.execute(counted).one()
    down, up = (asked.c.best.desc(), asked.c.first), (asked.c.best, asked.c.first.desc())
    return Place(
        number + 1 if here else None,
        total,
        _first_stop(owner_id, select(asked).where(is_before).order_by(*up)),
        _first_stop(owner_id, select(asked).where(is_after).order_by(*down)),
    )


def _things_asked_about(owner_id: int) -> Subquery:
    best, first = func.max(Link.score).label("best"), func.min(Link.id).label("first")
    asked = select(Link.entity, Link.key, best, first).where(_is_waiting(owner_id))
    return asked.group_by(Link.entity, Link.key).subquery()


def _first_stop(owner_id: int, asked: Select[*tuple[Any, ...]]) -> Stop | None:
    """The first of these that is on the shelf; what has left it is passed over."""
    rows = db.session.execute(asked.limit(PER_PAGE)).all()
    about = things(owner_id, {(row.entity, row.key) for row in rows})
    for row in rows:
        if record := record_of(about.get((row.entity, row.key))):
            return Stop(*record, row.first)
    return None


def record_of(thing: Thing | None) -> tuple[str, int] | None:
    """Which record is edited where a thing is wrong."""
    if thing is None:
        return None
    if thing.release_id:
        return "release", thing.release_id
    return ("artist", thing.artist_id) if thing.artist_id else None


def last_decided(owner_id: int) -> Decision | None:
    """The latest decision, without its thing. One statement."""
    latest = select(func.max(Link.decided_at)).where(_is_decided(owner_id)).scalar_subquery()
    links = db.session.scalars(
        select(Link).where(_is_decided(owner_id), Link.decided_at == latest).order_by(Link.id)
    ).all()
    if not links:
        return None
    key = Key(links[0].entity, links[0].key, links[0].provider)
    mine = [link for link in links if Key(link.entity, link.key, link.provider) == key]
    return _decision(key, at, mine, {}) if (at := links[0].decided_at) else None


def decided(owner_id: int, number: int) -> Page[Decision]:
    """A page of what was decided, the latest first. A constant number of statements."""
    made = _decisions(owner_id)
    total = _count(made)
    number, pages = place(total, number, PER_PAGE)
    order = Link.decided_at.desc(), func.min(Link.id)
    part = made.order_by(*order).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    rows = [(Key(*row[:3]), row[3]) for row in db.session.execute(part)]
    links = _by_key([key for key, _at in rows], _is_decided(owner_id))
    about = things(owner_id, {(key.entity, key.key) for key, _at in rows})
    return Page([_decision(key, at, links[key], about) for key, at in rows], total, number, pages)


def _decision(
    key: Key, at: datetime, links: Iterable[Link], about: Mapping[tuple[str, str], Thing]
) -> Decision:
    made = [link for link in links if link.decided_at == at]
    accepted = next((link for link in made if link.state == "accepted"), None)
    rejected = [link for link in made if link is not accepted]
    return Decision(key, at, about.get(key[:2]), accepted, _best_first(rejected))


def _is_waiting(owner_id: int) -> ColumnElement[bool]:
    return and_(Link.owner_id == owner_id, Link.state == "waiting", Link.decided_at.is_(None))


def _is_decided(owner_id: int) -> ColumnElement[bool]:
    return and_(Link.owner_id == owner_id, Link.decided_at.is_not(None))


def _questions(owner_id: int) -> Select[*tuple[Any, ...]]:
    return select(*_KEY).where(_is_waiting(owner_id)).group_by(*_KEY)


def _decisions(owner_id: int) -> Select[*tuple[Any, ...]]:
    keys = *_KEY, Link.decided_at
    return select(*keys).where(_is_decided(owner_id)).group_by(*keys)


def _count(grouped: Select[*tuple[Any, ...]]) -> int:
    return db.session.scalar(select(func.count()).select_from(grouped.subquery())) or 0


def _by_key(keys: Sequence[Key], which: ColumnElement[bool]) -> Mapping[Key, list[Link]]:
    """The links of these keys. SQLite has no good plan for pairs in a list: sort them out here."""
    found: dict[Key, list[Link]] = defaultdict(list)
    wanted = set(keys)
    for link in db.session.scalars(
        select(Link).where(
            which,
            # With the kind, the keys are looked up in the index that tells links apart.
            Link.entity.in_({key.entity for key in keys}),
            Link.key.in_({key.key for key in keys}),
        )
    ):
        key = Key(link.entity, link.key, link.provider)
        if key in wanted:
            found[key].append(link)
    return found


def _best_first(links: Iterable[Link]) -> list[Link]:
    return sorted(links, key=lambda link: (-link.score, link.id))
