"""A browser in front of Gatefold as people start it, with a Discogs of our own behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests import hugo_program
from tests.browser.live import LiveServer
from tests.browser.watching import Watch
from tests.chromium import PATIENCE_MS
from tests.standin.discogs import Collector, DiscogsStandIn

PHONE = 390


@pytest.fixture
def discogs() -> Iterator[DiscogsStandIn]:
    """A Discogs with one collector, whose token is test-token and whose shelf is empty."""
    with DiscogsStandIn(Collector("collector", token="test-token")) as stand_in:
        yield stand_in


@pytest.fixture
def live(tmp_path: Path, discogs: DiscogsStandIn) -> Iterator[LiveServer]:
    """Gatefold on an empty database."""
    server = LiveServer(tmp_path, discogs)
    server.start()
    yield server
    server.kill()


@pytest.fixture(scope="module")
def showroom(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """Gatefold with the sample shelf up, for the tests of a module that only look."""
    with DiscogsStandIn(Collector("collector", token="test-token")) as stand_in:
        folder = tmp_path_factory.mktemp("showroom")
        server = LiveServer(folder, stand_in, HUGO_BINARY=str(hugo_program.setting(folder)))
        server.start()
        put_sample_shelf_up(browser, server)
        yield server
        server.kill()


def put_sample_shelf_up(browser: Browser, server: LiveServer) -> None:
    """One click on the first page."""
    page = browser.new_page()
    page.goto(server.url)
    page.get_by_role("button", name="Look around with a sample shelf").click()
    page.close()


@pytest.fixture
def width() -> int:
    """How wide the window is; 390 is a phone. Tests name it where it matters."""
    return 1280


@pytest.fixture
def script() -> bool:
    """Whether the browser runs script."""
    return True


@pytest.fixture
def watch(live: LiveServer) -> Watch:
    """What goes wrong behind the page; a test says here what it provokes."""
    return Watch(live.url)


@pytest.fixture
def page(
    browser: Browser, live: LiveServer, watch: Watch, width: int, script: bool
) -> Iterator[Page]:
    """A window on the server, nothing opened yet; any trouble behind it fails the test.

    A module whose tests only look overrides `live` with `showroom`.
    """
    is_phone = width == PHONE
    context = browser.new_context(
        base_url=live.url,
        viewport={"width": width, "height": 844 if is_phone else 900},
        is_mobile=is_phone,
        has_touch=is_phone,
        reduced_motion="reduce",
        java_script_enabled=script,
    )
    context.set_default_timeout(PATIENCE_MS)
    watch.over(context)
    yield context.new_page()
    context.close()
    print(live.output)  # shown with a failure
    assert watch.troubles == []
