"""Edits lie over what providers say: what is shown, and what only waits underneath.

Nothing here commits; whoever changes something commits it together with the shown fact.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select

from app.domain.documents import document_from_record
from app.domain.records import ReleaseRecord
from app.extensions import connected, db
from app.models import Edit
from app.models.base import utcnow
from app.services.bulk import in_chunks

# Built once: a sync and an enrichment make this statement for every record.
_STANDS = (
    Edit.owner_id == bindparam("owner"),
    Edit.entity == bindparam("entity"),
    Edit.entity_id == bindparam("entity_id"),
    Edit.undone_at.is_(None),
)
_STANDING = select(Edit).where(*_STANDS).order_by(Edit.id)
_ANY = select(Edit.id).where(*_STANDS).limit(1)


def let_edits_win(
    owner_id: int, entity: str, entity_id: int, told: dict[str, Any]
) -> dict[str, Any]:
    """What of `told` (document fields of one entity, as a provider tells them) may be shown.

    A field under an edit of its owner is kept there as what the provider says now, and left out of
    the answer.
    """
    return lay_under(active_edits(owner_id, entity, entity_id), told)


def lay_under(edits: Iterable[Edit], told: Mapping[str, Any]) -> dict[str, Any]:
    """The same with the standing edits of the entity at hand.

    What the provider came to say meanwhile is news for the person, unless they said it before.
    """
    shown = dict(told)
    for edit in edits:
        if edit.field not in told:
            continue
        shown.pop(edit.field, None)
        said = told[edit.field]
        if said == edit.after:
            edit.news_at = None
        elif said != edit.upstream:
            edit.news_at = utcnow()
        edit.upstream = said
    return shown


def showable(owner_id: int, release_id: int, told: Mapping[str, Any]) -> dict[str, Any]:
    """What of `told` (records, see release_writer) may be written into a release and its parts."""
    document = document_from_record(ReleaseRecord(**{"title": "", **told}))
    passed = let_edits_win(
        owner_id, "release", release_id, {name: document[name] for name in told if name in document}
    )
    return {name: value for name, value in told.items() if name not in document or name in passed}


def carry_over(
    owner_id: int, entity: str, from_id: int, to_id: int, told: Mapping[str, Any]
) -> dict[str, Any]:
    """Lay the edits of one entity over another that has taken its place; what they now show.

    `told` is the document of the other one. A field somebody edited there stays as it is.
    """
    taken = {edit.field for edit in active_edits(owner_id, entity, to_id)}
    carried: dict[str, Any] = {}
    for edit in active_edits(owner_id, entity, from_id):
        if edit.field not in taken:
            edit.entity_id, edit.upstream = to_id, told[edit.field]
            carried[edit.field] = edit.after
    return carried


def active_edits(owner_id: int, entity: str, entity_id: int) -> Sequence[Edit]:
    """The edits of one entity that are not undone, oldest first."""
    asked = {"owner": owner_id, "entity": entity, "entity_id": entity_id}
    # Few are edited: to ask for a number costs a third of asking for what has all columns.
    if connected().scalar(_ANY, asked) is None:
        return ()
    return db.session.scalars(_STANDING, asked).all()


def active_edits_of(
    owner_id: int, entity: str, entity_ids: Iterable[int] | None = None
) -> dict[int, list[Edit]]:
    """The edits of many entities (None: all) that are not undone, oldest first, by entity."""
    standing = (
        select(Edit)
        .where(Edit.owner_id == owner_id, Edit.entity == entity, Edit.undone_at.is_(None))
        .order_by(Edit.id)
    )
    queries = [standing]
    if entity_ids is not None:
        queries = [standing.where(Edit.entity_id.in_(chunk)) for chunk in in_chunks(entity_ids)]
    found: dict[int, list[Edit]] = defaultdict(list)
    for query in queries:
        for edit in db.session.scalars(query):
            found[edit.entity_id].append(edit)
    return found


def by_field(edits: Sequence[Edit]) -> dict[str, list[Edit]]:
    """`edits` sorted into the fields they change; of each field the last one is shown."""
    fields: dict[str, list[Edit]] = defaultdict(list)
    for edit in edits:
        fields[edit.field].append(edit)
    return fields
