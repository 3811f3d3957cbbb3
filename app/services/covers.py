"""Covers: which pictures are known, and which of them a release shows.

A picture is told by its source and a key that stays (see models.Picture), so that it is never
fetched twice because its address changed. Its `release_key` says what it shows: a Discogs id or
"own:<id>" for one release, the key of a title ("m<master id>", "r<Discogs id>") for all pressings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.matching.keys import title_key
from app.domain.picture_names import discogs_key
from app.extensions import db
from app.models import Copy, Image, Picture, Release
from app.models.base import utcnow
from app.services import catalogue_lock, preferences, shelf
from app.services.bulk import in_chunks
from app.services.image_store import ImageStore, KeptImage

UPLOAD = "upload"
COVER_ORDER = "cover_order"
DEFAULT_ORDER = (UPLOAD, "coverart", "discogs", "itunes")


def known(source: str, key: str) -> Picture | None:
    """The picture of this name: kept, let go for room, or gone. None where it is to be fetched."""
    return db.session.scalar(
        select(Picture).where(
            Picture.source == source,
            Picture.key == key,
            or_(
                Picture.image_sha256.is_not(None),
                Picture.fetched_at.is_not(None),
                Picture.gone_at.is_not(None),
            ),
        )
    )


def keep(
    store: ImageStore, source: str, key: str, release_key: str, url: str, data: bytes
) -> Picture:
    """Keep a fetched picture: its files at once, its rows with the caller's commit.

    To be called with no transaction open: the work on the picture takes a while. Raises
    UnusablePictureError (the bytes are no picture), NoRoomError (the disk is full).
    """
    return note(source, key, release_key, url, store.add(data))


def note(source: str, key: str, release_key: str, url: str, image: KeptImage) -> Picture:
    """Write down where a picture in the store was found. Does not commit."""
    now = utcnow()
    db.session.execute(
        _insert(Image)
        .values(
            sha256=image.sha256,
            width=image.width,
            height=image.height,
            bytes=image.bytes,
            colour=image.colour,
            made_at=now,
            used_at=now,
        )
        .on_conflict_do_update(index_elements=["sha256"], set_={"used_at": now})
    )
    found = {
        "release_key": release_key,
        "url": url,
        "image_sha256": image.sha256,
        "fetched_at": now,
        "gone_at": None,
    }
    return _write(source, key, found)


def note_gone(source: str, key: str, release_key: str, url: str) -> Picture:
    """Write down that a picture is not to be had any more, so that nobody asks for it again.

    Does not commit.
    """
    return _write(source, key, {"release_key": release_key, "url": url, "gone_at": utcnow()})


def note_own(owner_id: int, release_key: str, sha256: str, *, is_here: bool) -> Picture:
    """Write down that a person put in this picture of a release, whose files may be elsewhere.

    Does not commit.
    """
    image = sha256 if is_here else None
    found = {"release_key": release_key, "url": "", "image_sha256": image, "gone_at": None}
    return _write(UPLOAD, upload_key(owner_id, release_key, sha256), found)


def upload_key(owner_id: int, release_key: str, sha256: str) -> str:
    """What a person's own picture of a release is called."""
    return f"{owner_id}/{release_key}/{sha256}"


def _write(source: str, key: str, found: dict[str, Any]) -> Picture:
    db.session.execute(
        _insert(Picture)
        .values(source=source, key=key, **found)
        .on_conflict_do_update(index_elements=["source", "key"], set_=found)
    )
    query = select(Picture).where(Picture.source == source, Picture.key == key)
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _insert(model: Any) -> Any:
    """An insert that may meet a row of the same name: two threads may find one picture."""
    return (sqlite if db.engine.dialect.name == "sqlite" else postgresql).insert(model)


def cover_order(owner_id: int) -> tuple[str, ...]:
    """The sources of covers, best first. A person's own picture always comes first."""
    chosen = preferences.get(owner_id, COVER_ORDER, DEFAULT_ORDER)
    known_ones = [source for source in chosen if source in DEFAULT_ORDER and source != UPLOAD]
    return (UPLOAD, *dict.fromkeys(known_ones))


def choose_cover(owner_id: int, release_ids: Iterable[int]) -> list[int]:
    """Have these releases show the best picture known of each; returns those that changed.

    Without a picture the sleeve is drawn. The shelf knows of it in the same commit, which is the
    caller's. A constant number of statements for every 500 releases.
    """
    catalogue_lock.hold(owner_id)
    order = cover_order(owner_id)
    changed: list[int] = []
    for chunk in in_chunks(dict.fromkeys(release_ids), 500):
        changed.extend(_choose(owner_id, chunk, order))
    if changed:
        version = shelf.next_version(owner_id)
        for chunk in in_chunks(changed, 500):
            db.session.execute(
                update(Copy).where(Copy.release_id.in_(chunk)).values(changed_in=version)
            )
    return changed


def _choose(owner_id: int, release_ids: Sequence[int], order: Sequence[str]) -> list[int]:
    releases = _faces(owner_id, release_ids)
    pictures = _pictures_by_key(owner_id, {key for face in releases for key in face.keys})
    changes: dict[int, str | None] = {}
    for face in releases:
        mine = [picture for key in face.keys for picture in pictures.get(key, ())]
        best = min(
            (picture for picture in mine if picture.source in order),
            key=lambda picture: _rank(picture, face, order),
            default=None,
        )
        shown = best.image_sha256 if best else None
        if shown != face.shown:
            changes[face.release_id] = shown
    if changes:
        rows = [{"id": key, "image_sha256": shown} for key, shown in changes.items()]
        db.session.execute(update(Release), rows)
    return list(changes)


class _Face(NamedTuple):
    """A release as far as its cover goes. `keys`: its own release key, then that of its title."""

    release_id: int
    keys: tuple[str, str]
    discogs_name: str | None
    shown: str | None


def _faces(owner_id: int, release_ids: Sequence[int]) -> list[_Face]:
    rows = db.session.execute(
        select(
            Release.id,
            Release.discogs_id,
            Release.master_discogs_id,
            Release.cover_url,
            Release.image_sha256,
        ).where(Release.owner_id == owner_id, Release.id.in_(release_ids))
    )
    return [
        _Face(
            row.id,
            (
                release_key(row.discogs_id, row.id),
                title_key(row.master_discogs_id, row.discogs_id, row.id),
            ),
            discogs_key(row.cover_url or ""),
            row.image_sha256,
        )
        for row in rows
    ]


def release_key(discogs_id: int | None, release_id: int) -> str:
    """The `release_key` of a picture that shows this very release."""
    return str(discogs_id) if discogs_id else f"own:{release_id}"


def _pictures_by_key(owner_id: int, keys: set[str]) -> dict[str, list[Any]]:
    """The pictures that can be shown. Of uploads only the person's own."""
    found: dict[str, list[Any]] = defaultdict(list)
    for row in db.session.execute(
        select(Picture.id, Picture.source, Picture.key, Picture.release_key, Picture.image_sha256)
        .where(Picture.release_key.in_(keys))
        .where(Picture.image_sha256.is_not(None), Picture.gone_at.is_(None))
        .where((Picture.source != UPLOAD) | Picture.key.startswith(f"{owner_id}/"))
    ):
        found[row.release_key].append(row)
    return found


def _rank(picture: Any, face: _Face, order: Sequence[str]) -> tuple[int, bool, bool, int]:
    """Small is better: source, this pressing before its title, Discogs' first picture, newest."""
    return (
        order.index(picture.source),
        picture.release_key != face.keys[0],
        picture.key != face.discogs_name,
        -picture.id,
    )
