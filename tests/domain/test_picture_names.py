"""Discogs' pictures: addresses change, names stay."""

from __future__ import annotations

import base64

import pytest

from app.domain.picture_names import discogs_key

NAME = "R-6279933-1415470633-4125.jpeg"


def _address(signature: str, size: int, bucket: str = "discogs-database-images") -> str:
    packed = base64.urlsafe_b64encode(f"s3://{bucket}/{NAME}".encode()).decode().rstrip("=")
    cut = "/".join(packed[place : place + 16] for place in range(0, len(packed), 16))
    options = f"rs:fit/g:sm/q:90/h:{size}/w:{size}"
    return f"https://i.discogs.com/{signature}/{options}/{cut}.jpeg"


def test_a_picture_keeps_its_name_under_every_address() -> None:
    addresses = [
        _address("aB-c_1", 600),
        _address("other--signature", 150),
        _address("aB-c_1", 600, "discogs-images"),
        f"https://img.discogs.com/x=/fit-in/600x594/filters:quality(90)/discogs-images/{NAME}.jpg",
        f"https://api-img.discogs.com/y=/fit-in/150x150/discogs-images/{NAME}.jpg",
        f"http://127.0.0.1:5081/img/{NAME}",
    ]

    assert {discogs_key(address) for address in addresses} == {NAME}


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://st.discogs.com/0a1b/images/spacer.gif",
        "https://api-img.discogs.com/images/spacer.gif",
        "http://[half",
    ],
)
def test_no_picture_has_no_name(url: str) -> None:
    assert discogs_key(url) is None


def test_names_that_cannot_be_read_are_still_told_apart() -> None:
    keys = {
        discogs_key(f"https://i.discogs.com/s/rs:fit/w:600/%FF%FE{n}/{n}.jpeg") for n in range(3)
    }

    assert len(keys) == 3
    assert len(discogs_key("https://i.discogs.com/" + "a" * 999) or "") == 300
