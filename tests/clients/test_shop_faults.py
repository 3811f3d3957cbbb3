"""How the clients of the shops take it when a shop, or something on the way, misbehaves.

The rows named (U3, U10 …) are those of the list of faults the job must survive.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest

from app.errors import OddAnswerError, RateLimitedError, RefusedError, UnavailableError
from tests.clients.conftest import USER_AGENT, RecordingLimiter
from tests.clients.shops import KIND_OF_BLUE, NAMES, Shop, Shops


@pytest.fixture
def shops(limiter: RecordingLimiter, pauses: list[float]) -> Iterator[Shops]:
    with Shops(limiter, pauses) as shops:
        yield shops


@pytest.fixture(params=NAMES)
def shop(request: pytest.FixtureRequest, shops: Shops) -> Shop:
    """Each shop in turn."""
    return shops.open(request.param)


def test_every_call_names_us_and_asks_the_limiter(shop: Shop, limiter: RecordingLimiter) -> None:
    shop.search()

    requests = shop.stand_in.requests
    assert len(requests) == limiter.acquired
    assert {each.headers["User-Agent"] for each in requests} == {USER_AGENT}


def test_u1_after_429_the_limiter_waits_and_the_search_goes_on(
    shop: Shop, limiter: RecordingLimiter, pauses: list[float]
) -> None:
    shop.stand_in.fail_next(shop.path, "rate_limited", retry_after=7)

    assert shop.connect().search_albums("Miles Davis", "Kind of Blue")
    assert limiter.penalties == [7.0]
    assert sum(pauses) == 0


def test_u3_a_pause_of_a_day_is_told_at_once_and_only_of_this_shop(
    shop: Shop, limiter: RecordingLimiter, pauses: list[float]
) -> None:
    shop.stand_in.fail_next(shop.path, "rate_limited", times=9, retry_after=86_400)

    with pytest.raises(RateLimitedError) as limited:
        shop.connect().search_albums("Miles Davis", "Kind of Blue")

    assert (limited.value.provider, limited.value.retry_after) == (shop.name, 86_400.0)
    assert shop.searches() == 1
    assert pauses == []
    assert limiter.penalties == [300.0]


def test_u3_the_window_of_each_shop_refuses_as_that_shop_does(shop: Shop) -> None:
    shop.stand_in.window.on = True
    shop.stand_in.window.limit = 1
    shop.search()

    with pytest.raises(RateLimitedError) as limited:
        shop.search()

    told = limited.value.retry_after
    assert told is None if shop.name != "spotify" else told is not None and 1 <= told <= 30


@pytest.mark.parametrize("how", [{"status": 200}, {"status": 403}])
def test_itunes_says_too_often_by_an_empty_answer(
    shops: Shops, limiter: RecordingLimiter, how: dict[str, int]
) -> None:
    shop = shops.open("itunes")
    shop.stand_in.fail_next("/search", "blank", **how)

    with pytest.raises(RateLimitedError) as limited:
        shop.search()

    assert limited.value.retry_after is None
    assert limiter.penalties[0] is None


@pytest.mark.parametrize("kind", ["server_error", "bad_gateway", "reset", "truncated"])
def test_a_passing_fault_is_tried_again(shop: Shop, pauses: list[float], kind: str) -> None:
    shop.stand_in.fail_next(shop.path, kind)

    assert shop.connect().search_albums("Miles Davis", "Kind of Blue")
    assert shop.searches() == 2
    assert len(pauses) == 1


@pytest.mark.parametrize("kind", ["hang", "trickle"])
def test_u5_no_call_lasts_longer_than_its_deadline(shop: Shop, kind: str) -> None:
    shop.stand_in.fail_next(shop.path, kind)
    started = time.monotonic()

    with pytest.raises(UnavailableError, match="took too long") as failed:
        shop.search()

    assert failed.value.provider == shop.name
    assert time.monotonic() - started < 3


@pytest.mark.parametrize("kind", ["firewall", "web_page"])
def test_u6_a_web_page_is_a_firewall(shop: Shop, kind: str) -> None:
    shop.stand_in.fail_next(shop.path, kind)

    with pytest.raises(RefusedError) as refused:
        shop.search()

    assert refused.value.reason == "blocked"
    assert shop.searches() == 1


def test_u7_half_a_json_is_an_odd_answer(shop: Shop) -> None:
    shop.stand_in.fail_next(shop.path, "half_json")

    with pytest.raises(OddAnswerError) as odd:
        shop.search()

    assert (odd.value.provider, odd.value.field) == (shop.name, "answer")


def test_u7_what_is_new_or_missing_or_null_does_no_harm(shop: Shop) -> None:
    told = {"itunes": "collectionName", "apple_music": "name", "spotify": "name"}[shop.name]

    def edit(body: Any) -> None:
        for row in shop.albums_in(body):
            for key in list(row):
                if key not in (told, "id", "collectionId"):
                    row[key] = None
            row["brandNew"] = {"unheard": ["of"]}

    shop.stand_in.fail_next(shop.path, "edited", edit=edit)

    found = shop.connect(tries=1).search_albums("Miles Davis", "Kind of Blue")

    record = next(each for each in found if each.title == KIND_OF_BLUE.title)
    assert (record.url, record.artists, record.year, record.tracks) == ("", (), None, None)


def test_u7_a_null_among_the_albums_is_passed_over(shop: Shop) -> None:
    def edit(body: Any) -> None:
        page = body.get("albums", body.get("results"))
        rows = page if isinstance(page, list) else page.get("items") or page["albums"]["data"]
        rows.insert(0, None)

    shop.stand_in.fail_next(shop.path, "edited", edit=edit)

    assert "Kind of Blue" in shop.search()


FIELDS = {
    "itunes": {
        "collectionName": "results[0].collectionName",
        "collectionId": "results[0].collectionId",
        "trackCount": "results[0].trackCount",
        "releaseDate": "results[0].releaseDate",
        "artworkUrl100": "results[0].artworkUrl100",
        "collectionViewUrl": "results[0].collectionViewUrl",
    },
    "apple_music": {
        "name": "results.albums.data[0].attributes.name",
        "trackCount": "results.albums.data[0].attributes.trackCount",
        "isSingle": "results.albums.data[0].attributes.isSingle",
        "upc": "results.albums.data[0].attributes.upc",
        "url": "results.albums.data[0].attributes.url",
    },
    "spotify": {
        "id": "albums.items[0].id",
        "name": "albums.items[0].name",
        "artists": "albums.items[0].artists",
        "total_tracks": "albums.items[0].total_tracks",
        "external_urls": "albums.items[0].external_urls",
    },
}


def test_u22_a_changed_type_is_named_by_its_field(shop: Shop) -> None:
    for key, path in FIELDS[shop.name].items():

        def edit(body: Any, key: str = key) -> None:
            for row in shop.albums_in(body):
                row[key] = {"changed": 1} if isinstance(row[key], list) else ["changed"]

        shop.stand_in.fail_next(shop.path, "edited", edit=edit)

        with pytest.raises(OddAnswerError) as odd:
            shop.search()

        assert odd.value.field == path


def test_u22_a_list_that_became_something_else_is_named(shop: Shop) -> None:
    key = "albums" if shop.name == "spotify" else "results"
    shop.stand_in.fail_next(shop.path, "wrong_types", keys=[key])

    with pytest.raises(OddAnswerError) as odd:
        shop.search()

    assert odd.value.field == key


def test_an_address_no_browser_should_open_is_odd(shop: Shop) -> None:
    keys = {"itunes": "collectionViewUrl", "apple_music": "url", "spotify": "external_urls"}

    def edit(body: Any) -> None:
        for row in shop.albums_in(body):
            bad = "javascript:alert(1)"
            row[keys[shop.name]] = {"spotify": bad} if shop.name == "spotify" else bad

    shop.stand_in.fail_next(shop.path, "edited", edit=edit)

    with pytest.raises(OddAnswerError, match="not an address"):
        shop.search()


@pytest.mark.parametrize("how", [{"bytes": 5_000_000}, {"gzipped": True}])
def test_u14_a_body_without_end_is_cut(shop: Shop, how: dict[str, Any]) -> None:
    shop.stand_in.fail_next(shop.path, "huge", **how)

    with pytest.raises(OddAnswerError) as odd:
        shop.search()

    assert odd.value.field == "body"


@pytest.mark.parametrize("target", ["http://169.254.169.254/latest", "http://127.0.0.2:9/search"])
def test_u15_a_redirect_to_another_host_is_not_followed(shop: Shop, target: str) -> None:
    shop.stand_in.fail_next(shop.path, "redirect", location=target)

    with pytest.raises(OddAnswerError) as odd:
        shop.search()

    assert odd.value.field == "Location"
    assert shop.searches() == 1


def test_a_search_at_a_wrong_address_is_no_empty_answer(shop: Shop) -> None:
    shop.stand_in.fail_next(shop.path, "not_found")

    with pytest.raises(OddAnswerError) as odd:
        shop.search()

    assert odd.value.field == "status 404"


def test_u11_a_wrong_clock_is_noticed_by_any_answer(shop: Shop) -> None:
    client = shop.connect()
    assert client.clock_skew is None

    client.search_albums("Miles Davis", "Kind of Blue")

    assert client.clock_skew == pytest.approx(0, abs=3)
