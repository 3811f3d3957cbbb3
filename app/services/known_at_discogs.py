"""Telling which release at Discogs a record is that was typed in by hand."""

from __future__ import annotations

from sqlalchemy import delete, select, update

from app.domain.discogs_links import release_id_in
from app.errors import ConflictError, InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Copy, Edit, Picture, Release
from app.services import catalogue_lock, covers, overlay, shelf
from app.services.one_record import fetched
from app.services.release_details import store_details
from app.services.subjects import open_subject
from app.services.transaction import one_commit
from app.services.workplace import Workplace


class HereTwiceError(ConflictError):
    """That release stands on the shelf as well; its copies can become those of one record."""

    def __init__(self, release_id: int, title: str) -> None:
        super().__init__(f"{title} stands on your shelf as a record of its own. Nothing changed.")
        self.release_id = release_id


def connect(
    workplace: Workplace, owner_id: int, release_id: int, reference: str, *, join: bool = False
) -> int:
    """Let a record typed by hand be the release `reference` names (a number or an address).

    What Discogs says takes the place of what was typed; what the person corrected stays on top, as
    do copies and their own picture. One call to Discogs. Returns the id of the release, which with
    `join` may be one that was here already. Commits. Raises NotFoundError, InvalidInputError at
    "discogs", HereTwiceError unless `join`, or what the client raises; then nothing is changed.
    """
    discogs_id = release_id_in(reference)
    _typed_by_hand(owner_id, release_id)
    known = _known(owner_id, discogs_id)
    if known is not None and not join:
        raise HereTwiceError(known.id, f"{known.artist_text} – {known.title}")
    told = fetched(workplace, owner_id, discogs_id)
    with one_commit():
        catalogue_lock.hold(owner_id)
        release = _typed_by_hand(owner_id, release_id)
        known = _known(owner_id, discogs_id)
        if known is None:
            release.discogs_id = discogs_id
            db.session.flush()
        elif not join:
            raise HereTwiceError(known.id, f"{known.artist_text} – {known.title}")
        into = store_details(owner_id, *told)
        if into != release_id:
            _join(owner_id, release_id, into)
        _take_pictures_along(owner_id, release_id, str(discogs_id))
        covers.choose_cover(owner_id, [into])
        shelf.refresh(owner_id, [into])
    return into


def _typed_by_hand(owner_id: int, release_id: int) -> Release:
    mine = select(Release).where(Release.id == release_id, Release.owner_id == owner_id)
    release = db.session.scalar(mine.execution_options(populate_existing=True))
    if release is None:
        raise NotFoundError("There is no such record on this shelf.")
    if release.discogs_id is not None:
        sentence = f"This is release {release.discogs_id} at Discogs already."
        raise InvalidInputError(sentence, {"discogs": [sentence]})
    return release


def _known(owner_id: int, discogs_id: int) -> Release | None:
    return db.session.scalar(
        select(Release).where(Release.owner_id == owner_id, Release.discogs_id == discogs_id)
    )


def _join(owner_id: int, release_id: int, into: int) -> None:
    """Have the copies and edits of one release be those of another, and let it go."""
    other = open_subject("release", owner_id, into)
    carried = overlay.carry_over(owner_id, "release", release_id, into, other.shown)
    if carried:
        other.write(carried)
    mine = update(Copy).where(Copy.owner_id == owner_id, Copy.release_id == release_id)
    db.session.execute(mine.values(release_id=into))
    left = delete(Edit).where(
        Edit.owner_id == owner_id, Edit.entity == "release", Edit.entity_id == release_id
    )
    db.session.execute(left)
    db.session.execute(delete(Release).where(Release.id == release_id))


def _take_pictures_along(owner_id: int, release_id: int, number: str) -> None:
    """A picture of the person's own is known by what it shows."""
    was = covers.release_key(None, release_id)
    mine = select(Picture).where(Picture.release_key == was, Picture.source == covers.UPLOAD)
    for picture in db.session.scalars(mine):
        picture.release_key = number
        if picture.image_sha256:
            picture.key = covers.upload_key(owner_id, number, picture.image_sha256)
    db.session.flush()
