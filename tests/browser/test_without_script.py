"""Everything works without script; it only becomes quicker with it."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.discogs_ways import arrived, connect, start_sync, state
from tests.standin.discogs import DiscogsStandIn, generated_items


@pytest.fixture
def script() -> bool:
    return False


def test_from_the_first_page_to_the_file_without_script(page: Page) -> None:
    page.goto("/")
    page.get_by_role("button", name="Look around with a sample shelf").click()
    expect(page.get_by_text("The sample shelf is up")).to_be_visible()

    page.locator("summary", has_text="Dates").click()
    page.get_by_label("Released from").fill("1970")
    page.get_by_label("Released up to").fill("1979")
    page.get_by_role("button", name="Show these").locator("visible=true").click()
    expect(page.locator(".page-count")).to_contain_text(" of ")
    years = page.locator(".tile p").all_inner_texts()
    assert years
    assert all(text.startswith("197") for text in years)

    for tick in page.locator(".tile input[name=copy]").all()[:2]:
        tick.check()
    page.get_by_role("button", name="Pick those with a tick").click()
    expect(page.locator("#basket")).to_contain_text("2 picked")
    page.locator("#basket").get_by_role("link", name="Stickers").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    with Path(download.value.path()).open(newline="", encoding="utf-8") as file:
        assert len(list(csv.reader(file))) == 1 + 2


def test_the_page_of_a_job_renews_itself_without_script(
    page: Page, discogs: DiscogsStandIn
) -> None:
    discogs.users[0].items = generated_items(3_200)
    connect(page)
    discogs.delay = 2
    start_sync(page)
    expect(arrived(page)).to_contain_text(" of 3,200")
    first = arrived(page).inner_text()

    expect(arrived(page)).not_to_have_text(first)

    discogs.delay = 0
    expect(state(page)).to_have_text("done")
