"""What people can edit: a release or an artist, as a document with a version."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import select

from app.domain.documents import Document
from app.domain.documents_schema import ARTIST, RELEASE, Schema
from app.domain.names import display_name
from app.domain.text import sort_key
from app.errors import NotFoundError
from app.extensions import db
from app.models import Artist, Label, Release
from app.queries import release_record
from app.services import catalogue_lock
from app.services.release_writer import write_fields
from app.services.shelf import next_version

SOURCES = {
    "listing": "Discogs",
    "details": "Discogs",
    "csv": "Your CSV file",
    "sample": "The sample shelf",
    "hand": "What you first typed",
}


class Misnamed(NamedTuple):
    """An entry of a document that calls an artist or label otherwise than this shelf does."""

    path: tuple[str | int, ...]
    sentence: str


@dataclass(frozen=True)
class Subject:
    """One thing to edit. `shown` holds every field of its schema; `write` stores changed fields.

    `name` is what a person calls it, `source` who told the facts beneath the edits. `misnamed`
    finds the names in a valid document that could not be kept.
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


def open_subject(entity: str, owner_id: int, entity_id: int, *, lock: bool = False) -> Subject:
    """The release or artist to look at or, with `lock`, to change in this transaction.

    Raises NotFoundError.
    """
    if lock:
        catalogue_lock.hold(owner_id)
    return _OPENERS[entity](owner_id, entity_id, lock)


def _open_release(owner_id: int, release_id: int, lock: bool) -> Subject:
    if lock:
        # Of two people who save at once on PostgreSQL the second waits, then meets the new version.
        db.session.execute(_mine(Release, owner_id, release_id).with_for_update())
        db.session.expire_all()
    release, shown = release_record.document(release_id, owner_id)
    return Subject(
        entity="release",
        id=release.id,
        owner_id=owner_id,
        name=release.title,
        version=release.version,
        source=SOURCES[release.facts_from],
        shown=_whole(shown, RELEASE),
        schema=RELEASE,
        write=lambda changes: write_fields(release, changes),
        misnamed=lambda document: _misnamed(owner_id, document),
    )


def _open_artist(owner_id: int, artist_id: int, lock: bool) -> Subject:
    query = _mine(Artist, owner_id, artist_id)
    artist = db.session.scalar(query.with_for_update() if lock else query)
    if artist is None:
        raise NotFoundError("There is no such artist on this shelf.")
    return Subject(
        entity="artist",
        id=artist.id,
        owner_id=owner_id,
        name=display_name(artist.name),
        version=artist.version,
        source="Discogs" if artist.discogs_id else "Your records",
        shown={"name": artist.name, "profile": artist.profile or None},
        schema=ARTIST,
        write=lambda changes: _write_artist(artist, changes),
        misnamed=lambda document: _namesakes(artist, document),
    )


_OPENERS = {"release": _open_release, "artist": _open_artist}


def _mine(model: Any, owner_id: int, row_id: int) -> Any:
    return select(model).where(model.id == row_id, model.owner_id == owner_id)


def _whole(shown: Document, schema: Schema) -> Document:
    return {
        field: shown.get(field, part.get("default")) for field, part in schema["properties"].items()
    }


def _misnamed(owner_id: int, document: Mapping[str, Any]) -> Iterator[Misnamed]:
    """A name that comes with a Discogs id belongs to that artist or label, not to this release."""
    for model, what, fields in (
        (Artist, "artist", ("artists", "credits")),
        (Label, "label", ("labels",)),
    ):
        entries = [
            (field, at, entry)
            for field in fields
            for at, entry in enumerate(document.get(field, ()))
            if entry.get("discogs_id")
        ]
        names = _names(model, owner_id, {entry["discogs_id"] for _, _, entry in entries})
        for field, at, entry in entries:
            name = names.setdefault(entry["discogs_id"], entry["name"])
            if entry["name"] != name:
                remedy = "Take the discogs_id away to name another one."
                if what == "artist":
                    remedy = "Use anv for the name as printed here, or edit the artist."
                yield Misnamed(
                    (field, at, "name"),
                    f"{field}[{at}]: {what} {entry['discogs_id']} is called {name}. {remedy}",
                )


def _names(model: Any, owner_id: int, discogs_ids: Iterable[int]) -> dict[int, str]:
    known = select(model.discogs_id, model.name).where(
        model.owner_id == owner_id, model.discogs_id.in_(list(discogs_ids))
    )
    return dict(db.session.execute(known).all())


def _write_artist(artist: Artist, changes: dict[str, Any]) -> None:
    """Credit lines keep the name under which the artist is printed on a record."""
    if "name" in changes:
        artist.name = changes["name"]
        artist.sort_key = sort_key(display_name(artist.name))
        # Graphs are kept for as long as the collection stays the same, and they show names.
        next_version(artist.owner_id)
    if "profile" in changes:
        artist.profile = changes["profile"]
    artist.version += 1
    db.session.flush()


def _namesakes(artist: Artist, document: Mapping[str, Any]) -> Iterator[Misnamed]:
    """Artists without a Discogs id are told apart by nothing but their name."""
    name = document.get("name", artist.name)
    namesake = select(Artist.id).where(
        Artist.owner_id == artist.owner_id,
        Artist.discogs_id.is_(None),
        Artist.name == name,
        Artist.id != artist.id,
    )
    if artist.discogs_id is None and db.session.scalar(namesake):
        yield Misnamed(("name",), f"There is already an artist called {name} on this shelf.")
