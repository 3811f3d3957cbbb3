"""One release with everything its page shows."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import contains_eager

from app.domain.track_sides import side_of
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, Credit, Edit, Release, Selection, StickerPrint, Track
from app.queries.field_names import field_names
from app.queries.release_record import whole_release

_DURATION = re.compile(r"(?:(\d+):)?(\d{1,3}):(\d\d)", re.ASCII)


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
    release = whole_release(owner_id, release_id)
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
        names = {str(key): name for key, name in field_names(owner_id).items()}
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
        side = side_of(track.number) if track.kind == "track" else ""
        name = side or (groups[-1][0] if groups else "")
        if not groups or (side and groups[-1][0] not in ("", name)):
            groups.append((name, []))
        elif side and not groups[-1][0]:
            groups[-1] = (name, groups[-1][1])
        groups[-1][1].append(track)
    return [Side(name, lines, _seconds(lines)) for name, lines in groups]


def _seconds(tracks: Iterable[Track]) -> int | None:
    total = 0
    for track in tracks:
        if track.depth == 0 and (match := _DURATION.fullmatch(track.duration)):
            total += int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
    return total or None


def release_by_discogs_id(owner_id: int, discogs_id: int) -> int:
    """Our id of a Discogs release on this person's shelf. Raises NotFoundError."""
    found = db.session.scalar(
        select(Release.id).where(Release.owner_id == owner_id, Release.discogs_id == discogs_id)
    )
    if found is None:
        raise NotFoundError(f"Discogs release {discogs_id} is not on this shelf.")
    return found
