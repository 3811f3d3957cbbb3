"""Covers on the pages, and a person's own."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.extensions import db, set_reading
from app.models import Release
from app.services import covers
from app.services.image_store import ImageStore
from tests.pictures import giant_png, moving_picture, opened, picture
from tests.shelves import OWNER, put_on_shelf

RED, BLUE, GREY = picture("#b03020"), picture("#2030a0"), picture("#808080")
MBID = "0a1b2c3d-0000-4000-8000-0123456789ab"


@pytest.fixture
def store(app: Flask) -> ImageStore:
    return ImageStore(Path(app.instance_path))


@pytest.fixture
def release(app: Flask) -> int:
    """The page number of a record on the shelf, Discogs' release 1001."""
    put_on_shelf({"Title": "Kind Of Blue", "Artist": "Miles Davis"})
    return db.session.scalars(select(Release.id)).one()


@pytest.fixture
def cover(release: int, store: ImageStore) -> Callable[..., str]:
    """Have the record a cover of a source; its digest."""

    def make(data: bytes = RED, source: str = "coverart", key: str = f"release/{MBID}") -> str:
        set_reading(False)
        kept = covers.keep(store, source, key, "1001", "https://x.example/", data)
        covers.choose_cover(OWNER, [release])
        db.session.commit()
        assert kept.image_sha256
        return kept.image_sha256

    return make


def _upload(client: FlaskClient, release: int, data: bytes, name: str = "a.jpg") -> TestResponse:
    head = f'--x\r\nContent-Disposition: form-data; name="picture"; filename="{name}"\r\n\r\n'
    return client.post(
        f"/releases/{release}/cover",
        # By hand: the test client keeps long forms in a file that it does not close.
        data=head.encode() + data + b"\r\n--x--\r\n",
        content_type="multipart/form-data; boundary=x",
    )


def _shown(release: int) -> str | None:
    db.session.expire_all()
    return db.session.get_one(Release, release).image_sha256


