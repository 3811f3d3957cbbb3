"""A stored release with all its parts: as row, as record, as the document people edit."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from sqlalchemy import Select, select
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
from app.models import Credit, Release, ReleaseLabel, Track


def whole_release(owner_id: int, release_id: int) -> Release:
    """A release of this person with all its parts, a statement a part. Raises NotFoundError."""
    release = db.session.scalar(_whole(owner_id).where(Release.id == release_id))
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    return release


def _whole(owner_id: int) -> Select[Release]:
    return (
        select(Release)
        .where(Release.owner_id == owner_id)
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


def documents(owner_id: int, release_ids: Collection[int]) -> dict[int, Document]:
    """The documents shown of these releases of one person, at most a few hundred, by id."""
    if not release_ids:
        return {}
    found = db.session.scalars(_whole(owner_id).where(Release.id.in_(release_ids)))
    return {release.id: document_from_record(record_of(release)) for release in found}


def document(release_id: int, owner_id: int) -> tuple[Release, Document]:
    """A release of this person and the document that is shown of it. Raises NotFoundError."""
    release = whole_release(owner_id, release_id)
    return release, document_from_record(record_of(release))


def record_of(release: Release) -> ReleaseRecord:
    """A release loaded with its parts, as a record."""
    main = [credit for credit in release.credits if not credit.role]
    return ReleaseRecord(
        title=release.title,
        discogs_id=release.discogs_id,
        artists=tuple(map(_credit, main)),
        labels=tuple(
            LabelRecord(link.label.name, link.catno, link.label.discogs_id)
            for link in release.labels
        ),
        formats=formats_of(release),
        year=release.year,
        genres=tuple(tag.name for tag in release.tags if tag.kind == "genre"),
        styles=tuple(tag.name for tag in release.tags if tag.kind == "style"),
        country=release.country,
        released=release.released,
        notes=release.notes,
        tracks=_track_records(release.tracks),
        credits=tuple(_credit(credit) for credit in release.credits if credit.role),
        identifiers=tuple(
            IdentifierRecord(i.kind, i.value, i.description) for i in release.identifiers
        ),
        companies=tuple(
            CompanyRecord(c.name, c.role, c.catno, c.discogs_id) for c in release.companies
        ),
        videos=tuple(VideoRecord(v.url, v.title, v.duration) for v in release.videos),
    )


def formats_of(release: Release) -> tuple[FormatRecord, ...]:
    """The formats of a release whose `format` is loaded."""
    parts = release.format.parts if release.format else []
    return tuple(
        FormatRecord(part["name"], part["qty"], tuple(part["descriptions"]), part["text"])
        for part in parts
    )


def _credit(credit: Credit) -> CreditRecord:
    artist = credit.told_artist or credit.artist
    return CreditRecord(
        artist.name, artist.discogs_id, credit.anv, credit.join, credit.role, credit.tracks
    )


def _track_records(tracks: Iterable[Track]) -> tuple[TrackRecord, ...]:
    records: list[tuple[Track, list[TrackRecord]]] = []
    for track in tracks:
        if track.depth and records:
            records[-1][1].append(_track(track, ()))
        else:
            records.append((track, []))
    return tuple(_track(track, tuple(subs)) for track, subs in records)


def _track(track: Track, sub_tracks: tuple[TrackRecord, ...]) -> TrackRecord:
    artists = (CreditRecord(track.artist_text),) if track.artist_text else ()
    return TrackRecord(
        track.title,
        track.number,
        track.duration,
        track.kind,
        artists=artists,
        sub_tracks=sub_tracks,
    )
