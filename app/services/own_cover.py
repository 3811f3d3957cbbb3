"""A person's own picture of a record: shown instead of any other, put away and put back.

Each function commits once, or raises and leaves everything as it was.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Picture, Release
from app.models.base import utcnow
from app.services import catalogue_lock, covers
from app.services.covers import UPLOAD
from app.services.image_store import ImageStore


def upload(store: ImageStore, owner_id: int, release_id: int, data: bytes) -> Picture:
    """Show a person's own picture of a release instead of any other; the one before is put away.

    Commits. Raises NotFoundError, UnusablePictureError, NoRoomError.
    """
    name = _own_release(owner_id, release_id)
    db.session.commit()  # nobody waits for us while the picture is worked on
    image = store.add(data)
    catalogue_lock.hold(owner_id)
    _put_away(owner_id, name)
    key = covers.upload_key(owner_id, name, image.sha256)
    covers.note(UPLOAD, key, name, "", image)
    picture = covers.named(UPLOAD, key)
    covers.choose_cover(owner_id, [release_id])
    db.session.commit()
    return picture


def remove_upload(owner_id: int, release_id: int) -> bool:
    """Put a person's own picture of a release away; False if there is none. Commits.

    It stays in the store, for `restore_upload`. Raises NotFoundError.
    """
    name = _own_release(owner_id, release_id)
    catalogue_lock.hold(owner_id)
    away = _put_away(owner_id, name)
    covers.choose_cover(owner_id, [release_id])
    db.session.commit()
    return away


def restore_upload(owner_id: int, release_id: int) -> Picture:
    """Show the picture again that was put away last, instead of the one uploaded since. Commits.

    Raises NotFoundError, InvalidInputError where there is none any more.
    """
    name = _own_release(owner_id, release_id)
    catalogue_lock.hold(owner_id)
    picture: Picture | None = db.session.scalar(
        _uploads(owner_id, name)
        .where(Picture.gone_at.is_not(None), Picture.image_sha256.is_not(None))
        .order_by(Picture.gone_at.desc(), Picture.id.desc())
        .limit(1)
    )
    if picture is None:
        raise InvalidInputError("There is no picture of yours to put back.")
    _put_away(owner_id, name)
    picture.gone_at = None
    db.session.flush()
    covers.choose_cover(owner_id, [release_id])
    db.session.commit()
    return picture


def _own_release(owner_id: int, release_id: int) -> str:
    """The release key of a release of this person."""
    row = db.session.execute(
        select(Release.discogs_id, Release.id).where(
            Release.id == release_id, Release.owner_id == owner_id
        )
    ).first()
    if row is None:
        raise NotFoundError("There is no such record on this shelf.")
    return covers.release_key(row.discogs_id, row.id)


def _uploads(owner_id: int, name: str) -> Any:
    return select(Picture).where(
        Picture.source == UPLOAD,
        Picture.release_key == name,
        Picture.key.startswith(f"{owner_id}/"),
    )


def _put_away(owner_id: int, name: str) -> bool:
    shown = db.session.scalars(_uploads(owner_id, name).where(Picture.gone_at.is_(None))).all()
    for picture in shown:
        picture.gone_at = utcnow()
    db.session.flush()
    return bool(shown)
