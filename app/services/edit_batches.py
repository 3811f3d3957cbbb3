"""Edits of many records at once, laid and taken back in few statements. Nothing here commits."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import select, update

from app.domain.documents import record_from_document
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, Edit
from app.models.base import utcnow
from app.queries.many_ids import among
from app.services import overlay, shelf
from app.services.bulk import Row, in_chunks, insert_rows, stamp
from app.services.copy_words import CopyWords
from app.services.release_writer import ReleaseWriter
from app.services.subjects import open_subject

EDIT_COLUMNS = (
    *("owner_id", "batch", "how", "at", "entity"),
    *("entity_id", "field", "before", "after", "upstream"),
)
# What neither a search nor an order of the shelf looks at.
FOUND_BY_NONE = frozenset({"folder", "rating", "media_condition", "sleeve_condition"})
# A change gives all the same, and taking one back a few values: then there is one for each value.
MOST_STATEMENTS = 100
# Of each record: field to (what is shown now, what shall be shown).
Wanted = Mapping[int, Mapping[str, tuple[Any, Any]]]
Values = Mapping[int, Mapping[str, Any]]


def lay_many(owner_id: int, entity: str, wanted: Wanted, batch: str, how: str) -> None:
    """Show these values of many records from now on, as edits of one batch.

    Each is an edit of its own, also where that is what the provider says: it is by its batch that
    all of it is taken back at once.
    """
    standing = overlay.active_edits_of(owner_id, entity, wanted)
    same = (owner_id, batch, how, stamp(utcnow()), entity)
    rows: list[Row] = []
    for entity_id, fields in wanted.items():
        beneath = overlay.by_field(standing.get(entity_id, ()))
        for field, (now, new) in fields.items():
            own = beneath.get(field, [])
            sides = (now, new, own[-1].upstream if own else now)
            rows.append((*same, entity_id, field, *map(_as_json, sides)))
    db.session.flush()
    insert_rows(Edit, EDIT_COLUMNS, rows)
    write_many(
        owner_id,
        entity,
        {key: {field: new for field, (_now, new) in f.items()} for key, f in wanted.items()},
    )


def _as_json(value: Any) -> str:
    """As the column holds it. One change gives thousands the same few values."""
    return _plain_as_json(value) if isinstance(value, str | int | None) else json.dumps(value)


@lru_cache(maxsize=256, typed=True)
def _plain_as_json(value: str | int | None) -> str:
    return json.dumps(value)


def write_many(owner_id: int, entity: str, values: Values) -> None:
    """Store these values of documents of many copies or releases, and bring the shelf in step."""
    if entity == "copy":
        _write_copies(owner_id, values)
    else:
        _write_releases(owner_id, values)


def _write_copies(owner_id: int, values: Values) -> None:
    words = CopyWords(owner_id)
    alike: dict[str, list[int]] = defaultdict(list)
    for copy_id, fields in values.items():
        alike[json.dumps(fields, sort_keys=True)].append(copy_id)
    if len(alike) <= MOST_STATEMENTS:
        for ids in alike.values():
            columns = words.columns(values[ids[0]])
            changed = update(Copy).where(among(Copy.id, ids)).values(**columns)
            db.session.execute(changed, execution_options={"synchronize_session": False})
    else:
        _write_each(words, values)
    if {field for fields in values.values() for field in fields} <= FOUND_BY_NONE:
        shelf.touch(owner_id, values)
        return
    of_them = select(Copy.release_id).where(among(Copy.id, values)).distinct()
    shelf.refresh(owner_id, db.session.scalars(of_them).all())


def _write_each(words: CopyWords, values: Values) -> None:
    rows = [{"id": key, **words.columns(fields)} for key, fields in values.items()]
    # Alike in their columns side by side: each kind is one statement.
    for _columns, alike in groupby(sorted(rows, key=sorted), key=sorted):
        db.session.execute(update(Copy), list(alike))


def _write_releases(owner_id: int, values: Values) -> None:
    writer = ReleaseWriter(owner_id)
    for chunk in in_chunks(values.items(), 1_000):
        told = {key: _told(fields) for key, fields in chunk}
        writer.meet(told.values())
        for release_id, facts in told.items():
            writer.change(release_id, facts)
        writer.write()


def _told(fields: Mapping[str, Any]) -> dict[str, Any]:
    record = record_from_document({"title": "-", **fields})
    return {name: getattr(record, name) for name in fields}


def take_back_batch(owner_id: int, batch: str) -> int:
    """Take back everything one click changed, on however many records; returns how many fields.

    Raises NotFoundError.
    """
    mine = Edit.owner_id == owner_id, Edit.batch == batch
    # Not the edits themselves: there may be a hundred thousand.
    columns = Edit.entity, Edit.entity_id, Edit.field, Edit.upstream, Edit.undone_at
    db.session.flush()
    edits = db.session.execute(select(*columns).where(*mine).order_by(Edit.id)).all()
    if not edits:
        raise NotFoundError("There is no such change.")
    taken = [edit for edit in edits if edit.undone_at is None]
    undone = update(Edit).where(*mine, Edit.undone_at.is_(None))
    db.session.execute(undone.values(undone_at=utcnow(), news_at=None))
    for entity in sorted({edit.entity for edit in taken}):
        _settle(owner_id, entity, [edit for edit in taken if edit.entity == entity])
    return len(taken)


def _settle(owner_id: int, entity: str, taken: Sequence[Any]) -> None:
    standing = overlay.active_edits_of(owner_id, entity, {edit.entity_id for edit in taken})
    values: dict[int, dict[str, Any]] = defaultdict(dict)
    for edit in taken:
        left = [e for e in standing.get(edit.entity_id, ()) if e.field == edit.field]
        values[edit.entity_id][edit.field] = left[-1].after if left else edit.upstream
    if entity in ("copy", "release"):
        write_many(owner_id, entity, values)
        return
    for entity_id, fields in values.items():
        open_subject(entity, owner_id, entity_id, lock=True).write(fields)
