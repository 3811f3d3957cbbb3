"""What the database holds of the shelf that tests/edit_ledger.py keeps a ledger of.

It is looked at after every step. Rows are read as the driver has them, and what is made of them
(documents, by the app itself) is made anew only where a row is another one than last time.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from sqlalchemy import select

from app.domain.documents import Document
from app.domain.documents_schema import SCHEMAS
from app.extensions import db
from app.models import Copy, Release, Track
from app.queries import release_record
from app.services import shelf
from app.services.copy_words import CopyWords
from app.services.subjects.subject import whole

OWNER = 1
Made = TypeVar("Made")
_COPIES = select(Copy).where(Copy.owner_id == OWNER).execution_options(populate_existing=True)
_FILED = select(Copy, Release).join(Release, Release.id == Copy.release_id)
_TRACKS = select(Track.release_id, Track.title)
_PARTS_OF_COPIES = {
    "copy": "id, folder_id, rating, media_condition, sleeve_condition, notes, fields",
    "folder": "id, name",
    "collection_field": "id, name",
}
_PARTS_OF_RELEASES = {
    "release": "id, title, year, country, released, notes, format_id",
    "credit": 'release_id, position, role, artist_id, told_artist_id, anv, "join", tracks',
    "release_label": "release_id, position, label_id, catno",
    "release_tag": "release_id, tag_id, position",
    "track": "release_id, position, kind, depth, number, title, duration, artist_text",
    "identifier": "release_id, position, kind, value, description",
    "company": "release_id, position, name, role, catno, discogs_id",
    "video": "release_id, position, url, title, duration",
    "artist": "id, name, discogs_id",
    "label": "id, name, discogs_id",
}
_EDITS = {"edit": "id, batch, entity, entity_id, field, after, undone_at"}
_OWNED = {"copy": "id, release_id, discogs_instance_id, source, removed_by"}
_BURIED = {"tombstone": "id, discogs_instance_id"}
_NAMES = {entity: {entity: "id, name, profile"} for entity in ("artist", "label")}


class FoundEdit(NamedTuple):
    """An edit as it is stored."""

    batch: str
    entity: str
    of: int
    field: str
    after: Any
    is_undone: bool


class StoredShelf:
    """The one shelf of the database."""

    def __init__(self) -> None:
        self._met: dict[str, tuple[list[Any], Any]] = {}

    def edits(self) -> Mapping[int, FoundEdit]:
        """All edits by id, the oldest first."""
        return self._made("edits", _EDITS, _edits)

    def documents(self, entity: str) -> Mapping[int, Document]:
        """What is shown of all releases, copies, artists or labels, by id."""
        if entity == "release":
            return self._made(entity, _PARTS_OF_RELEASES, _releases)
        if entity == "copy":
            return self._made(entity, _PARTS_OF_COPIES, _copies)
        return self._made(entity, _NAMES[entity], _named)

    def copies(self) -> Mapping[int, tuple[Any, ...]]:
        """Release, instance, source and who put it away, of every copy by id."""
        return self._made("copies", _OWNED, lambda rows: {row[0]: row[1:] for row in rows[0]})

    def buried(self) -> list[int]:
        """The instances that went for good, 0 for each without one."""
        rows = self._made("buried", _BURIED, lambda rows: rows[0])
        return sorted(row[1] or 0 for row in rows)

    def _made(
        self, what: str, tables: Mapping[str, str], make: Callable[[list[Any]], Made]
    ) -> Made:
        rows = [_rows(table, columns) for table, columns in tables.items()]
        if what not in self._met or self._met[what][0] != rows:
            self._met[what] = (rows, make(rows))
        made: Made = self._met[what][1]
        return made


def _rows(table: str, columns: str) -> Sequence[Any]:
    driver: Any = db.session.connection().connection.driver_connection
    found: Sequence[Any] = driver.execute(_query(table, columns)).fetchall()
    return found


@cache
def _query(table: str, columns: str) -> str:
    return f"SELECT {columns} FROM {table} ORDER BY 1, 2"


def _edits(rows: list[Any]) -> dict[int, FoundEdit]:
    is_text = db.engine.dialect.name == "sqlite"
    return {
        key: FoundEdit(batch, entity, of, field, _read(after) if is_text else after, bool(undone))
        for key, batch, entity, of, field, after, undone in rows[0]
    }


@cache
def _read(stored: Any) -> Any:
    # A number among JSON is one to SQLite, too.
    return json.loads(stored) if isinstance(stored, str) else stored


def _releases(rows: list[Any]) -> dict[int, Document]:
    documents = release_record.documents(OWNER, [row[0] for row in rows[0]])
    return {key: whole(each, SCHEMAS["release"]) for key, each in documents.items()}


def _copies(_rows: list[Any]) -> dict[int, Document]:
    words = CopyWords(OWNER)
    return {copy.id: words.document_of(copy) for copy in db.session.scalars(_COPIES)}


def _named(rows: list[Any]) -> dict[int, Document]:
    return {key: {"name": name, "profile": profile or None} for key, name, profile in rows[0]}


def misfiled() -> Iterator[str]:
    """Copies that are sorted or found by something else than what is shown of them."""
    tracks: dict[int, list[str]] = {}
    for release_id, title in db.session.execute(_TRACKS):
        tracks.setdefault(release_id, []).append(title)
    for copy, release in db.session.execute(_FILED):
        texts = (release.artist_text, release.title, release.label_text, release.catno_text)
        words = shelf.words_of(texts, tracks.get(release.id, ()), copy.notes, copy.fields)
        filed = shelf.sort_columns(release.artist_text, release.title, release.year)
        found = (copy.sort_artist, copy.sort_title, copy.sort_year)
        if (copy.search_text, found) != (words, filed):
            yield f"copy {copy.id}: {copy.search_text!r} {found}, not {words!r} {filed}"
