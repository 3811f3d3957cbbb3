"""Telling which label is meant where a record carries one by a bare name only.

There is no merging of labels: what stands on a record is a field of that record, with the number
of the label in it. So each record is corrected, by an edit like any other (docs/decisions/0008),
and all of them are one batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Label, ReleaseLabel
from app.queries import release_record
from app.services import catalogue_lock, edits
from app.services.bulk import in_chunks
from app.services.edit_batches import lay_many
from app.services.transaction import one_commit

HOW = "quality"
AT_ONCE = 500


def resolve(owner_id: int, label_id: int, into_id: int) -> str:
    """Have all records that carry a label by its bare name carry a numbered one instead.

    Returns the batch by which that is undone. Commits. Raises NotFoundError, InvalidInputError
    where the one has a number already, or the other has none.
    """
    with one_commit():
        catalogue_lock.hold(owner_id)
        label, into = _get(owner_id, label_id), _get(owner_id, into_id)
        if label.discogs_id is not None or into.discogs_id is None:
            raise InvalidInputError("That was filled already. Look again at what is left.")
        batch = edits.new_batch()
        known = {"name": into.name, "discogs_id": into.discogs_id}
        on = select(ReleaseLabel.release_id).where(ReleaseLabel.label_id == label.id).distinct()
        for ids in in_chunks(db.session.scalars(on).all(), AT_ONCE):
            wanted = {}
            for release_id, shown in release_record.documents(owner_id, ids).items():
                new = [each | known if _is(label, each) else each for each in shown["labels"]]
                wanted[release_id] = {"labels": (shown["labels"], new)}
            lay_many(owner_id, "release", wanted, batch, HOW)
    return batch


def _is(label: Label, shown: Mapping[str, Any]) -> bool:
    """Whether a line of a record's labels is about this one, which has no number."""
    return bool(shown["name"] == label.name and shown.get("discogs_id") is None)


def _get(owner_id: int, label_id: int) -> Label:
    mine = select(Label).where(Label.id == label_id, Label.owner_id == owner_id)
    label = db.session.scalar(mine)
    if label is None:
        raise NotFoundError("There is no such label on this shelf.")
    return label
