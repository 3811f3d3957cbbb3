"""What is known of things on a shelf already, because of other shelves or of former days.

The work list is everybody's, while links and releases are each person's own. So whoever puts up a
record that was asked about before gets what was told then, and nobody is asked twice.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any, cast

from sqlalchemy import Row, Table, bindparam, insert, select, update

from app.extensions import db
from app.models import Link, ProviderResult, Release, User
from app.models.match import LINKED_KINDS
from app.services import catalogue_lock
from app.services.bulk import in_chunks
from app.services.providers import DISCOGS

_LINKS = cast(Table, Link.__table__)
_TOLD = [column for column in _LINKS.c if column.name not in ("id", "owner_id")]
_ANSWERS = (ProviderResult.entity == "release", ProviderResult.provider == DISCOGS)
_KEPT = select(ProviderResult.payload, ProviderResult.fetched_at).where(
    *_ANSWERS,
    ProviderResult.key == bindparam("key"),
    ProviderResult.payload.is_not(None),
    ProviderResult.fetched_at.is_not(None),
)
_KNOWN_IN_FULL = select(Release.id).where(
    Release.owner_id == bindparam("owner"),
    Release.discogs_id == bindparam("number"),
    Release.detailed_at.is_not(None),
)


def hand_over_links(owner_id: int, keys: Mapping[str, Collection[str]]) -> None:
    """Give a person the links others have to `keys` (by entity) where they have none themselves.

    What somebody else decided is offered anew. Does not commit.
    """
    others = db.session.scalars(select(User.id).where(User.id != owner_id)).all()
    if not others:
        return
    catalogue_lock.hold(owner_id)
    for entity in LINKED_KINDS:
        for chunk in in_chunks(keys[entity], 1_000):
            about = Link.entity == entity, Link.key.in_(chunk)
            mine = select(Link.key, Link.provider).where(Link.owner_id == owner_id, *about)
            settled = {(row.key, row.provider) for row in db.session.execute(mine)}
            theirs = select(*_TOLD).where(Link.owner_id.in_(others), *about).order_by(Link.id)
            rows = _as_mine(owner_id, settled, db.session.execute(theirs).all())
            if rows:
                db.session.execute(insert(_LINKS), rows)


def _as_mine(
    owner_id: int, settled: set[tuple[str, str]], theirs: Sequence[Row[Any]]
) -> list[dict[str, Any]]:
    """Links of others as a person's own, each once."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for link in theirs:
        if (link.key, link.provider) not in settled:
            row = {**link._mapping, "owner_id": owner_id}
            if link.decided_at:
                row |= {"state": "waiting", "decided_at": None}
            rows.setdefault((link.key, link.provider, link.url), row)
    return list(rows.values())


def want_details(discogs_ids: Collection[int]) -> None:
    """Have the details of these releases read from the answers that are kept. Does not commit."""
    for chunk in in_chunks(map(str, discogs_ids), 1_000):
        db.session.execute(
            update(ProviderResult)
            .where(*_ANSWERS, ProviderResult.key.in_(chunk), ProviderResult.state == "found")
            .where(ProviderResult.payload.is_not(None))
            .values(state="pending", attempts=0, due_at=None)
            .execution_options(synchronize_session=False)
        )


def kept_details(owner_id: int, discogs_id: int) -> tuple[bytes, datetime] | None:
    """Discogs' answer about a release of which this shelf has nothing, compressed, and its moment.

    None if there is no such answer, or the shelf has its details. Two statements.
    """
    asked = {"owner": owner_id, "number": discogs_id}
    if db.session.scalar(_KNOWN_IN_FULL, asked) is not None:
        return None
    kept = db.session.execute(_KEPT, {"key": str(discogs_id)}).first()
    return (kept.payload, kept.fetched_at) if kept else None
