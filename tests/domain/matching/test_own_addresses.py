from __future__ import annotations

import pytest

from app.domain.matching.own_addresses import album_address

MBID = "8e8a594f-2175-38c7-a871-abb68ec363e7"


@pytest.mark.parametrize(
    ("text", "provider", "url"),
    [
        (
            f"https://musicbrainz.org/release-group/{MBID}?tab=x",
            "musicbrainz",
            f"https://musicbrainz.org/release-group/{MBID}",
        ),
        (
            f"http://beta.musicbrainz.org/release/{MBID.upper()}/cover-art",
            "musicbrainz",
            f"https://musicbrainz.org/release/{MBID}",
        ),
        (
            "miles.bandcamp.com/album/kind-of-blue",
            "bandcamp",
            "https://miles.bandcamp.com/album/kind-of-blue",
        ),
        (
            " https://en.wikipedia.org/wiki/Kind_of_Blue ",
            "wikipedia",
            "https://en.wikipedia.org/wiki/Kind_of_Blue",
        ),
    ],
)
def test_a_page_about_a_record_is_recognised(text: str, provider: str, url: str) -> None:
    address = album_address(text)

    assert (address.provider, address.url) == (provider, url)
