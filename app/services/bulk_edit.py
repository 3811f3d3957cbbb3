"""One change made to many records: looked at first, then made in one transaction."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from app.domain.bulk_changes import BulkChange
from app.domain.documents_schema import RELEASE
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import Copy, Release, ReleaseTag, Tag
from app.queries.many_ids import among, own_copies
from app.services import catalogue_lock
from app.services.copy_words import COLUMNS, CopyWords
from app.services.edit_batches import lay_many
from app.services.edits import new_batch
from app.services.transaction import one_large_commit

SAMPLES = 8


class Sample(NamedTuple):
    """One record and what the change makes of it."""

    release_id: int
    name: str
    before: Any
    after: Any


@dataclass(frozen=True, slots=True)
class DryRun:
    """What a change would do to `records` releases or copies, of which `changing` become others.

    `token` stands for exactly this outcome.
    """

    records: int
    changing: int
    samples: Sequence[Sample]
    token: str


class _Record(NamedTuple):
    """A record the change is about: its id, its release, its name and the field's value."""

    id: int
    release_id: int
    name: str
    now: Any


def dry_run(owner_id: int, copy_ids: Sequence[int], change: BulkChange) -> DryRun:
    """What `change` would do to these copies, or to their releases. Writes nothing."""
    records = _records(owner_id, copy_ids, change)
    changing = [r for r in records if change.applied(r.now) != r.now]
    samples = [Sample(r.release_id, r.name, r.now, change.applied(r.now)) for r in changing]
    return DryRun(len(records), len(changing), samples[:SAMPLES], _token(change, changing))


def make(owner_id: int, copy_ids: Sequence[int], change: BulkChange, token: str) -> tuple[str, int]:
    """Make the change that was looked at, whole or not at all. Commits.

    Returns the batch by which it is undone, and how many records it changed. Raises ConflictError
    where it would do something else by now than `token` stands for.
    """
    with one_large_commit():
        catalogue_lock.hold(owner_id)
        records = _records(owner_id, copy_ids, change)
        changing = [r for r in records if change.applied(r.now) != r.now]
        if _token(change, changing) != token:
            raise ConflictError("The shelf changed since you looked. Look again before you change.")
        if not changing:
            raise InvalidInputError("All of them are so already. Nothing was changed.")
        wanted = {r.id: {change.field: (r.now, _bounded(change, r))} for r in changing}
        batch = new_batch()
        lay_many(owner_id, change.entity, wanted, batch, "bulk")
    return batch, len(changing)


def _bounded(change: BulkChange, record: _Record) -> Any:
    """The new value. What grows with the change may grow too long for one of many."""
    new = change.applied(record.now)
    if isinstance(new, str) and len(new) > RELEASE["properties"]["notes"]["maxLength"]:
        raise InvalidInputError(f"The notes of {record.name} would be too long. Nothing changed.")
    return new


def _token(change: BulkChange, changing: Sequence[_Record]) -> str:
    outcome = [change.kind, change.name, change.value, [(r.id, r.now) for r in changing]]
    return hashlib.sha256(json.dumps(outcome).encode()).hexdigest()


def _records(owner_id: int, copy_ids: Sequence[int], change: BulkChange) -> list[_Record]:
    if change.entity == "copy":
        return _copies(owner_id, copy_ids, change.field)
    return _releases(owner_id, copy_ids, change.field)


def _copies(owner_id: int, copy_ids: Sequence[int], field: str) -> list[_Record]:
    column = COLUMNS[field]
    words = CopyWords(owner_id)
    rows = db.session.execute(
        select(Copy.id, Copy.release_id, Release.artist_text, Release.title, getattr(Copy, column))
        .join(Release, Release.id == Copy.release_id)
        .where(own_copies(owner_id, copy_ids), Copy.removed_at.is_(None))
        .order_by(Copy.id)
    )
    return [
        _Record(key, release_id, f"{artist} – {title}", words.document({column: value})[field])
        for key, release_id, artist, title, value in rows
    ]


def _releases(owner_id: int, copy_ids: Sequence[int], field: str) -> list[_Record]:
    on_shelf = select(Copy.release_id).where(
        own_copies(owner_id, copy_ids), Copy.removed_at.is_(None)
    )
    is_tag = field in ("genres", "styles")
    columns = (Release.id, Release.artist_text, Release.title)
    rows = db.session.execute(
        select(*columns, *(() if is_tag else (getattr(Release, field),)))
        .where(Release.id.in_(on_shelf), Release.owner_id == owner_id)
        .order_by(Release.id)
    ).all()
    tags = _tags([row[0] for row in rows], field.removesuffix("s")) if is_tag else {}
    return [
        # A text that was told to be empty is none, as everywhere else.
        _Record(key, key, f"{artist} – {title}", tags.get(key, []) if is_tag else rest[0] or None)
        for key, artist, title, *rest in rows
    ]


def _tags(release_ids: Sequence[int], kind: str) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for release_id, name in db.session.execute(
        select(ReleaseTag.release_id, Tag.name)
        .join(Tag, Tag.id == ReleaseTag.tag_id)
        .where(among(ReleaseTag.release_id, release_ids), Tag.kind == kind)
        .order_by(ReleaseTag.release_id, ReleaseTag.position)
    ):
        found[release_id].append(name)
    return found
