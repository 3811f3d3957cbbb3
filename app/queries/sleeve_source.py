"""What a drawn sleeve is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from app.errors import NotFoundError
from app.extensions import db
from app.models import Release, ReleaseTag, Tag


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
