"""Covers: kept once, known by name, chosen in order; and a person's own picture."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from app.domain.picture_files import UnusablePictureError
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Copy, Image, Picture, Release, User
from app.models.base import utcnow
from app.services import covers, image_room, own_cover, preferences
from app.services.image_store import ImageStore, NoRoomError
from tests.pictures import picture
from tests.shelves import OWNER, put_on_shelf

RED, GREEN, BLUE, GOLD = (
    picture(colour) for colour in ("#b03020", "#208030", "#2030a0", "#c0a020")
)


@pytest.fixture
def store(tmp_path: Path) -> ImageStore:
    return ImageStore(tmp_path)


@pytest.fixture
def shelf(each_database: Flask) -> Callable[[], Release]:
    """One record on the shelf, Discogs' release 1001; calling gives its present row."""
    put_on_shelf({"Title": "Kind Of Blue"})
    return lambda: db.session.scalars(
        select(Release).execution_options(populate_existing=True)
    ).one()


def _keep(store: ImageStore, source: str, data: bytes, key: str = "", about: str = "1001") -> str:
    """Have a picture of a source, shown if it is the best; its digest."""
    kept = covers.keep(store, source, key or f"{source}-key", about, "https://x.example/", data)
    covers.choose_cover(OWNER, db.session.scalars(select(Release.id)).all())
    db.session.commit()
    assert kept.image_sha256
    return kept.image_sha256


def _files(store: ImageStore) -> list[str]:
    return sorted(path.name for path in store.folder.rglob("*") if path.is_file())


