"""A collection at Discogs: signing in, fetching it, stopping, correcting what came."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.discogs_ways import LISTING, arrived, connect, start_sync, state, sync
from tests.browser.looking import violations, wider_than
from tests.browser.watching import Watch
from tests.standin.discogs import DiscogsStandIn, generated_items

SLOW = 2.0  # seconds before each answer
ONE_JOB = re.compile(r"/jobs/\d+$")


def test_a_collection_arrives_while_one_watches(page: Page, discogs: DiscogsStandIn) -> None:
    discogs.users[0].items = generated_items(450)
    connect(page)
    discogs.delay = SLOW

    start_sync(page)

    expect(arrived(page)).to_have_text(re.compile("^[1-4]00 of 450$"))
    expect(page.locator("progress")).to_be_visible()
    expect(state(page)).to_have_text("done")
    page.get_by_role("link", name="See your records").click()
    expect(page.locator(".page-count")).to_have_text("450")


@pytest.mark.parametrize("width", [1280, 390])
def test_a_job_under_way_is_fit_for_everybody(
    page: Page, discogs: DiscogsStandIn, width: int
) -> None:
    discogs.users[0].items = generated_items(450)
    discogs.before_page(3, discogs.stopping.wait)  # there it stays
    connect(page)
    start_sync(page)
    expect(arrived(page)).to_have_text(re.compile("^[12]00 of 450$"))
    expect(page.locator("[data-run-pill]")).to_have_text(re.compile("^Sync (22|44) %$"))
    page.route("**/jobs/*", let_only_people_ask)

    assert violations(page) == ""
    assert wider_than(page, width) == 0


def test_an_edit_stays_when_discogs_corrects_the_title_and_undo_shows_the_correction(
    page: Page, discogs: DiscogsStandIn
) -> None:
    discogs.users[0].items = generated_items(3)
    listed: dict[str, Any] = discogs.users[0].items[0]["basic_information"]
    connect(page)
    sync(page)
    title = page.locator(".release h1")

    page.goto(f"/discogs/release/{listed['id']}")
    expect(title).to_have_text(listed["title"])
    page.get_by_role("link", name="Edit", exact=True).click()
    page.locator("#title").fill("As the sleeve says")
    page.wait_for_load_state()  # its script knows the key
    page.locator("#title").press("Control+s")
    expect(page.get_by_role("heading", level=1)).to_contain_text("As the sleeve says")

    listed["title"] = "As Discogs says now"
    sync(page)
    page.goto(f"/discogs/release/{listed['id']}")
    expect(title).to_have_text("As the sleeve says")

    page.get_by_role("link", name="Edit", exact=True).click()
    news = page.get_by_role("region", name="Discogs now says something else")
    expect(news).to_contain_text("As Discogs says now")
    page.get_by_role("button", name="Undo the edit of title").click()
    page.get_by_role("link", name="Back to the release").click()
    expect(title).to_have_text("As Discogs says now")


def test_a_sync_cancelled_from_its_page_stops_and_keeps_what_has_arrived(
    page: Page, discogs: DiscogsStandIn
) -> None:
    discogs.users[0].items = generated_items(2_500)
    connect(page)
    discogs.delay = SLOW
    start_sync(page)
    expect(arrived(page)).to_have_text(re.compile("^([12],[01]|1,[0-9]|[1-9])00 of 2,500$"))

    page.get_by_role("button", name="Cancel").click()

    expect(state(page)).to_have_text("stopped")
    asked = discogs.calls(LISTING)
    page.goto("/collection")
    kept = int(page.locator(".page-count").inner_text().replace(",", ""))
    assert 0 < kept < 2_500
    assert discogs.calls(LISTING) == asked


def test_pressing_sync_twice_starts_one_job(page: Page, discogs: DiscogsStandIn) -> None:
    discogs.users[0].items = generated_items(1_500)
    connect(page)
    discogs.delay = SLOW

    page.locator("[data-sync]").dblclick()
    expect(page).to_have_url(ONE_JOB)
    begun = page.url
    start_sync(page)

    assert page.url == begun
    page.goto("/jobs")
    expect(page.locator("tbody tr")).to_have_count(1)
    discogs.delay = 0.0
    page.goto(begun)
    expect(page.get_by_text("1,500").first).to_be_visible()  # the listing has begun
    assert discogs.calls("/oauth/identity") == 2  # connecting, and the one job


def test_saying_yes_at_discogs_connects(page: Page) -> None:
    go_to_sign_in(page)

    page.get_by_role("link", name="Authorize").click()

    expect(page.get_by_text("Connected with Discogs as collector.")).to_be_visible()
    expect(page.get_by_text("Signed in at Discogs")).to_be_visible()


def test_saying_no_at_discogs_connects_nothing_and_leads_back_to_the_ways(
    page: Page, watch: Watch
) -> None:
    watch.expect("422")
    go_to_sign_in(page)

    page.get_by_role("link", name="Deny").click()

    expect(page.get_by_text("You said no at Discogs, so nothing was connected.")).to_be_visible()
    page.get_by_role("link", name="Try again").click()
    expect(page.get_by_label("Personal access token")).to_be_visible()


def let_only_people_ask(route: Route) -> None:
    """Leave the page's own questions without an answer: it stands still while axe looks."""
    if "hx-request" not in route.request.headers:
        route.continue_()


def go_to_sign_in(page: Page) -> None:
    """From our page to Discogs' question."""
    page.goto("/import")
    page.get_by_label("Consumer key").fill("test-key")
    page.get_by_label("Consumer secret").fill("test-secret")
    page.get_by_role("button", name="Sign in at Discogs").click()
    expect(page.get_by_role("heading", name="Allow the application")).to_be_visible()
