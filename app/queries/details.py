"""One release, artist or label with everything its page shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager, joinedload, selectinload

from app.domain.documents import document_from_record
from app.domain.names import display_name
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
    CollectionField,
    Copy,
    Credit,
    Edit,
    Label,
    Release,
    ReleaseLabel,
    ReleaseTag,
    Selection,
    StickerPrint,
    Tag,
    Track,
)

_SIDE = re.compile(r"(?:(?:CD|DVD|Video)?\d+(?=-)|[A-Z]+(?=\d*[a-z]?$))")
_DURATION = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d\d)")


@dataclass(frozen=True, slots=True)
class Side:
    """A side or disc with its tracks; `name` is "" where the release does not name sides."""

    name: str
    tracks: Sequence[Track]
    seconds: int | None


@dataclass(frozen=True, slots=True)
class OwnedCopy:
    """A copy of the release on its owner's shelf, or put away."""

    copy: Copy
    fields: Sequence[tuple[str, str]]
    stickered_at: Any
    picked: bool


@dataclass(frozen=True, slots=True)
class ReleasePage:
    """Everything about one release. `credits` maps a role to those who had it."""

    release: Release
    artists: Sequence[Credit]
    credits: dict[str, list[Credit]]
    genres: Sequence[str]
    styles: Sequence[str]
    sides: Sequence[Side]
    seconds: int | None
    copies: Sequence[OwnedCopy]
    edits: Sequence[Edit]


def release_page(owner_id: int, release_id: int) -> ReleasePage:
    """The page of a release of this person. Raises NotFoundError."""
    release = _whole(owner_id, release_id)
    credits: dict[str, list[Credit]] = {}
    for credit in release.credits:
        if credit.role:
            credits.setdefault(credit.role, []).append(credit)
    sides = _sides(release.tracks)
    return ReleasePage(
        release=release,
        artists=[credit for credit in release.credits if not credit.role],
        credits=credits,
        genres=[tag.name for tag in release.tags if tag.kind == "genre"],
        styles=[tag.name for tag in release.tags if tag.kind == "style"],
        sides=sides,
        seconds=sum(side.seconds or 0 for side in sides) or None,
        copies=_owned_copies(owner_id, release_id),
        edits=_edits(owner_id, release_id),
    )


