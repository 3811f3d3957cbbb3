"""What is known of things on a shelf already, because of other shelves or of former days.

The work list is everybody's, while links and releases are each person's own. So whoever puts up a
record that was asked about before gets what was told then, and nobody is asked twice.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import fields
from typing import Any, cast

from sqlalchemy import Row, String, Table, insert, select
from sqlalchemy import cast as cast_in_sql

from app.clients.discogs_answers import kept_release
from app.errors import OddAnswerError
from app.extensions import db
from app.models import Link, ProviderResult, Release, User
from app.models.match import LINKED_KINDS
from app.services import catalogue_lock
from app.services.bulk import in_chunks
from app.services.enrich import links, reopening
from app.services.enrich.links import FoundLink
from app.services.providers import DISCOGS
from app.services.release_details import write_details

Known = tuple[str, str]  # the key of a thing, and a provider

_LINKS = cast(Table, Link.__table__)
_TOLD = [column for column in _LINKS.c if column.name not in ("id", "owner_id")]
_KEPT = (
    ProviderResult.entity == "release",
    ProviderResult.provider == DISCOGS,
    ProviderResult.payload.is_not(None),
    ProviderResult.fetched_at.is_not(None),
)


def others(owner_id: int) -> Sequence[int]:
    """Who has a shelf here besides this person."""
    return db.session.scalars(select(User.id).where(User.id != owner_id)).all()


def hand_over_links(owner_id: int, keys: Mapping[str, Collection[str]]) -> None:
    """Give a person the links others have to `keys` (by entity) where they have none as good.

    What somebody else decided is offered anew, where there is none. Does not commit.
    """
    them = others(owner_id)
    if not them:
        return
    catalogue_lock.hold(owner_id)
    for entity in LINKED_KINDS:
        for chunk in in_chunks(keys[entity], 1_000):
            about = Link.entity == entity, Link.key.in_(chunk)
            mine = select(Link.key, Link.provider, Link.badge).where(
                Link.owner_id == owner_id, *about
            )
            best: dict[Known, int] = {}
            for row in db.session.execute(mine):
                known = row.key, row.provider
                best[known] = max(best.get(known, 0), links.rank(row.badge))
            told = select(*_TOLD).where(Link.owner_id.in_(them), *about).order_by(Link.id)
            theirs = db.session.execute(told).all()
            rows = _as_mine(owner_id, best, theirs)
            if rows:
                db.session.execute(insert(_LINKS), rows)
            for link in theirs:
                if _is_better(link, best.get((link.key, link.provider))):
                    links.keep(owner_id, entity, link.key, [_found(link)])


def _as_mine(
    owner_id: int, settled: Container[Known], theirs: Sequence[Row[Any]]
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


def _is_better(link: Row[Any], mine: int | None) -> bool:
    """Whether a link nobody decided about is surer than the best (of this rank) at hand."""
    is_undecided = link.state == "accepted" and not link.decided_at
    return mine is not None and is_undecided and links.rank(link.badge) > mine


def _found(link: Row[Any]) -> FoundLink:
    return FoundLink(**{each.name: link._mapping[each.name] for each in fields(FoundLink)})


def unread_details(owner_id: int) -> list[int]:
    """The Discogs ids of this person's releases without details of which an answer is kept."""
    return list(
        db.session.scalars(
            select(Release.discogs_id)
            .join(ProviderResult, ProviderResult.key == cast_in_sql(Release.discogs_id, String))
            .where(
                *_KEPT,
                Release.owner_id == owner_id,
                Release.discogs_id.is_not(None),
                Release.detailed_at.is_(None),
            )
            .order_by(Release.discogs_id)
        )
    )


def read_details(owner_id: int, discogs_ids: Collection[int]) -> None:
    """Give a person the details of these releases from the answers that are kept.

    An answer that cannot be read any more is asked for anew. Does not commit.
    """
    catalogue_lock.hold(owner_id)
    asked = ProviderResult.key.in_([str(discogs_id) for discogs_id in discogs_ids])
    columns = ProviderResult.key, ProviderResult.payload, ProviderResult.fetched_at
    for row in db.session.execute(select(*columns).where(*_KEPT, asked)).all():
        try:
            record = kept_release(zlib.decompress(row.payload))
        except (OddAnswerError, ValueError, zlib.error):
            reopening.these("release", [DISCOGS], [row.key])
        else:
            write_details(owner_id, record, row.fetched_at)
