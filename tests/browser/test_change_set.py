"""What a second sync changed: looked through, taken back as a whole, and left so by the third."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.conftest import PHONE
from tests.browser.discogs_ways import connect, sync
from tests.browser.looking import violations, wider_than
from tests.standin.discogs import DiscogsStandIn, generated_items


def change_the_shelf(discogs: DiscogsStandIn) -> None:
    """At Discogs one copy came, one went, one was moved and rated, and a title was corrected."""
    collector = discogs.users[0]
    items: list[dict[str, Any]] = collector.items
    collector.items = [*items[1:], *generated_items(9)[8:]]
    moved, corrected = items[1], items[2]
    moved["rating"] = 5 if moved["rating"] != 5 else 4
    corrected["basic_information"]["title"] = "Corrected Title"


def open_changes(page: Page) -> None:
    """From the page of the job that ended to what it changed."""
    page.locator("a[href$='/changes']").first.click()
    expect(page.get_by_role("heading", name="What the sync changed")).to_be_visible()


def on_shelf(page: Page) -> str:
    page.goto("/collection")
    return page.locator(".page-count").inner_text()


def test_a_whole_sync_is_taken_back_done_again_and_left_alone(
    page: Page, discogs: DiscogsStandIn
) -> None:
    discogs.users[0].items = generated_items(8)
    gone = discogs.users[0].items[0]["basic_information"]["title"]
    connect(page)
    sync(page)
    change_the_shelf(discogs)
    sync(page)
    open_changes(page)
    expect(page.get_by_text("Corrected Title").first).to_be_visible()
    expect(page.get_by_role("link", name=gone, exact=True)).to_be_visible()
    page.set_viewport_size({"width": PHONE, "height": 800})
    assert wider_than(page, PHONE) == 0
    assert violations(page) == ""

    page.get_by_role("button", name=re.compile("^Take back all")).click()

    expect(page.get_by_text("changes taken back")).to_be_visible()
    assert page.get_by_role("button", name=re.compile("^(Take back|Put)")).count() == 0
    changes = page.url
    assert on_shelf(page) == "8"
    page.goto(f"/collection?q={gone.split()[0]}")
    expect(page.get_by_role("link", name=gone).first).to_be_visible()
    sync(page)
    assert on_shelf(page) == "8"
    page.goto(changes)
    page.get_by_role("button", name=re.compile("^Do all 4 again")).first.click()
    expect(page.get_by_text("again.")).to_be_visible()
