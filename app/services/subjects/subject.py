"""One thing a person edits, whatever kind it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, select

from app.domain.documents import Document
from app.domain.documents_schema import Schema


class Misnamed(NamedTuple):
    """An entry of a document that calls an artist or label otherwise than this shelf does."""

    path: tuple[str | int, ...]
    sentence: str


# How sure it is that facts are about a record which has a number at Discogs.
BY_NUMBER = "exact: by its number"


@dataclass(frozen=True)
class Subject:
    """One thing to edit. `shown` holds every field of its schema; `write` stores changed fields.

    `name` is what a person calls it, `source` who told the facts beneath the edits. `misnamed`
    finds the names in a valid document that could not be kept. `release_id` is the release whose
    page shows it, None for a name. `told_at` is when the source told the facts, if that is known,
    `sure` how sure it is that they are about this record, "" where nobody could be wrong.
    """

    entity: str
    id: int
    owner_id: int
    name: str
    version: int
    source: str
    shown: Document
    schema: Schema
    write: Callable[[dict[str, Any]], None]
    misnamed: Callable[[Mapping[str, Any]], Iterable[Misnamed]]
    release_id: int | None = None
    told_at: datetime | None = None
    sure: str = ""


def mine(model: Any, owner_id: int, row_id: int) -> Select[Any]:
    """The row of this owner with this id."""
    return select(model).where(model.id == row_id, model.owner_id == owner_id)


def whole(shown: Document, schema: Schema) -> Document:
    """`shown` with every field of the schema."""
    return {
        field: shown.get(field, part.get("default")) for field, part in schema["properties"].items()
    }


def version_of(shown: Document) -> int:
    """A version for what keeps none in its row: another one for every other document."""
    told = json.dumps(shown, ensure_ascii=False, sort_keys=True)
    digest = hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=7).digest()
    return int.from_bytes(digest)