def _whole(owner_id: int, release_id: int) -> Release:
    release = db.session.scalar(
        select(Release)
        .where(Release.id == release_id, Release.owner_id == owner_id)
        .options(
            joinedload(Release.format),
            joinedload(Release.artist),
            selectinload(Release.credits).joinedload(Credit.artist),
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


def _owned_copies(owner_id: int, release_id: int) -> list[OwnedCopy]:
    stickered = (
        select(func.max(StickerPrint.at)).where(StickerPrint.copy_id == Copy.id).scalar_subquery()
    )
    copies = db.session.execute(
        select(Copy, stickered, Selection.id)
        .join(Copy.folder)
        .outerjoin(Selection, (Selection.copy_id == Copy.id) & (Selection.owner_id == owner_id))
        .options(contains_eager(Copy.folder))
        .where(Copy.owner_id == owner_id, Copy.release_id == release_id)
        .order_by(Copy.removed_at.is_not(None), Copy.added_at, Copy.id)
    ).all()
    names: dict[str, str] = {}
    if any(copy.fields for copy, _at, _picked in copies):
        fields = select(CollectionField.id, CollectionField.name).where(
            CollectionField.owner_id == owner_id
        )
        names = {str(key): name for key, name in db.session.execute(fields)}
    return [
        OwnedCopy(copy, _named(copy.fields, names), at, picked is not None)
        for copy, at, picked in copies
    ]


def _named(fields: dict[str, Any] | None, names: dict[str, str]) -> list[tuple[str, str]]:
    return [(names[key], str(value)) for key, value in (fields or {}).items() if key in names]


def _edits(owner_id: int, release_id: int) -> Sequence[Edit]:
    return db.session.scalars(
        select(Edit)
        .where(Edit.owner_id == owner_id, Edit.entity == "release", Edit.entity_id == release_id)
        .order_by(Edit.id.desc())
        .limit(50)
    ).all()


def _sides(tracks: Iterable[Track]) -> list[Side]:
    """Tracks in groups: by the letter or disc in their numbers; headings stay where they are."""
    groups: list[tuple[str, list[Track]]] = []
    for track in tracks:
        match = _SIDE.match(track.number) if track.kind == "track" else None
        name = match[0] if match else (groups[-1][0] if groups else "")
        if not groups or (match and groups[-1][0] not in ("", name)):
            groups.append((name, []))
        elif match and not groups[-1][0]:
            groups[-1] = (name, groups[-1][1])
        groups[-1][1].append(track)
    return [Side(name, lines, _seconds(lines)) for name, lines in groups]


def _seconds(tracks: Iterable[Track]) -> int | None:
    total = 0
    for track in tracks:
        if track.depth == 0 and (match := _DURATION.fullmatch(track.duration)):
            total += int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    return total or None


def document(release_id: int, owner_id: int) -> tuple[Release, dict[str, Any]]:
    """A release of this person and the document that is shown of it. Raises NotFoundError."""
    release = _whole(owner_id, release_id)
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
    artist = credit.artist
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


@dataclass(frozen=True, slots=True)
class NamePage:
    """An artist or label: the copies under its own name, and for artists those it helped on."""

    id: int
    name: str
    discogs_id: int | None
    profile: str | None
    own: Sequence[int]
    also_on: Sequence[tuple[int, str]]


def artist_page(owner_id: int, artist_id: int) -> NamePage:
    """An artist of this person's shelf; `also_on` pairs copy ids with roles."""
    artist = db.session.scalar(
        select(Artist).where(Artist.id == artist_id, Artist.owner_id == owner_id)
    )
    if artist is None:
        raise NotFoundError("There is no such artist on this shelf.")
    rows = db.session.execute(
        select(Copy.id, Credit.role)
        .join(Credit, Credit.release_id == Copy.release_id)
        .where(Credit.artist_id == artist_id, Copy.removed_at.is_(None))
        .order_by(Copy.sort_year, Copy.sort_title, Copy.id)
    )
    own: dict[int, None] = {}
    roles: dict[int, list[str]] = {}
    for copy_id, role in rows:
        if role:
            roles.setdefault(copy_id, []).append(role)
        else:
            own[copy_id] = None
    also_on = [(copy_id, ", ".join(names)) for copy_id, names in roles.items()]
    name = display_name(artist.name)
    return NamePage(artist.id, name, artist.discogs_id, artist.profile, list(own), also_on)


def label_page(owner_id: int, label_id: int) -> NamePage:
    """A record label of this person's shelf, its copies by catalogue number."""
    label = db.session.scalar(select(Label).where(Label.id == label_id, Label.owner_id == owner_id))
    if label is None:
        raise NotFoundError("There is no such label on this shelf.")
    own = db.session.scalars(
        select(Copy.id)
        .join(ReleaseLabel, ReleaseLabel.release_id == Copy.release_id)
        .where(ReleaseLabel.label_id == label_id, Copy.removed_at.is_(None))
        .order_by(ReleaseLabel.catno, Copy.sort_year, Copy.id)
    )
    ids = list(dict.fromkeys(own))
    return NamePage(label.id, display_name(label.name), label.discogs_id, None, ids, ())


def release_by_discogs_id(owner_id: int, discogs_id: int) -> int:
    """Our id of a Discogs release on this person's shelf. Raises NotFoundError."""
    found = db.session.scalar(
        select(Release.id).where(Release.owner_id == owner_id, Release.discogs_id == discogs_id)
    )
    if found is None:
        raise NotFoundError(f"Discogs release {discogs_id} is not on this shelf.")
    return found


@dataclass(frozen=True, slots=True)
class SleeveSource:
    """What a release's sleeve is drawn from, and the version its address carries."""

    title: str
    artist: str
    label: str
    catno: str
    year: int | None
    genres: tuple[str, ...]
    styles: tuple[str, ...]
    version: int


def sleeve_source(owner_id: int, release_id: int) -> SleeveSource:
    """The facts for drawing a release's sleeve, in two statements. Raises NotFoundError."""
    row = db.session.execute(
        select(
            Release.title,
            Release.artist_text,
            Release.label_text,
            Release.catno_text,
            Release.year,
            Release.version,
        ).where(Release.id == release_id, Release.owner_id == owner_id)
    ).first()
    if row is None:
        raise NotFoundError("There is no such record on this shelf.")
    tags = db.session.execute(
        select(Tag.kind, Tag.name)
        .join(ReleaseTag, ReleaseTag.tag_id == Tag.id)
        .where(ReleaseTag.release_id == release_id)
        .order_by(ReleaseTag.position)
    ).all()
    return SleeveSource(
        title=row.title,
        artist=row.artist_text,
        label=row.label_text,
        catno=row.catno_text,
        year=row.year,
        genres=tuple(name for kind, name in tags if kind == "genre"),
        styles=tuple(name for kind, name in tags if kind == "style"),
        version=row.version,
    )
