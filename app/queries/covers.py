"""The picture a release shows: what it is, where it comes from, and who may look at it."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from app.extensions import db
from app.models import Image, Picture, Release


class Cover(NamedTuple):
    """The picture a release shows. `key` is what its `source` calls it, `url` where it lay."""

    sha256: str
    width: int
    height: int
    colour: str
    source: str
    key: str
    url: str
    fetched_at: datetime | None


def cover_of(release: Release) -> Cover | None:
    """The picture this release shows, None while its sleeve is drawn. At most one statement."""
    if release.image_sha256 is None:
        return None
    rows = db.session.execute(
        select(
            *(Image.sha256, Image.width, Image.height, Image.colour),
            *(Picture.source, Picture.key, Picture.url, Picture.fetched_at),
        )
        .join(Picture, Picture.image_sha256 == Image.sha256)
        .where(Image.sha256 == release.image_sha256, Picture.gone_at.is_(None))
        .where(
            (Picture.source != "upload") | Picture.key.startswith(f"{release.owner_id}/"),
        )
        # Of sources that gave the same picture, the person's own, then the one about this pressing.
        .order_by(
            Picture.source != "upload",
            Picture.release_key != str(release.discogs_id),
            Picture.id,
        )
        .limit(1)
    ).first()
    return Cover._make(rows) if rows else None


def has_picture_put_away(release: Release) -> bool:
    """Whether the owner has a picture of this release that can be put back."""
    mine = str(release.discogs_id) if release.discogs_id else f"own:{release.id}"
    found = db.session.scalar(
        select(Picture.id)
        .where(
            Picture.source == "upload",
            Picture.release_key == mine,
            Picture.key.startswith(f"{release.owner_id}/"),
            Picture.gone_at.is_not(None),
            Picture.image_sha256.is_not(None),
        )
        .limit(1)
    )
    return found is not None


def colour_of(owner_id: int, sha256: str) -> str | None:
    """The colour of a picture that this person's shelf shows or that is theirs; None otherwise."""
    shown = select(Release.id).where(
        Release.image_sha256 == Image.sha256, Release.owner_id == owner_id
    )
    own = select(Picture.id).where(
        Picture.image_sha256 == Image.sha256,
        Picture.source == "upload",
        Picture.key.startswith(f"{owner_id}/"),
    )
    return db.session.scalar(
        select(Image.colour).where(Image.sha256 == sha256, or_(shown.exists(), own.exists()))
    )
