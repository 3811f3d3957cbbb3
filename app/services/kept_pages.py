"""Pages of a listing that were answered and wait to be stored: so that none is asked for twice.

They lie among the answers of the services, and only as long as their sync is under way.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable

from sqlalchemy import ColumnElement, delete, insert, select

from app.extensions import db
from app.models import ProviderResult
from app.models.base import utcnow
from app.services.providers import DISCOGS

ENTITY = "listing"
# Whose listing (folded: Discogs' names are), which reading of it, which page.
Key = tuple[str, int, int]


def keep(owner_id: int, run_id: int, key: Key, raw: bytes) -> None:
    """Keep the JSON of a page, beside whatever the session is about. Commits."""
    username, reading, page = key
    kept = {
        "entity": ENTITY,
        "key": f"{_of_run(owner_id, run_id)}{reading}/{page}",
        "provider": DISCOGS,
        "state": "found",
        "evidence": {"username": username},
        "payload": zlib.compress(raw, level=1),  # it is not kept for long
        "fetched_at": utcnow(),
    }
    with db.engine.begin() as connection:
        connection.execute(insert(ProviderResult), kept)


def kept(owner_id: int, run_id: int) -> dict[Key, bytes]:
    """The JSON of the pages kept in a run. One statement."""
    start = _of_run(owner_id, run_id)
    rows = db.session.execute(
        select(ProviderResult.key, ProviderResult.evidence, ProviderResult.payload).where(
            ProviderResult.entity == ENTITY, ProviderResult.key.startswith(start)
        )
    )
    found = {}
    for key, told, payload in rows:
        reading, page = key.removeprefix(start).split("/")
        whose = str((told or {}).get("username"))
        found[whose, int(reading), int(page)] = zlib.decompress(payload or b"")
    return found


def drop(owner_id: int, run_id: int, reading: int, pages: Iterable[int]) -> None:
    """These pages are stored. Does not commit."""
    start = f"{_of_run(owner_id, run_id)}{reading}/"
    _drop(ProviderResult.key.in_([f"{start}{page}" for page in pages]))


def drop_all(owner_id: int) -> None:
    """Nobody needs the pages of this person's syncs. Does not commit."""
    _drop(ProviderResult.key.startswith(f"{owner_id}/"))


def _of_run(owner_id: int, run_id: int) -> str:
    return f"{owner_id}/{run_id}/"


def _drop(which: ColumnElement[bool]) -> None:
    db.session.execute(
        delete(ProviderResult)
        .where(ProviderResult.entity == ENTITY, ProviderResult.provider == DISCOGS, which)
        .execution_options(synchronize_session=False)
    )
