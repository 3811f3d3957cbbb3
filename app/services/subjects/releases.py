"""Releases as documents to edit."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import select

from app.domain.documents_schema import RELEASE
from app.errors import NotFoundError
from app.extensions import db
from app.models import Artist, Label, Release
from app.queries import release_record
from app.services.release_writer import write_fields
from app.services.subjects.subject import BY_NUMBER, Misnamed, Subject, mine, whole

SOURCES = {
    "listing": "Discogs",
    "details": "Discogs",
    "csv": "Your CSV file",
    "sample": "The sample shelf",
    "hand": "What you first typed",
}


def open_release(owner_id: int, release_id: int, lock: bool) -> Subject:
    """A release of this person. Raises NotFoundError."""
    query = mine(Release, owner_id, release_id)
    if lock:
        # Of two people who save at once on PostgreSQL the second waits, then meets the new version.
        query = query.with_for_update()
    release = db.session.scalar(query.execution_options(populate_existing=True))
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    shown = release_record.documents(owner_id, [release_id])[release_id]
    return Subject(
        entity="release",
        id=release.id,
        owner_id=owner_id,
        name=release.title,
        version=release.version,
        source=SOURCES[release.facts_from],
        shown=whole(shown, RELEASE),
        schema=RELEASE,
        write=lambda changes: write_fields(release, changes),
        misnamed=lambda document: _misnamed(owner_id, document),
        release_id=release.id,
        told_at=release.detailed_at if release.facts_from == "details" else None,
        sure=BY_NUMBER if release.discogs_id else "",
    )


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


def _names(model: Any, owner_id: int, discogs_ids: Collection[int]) -> dict[int, str]:
    if not discogs_ids:
        return {}
    known = select(model.discogs_id, model.name).where(
        model.owner_id == owner_id, model.discogs_id.in_(discogs_ids)
    )
    return dict(db.session.execute(known).all())