def test_a_kept_picture_is_shown_in_every_size(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    digest = _keep(store, "discogs", RED)

    assert shelf().image_sha256 == digest
    assert [store.find(digest, size) is not None for size in (150, 300, 600, 1200)] == [True] * 4
    image = db.session.get_one(Image, digest)
    assert (image.width, image.height, image.colour) == (600, 600, "#af301f")
    assert image.bytes == sum(path.stat().st_size for path in store.folder.rglob("*.webp"))


def test_the_same_picture_of_two_sources_is_kept_once(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    first = _keep(store, "discogs", RED)
    files = _files(store)

    assert _keep(store, "coverart", RED) == first
    assert _files(store) == files
    assert db.session.scalar(select(func.count()).select_from(Image)) == 1
    assert db.session.scalar(select(func.count()).select_from(Picture)) == 2


def test_a_picture_is_known_by_its_name_under_a_new_address(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    covers.keep(store, "discogs", "R-1.jpeg", "1001", "https://old.example/", RED)
    again = covers.keep(store, "discogs", "R-1.jpeg", "1001", "https://new.example/", RED)
    db.session.commit()

    assert covers.known("discogs", "R-1.jpeg") is again
    assert again.url == "https://new.example/"
    assert covers.known("discogs", "R-2.jpeg") is None
    assert covers.known("coverart", "R-1.jpeg") is None


def test_the_cover_order_decides_and_can_be_changed(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    discogs = _keep(store, "discogs", RED)
    shop = _keep(store, "itunes", GREEN)
    assert shelf().image_sha256 == discogs

    archive = _keep(store, "coverart", BLUE)
    assert shelf().image_sha256 == archive

    preferences.put(OWNER, "cover_order", ["itunes", "discogs"])
    covers.choose_cover(OWNER, [shelf().id])
    assert shelf().image_sha256 == shop


def test_a_picture_of_this_pressing_goes_before_one_of_the_title(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    of_title = _keep(store, "coverart", RED, "release-group/x", about="r1001")
    assert shelf().image_sha256 == of_title

    of_pressing = _keep(store, "coverart", GREEN, "release/x")
    assert shelf().image_sha256 == of_pressing


def test_the_picture_discogs_shows_now_goes_before_older_ones(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    db.session.execute(update(Release).values(cover_url="https://img.example/R-1.jpeg"))
    now = _keep(store, "discogs", RED, "R-1.jpeg")
    _keep(store, "discogs", GREEN, "R-2.jpeg")

    assert shelf().image_sha256 == now


def test_a_picture_that_is_gone_makes_way(shelf: Callable[[], Release], store: ImageStore) -> None:
    second = _keep(store, "discogs", RED)
    _keep(store, "coverart", BLUE)
    covers.note_gone("coverart", "coverart-key", "1001", "")

    assert covers.choose_cover(OWNER, [shelf().id]) == [shelf().id]
    assert shelf().image_sha256 == second


def test_the_shelf_is_told_of_a_new_cover_once(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    before = db.session.scalars(select(User.collection_version)).one()
    _keep(store, "discogs", RED)

    assert db.session.scalars(select(User.collection_version)).one() == before + 1
    assert db.session.scalars(select(Copy.changed_in)).one() == before + 1
    assert covers.choose_cover(OWNER, [shelf().id]) == []
    assert db.session.scalars(select(User.collection_version)).one() == before + 1


def test_somebody_elses_upload_is_not_shown(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    image = store.add(RED)
    covers.note("upload", f"{OWNER + 10}/1001/x", "1001", "", image)

    assert covers.choose_cover(OWNER, [shelf().id]) == []
    assert shelf().image_sha256 is None


# --- a person's own ------------------------------------------------------------------------------


def test_an_own_picture_is_shown_instead_of_any_other(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    _keep(store, "coverart", BLUE)
    own = own_cover.upload(store, OWNER, shelf().id, GOLD)
    preferences.put(OWNER, "cover_order", ["discogs"])
    covers.choose_cover(OWNER, [shelf().id])

    assert shelf().image_sha256 == own.image_sha256


def test_an_own_picture_is_put_away_and_put_back(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    archive = _keep(store, "coverart", BLUE)
    own = own_cover.upload(store, OWNER, shelf().id, GOLD).image_sha256

    assert own_cover.remove_upload(OWNER, shelf().id) is True
    assert shelf().image_sha256 == archive
    assert own_cover.remove_upload(OWNER, shelf().id) is False

    own_cover.restore_upload(OWNER, shelf().id)
    assert shelf().image_sha256 == own


def test_a_replaced_picture_can_be_had_back(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    first = own_cover.upload(store, OWNER, shelf().id, GOLD).image_sha256
    second = own_cover.upload(store, OWNER, shelf().id, RED).image_sha256
    assert shelf().image_sha256 == second

    own_cover.restore_upload(OWNER, shelf().id)
    assert shelf().image_sha256 == first

    own_cover.restore_upload(OWNER, shelf().id)
    assert shelf().image_sha256 == second


def test_the_same_picture_can_be_two_records_own(each_database: Flask, store: ImageStore) -> None:
    put_on_shelf({"Title": "One"}, {"Title": "Two"})
    one, two = db.session.scalars(select(Release.id).order_by(Release.id)).all()
    own_cover.upload(store, OWNER, one, RED)
    own_cover.upload(store, OWNER, two, RED)
    own_cover.remove_upload(OWNER, one)

    assert db.session.get_one(Release, one).image_sha256 is None
    assert db.session.get_one(Release, two).image_sha256 is not None


def test_nothing_of_ones_own_can_be_put_back_where_nothing_was(
    shelf: Callable[[], Release],
) -> None:
    with pytest.raises(InvalidInputError):
        own_cover.restore_upload(OWNER, shelf().id)


def test_a_file_that_is_no_picture_changes_nothing(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    own = own_cover.upload(store, OWNER, shelf().id, GOLD).image_sha256

    with pytest.raises(UnusablePictureError):
        own_cover.upload(store, OWNER, shelf().id, b"<svg/>")

    assert shelf().image_sha256 == own


def test_nobody_gives_another_ones_record_a_picture(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    for attempt in (
        lambda: own_cover.upload(store, OWNER + 10, shelf().id, GOLD),
        lambda: own_cover.remove_upload(OWNER + 10, shelf().id),
        lambda: own_cover.restore_upload(OWNER + 10, shelf().id),
    ):
        with pytest.raises(NotFoundError):
            attempt()
    assert not store.folder.exists()


# --- room ----------------------------------------------------------------------------------------


def _used(store: ImageStore, digest: str, days_ago: int) -> None:
    moment = utcnow() - timedelta(days=days_ago)
    db.session.execute(update(Image).where(Image.sha256 == digest).values(used_at=moment))
    db.session.commit()
    for path in store.folder.rglob(f"{digest}*"):
        os.utime(path, (moment.timestamp(), moment.timestamp()))


def test_s18_what_was_not_looked_at_for_longest_goes_first(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    discogs, archive = _keep(store, "discogs", RED), _keep(store, "coverart", BLUE)
    _used(store, archive, 9)
    _used(store, discogs, 3)
    size = db.session.get_one(Image, discogs).bytes

    assert image_room.make_room(store, size + 100) == 1

    assert store.find(archive, 300) is None
    assert store.find(discogs, 300) is not None
    assert shelf().image_sha256 == discogs
    assert db.session.scalars(select(Image.sha256)).all() == [discogs]


def test_s18_own_pictures_are_never_let_go(shelf: Callable[[], Release], store: ImageStore) -> None:
    own = own_cover.upload(store, OWNER, shelf().id, GOLD).image_sha256
    assert own
    other = _keep(store, "discogs", RED)
    _used(store, own, 900)

    assert image_room.make_room(store, 0) == 1

    assert store.find(own, 600) is not None
    assert store.find(other, 600) is None
    assert shelf().image_sha256 == own


def test_nothing_goes_while_there_is_room(shelf: Callable[[], Release], store: ImageStore) -> None:
    _keep(store, "discogs", RED)

    assert image_room.make_room(store, 1_000_000) == 0
    assert shelf().image_sha256


def test_a_picture_let_go_is_remembered_and_wanted_when_asked_for(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    _keep(store, "discogs", RED, "R-1.jpeg")
    image_room.make_room(store, 0)

    assert shelf().image_sha256 is None
    assert covers.known("discogs", "R-1.jpeg") is not None
    assert image_room.ask_again(["1001"]) == 1
    assert covers.known("discogs", "R-1.jpeg") is None

    digest = _keep(store, "discogs", RED, "R-1.jpeg")
    assert shelf().image_sha256 == digest


def test_s18_a_picture_kept_in_the_moment_it_went_is_not_shown_without_its_file(
    shelf: Callable[[], Release], store: ImageStore
) -> None:
    _keep(store, "discogs", RED, "R-1.jpeg")
    same = store.add(RED)
    image_room.make_room(store, 0)
    covers.note("discogs", "R-1.jpeg", "1001", "", same)  # its files are gone by now
    covers.choose_cover(OWNER, [shelf().id])
    db.session.commit()

    image_room.make_room(store, 1_000_000)

    assert shelf().image_sha256 is None
    assert covers.known("discogs", "R-1.jpeg") is None, "it may be fetched again"


def test_s18_looking_at_a_picture_keeps_it(shelf: Callable[[], Release], store: ImageStore) -> None:
    archive, discogs = _keep(store, "coverart", BLUE), _keep(store, "discogs", RED)
    for digest, days in ((archive, 9), (discogs, 3)):
        _used(store, digest, days)
    store.use(archive, 300)

    image_room.make_room(store, db.session.get_one(Image, archive).bytes + 100)

    assert store.find(archive, 300) is not None
    assert store.find(discogs, 300) is None


def test_looking_at_a_picture_is_noted_once_a_day(store: ImageStore) -> None:
    digest = store.add(RED).sha256
    noted = store.used_at(digest)
    store.use(digest, 150)
    assert store.used_at(digest) == noted

    for path in store.folder.rglob(f"{digest}*"):
        os.utime(path, (1_000_000, 1_000_000))
    store.use(digest, 150)
    assert store.used_at(digest) > noted - timedelta(minutes=1)
    assert store.use("0" * 64, 150) is None


# --- the disk ------------------------------------------------------------------------------------


def test_s18_a_full_disk_keeps_nothing_by_halves(
    shelf: Callable[[], Release], store: ImageStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = own_cover.upload(store, OWNER, shelf().id, GOLD).image_sha256
    files = _files(store)
    flushed = []

    def full(handle: int) -> None:
        flushed.append(handle)
        if len(flushed) == 3:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(NoRoomError, match="No space left"):
        own_cover.upload(store, OWNER, shelf().id, RED)

    assert shelf().image_sha256 == own
    assert _files(store) == files


def test_names_that_are_no_digests_find_no_file(store: ImageStore, tmp_path: Path) -> None:
    (tmp_path / "secret.webp").write_bytes(b"x")

    for name in ("../secret", "../../secret", "", "a" * 63, "A" * 64, "a" * 64 + "\n"):
        assert store.find(name, 1200) is None
    assert store.find("a" * 64, 301) is None
