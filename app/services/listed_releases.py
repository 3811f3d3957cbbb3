"""Storing the releases of a listing page: new ones whole, known ones where they changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

from sqlalchemy import select, update

from app.domain.documents import Document, changed_fields
from app.domain.records import ReleaseRecord
from app.extensions import db
from app.models import Edit, Release
from app.queries import release_record
from app.services import overlay
from app.services.changes import Changes
from app.services.release_writer import ReleaseWriter, told_by


def listing_digest(record: ReleaseRecord) -> str:
    """What the listing says of a release, pictures aside: their addresses change all the time."""
    said = repr(replace(record, thumb_url=None, cover_url=None))
    return hashlib.blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


class Stored(NamedTuple):
    """Our ids of the releases of a page by Discogs id, and which of them were here before."""

    ids: dict[int, int]
    known: frozenset[int]


def store_releases(owner_id: int, records: Sequence[ReleaseRecord], changes: Changes) -> Stored:
    """Write the new and changed ones of these releases."""
    known = {
        row.discogs_id: row
        for row in db.session.execute(
            select(
                Release.id,
                Release.discogs_id,
                Release.facts_digest,
                Release.facts_from,
                Release.thumb_url,
                Release.cover_url,
                Release.title,
                Release.artist_text,
            ).where(
                Release.owner_id == owner_id,
                Release.discogs_id.in_([record.discogs_id for record in records]),
            )
        )
    }
    digests = {record.discogs_id or 0: listing_digest(record) for record in records}
    changed = [
        row for discogs_id, row in known.items() if row.facts_digest != digests[discogs_id or 0]
    ]
    edited = _edited(owner_id, [row.id for row in changed])
    before = release_record.documents(
        owner_id, [row.id for row in changed if row.facts_digest is not None]
    )
    writer = ReleaseWriter(owner_id)
    told = {record.discogs_id: told_by(record) for record in records}
    writer.meet(told.values())
    ids = {discogs_id: row.id for discogs_id, row in known.items()}
    pictures = []
    for record in records:
        discogs_id = record.discogs_id or 0
        digest, row = digests[discogs_id], known.get(discogs_id)
        if row is None:
            ids[discogs_id] = writer.create(told[discogs_id], "listing", discogs_id, digest)
            continue
        if row.facts_digest != digest:
            shown = told[discogs_id]
            if row.id in edited:
                shown = overlay.showable(owner_id, row.id, shown)
            _change(writer, row, shown, digest)
        elif _has_new_pictures(row, record):
            pictures.append(
                {"id": row.id, "thumb_url": record.thumb_url, "cover_url": record.cover_url}
            )
    writer.write()
    if pictures:
        db.session.execute(update(Release), pictures)
    _note(changes, changed, before, release_record.documents(owner_id, before))
    return Stored(ids, frozenset(row.id for row in known.values()))


def _edited(owner_id: int, release_ids: Sequence[int]) -> set[int]:
    if not release_ids:
        return set()
    return set(
        db.session.scalars(
            select(Edit.entity_id).where(
                Edit.owner_id == owner_id,
                Edit.entity == "release",
                Edit.entity_id.in_(release_ids),
                Edit.undone_at.is_(None),
            )
        )
    )


def _change(writer: ReleaseWriter, row: Any, told: Mapping[str, Any], digest: str) -> None:
    also = {"facts_digest": digest}
    if row.facts_from != "details":
        also["facts_from"] = "listing"
    writer.change(row.id, told, **also)


def _note(
    changes: Changes,
    changed: Sequence[Any],
    before: Mapping[int, Document],
    after: Mapping[int, Document],
) -> None:
    """What came to be shown of these releases, but for those nobody listed before.

    Told and shown are not the same: an artist is called what the person calls them.
    """
    for row in changed:
        if row.id in before and (different := changed_fields(before[row.id], after[row.id])):
            fields = {name: list(pair) for name, pair in different.items()}
            changes.note("corrected", f"{row.artist_text} – {row.title}", row.id, fields=fields)


def _has_new_pictures(row: Any, record: ReleaseRecord) -> bool:
    return (row.thumb_url or "", row.cover_url or "") != (
        record.thumb_url or "",
        record.cover_url or "",
    )
