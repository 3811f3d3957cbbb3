"""Crates in a browser: fit for everybody, and arranged by keyboard and by hand."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than


@pytest.fixture(scope="module")
def packed(browser: Browser, showroom: LiveServer) -> LiveServer:
    """The sample shelf with a crate of three, a deleted crate and a tag."""
    with browser.new_page(base_url=showroom.url) as page:
        page.goto("/collection?genre=Jazz")
        for tick in page.locator(".tile input[name=copy]").all()[:3]:
            with page.expect_response("**/export/picks"):
                tick.check()
        for name in ("Tonight", "Gone"):
            page.goto("/crates/fill")
            page.get_by_label("Crate", exact=True).fill(name)
            page.get_by_role("button", name="records in").click()
        page.get_by_role("button", name="Delete the crate").click()
        page.goto("/crates/fill")
        page.get_by_label("Or tag them").fill("loud")
        page.get_by_role("button", name="Tag 3 records").click()
        page.goto("/collection")
        page.get_by_role("button", name="Unpick all").click()
    return showroom


@pytest.fixture
def live(packed: LiveServer) -> LiveServer:
    return packed


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize(
    "place", ["/crates", "/crates/1", "/crates/fill?query=genre%3DJazz", "/feedback?page=/graph"]
)
def test_a_page_is_fit_for_everybody(page: Page, place: str, width: int) -> None:
    page.goto(place)

    assert violations(page) == ""
    assert wider_than(page, width) == 0
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


def test_a_record_is_moved_by_keys_and_by_hand(page: Page) -> None:
    page.goto("/crates/1")
    names = page.locator(".packed p a")
    first, second, third = names.all_inner_texts()

    page.locator(".packed li").nth(1).get_by_role("button", name="up").press("Enter")
    expect(names).to_have_text([second, first, third])
    page.locator(".packed li").nth(2).locator(".packed-grip").hover()
    page.mouse.down()
    box = page.locator(".packed li").nth(0).bounding_box()
    assert box
    page.mouse.move(box["x"] + 90, box["y"] + 40, steps=4)
    page.mouse.move(box["x"] + 90, box["y"] + 4, steps=4)
    with page.expect_response("**/move"):
        page.mouse.up()

    expect(names).to_have_text([third, second, first])
    page.reload()
    expect(names).to_have_text([third, second, first])


def test_feedback_is_sent_from_where_one_is(page: Page) -> None:
    page.goto("/crates")
    page.get_by_role("link", name="Feedback").click()
    page.get_by_label("In your words").fill("Lovely")
    page.get_by_role("button", name="Send").click()

    expect(page.get_by_text("Kept as number")).to_be_visible()
    assert page.url.endswith("/crates")