@pytest.mark.parametrize(("size", "pixels"), [(150, 150), (300, 300), (600, 600), (1200, 600)])
def test_a_cover_is_served_for_a_year(
    client: FlaskClient, cover: Callable[..., str], size: int, pixels: int
) -> None:
    answer = client.get(f"/images/{cover()}-{size}.webp")

    assert answer.status_code == 200
    assert answer.mimetype == "image/webp"
    assert opened(answer.data).size == (pixels, pixels)
    assert answer.headers["Cache-Control"] == "private, max-age=31536000, immutable"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = client.get(
        f"/images/{cover()}-{size}.webp", headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert (again.status_code, again.data) == (304, b"")


def test_only_sizes_and_pictures_there_are_can_be_had(
    client: FlaskClient, cover: Callable[..., str]
) -> None:
    digest = cover()

    for path in (
        f"/images/{digest}-301.webp",
        f"/images/{digest}-0.webp",
        f"/images/{digest[:-1]}-300.webp",
        f"/images/{'0' * 64}-300.webp",
        "/images/..%2f..%2fgatefold.db-300.webp",
        f"/images/{'0' * 64}.css",
    ):
        assert client.get(path).status_code == 404, path


def test_a_picture_of_nobodys_shelf_is_not_shown(
    client: FlaskClient, app: Flask, store: ImageStore
) -> None:
    image = store.add(RED)
    covers.note("discogs", "R-7.jpeg", "7", "", image)
    db.session.commit()

    assert client.get(f"/images/{image.sha256}-300.webp").status_code == 404


def test_somebody_elses_own_picture_is_not_shown(client: FlaskClient, store: ImageStore) -> None:
    set_reading(False)
    kept = covers.keep(store, "upload", f"{OWNER + 1}/1001/x", "1001", "", RED)
    db.session.commit()

    for ending in ("-300.webp", ".css"):
        assert client.get(f"/images/{kept.image_sha256}{ending}").status_code == 404


def test_a_picture_whose_file_is_lost_is_not_found(
    client: FlaskClient, cover: Callable[..., str], store: ImageStore
) -> None:
    digest = cover()
    store.remove([digest])

    assert client.get(f"/images/{digest}-300.webp").status_code == 404


def test_wall_table_and_pages_show_the_picture_instead_of_the_drawing(
    client: FlaskClient, release: int, cover: Callable[..., str]
) -> None:
    pages = ("/collection", "/collection?view=table", f"/releases/{release}", "/discover")
    for page in pages:
        assert f"/sleeves/{release}-" in client.get(page).text

    digest = cover()

    for page in pages:
        text = client.get(page).text
        assert f"/images/{digest}-" in text, page
        assert f"/sleeves/{release}-" not in text, page
    assert f'srcset="/images/{digest}-600.webp 2x" data-tint="#af301f"' in (
        client.get("/collection").text
    )


def test_the_release_page_says_where_the_cover_is_from(
    client: FlaskClient, release: int, cover: Callable[..., str]
) -> None:
    cover()

    text = client.get(f"/releases/{release}").text
    assert f'<a href="https://musicbrainz.org/release/{MBID}" rel="external">' in text
    assert "Cover Art Archive" in text
    assert 'width="600" height="600" alt="Kind Of Blue by Miles Davis"' in text


def test_the_page_takes_its_accent_from_the_cover(
    client: FlaskClient, release: int, cover: Callable[..., str]
) -> None:
    digest = cover()

    assert f'<link rel="stylesheet" href="/images/{digest}.css">' in (
        client.get(f"/releases/{release}").text
    )
    sheet = client.get(f"/images/{digest}.css")
    assert sheet.mimetype == "text/css"
    assert sheet.text.startswith(":root { --accent: light-dark(#")


def test_a_grey_cover_leaves_the_page_its_own_accent(
    client: FlaskClient, cover: Callable[..., str]
) -> None:
    assert "--accent" not in client.get(f"/images/{cover(GREY)}.css").text


def test_an_uploaded_picture_is_the_cover(
    client: FlaskClient, release: int, cover: Callable[..., str]
) -> None:
    cover()
    answer = _upload(client, release, BLUE)

    assert (answer.status_code, answer.location) == (302, f"/releases/{release}")
    page = client.get(f"/releases/{release}").text
    assert f"/images/{_shown(release)}-600.webp" in page
    assert "Cover: your own picture" in page
    assert "Put your picture away" in page


def test_an_uploaded_picture_is_put_away_and_back(client: FlaskClient, release: int) -> None:
    _upload(client, release, BLUE)
    mine = _shown(release)

    client.post(f"/releases/{release}/cover/remove")
    assert _shown(release) is None
    page = client.get(f"/releases/{release}").text
    assert "Put your earlier picture back" in page

    client.post(f"/releases/{release}/cover/restore")
    assert _shown(release) == mine
    assert "Put your earlier picture back" not in client.get(f"/releases/{release}").text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "no picture we can read"),
        (b"<!doctype html><script>alert(1)</script>", "no picture we can read"),
        (RED[: len(RED) // 2], "damaged"),
        (giant_png(10_000), "50 million pixels"),
        (b"\xff\xd8\xff" + b"\0" * 26_300_000, "larger than 25 MB"),
        (b"", "no picture we can read"),
    ],
    ids=["svg", "html", "half", "giant", "too long", "empty"],
)
def test_u17_what_is_no_picture_is_refused_at_the_field(
    client: FlaskClient, release: int, data: bytes, sentence: str
) -> None:
    answer = _upload(client, release, data)

    assert answer.status_code == 422
    assert client.get(f"/releases/{release}/cover").location == f"/releases/{release}"
    assert '<details class="cover-own" open>' in answer.text
    assert 'id="picture-error"' in answer.text
    assert sentence in answer.text
    assert _shown(release) is None


def test_a_form_without_a_file_is_sent_back(client: FlaskClient, release: int) -> None:
    answer = client.post(f"/releases/{release}/cover")

    assert answer.status_code == 422
    assert "Choose a picture first." in answer.text


def test_a_body_beyond_all_measure_is_not_even_read(client: FlaskClient, release: int) -> None:
    assert _upload(client, release, b"\0" * 71_000_000).status_code == 413


def test_a_moving_picture_stands_still(client: FlaskClient, release: int) -> None:
    assert _upload(client, release, moving_picture(), "a.gif").status_code == 302

    served = opened(client.get(f"/images/{_shown(release)}-300.webp").data)
    assert getattr(served, "n_frames", 1) == 1


def test_s18_a_full_disk_is_told_and_changes_nothing(
    client: FlaskClient, release: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    _upload(client, release, BLUE)
    before = _shown(release)

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    answer = _upload(client, release, RED)

    assert answer.status_code == 507
    assert "No space left on device" in answer.text
    assert _shown(release) == before


@pytest.mark.parametrize("what", ["/remove", "/restore"])
def test_a_record_that_does_not_exist_has_no_cover(client: FlaskClient, what: str) -> None:
    assert client.post(f"/releases/99/cover{what}").status_code == 404
    assert _upload(client, 99, RED).status_code == 404
