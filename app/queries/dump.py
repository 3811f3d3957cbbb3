"""Everything a person owns and edited, as canonical lines of JSON: two equal shelves, equal text.

No ids of our rows, no tokens, no times of our own runs. A release Discogs does not know is called
by a digest of its facts (`own`), in its own line and wherever it is meant.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import joinedload, selectinload

from app.domain.documents import document_from_record
from app.extensions import db
from app.models import Artist, CollectionField, Copy, Credit, Edit, Folder, Release, ReleaseLabel
from app.queries.many_ids import among
from app.queries.release_record import record_of

AT_ONCE = 500
Line = dict[str, Any]
Key = dict[str, Any]


def dump_lines(owner_id: int) -> list[str]:
    """The lines, sorted, without line ends."""
    named: dict[int, Key] = {}
    lines = list(_releases(owner_id, named))
    lines.extend(_copies(owner_id, named))
    lines.extend(_artists(owner_id))
    lines.extend(_edits(owner_id, named))
    return sorted(_text(line) for line in lines)


def _text(line: Line) -> str:
    return json.dumps(line, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _releases(owner_id: int, named: dict[int, Key]) -> Iterator[Line]:
    """The releases on the shelf and the edited ones; notes in `named` how each is called."""
    twins: Counter[str] = Counter()
    ids = list(db.session.scalars(_wanted(owner_id)))
    for start in range(0, len(ids), AT_ONCE):
        for release in _whole(ids[start : start + AT_ONCE]):
            line = {
                "type": "release",
                "release_id": release.discogs_id,
                "facts_from": release.facts_from,
                "master_id": release.master_discogs_id,
                **document_from_record(record_of(release)),
            }
            key: Key = {"release_id": release.discogs_id}
            if release.discogs_id is None:
                digest = hashlib.sha256(_text(line).encode("utf-8", "surrogatepass")).hexdigest()
                twins[digest] += 1
                key["own"] = f"{digest[:32]}-{twins[digest]}"
            named[release.id] = key
            yield {**line, **key}


def _wanted(owner_id: int) -> Any:
    owned = exists().where(Copy.release_id == Release.id)
    edited = exists().where(
        Edit.entity == "release", Edit.entity_id == Release.id, Edit.owner_id == owner_id
    )
    return (
        select(Release.id)
        .where(Release.owner_id == owner_id, or_(owned, edited))
        .order_by(Release.id)
    )


def _whole(ids: list[int]) -> Iterator[Release]:
    """These releases with their parts; each batch is forgotten before the next is read."""
    releases = db.session.scalars(
        select(Release)
        .where(among(Release.id, ids))
        .order_by(Release.id)
        .options(
            joinedload(Release.format),
            selectinload(Release.credits).joinedload(Credit.artist),
            selectinload(Release.labels).joinedload(ReleaseLabel.label),
            selectinload(Release.tracks),
            selectinload(Release.identifiers),
            selectinload(Release.companies),
            selectinload(Release.videos),
            selectinload(Release.tags),
        )
    ).all()
    yield from releases
    db.session.expunge_all()


def _copies(owner_id: int, named: Mapping[int, Key]) -> Iterator[Line]:
    fields = select(CollectionField.id, CollectionField.name).where(
        CollectionField.owner_id == owner_id
    )
    names = {str(field_id): name for field_id, name in db.session.execute(fields)}
    rows = db.session.execute(
        select(
            Copy.release_id,
            Copy.discogs_instance_id,
            Folder.name,
            Copy.rating,
            Copy.media_condition,
            Copy.sleeve_condition,
            Copy.notes,
            Copy.fields,
            Copy.added_at,
            Copy.source,
            Copy.removed_at,
            Copy.removed_by,
        )
        .join(Folder, Folder.id == Copy.folder_id)
        .where(Copy.owner_id == owner_id)
        .order_by(Copy.id)
        .execution_options(yield_per=5_000)
    )
    for row in rows:
        yield {
            "type": "copy",
            **named[row.release_id],
            "instance_id": row.discogs_instance_id,
            "folder": row.name,
            "rating": row.rating,
            "media_condition": row.media_condition,
            "sleeve_condition": row.sleeve_condition,
            "notes": row.notes,
            "fields": {
                names[key]: text for key, text in (row.fields or {}).items() if key in names
            },
            "added_at": _moment(row.added_at),
            "source": row.source,
            "removed_at": _moment(row.removed_at),
            "removed_by": row.removed_by,
        }


def _artists(owner_id: int) -> Iterator[Line]:
    """The artists of releases on the shelf, and the edited ones."""
    heard = exists().where(Credit.artist_id == Artist.id, Credit.release_id == Copy.release_id)
    edited = exists().where(
        Edit.entity == "artist", Edit.entity_id == Artist.id, Edit.owner_id == owner_id
    )
    rows = db.session.execute(
        select(Artist.discogs_id, Artist.name, Artist.profile).where(
            Artist.owner_id == owner_id, or_(heard, edited)
        )
    )
    for discogs_id, name, profile in rows:
        yield {"type": "artist", "artist_id": discogs_id, "name": name, "profile": profile}


def _edits(owner_id: int, named: Mapping[int, Key]) -> Iterator[Line]:
    artists = select(Artist.id, Artist.discogs_id, Artist.name).where(Artist.owner_id == owner_id)
    keys: dict[tuple[str, int], Key] = {
        ("artist", key): {"artist_id": discogs_id, "name": name}
        for key, discogs_id, name in db.session.execute(artists)
    }
    keys.update((("release", key), called) for key, called in named.items())
    edits = select(Edit).where(Edit.owner_id == owner_id).order_by(Edit.id)
    for edit in db.session.scalars(edits):
        called = keys.get((edit.entity, edit.entity_id))
        if called is None:
            continue
        yield {
            "type": "edit",
            "entity": edit.entity,
            **called,
            "field": edit.field,
            "before": edit.before,
            "after": edit.after,
            "upstream": edit.upstream,
            "batch": edit.batch,
            "at": _moment(edit.at),
            "undone_at": _moment(edit.undone_at),
        }


def _moment(value: datetime | None) -> str | None:
    return value.isoformat().replace("+00:00", "Z") if value else None
