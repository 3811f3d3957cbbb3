"""iTunes, Apple Music and Spotify: what they are asked, and what they find."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from app.clients.apple_music import AppleMusicClient
from app.clients.spotify import SpotifyClient
from app.domain.matching.facts import Candidate
from tests.clients.conftest import RecordingLimiter
from tests.clients.shops import DUO, EP, HITS, KIND_OF_BLUE, NAMES, SINGLE, TRIBUTE, Shop, Shops


@pytest.fixture
def shops(limiter: RecordingLimiter, pauses: list[float]) -> Iterator[Shops]:
    with Shops(limiter, pauses) as shops:
        yield shops


@pytest.fixture(params=NAMES)
def shop(request: pytest.FixtureRequest, shops: Shops) -> Shop:
    """Each shop in turn."""
    return shops.open(request.param)


def test_a_search_is_one_call_and_finds_the_album_and_its_decoys(shop: Shop) -> None:
    found = shop.connect().search_albums("Miles Davis", "Kind of Blue")

    titles = [candidate.title for candidate in found]
    assert KIND_OF_BLUE.title in titles
    assert (TRIBUTE.title in titles) == (shop.name != "spotify")  # which searches by field
    assert shop.searches() == 1


def test_what_is_found_is_told_in_our_words(shop: Shop) -> None:
    found = shop.connect().search_albums("Miles Davis", "Kind of Blue")

    record = next(each for each in found if each.title == KIND_OF_BLUE.title)
    assert (
        record
        == {
            "itunes": Candidate(
                "268443092",
                "https://music.apple.com/us/album/name/268443092",
                "Kind of Blue",
                ("Miles Davis",),
                1959,
                5,
                "album",
                artwork_url="https://is1-ssl.mzstatic.com/image/thumb/Music/268443092/source/600x600bb.jpg",
            ),
            "apple_music": Candidate(
                "268443092",
                "https://music.apple.com/us/album/name/268443092",
                "Kind of Blue",
                ("Miles Davis",),
                1959,
                5,
                "album",
                barcode="886972490120",
            ),
            "spotify": Candidate(
                "0000000000000268443092",
                "https://open.spotify.com/album/0000000000000268443092",
                "Kind of Blue",
                ("Miles Davis",),
                1959,
                5,
                "album",
            ),
        }[shop.name]
    )


def test_singles_eps_and_compilations_are_told_apart_and_keep_their_plain_titles(
    shop: Shop,
) -> None:
    client = shop.connect()

    found = [client.search_albums("Miles Davis", each.title)[0] for each in (SINGLE, EP, HITS)]

    assert [(each.title, each.kind) for each in found] == [
        ("So What", "single"),
        ("Facets", "ep"),
        ("Greatest Hits", "compilation"),
    ]


def test_nothing_found_is_empty_and_no_words_cost_no_call(shop: Shop) -> None:
    client = shop.connect()

    assert client.search_albums("Nobody At All", "Quite Unheard Of") == ()
    assert client.search_albums(" ", "\t") == ()
    assert shop.searches() == 1


def test_at_most_so_many_are_told_as_asked_for_and_ten_where_more_is_refused(shop: Shop) -> None:
    shop.stand_in.albums = [replace(KIND_OF_BLUE, number=each) for each in range(1, 41)]
    client = shop.connect()

    assert len(client.search_albums("Miles Davis", "Kind of Blue", limit=3)) == 3
    most = {"itunes": 30, "apple_music": 25, "spotify": 10}[shop.name]
    assert len(client.search_albums("Miles Davis", "Kind of Blue", limit=30)) == most


def test_a_title_of_a_thousand_words_is_cut_between_words(shop: Shop) -> None:
    shop.connect().search_albums("Fiona Apple", "pawn " * 1000)

    query = shop.stand_in.requests[-1].query
    asked = query.get("term") or query["q"]
    assert len(asked) <= 250
    assert asked.endswith("pawn")


def test_quotes_and_colons_in_a_title_do_not_command_spotify(shops: Shops) -> None:
    spotify_shop = shops.open("spotify")
    spotify_shop.connect().search_albums('"Weird Al": Yankovic', "upc:1 \u201cBad\u201d Hair Day")

    query = spotify_shop.stand_in.requests[-1].query
    assert query["q"] == "artist:Weird Al Yankovic album:upc 1 Bad Hair Day"
    assert query["type"] == "album"
    assert "market" not in query


def test_a_barcode_finds_its_album_in_one_call(shops: Shops) -> None:
    for name in ("itunes", "spotify"):
        shop = shops.open(name)
        client = shop.connect()
        assert not isinstance(client, AppleMusicClient)

        (found,) = client.by_barcode("8 86972-49012 0")

        assert (found.title, found.barcode) == ("Kind of Blue", "886972490120")
        assert client.by_barcode("none on sleeve 12") == ()
        assert len([each for each in shop.stand_in.requests if each.method == "GET"]) == 1


def test_an_album_of_spotify_is_asked_for_by_its_id(shops: Shops) -> None:
    shop = shops.open("spotify")
    client = shop.connect()

    assert isinstance(client, SpotifyClient)

    album = client.album(KIND_OF_BLUE.code)

    assert album is not None
    assert (album.title, album.remote_id) == ("Kind of Blue", KIND_OF_BLUE.code)
    assert client.album("x" * 22) is None
    assert client.album("../search") is None, "which is no id, and costs no call"
    assert shop.stand_in.calls("/v1/albums/") == 2


def test_25_barcodes_are_one_call_to_apple_music(shops: Shops) -> None:
    apple_shop = shops.open("apple_music")
    client = apple_shop.connect()
    assert isinstance(client, AppleMusicClient)
    others = [f"12345678{number:04d}" for number in range(22)]

    found = client.albums_by_barcode(
        [KIND_OF_BLUE.upc, "8 86972-49012 0", "no barcode", DUO.upc, *others]
    )

    assert [(each.title, each.barcode) for each in found] == [
        ("Kind of Blue", KIND_OF_BLUE.upc),
        ("Djesse", DUO.upc),
    ]
    assert client.albums_by_barcode(["", "n/a"]) == ()
    assert len(apple_shop.stand_in.requests) == 1
    with pytest.raises(ValueError, match="at most 25"):
        client.albums_by_barcode([f"12345678{number:04d}" for number in range(26)])


def test_the_shop_of_the_country_is_asked(shops: Shops) -> None:
    for name, options in (
        ("itunes", {"country": "de"}),
        ("apple_music", {"storefront": "de"}),
        ("spotify", {"market": "DE"}),
    ):
        shop = shops.open(name)
        shop.connect(**options).search_albums("Miles Davis", "Kind of Blue")

        assert "de" in shop.stand_in.requests[-1].target.lower()


def test_several_artists_stay_several_where_the_shop_tells_them_apart(shop: Shop) -> None:
    found = shop.connect().search_albums("Jacob Collier", "Djesse")[0]

    assert found.artists == {
        "spotify": ("Jacob Collier", "Metropole Orkest"),
    }.get(shop.name, ("Jacob Collier & Metropole Orkest",))


def test_songs_beside_the_albums_of_itunes_are_passed_over(shops: Shops) -> None:
    def edit(body: Any) -> None:
        body["results"].insert(0, {"wrapperType": "track", "trackName": "So What"})

    shop = shops.open("itunes")
    shop.stand_in.fail_next("/search", "edited", edit=edit)

    assert "Kind of Blue" in shop.search()
