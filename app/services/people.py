"""The people whose shelves stand here."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from app.domain.text import clean
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import User

LONGEST_NAME = 100


def everybody() -> Sequence[User]:
    """All people, in the order they came."""
    return db.session.scalars(select(User).order_by(User.id)).all()


def add_person(name: str) -> User:
    """A new person with an empty shelf. Commits. Raises InvalidInputError, ConflictError."""
    name = " ".join(clean(name).split())
    if not name or len(name) > LONGEST_NAME:
        raise InvalidInputError(f"A name has 1 to {LONGEST_NAME} characters.")
    person = User(name=name)
    db.session.add(person)
    try:
        db.session.commit()
    except IntegrityError as error:
        db.session.rollback()
        raise ConflictError(f"There is somebody called {name} already.") from error
    return person
