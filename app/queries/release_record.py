"""A stored release with all its parts: as row, as record, as the document people edit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import BindParameter, Select, bindparam, func, select
from sqlalchemy.orm import joinedload, selectinload

from app.domain.documents import Document, document_from_record
from app.domain.records import (
    CompanyRecord,
    CreditRecord,
    FormatRecord,
    IdentifierRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.errors import NotFoundError
from app.extensions import db
from app.models import (
    Artist,
    Company,
    Credit,
    Format,
    Identifier,
    Label,
    Release,
    ReleaseLabel,
    ReleaseTag,
    Tag,
    Track,
    Video,
)

_IDS: BindParameter[Any] = bindparam("releases", expanding=True)
# Built once: an editor and a sync make these statements for every record.
_ROWS = (
    select(
        *(Release.id, Release.title, Release.discogs_id, Release.year, Release.country),
        *(Release.released, Release.notes, Format.parts),
    )
    .outerjoin(Format, Format.id == Release.format_id)
    .where(Release.id.in_(_IDS), Release.owner_id == bindparam("owner"))
    .order_by(Release.id)
)


def _part(model: Any, *columns: Any) -> Select[Any]:
    return (
        select(model.release_id, *columns)
        .where(model.release_id.in_(_IDS))
        .order_by(model.release_id, model.position)
    )


# After the release's id, columns in the order in which the records of domain.records have them.
_PARTS: dict[str, Select[Any]] = {
    "credits": _part(
        *(Credit, Artist.name, Artist.discogs_id, Credit.anv, Credit.join, Credit.role),
        Credit.tracks,
    ).join(Artist, Artist.id == func.coalesce(Credit.told_artist_id, Credit.artist_id)),
    "labels": _part(ReleaseLabel, Label.name, ReleaseLabel.catno, Label.discogs_id).join(
        Label, Label.id == ReleaseLabel.label_id
    ),
    "tracks": _part(
        *(Track, Track.title, Track.number, Track.duration, Track.kind, Track.depth),
        Track.artist_text,
    ),
    "identifiers": _part(Identifier, Identifier.kind, Identifier.value, Identifier.description),
    "companies": _part(Company, Company.name, Company.role, Company.catno, Company.discogs_id),
    "videos": _part(Video, Video.url, Video.title, Video.duration),
    "tags": _part(ReleaseTag, Tag.kind, Tag.name).join(Tag, Tag.id == ReleaseTag.tag_id),
}


def whole_release(owner_id: int, release_id: int) -> Release:
    """A release of this person with all its parts, a statement a part. Raises NotFoundError."""
    release = db.session.scalar(
        select(Release)
        .where(Release.id == release_id, Release.owner_id == owner_id)
        .options(
            joinedload(Release.format),
            joinedload(Release.artist),
            selectinload(Release.credits).options(
                joinedload(Credit.artist), joinedload(Credit.told_artist)
            ),
            selectinload(Release.labels).joinedload(ReleaseLabel.label),
            selectinload(Release.tracks),
            selectinload(Release.identifiers),
            selectinload(Release.companies),
            selectinload(Release.videos),
            selectinload(Release.tags),
        )
        .execution_options(populate_existing=True)
    )
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    return release


def documents(owner_id: int, release_ids: Collection[int]) -> dict[int, Document]:
    """The documents shown of these releases of one person, at most a few hundred, by id."""
    found = records(owner_id, release_ids)
    return {release_id: document_from_record(record) for release_id, record in found.items()}


def records(owner_id: int, release_ids: Collection[int]) -> dict[int, ReleaseRecord]:
    """These releases of one person as records, at most a few hundred, by id in its order."""
    if not release_ids:
        return {}
    asked = {"releases": list(release_ids)}
    rows = db.session.execute(_ROWS, {**asked, "owner": owner_id}).all()
    parts = {name: _by_release(db.session.execute(part, asked)) for name, part in _PARTS.items()}
    return {
        row.id: _record(row, {name: of_all.get(row.id, ()) for name, of_all in parts.items()})
        for row in rows
    }


def _by_release(rows: Iterable[Any]) -> dict[int, list[Any]]:
    found: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        found[row[0]].append(row)
    return found


def _record(row: Any, parts: Mapping[str, Sequence[Any]]) -> ReleaseRecord:
    credits = [(bool(c.role), CreditRecord(*c[1:])) for c in parts["credits"]]
    return ReleaseRecord(
        title=row.title,
        discogs_id=row.discogs_id,
        artists=tuple(credit for has_role, credit in credits if not has_role),
        labels=tuple(LabelRecord(*label[1:]) for label in parts["labels"]),
        formats=_formats(row.parts or ()),
        year=row.year,
        genres=tuple(tag.name for tag in parts["tags"] if tag.kind == "genre"),
        styles=tuple(tag.name for tag in parts["tags"] if tag.kind == "style"),
        country=row.country,
        released=row.released,
        notes=row.notes,
        tracks=_tracks(parts["tracks"]),
        credits=tuple(credit for has_role, credit in credits if has_role),
        identifiers=tuple(IdentifierRecord(*each[1:]) for each in parts["identifiers"]),
        companies=tuple(CompanyRecord(*each[1:]) for each in parts["companies"]),
        videos=tuple(VideoRecord(*each[1:]) for each in parts["videos"]),
    )


def formats_of(release: Release) -> tuple[FormatRecord, ...]:
    """The formats of a release whose `format` is loaded."""
    return _formats(release.format.parts if release.format else ())


def _formats(parts: Iterable[Mapping[str, Any]]) -> tuple[FormatRecord, ...]:
    return tuple(
        FormatRecord(part["name"], part["qty"], tuple(part["descriptions"]), part["text"])
        for part in parts
    )


def _tracks(rows: Iterable[Any]) -> tuple[TrackRecord, ...]:
    lines: list[tuple[Any, list[TrackRecord]]] = []
    for row in rows:
        if row.depth and lines:
            lines[-1][1].append(_track(row, ()))
        else:
            lines.append((row, []))
    return tuple(_track(row, tuple(subs)) for row, subs in lines)


def _track(row: Any, sub_tracks: tuple[TrackRecord, ...]) -> TrackRecord:
    artists = (CreditRecord(row.artist_text),) if row.artist_text else ()
    return TrackRecord(
        row.title, row.number, row.duration, row.kind, artists=artists, sub_tracks=sub_tracks
    )
