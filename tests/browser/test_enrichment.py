"""Details, covers and links: started with a click, watched, survived by all when one is away."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from app.domain.providers import BY_NAME
from tests.browser.discogs_ways import state, sync
from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than
from tests.standin.discogs import DiscogsStandIn
from tests.standin.spotify import SpotifyStandIn
from tests.standin.world import World

COPIES = 60
WIDTHS = (1280, 390)
# Two clients' patience, five faults and the calls of all others, on a busy machine.
A_LONG_WHILE_MS = 120_000


@pytest.fixture
def world() -> Iterator[World]:
    """Every service, knowing the same sixty records."""
    with World(COPIES) as world:
        yield world


@pytest.fixture
def discogs(world: World) -> DiscogsStandIn:
    return world.discogs


@pytest.fixture
def pace() -> str:
    """How often Discogs may be asked; slow enough that the job is met at work."""
    return "10/1"


@pytest.fixture
def live(tmp_path: Path, world: World, pace: str) -> Iterator[LiveServer]:
    """Gatefold, connected with all of them."""
    told = world.settings(tmp_path) | {"discogs_limit": pace}
    environment = {name.upper(): _written(value) for name, value in told.items()}
    server = LiveServer(tmp_path, world.discogs, **environment)
    server.start()
    yield server
    server.kill()


def _written(value: Any) -> str:
    return ",".join(value) if isinstance(value, tuple) else str(value)


def start(page: Page) -> None:
    """From an empty shelf to the page of the job."""
    page.goto("/import")
    sync(page)
    page.get_by_role("button", name="Fetch details, covers and links").click()
    expect(page.get_by_role("heading", name="Details, covers and links")).to_be_visible()


def lane(page: Page, name: str) -> Locator:
    return page.locator(f"#lane-{name}")


def done_of(page: Page, name: str) -> int:
    """How many things of a lane are settled, as the page says."""
    words = lane(page, name).locator(".phase-count").inner_text()
    return int(words.partition(" of ")[0].replace(",", ""))


def assert_fit(page: Page) -> None:
    """No violation by day or night, nothing to scroll sideways, on a desk and on a phone."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="light")
        page.reload()
        found = violations(page)
        assert not found, found
        assert wider_than(page, width) == 0
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})


def test_when_one_service_is_away_the_others_finish_and_it_is_made_up_for(
    page: Page, world: World
) -> None:
    spotify = world.spotify
    start(page)
    counted = lane(page, "discogs").locator(".phase-count")
    expect(counted).to_have_text(re.compile(rf"^[1-9]\d? of {COPIES} records$"))
    expect(page.locator("[data-run-pill]")).to_contain_text("Fetching")
    before = done_of(page, "discogs")
    spotify.fail_next("/", "reset", times=1_000)  # whoever is still connected is thrown out
    spotify.stop()

    expect(counted).not_to_have_text(f"{before} of {COPIES} records")
    assert done_of(page, "discogs") > before, "the page counts by itself"
    expect(state(page)).to_have_text("waiting", timeout=A_LONG_WHILE_MS)
    assert done_of(page, "discogs") == COPIES
    expect(lane(page, "spotify")).to_contain_text(re.compile(r"rests until \d\d:\d\d: .*Spotify"))
    expect(page.locator(".lanes .phase:not(.phase-done)")).to_have_count(1)
    assert_fit(page)

    with _back_again(spotify):
        page.get_by_role("button", name="Try again now").click()
        expect(state(page)).to_have_text("done", timeout=A_LONG_WHILE_MS)
    expect(page.locator(".lanes .phase-done")).to_have_count(8)
    expect(page.locator(".change-set")).to_contain_text(
        re.compile(rf"{COPIES}\s*records looked up")
    )
    expect(page.locator("[data-run-pill]")).to_be_empty()
    assert_fit(page)


def _back_again(gone: SpotifyStandIn) -> SpotifyStandIn:
    """The same service at the same address, which still knows whom it let in."""
    again = SpotifyStandIn(*gone.albums, port=urlsplit(gone.url).port or 0)
    again.tokens = gone.tokens
    return again


def test_a_paused_job_waits_for_its_person(page: Page, world: World) -> None:
    start(page)
    expect(lane(page, "discogs")).to_contain_text(f"of {COPIES}")

    page.get_by_role("button", name="Pause").click()
    expect(state(page)).to_have_text("paused")
    asked = world.discogs.calls("/releases/")
    assert 0 < asked < COPIES
    assert_fit(page)
    assert world.discogs.calls("/releases/") == asked

    page.get_by_role("button", name="Resume").click()
    expect(state(page)).to_have_text("done")
    most = COPIES + BY_NAME["discogs"].threads
    assert world.discogs.calls("/releases/") <= most, "at most what was in flight is asked twice"


@pytest.mark.parametrize("pace", ["100/1"])
def test_pages_that_show_what_was_found_are_fit_for_everybody(page: Page) -> None:
    start(page)
    expect(state(page)).to_have_text("done")

    page.goto("/import")
    expect(page.get_by_role("heading", name="Everything is fetched")).to_be_visible()
    assert_fit(page)

    page.goto("/discogs/release/1004")
    expect(page.get_by_role("link", name="Listen on Spotify")).to_be_visible()
    expect(page.locator(".release-facts")).to_contain_text("first 1971")
    page.get_by_text("Each field, since when, and how sure").click()
    expect(page.locator("#sources")).to_contain_text("exact: by its number")
    assert_fit(page)
    page.get_by_role("button", name="Look up again").click()
    expect(page.get_by_text("Looked up again.")).to_be_visible()
    page.goto("/import")
    expect(page.get_by_role("heading", name="All records are looked up")).to_be_visible()

    page.goto("/discogs/release/1004")
    page.locator(".release-artists a").click()
    assert_fit(page)


@pytest.mark.parametrize("pace", ["100/1"])
@pytest.mark.parametrize("script", [False])
def test_without_script_the_job_is_started_and_seen_to_its_end(page: Page) -> None:
    page.goto("/import")
    sync(page)
    page.goto("/import")
    expect(page.get_by_text(f"{COPIES} records wait")).to_be_visible()
    page.get_by_role("button", name="Fetch details, covers and links").click()

    expect(state(page)).to_have_text("done", timeout=A_LONG_WHILE_MS)
    expect(page.locator(".change-set")).to_contain_text("records looked up")
