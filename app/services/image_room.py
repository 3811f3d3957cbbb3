"""Keeping the pictures within the room they may take: what was not looked at for longest goes.

A person's own pictures never go. Of the others a note stays, so that they can be fetched again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, func, or_, select, update

from app.domain.picture_files import LARGEST
from app.extensions import db
from app.models import Image, Picture, Release
from app.services import catalogue_lock
from app.services.bulk import in_chunks
from app.services.covers import UPLOAD, choose_cover
from app.services.image_store import ImageStore

# Make more room than is missing, or every further picture would drive out one more.
FILLED_TO = 0.95
_AT_ONCE = 200
# What went the last time.
_removed: set[str] = set()


def make_room(store: ImageStore, most_bytes: int) -> int:
    """Let pictures go until all of them take less than `most_bytes`; returns how many went.

    Releases that showed one of them show the next best, or a drawn sleeve. Commits, a few hundred
    at a time.
    """
    gone = 0
    _mend(store)
    for digests in in_chunks(_too_many(store, most_bytes), _AT_ONCE):
        _let_go(digests)
        db.session.commit()
        # Only now: were the commit to fail, the pictures would still be there.
        store.remove(digests)
        _removed.update(digests)
        gone += len(digests)
    return gone


def _mend(store: ImageStore) -> None:
    """Have those fetched again that somebody kept in the moment in which their files went."""
    removed = list(_removed)
    _removed.difference_update(removed)
    for chunk in in_chunks(removed, _AT_ONCE):
        kept = db.session.scalars(select(Image.sha256).where(Image.sha256.in_(chunk))).all()
        if lost := [sha256 for sha256 in kept if store.find(sha256, LARGEST) is None]:
            forget(lost)
    db.session.commit()


def forget(digests: Sequence[str]) -> None:
    """Pictures whose files are no longer there: shown no more, and wanted again. Commits.

    Of a person's own ones a note stays, which nobody can answer.
    """
    for chunk in in_chunks(digests, _AT_ONCE):
        _let_go(chunk, wanted=True)
    db.session.commit()


def _too_many(store: ImageStore, most_bytes: int) -> list[str]:
    """The pictures that have to go, those not used for longest first."""
    total = int(db.session.scalar(select(func.sum(Image.bytes))) or 0)
    if total <= most_bytes:
        db.session.commit()
        return []
    _note_uses(store)
    spare = total - most_bytes * FILLED_TO
    going = []
    for sha256, size in db.session.execute(
        select(Image.sha256, Image.bytes)
        .where(Image.sha256.not_in(_own()))
        .order_by(Image.used_at, Image.sha256)
    ):
        if spare <= 0:
            break
        going.append(sha256)
        spare -= size
    db.session.commit()
    return going


def _note_uses(store: ImageStore) -> None:
    """Bring over from the files when they were looked at."""
    kept = db.session.execute(select(Image.sha256, Image.used_at)).all()
    looked_at = [(sha256, before, store.used_at(sha256)) for sha256, before in kept]
    uses = [
        {"sha256": sha256, "used_at": used}
        for sha256, before, used in looked_at
        if used is not None and used > before
    ]
    if uses:
        db.session.execute(update(Image), uses)


def _own() -> Any:
    return select(Picture.image_sha256).where(
        Picture.source == UPLOAD, Picture.image_sha256.is_not(None), Picture.gone_at.is_(None)
    )


def _let_go(digests: Sequence[str], *, wanted: bool = False) -> None:
    shown = defaultdict(list)
    for owner_id, release_id in db.session.execute(
        select(Release.owner_id, Release.id).where(Release.image_sha256.in_(digests))
    ):
        shown[owner_id].append(release_id)
    for owner_id in sorted(shown):  # before any picture: whoever keeps one does it in this order
        catalogue_lock.hold(owner_id)
    gone = {"image_sha256": None, "fetched_at": None} if wanted else {"image_sha256": None}
    db.session.execute(update(Picture).where(Picture.image_sha256.in_(digests)).values(gone))
    for owner_id in sorted(shown):
        choose_cover(owner_id, shown[owner_id])
    db.session.execute(delete(Image).where(Image.sha256.in_(digests)))


def ask_again(release_keys: Sequence[str]) -> int:
    """Mark the pictures of these release keys that we have not as wanted; returns how many.

    That is those let go for room, and those that were gone. `covers.known` does not know a wanted
    picture, so that it is fetched once more. Does not commit.
    """
    asked = db.session.execute(
        update(Picture)
        .where(
            Picture.release_key.in_(release_keys),
            Picture.image_sha256.is_(None),
            Picture.source != UPLOAD,
            or_(Picture.fetched_at.is_not(None), Picture.gone_at.is_not(None)),
        )
        .values(fetched_at=None, gone_at=None)
        .returning(Picture.id)
    ).all()
    return len(asked)
