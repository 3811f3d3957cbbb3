"""Reviews, failures and health are fit for everybody: by day and night, on a desk and a phone."""

from __future__ import annotations

import sqlite3

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than
from tests.browser.questions import ask

PLACES = ["reviews", "reviews/decided", "failures", "skips", "feedback", "health"]


@pytest.fixture(scope="module")
def answered(browser: Browser, showroom: LiveServer) -> LiveServer:
    """The sample shelf with questions, one of them answered."""
    with sqlite3.connect(showroom.instance / "gatefold.db") as database:
        ask(database)
    with browser.new_page(base_url=showroom.url) as page:
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
