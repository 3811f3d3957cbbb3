"""Every page is fit for everybody: by day and night, on a desk and on a phone."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.discogs_ways import connect, sync
from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than
from tests.browser.watching import Watch
from tests.shelves import export_text
from tests.standin.discogs import generated_items

PLACES = [
    "the wall",
    "the table",
    "nothing found",
    "a release",
    "an artist",
    "a label",
    "what was put away",
    "import",
    "one record",
    "a CSV preview",
    "a job",
    "all jobs",
    "stickers",
    "all columns",
    "sticker rows",
    "sticker template",
    "discover",
    "graph",
    "admin",
    "a release as JSON",
    "an artist as JSON",
]
LONG = "A Title That Goes On For As Long As Anybody Could Ever Have Wished It To Be"


@pytest.fixture
def live(showroom: LiveServer) -> LiveServer:
    return showroom


@pytest.fixture(scope="module")
def addresses(browser: Browser, showroom: LiveServer) -> Mapping[str, str]:
    """Where each place is, once there is something to see in it."""
    showroom.discogs.users[0].items = generated_items(12)
    with browser.new_page(base_url=showroom.url) as page:
        found = _on_the_shelf(page)
        _pick_three(page)
        _put_one_away(page)
        found["a CSV preview"] = _upload(page)
        connect(page)
        sync(page)
        found["a job"] = page.url
    return {
        "the wall": "/collection",
        "the table": "/collection?view=table&genre=Jazz",
        "nothing found": "/collection?genre=Jazz&q=zyzzyva",
        "what was put away": "/collection/away",
        "import": "/import",
        "one record": "/import/record",
        "all jobs": "/jobs",
        "stickers": "/export",
        "all columns": "/export/preview",
        "sticker rows": "/export/edit",
        "sticker template": "/export/presets",
        "discover": "/discover",
        "graph": "/graph?genre=Jazz",
        "admin": "/admin?q=blue",
        **found,
    }


def _on_the_shelf(page: Page) -> dict[str, str]:
    page.goto("/collection?genre=Jazz")
    page.locator(".tile a").first.click()
    release = page.url
    artist = page.locator(".release-artists a").first.get_attribute("href") or ""
    label = page.locator("a[href^='/labels/']").first.get_attribute("href") or ""
    edit = page.get_by_role("link", name="Edit", exact=True).get_attribute("href") or ""
    return {
        "a release": release,
        "an artist": artist,
        "a label": label,
        "a release as JSON": edit,
        "an artist as JSON": f"/admin{artist}/json",
    }


def _pick_three(page: Page) -> None:
    page.goto("/collection?genre=Jazz")
    for tick in page.locator(".tile input[name=copy]").all()[:3]:
        with page.expect_response("**/export/picks"):
            tick.check()


def _put_one_away(page: Page) -> None:
    page.goto("/collection?genre=Rock")
    page.locator(".tile a").last.click()
    page.get_by_text("Remove from the shelf…").click()
    page.get_by_role("button", name="Remove this copy").click()
    expect(page.get_by_text("It stays away when Discogs lists it again")).to_be_visible()


def _upload(page: Page) -> str:
    rows = [{"Title": LONG, "Artist": "Björk"}, {"Title": "Damaged", "release_id": "no number"}]
    page.goto("/import")
    page.get_by_label("Discogs’ CSV file").set_input_files(
        {"name": "export.csv", "mimeType": "text/csv", "buffer": export_text(*rows).encode()}
    )
    page.get_by_role("button", name="Look inside").click()
    expect(page.get_by_role("heading", name="Rows that cannot be read")).to_be_visible()
    return page.url


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("place", PLACES)
def test_a_page_is_fit_for_everybody(
    page: Page, addresses: Mapping[str, str], place: str, width: int
) -> None:
    page.goto(addresses[place])

    assert violations(page) == ""
    assert wider_than(page, width) == 0
    expect(page.get_by_role("heading", level=1)).to_have_count(1)


@pytest.mark.parametrize("width", [1280, 390])
def test_an_editor_with_a_mistake_is_fit_for_everybody(
    page: Page, addresses: Mapping[str, str], watch: Watch, width: int
) -> None:
    watch.expect("422")
    page.goto(addresses["a release as JSON"])
    page.get_by_label("Year", exact=True).fill("soon")
    page.get_by_role("button", name="Save", exact=True).first.click()
    expect(page.get_by_role("heading", name="Not saved")).to_be_visible()

    assert violations(page) == ""
    assert wider_than(page, width) == 0


@pytest.mark.parametrize("width", [1280, 390])
def test_a_page_that_does_not_exist_is_fit_for_everybody(
    page: Page, watch: Watch, width: int
) -> None:
    watch.expect("404")
    page.goto("/nowhere")

    assert violations(page) == ""
    assert wider_than(page, width) == 0
    page.get_by_role("main").get_by_role("link").first.click()
    expect(page).to_have_url(re.compile("/collection$"))
