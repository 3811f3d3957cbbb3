"""What a person set on the pages. Reading is free; setting commits."""

from __future__ import annotations

from typing import Any

from sqlalchemy import bindparam, select

from app.extensions import db
from app.models import Preference

# Built once: pages and the job ask this often.
_VALUE = select(Preference.value).where(
    Preference.owner_id == bindparam("owner"), Preference.name == bindparam("name")
)


def get(owner_id: int, name: str, default: Any = None) -> Any:
    """The value of one preference, `default` if it was never set."""
    row = db.session.execute(_VALUE, {"owner": owner_id, "name": name}).first()
    return default if row is None else row.value


def put(owner_id: int, name: str, value: Any) -> None:
    """Set one preference. Commits."""
    row = db.session.scalar(_one(owner_id, name))
    if row is None:
        db.session.add(Preference(owner_id=owner_id, name=name, value=value))
    else:
        row.value = value
    db.session.commit()


def _one(owner_id: int, name: str) -> Any:
    return select(Preference).where(Preference.owner_id == owner_id, Preference.name == name)
