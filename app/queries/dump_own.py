"""The lines of a dump about artists' pages made one, and about copies let go for good."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import aliased

from app.extensions import db
from app.models import Artist, Tombstone
from app.queries.dump_lines import Line, moment_of


def own_lines(owner_id: int) -> Iterator[Line]:
    """All of them."""
    yield from _merges(owner_id)
    yield from _tombstones(owner_id)


def is_merged() -> ColumnElement[bool]:
    """Whether an artist is part of another's page, or another of theirs."""
    other = aliased(Artist)
    into = select(other.merged_into_id).where(other.merged_into_id.is_not(None))
    return Artist.merged_into_id.is_not(None) | Artist.id.in_(into)


def _merges(owner_id: int) -> Iterator[Line]:
    into = aliased(Artist)
    rows = db.session.execute(
        select(Artist.discogs_id, Artist.name, into.discogs_id, into.name)
        .join(into, into.id == Artist.merged_into_id)
        .where(Artist.owner_id == owner_id)
    )
    for discogs_id, name, into_id, into_name in rows:
        yield {
            "type": "artist_merge",
            "artist_id": discogs_id,
            "name": name,
            "into_id": into_id,
            "into": into_name,
        }


def _tombstones(owner_id: int) -> Iterator[Line]:
    for stone in db.session.scalars(select(Tombstone).where(Tombstone.owner_id == owner_id)):
        yield {
            "type": "tombstone",
            "instance_id": stone.discogs_instance_id,
            "release_id": stone.discogs_release_id,
            "added_at": moment_of(stone.added_at),
            "title": stone.title,
            "at": moment_of(stone.at),
        }
