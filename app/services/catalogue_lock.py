"""One writer at a time in a person's catalogue.

A sync, an import and a click may write at once. Each looks up what is known and adds the rest, so
two of them that meet the same new record would both add it. SQLite lets one writer in anyway;
PostgreSQL is asked to do the same for each shelf.
"""

from __future__ import annotations

from sqlalchemy import func, literal, select, text

from app.extensions import db, patience

WORDS = "words of all shelves"


def hold(owner_id: int) -> None:
    """Wait until nobody else writes into this person's catalogue, and keep others out.

    To be called before anything is looked up in a transaction that may add or change folders,
    artists, labels, releases or copies; lasts until its end, and may be called again within it.
    Raises OperationalError after as long as SQLite would wait (see app.extensions), which a page
    answers with 503 and a job by trying again.
    """
    _hold(f"catalogue {owner_id}")


def hold_words() -> bool:
    """The same for formats, genres and styles, which all shelves share; to be called after `hold`.

    False where nobody can have written since this transaction began.
    """
    return _hold(WORDS)


def _hold(name: str) -> bool:
    if db.session.connection().dialect.name != "postgresql":
        return False
    db.session.execute(text(f"SET LOCAL lock_timeout = '{patience()}s'"))
    key = func.hashtextextended(literal(name), 0)
    db.session.execute(select(func.pg_advisory_xact_lock(key)))
    return True
