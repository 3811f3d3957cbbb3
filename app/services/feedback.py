"""What people tell us from the pages, and what they are answered. Everything here commits."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import func, select

from app.domain.issue_text import KINDS, path_of
from app.domain.text import clean
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Feedback
from app.models.base import utcnow

LONGEST_TEXT = 10_000
MOST = 10
WITHIN = timedelta(minutes=10)
TOO_MANY = "That was a lot at once. Your text stands here; send it in a few minutes."


def send(owner_id: int, kind: str, typed: str, page: str) -> int:
    """Keep what somebody told of a page (its address here); returns its number.

    Raises InvalidInputError: `problems` under "text" or "kind", or under "" when it was too much
    in too short a time.
    """
    text = clean(typed).strip()
    problems: dict[str, list[str]] = {}
    if not text:
        problems["text"] = ["Write a few words first."]
    elif len(text) > LONGEST_TEXT:
        problems["text"] = [_too_long(text)]
    if kind not in KINDS:
        problems["kind"] = ["Choose what it is."]
    if problems:
        raise InvalidInputError("That cannot be sent as it is. Nothing was sent.", problems)
    lately = Feedback.owner_id == owner_id, Feedback.at > utcnow() - WITHIN
    if (db.session.scalar(select(func.count()).where(*lately)) or 0) >= MOST:
        raise InvalidInputError(TOO_MANY, {"": [TOO_MANY]})
    told = Feedback(owner_id=owner_id, kind=kind, text=text, page=path_of(page))
    db.session.add(told)
    db.session.commit()
    return told.id


def _too_long(text: str) -> str:
    return f"These are {len(text):,} characters; {LONGEST_TEXT:,} is the most."


def answer(owner_id: int, feedback_id: int, typed: str) -> None:
    """Answer it, or say something else than before. Raises NotFoundError, InvalidInputError."""
    told = get(owner_id, feedback_id)
    text = clean(typed).strip()
    if not text or len(text) > LONGEST_TEXT:
        sentence = _too_long(text) if text else "Write the answer first."
        raise InvalidInputError(f"{sentence} Nothing was changed.", {"answer": [sentence]})
    told.answer, told.answered_at = text, utcnow()
    told.state = "answered" if told.state == "open" else told.state
    db.session.commit()


def close(owner_id: int, feedback_id: int) -> None:
    """Have it done with. Raises NotFoundError."""
    get(owner_id, feedback_id).state = "closed"
    db.session.commit()


def reopen(owner_id: int, feedback_id: int) -> None:
    """Take that back. Raises NotFoundError."""
    told = get(owner_id, feedback_id)
    told.state = "answered" if told.answer else "open"
    db.session.commit()


def get(owner_id: int, feedback_id: int) -> Feedback:
    """One piece of feedback. Raises NotFoundError."""
    mine = Feedback.id == feedback_id, Feedback.owner_id == owner_id
    told = db.session.scalar(select(Feedback).where(*mine))
    if told is None:
        raise NotFoundError("There is no such feedback.")
    return told
