"""The rooms of the admin area are fit for everybody: by day and night, on a desk and a phone."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than
from tests.browser.questions import ask
from tests.browser.watching import Watch
from tests.chromium import PATIENCE_MS

PLACES = ["reviews", "reviews/decided", "failures", "skips", "feedback", "health"]
PLACES += ["publish", "publish/look"]


@pytest.fixture(scope="module")
def answered(browser: Browser, showroom: LiveServer) -> LiveServer:
    """The sample shelf with questions, one of them answered."""
    with sqlite3.connect(showroom.instance / "gatefold.db") as database:
        ask(database)
    with browser.new_page(base_url=showroom.url) as page:
        page.goto("/admin/publish")
        page.get_by_role("button", name="See what would change").click()
        page.get_by_role("link", name="See the pages").wait_for(timeout=PATIENCE_MS)
        page.goto("/admin/reviews")
        page.get_by_role("button", name="None of these").click()
        page.goto("/admin/failures")
        page.get_by_text("Leave alone", exact=True).first.click()
        page.get_by_role("button", name="Leave it alone").first.click()
    return showroom


@pytest.fixture
def live(answered: LiveServer) -> LiveServer:
    return answered


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("place", PLACES)
def test_a_room_is_fit_for_everybody(page: Page, place: str, width: int) -> None:
    page.goto(f"/admin/{place}")

    assert violations(page) == ""
    assert wider_than(page, width) == 0
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_the_preview_is_whole_and_can_do_nothing_to_gatefold(page: Page, watch: Watch) -> None:
    page.goto("/admin/publish")
    page.get_by_role("button", name="Preview the site").click()
    page.get_by_role("link", name="Open the preview").click()
    page.get_by_role("link", name="All records").click()

    page.get_by_role("searchbox").fill("love supreme")
    expect(page.get_by_role("status")).to_have_text("1 of 285")
    drawing = page.locator("[data-found] use").first
    assert drawing.evaluate("part => part.getBoundingClientRect().width") > 0
    watch.expect("Content Security Policy")
    assert page.evaluate("window.origin") == "null"
    assert page.evaluate("fetch('/admin/publish').then(() => 'read', () => 'kept out')") == (
        "kept out"
    )
    assert page.evaluate("() => { try { return document.cookie } catch { return 'none' } }") == (
        "none"
    )
