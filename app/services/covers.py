"""Covers: which pictures are known, and which of them a release shows.

A picture is told by its source and a key that stays (see models.Picture), so that it is never
fetched twice because its address changed. Its `release_key` says what it shows: a Discogs id or
"own:<id>" for one release, the key of a title ("m<master id>", "r<Discogs id>") for all pressings.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from typing import Any, NamedTuple, cast

from sqlalchemy import BindParameter, String, Table, bindparam, or_, select, update

from app.domain.matching.keys import title_key
from app.domain.picture_names import discogs_key
from app.extensions import db
from app.models import Copy, Image, Picture, Release
from app.models.base import utcnow
from app.services import catalogue_lock, preferences, shelf
from app.services.bulk import in_chunks
from app.services.image_store import ImageStore, KeptImage
from app.services.put_row import put

UPLOAD = "upload"
COVER_ORDER = "cover_order"
DEFAULT_ORDER = (UPLOAD, "coverart", "discogs", "itunes")


# Built once: an enrichment makes these statements for every picture.
_KEYS: BindParameter[Any] = bindparam("keys", expanding=True)
_NAMED = select(Picture).where(
    Picture.source == bindparam("source"), Picture.key == bindparam("key")
)
_IS_KNOWN = or_(
    Picture.image_sha256.is_not(None),
    Picture.fetched_at.is_not(None),
    Picture.gone_at.is_not(None),
)
_KNOWN = select(Picture.source, Picture.key).where(Picture.key.in_(_KEYS), _IS_KNOWN)
_RELEASES = cast(Table, Release.__table__)
_SHOW = update(_RELEASES).where(_RELEASES.c.id == bindparam("release"))
_CHANGED = (
    update(cast(Table, Copy.__table__))
    .where(Copy.release_id.in_(_KEYS))
    .values(changed_in=bindparam("version"))
)
_FACES = select(
    Release.id,
    Release.discogs_id,
    Release.master_discogs_id,
    Release.cover_url,
    Release.image_sha256,
).where(Release.owner_id == bindparam("owner"), Release.id.in_(_KEYS))
_SHOWABLE = (
    select(Picture.id, Picture.source, Picture.key, Picture.release_key, Picture.image_sha256)
    .where(Picture.release_key.in_(_KEYS))
    .where(Picture.image_sha256.is_not(None), Picture.gone_at.is_(None))
    .where((Picture.source != UPLOAD) | Picture.key.startswith(bindparam("mine", type_=String)))
)


def known(source: str, key: str) -> Picture | None:
    """The picture of this name: kept, let go for room, or gone. None where it is to be fetched."""
    picture: Picture | None = db.session.scalar(
        _NAMED.where(_IS_KNOWN), {"source": source, "key": key}
    )
    return picture


def known_among(names: Collection[tuple[str, str]]) -> set[tuple[str, str]]:
    """Which of these pictures, told by source and key, are known. One statement."""
    rows = db.session.execute(_KNOWN, {"keys": list({key for _source, key in names})})
    return {(row.source, row.key) for row in rows} & set(names)


def keep(
    store: ImageStore, source: str, key: str, release_key: str, url: str, data: bytes
) -> Picture:
    """Keep a fetched picture: its files at once, its rows with the caller's commit.

    To be called with no transaction open: the work on the picture takes a while. Raises
    UnusablePictureError (the bytes are no picture), NoRoomError (the disk is full).
    """
    note(source, key, release_key, url, store.add(data))
    return named(source, key)


def named(source: str, key: str) -> Picture:
    """The picture of this name, which is there, as it stands now."""
    query = _NAMED.execution_options(populate_existing=True)
    return db.session.scalars(query, {"source": source, "key": key}).one()


def note(source: str, key: str, release_key: str, url: str, image: KeptImage) -> None:
    """Write down where a picture in the store was found. Does not commit."""
    now = utcnow()
    row = {
        "sha256": image.sha256,
        "width": image.width,
        "height": image.height,
        "bytes": image.bytes,
        "colour": image.colour,
        "made_at": now,
        "used_at": now,
    }
    put(db.session.connection(), Image, ("sha256",), row, changed=("used_at",))
    found = {
        "release_key": release_key,
        "url": url,
        "image_sha256": image.sha256,
        "fetched_at": now,
        "gone_at": None,
    }
    _write(source, key, found)


def note_gone(source: str, key: str, release_key: str, url: str) -> None:
    """Write down that a picture is not to be had any more, so that nobody asks for it again.

    Does not commit.
    """
    _write(source, key, {"release_key": release_key, "url": url, "gone_at": utcnow()})


def note_own(owner_id: int, release_key: str, sha256: str, *, is_here: bool) -> None:
    """Write down that a person put in this picture of a release, whose files may be elsewhere.

    Does not commit.
    """
    image = sha256 if is_here else None
    found = {"release_key": release_key, "url": "", "image_sha256": image, "gone_at": None}
    _write(UPLOAD, upload_key(owner_id, release_key, sha256), found)


def upload_key(owner_id: int, release_key: str, sha256: str) -> str:
    """What a person's own picture of a release is called."""
    return f"{owner_id}/{release_key}/{sha256}"


