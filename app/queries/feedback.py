"""What people told us: the list, its counts, and all of it for a file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import func, select

from app.domain.issue_text import Told
from app.extensions import db
from app.models import Feedback
from app.models.curation import FEEDBACK_STATES
from app.queries.paged import Page, place

PER_PAGE = 30
SHOWN_TO_WRITER = 20


def counts(owner_id: int) -> dict[str, int]:
    """How many are in each state, those with none too. One statement."""
    found = select(Feedback.state, func.count()).where(Feedback.owner_id == owner_id)
    rows = db.session.execute(found.group_by(Feedback.state))
    return dict.fromkeys(FEEDBACK_STATES, 0) | {row[0]: row[1] for row in rows}


def open_count(owner_id: int) -> int:
    """How many wait for an answer. One statement."""
    waiting = Feedback.owner_id == owner_id, Feedback.state == "open"
    return db.session.scalar(select(func.count()).where(*waiting)) or 0


def page(owner_id: int, state: str, number: int, total: int) -> Page[Feedback]:
    """One page of a state, the latest first. One statement."""
    number, pages = place(total, number, PER_PAGE)
    wanted = (
        select(Feedback)
        .where(Feedback.owner_id == owner_id, Feedback.state == state)
        .order_by(Feedback.at.desc(), Feedback.id.desc())
    )
    rows = db.session.scalars(wanted.limit(PER_PAGE).offset((number - 1) * PER_PAGE)).all()
    return Page(rows, total, number, pages)


def sent(owner_id: int) -> Sequence[Feedback]:
    """What somebody sent last, with the answers. One statement."""
    mine = select(Feedback).where(Feedback.owner_id == owner_id)
    newest = mine.order_by(Feedback.at.desc(), Feedback.id.desc()).limit(SHOWN_TO_WRITER)
    return db.session.scalars(newest).all()


def told(owner_id: int, state: str) -> Iterator[Told]:
    """All of a state, the oldest first."""
    wanted = select(Feedback).where(Feedback.owner_id == owner_id, Feedback.state == state)
    for each in db.session.scalars(wanted.order_by(Feedback.at, Feedback.id)):
        yield as_told(each)


def as_told(each: Feedback) -> Told:
    """As the text of an issue has it."""
    return Told(each.id, each.kind, each.page, each.text, each.at, each.state, each.answer)
