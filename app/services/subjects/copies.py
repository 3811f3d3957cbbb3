"""Copies as documents to edit: where one stands, how it is graded, what was noted about it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy.orm import joinedload

from app.domain.documents_schema import COPY
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy
from app.services import shelf
from app.services.copy_words import CopyWords
from app.services.subjects.subject import BY_NUMBER, Misnamed, Subject, mine, version_of

SOURCES = {
    "discogs": "Discogs",
    "csv": "Your CSV file",
    "sample": "The sample shelf",
    "hand": "What you first typed",
}


def open_copy(owner_id: int, copy_id: int, lock: bool) -> Subject:
    """A copy of this person, also one that was put away. Raises NotFoundError."""
    query = mine(Copy, owner_id, copy_id).options(joinedload(Copy.release))
    if lock:
        query = query.with_for_update(of=Copy)
    copy = db.session.scalar(query.execution_options(populate_existing=True))
    if copy is None:
        raise NotFoundError("There is no such copy on this shelf.")
    words = CopyWords(owner_id)
    shown = words.document_of(copy)
    return Subject(
        entity="copy",
        id=copy.id,
        owner_id=owner_id,
        name=copy.release.title,
        version=version_of(shown),
        source=SOURCES[copy.source],
        shown=shown,
        schema=COPY,
        write=lambda changes: _write(copy, words, changes),
        misnamed=_twins,
        release_id=copy.release_id,
        sure=BY_NUMBER if copy.discogs_instance_id else "",
    )


def _twins(document: Mapping[str, Any]) -> Iterator[Misnamed]:
    """What is said twice of one field: only one of the two could be kept."""
    met = set()
    for place, entry in enumerate(document.get("fields", ())):
        if entry["name"] in met:
            yield Misnamed(("fields", place, "name"), f"{entry['name']} is there twice.")
        met.add(entry["name"])


def _write(copy: Copy, words: CopyWords, changes: dict[str, Any]) -> None:
    for column, value in words.columns(changes).items():
        setattr(copy, column, value)
    db.session.flush()
    shelf.refresh(copy.owner_id, [copy.release_id])