def _write(source: str, key: str, found: dict[str, Any]) -> None:
    row = {"source": source, "key": key, **found}
    put(db.session.connection(), Picture, ("source", "key"), row)


def cover_order(owner_id: int) -> tuple[str, ...]:
    """The sources of covers, best first. A person's own picture always comes first."""
    chosen = preferences.get(owner_id, COVER_ORDER, DEFAULT_ORDER)
    known_ones = [source for source in chosen if source in DEFAULT_ORDER and source != UPLOAD]
    return (UPLOAD, *dict.fromkeys(known_ones))


class Shown(NamedTuple):
    """The releases (by id) whose cover is another one now, and those that have any."""

    changed: list[int]
    pictured: set[int]


def choose_cover(owner_id: int, release_ids: Iterable[int]) -> list[int]:
    """As `show_best`; returns those that changed."""
    return show_best(owner_id, release_ids).changed


def show_best(owner_id: int, release_ids: Iterable[int]) -> Shown:
    """Have these releases show the best picture known of each.

    Without a picture the sleeve is drawn. The shelf knows of it in the same commit, which is the
    caller's. A constant number of statements for every 500 releases.
    """
    catalogue_lock.hold(owner_id)
    order = cover_order(owner_id)
    all_shown = Shown([], set())
    for chunk in in_chunks(dict.fromkeys(release_ids), 500):
        shown = _choose(owner_id, chunk, order)
        all_shown.changed.extend(shown.changed)
        all_shown.pictured.update(shown.pictured)
    if all_shown.changed:
        version = shelf.next_version(owner_id)
        for chunk in in_chunks(all_shown.changed, 500):
            db.session.connection().execute(_CHANGED, {"keys": chunk, "version": version})
    return all_shown


def _choose(owner_id: int, release_ids: Sequence[int], order: Sequence[str]) -> Shown:
    releases = _faces(owner_id, release_ids)
    pictures = _pictures_by_key(owner_id, {key for face in releases for key in face.keys})
    best = {face.release_id: _best(face, pictures, order) for face in releases}
    changed = [face.release_id for face in releases if best[face.release_id] != face.shown]
    if changed:
        rows = [{"release": one, "image_sha256": best[one]} for one in changed]
        db.session.connection().execute(_SHOW, rows)
    return Shown(changed, {one for one, sha256 in best.items() if sha256 is not None})


def _best(face: _Face, pictures: dict[str, list[Any]], order: Sequence[str]) -> str | None:
    """The digest of the picture a release should show; None if there is none."""
    mine = [
        picture for key in face.keys for picture in pictures.get(key, ()) if picture.source in order
    ]
    best = min(mine, key=lambda picture: _rank(picture, face, order), default=None)
    return best.image_sha256 if best else None


class _Face(NamedTuple):
    """A release as far as its cover goes. `keys`: its own release key, then that of its title."""

    release_id: int
    keys: tuple[str, str]
    discogs_name: str | None
    shown: str | None


def _faces(owner_id: int, release_ids: Sequence[int]) -> list[_Face]:
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
        for row in db.session.execute(_FACES, {"owner": owner_id, "keys": release_ids})
    ]


def release_key(discogs_id: int | None, release_id: int) -> str:
    """The `release_key` of a picture that shows this very release."""
    return str(discogs_id) if discogs_id else f"own:{release_id}"


def _pictures_by_key(owner_id: int, keys: set[str]) -> dict[str, list[Any]]:
    """The pictures that can be shown. Of uploads only the person's own."""
    found: dict[str, list[Any]] = defaultdict(list)
    asked = {"keys": list(keys), "mine": f"{owner_id}/"}
    for row in db.session.execute(_SHOWABLE, asked):
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
