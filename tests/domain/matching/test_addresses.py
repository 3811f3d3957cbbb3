from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.matching.addresses import Address, homepage, recognise

ALBUM = "3LDV2xGL9HiqCsQujEPQLb"


@pytest.mark.parametrize(
    ("url", "provider", "thing", "remote_id", "clean"),
    [
        (f"https://open.spotify.com/album/{ALBUM}?si=abc&utm_source=x", "spotify", "album", ALBUM,
         f"https://open.spotify.com/album/{ALBUM}"),
        (f"http://play.spotify.com/intl-de/album/{ALBUM}", "spotify", "album", ALBUM,
         f"https://open.spotify.com/album/{ALBUM}"),
        ("https://music.apple.com/jp/album/1786972161", "apple_music", "album", "1786972161",
         "https://music.apple.com/jp/album/1786972161"),
        ("https://itunes.apple.com/us/album/kind-of-blue/id268443092?uo=4", "apple_music", "album",
         "268443092", "https://music.apple.com/us/album/268443092"),
        ("https://geo.music.apple.com/album/268443092", "apple_music", "album", "268443092",
         "https://music.apple.com/us/album/268443092"),
        ("http://www.wikidata.org/entity/Q150901", "wikidata", "item", "Q150901",
         "https://www.wikidata.org/wiki/Q150901"),
        ("https://en.wikipedia.org/wiki/%E2%98%85_(album)#Cover", "wikipedia", "article",
         "en:★ (album)", "https://en.wikipedia.org/wiki/%E2%98%85_(album)"),
        ("https://de.m.wikipedia.org/wiki/Autobahn_(Album)", "wikipedia", "article",
         "de:Autobahn (Album)", "https://de.wikipedia.org/wiki/Autobahn_(Album)"),
        ("https://www.discogs.com/master/5460", "discogs", "master", "5460",
         "https://www.discogs.com/master/5460"),
        ("https://www.discogs.com/Miles-Davis-Kind-Of-Blue/master/5460", "discogs", "master",
         "5460", "https://www.discogs.com/master/5460"),
        ("https://www.discogs.com/de/master/5460-Miles-Davis-Kind-Of-Blue", "discogs", "master",
         "5460", "https://www.discogs.com/master/5460"),
        ("https://www.youtube.com/playlist?list=OLAK5uy_abcdef&feature=share", "youtube", "album",
         "OLAK5uy_abcdef", "https://www.youtube.com/playlist?list=OLAK5uy_abcdef"),
        ("https://youtu.be/dQw4w9WgXcQ?t=3", "youtube", "video", "dQw4w9WgXcQ",
         "https://www.youtube.com/watch?v=dQw4w9WgXcQ"),
        ("http://artist.bandcamp.com/album/a-record?from=hp", "bandcamp", "album",
         "artist/a-record", "https://artist.bandcamp.com/album/a-record"),
        ("https://www.allmusic.com/album/kind-of-blue-mw0000191710", "allmusic", "album",
         "mw0000191710", "https://www.allmusic.com/album/mw0000191710"),
        ("https://www.allmusic.com/album/mw0000191710", "allmusic", "album", "mw0000191710",
         "https://www.allmusic.com/album/mw0000191710"),
    ],
)  # fmt: skip
def test_a_services_page_is_known_by_its_host_and_cleaned(
    url: str, provider: str, thing: str, remote_id: str, clean: str
) -> None:
    assert recognise(url) == Address(provider, thing, remote_id, clean)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        f"ftp://open.spotify.com/album/{ALBUM}",
        f"https://open.spotify.com.evil.test/album/{ALBUM}",
        f"https://evil.test/open.spotify.com/album/{ALBUM}",
        f"https://open.spotify.com@evil.test/album/{ALBUM}",
        "https://open.spotify.com/album/short",
        f"https://open.spotify.com/track/{ALBUM}",
        "https://music.apple.com/jp/song/1857886416",
        "https://www.wikidata.org/wiki/Property:P31",
        "https://en.wikipedia.org/w/index.php?title=X",
        "https://www.youtube.com/watch?v=<script>",
        "https://[broken",
        "https://en.wikipedia.org:99999/wiki/X",
        "open.spotify.com/album/x",
        "https://" + "a" * 3_000,
        "",
    ],
)
def test_anything_else_is_no_page_of_a_service(url: str) -> None:
    assert recognise(url) is None


def test_a_homepage_keeps_its_path_and_loses_its_query() -> None:
    found = homepage("http://www.Kraftwerk.com/music?utm_source=mb")

    assert found == Address(
        "homepage", "page", "www.kraftwerk.com", "http://www.kraftwerk.com/music"
    )
    assert homepage("javascript:alert(1)//x.test") is None
    assert homepage("http://localhost/admin") is None


@given(st.text(max_size=80) | st.builds("https://{}/{}".format, st.text(), st.text()))
def test_no_text_breaks_it_and_what_comes_out_is_https(text: str) -> None:
    found = recognise(text)

    assert found is None or found.url.startswith("https://")
    homepage(text)
