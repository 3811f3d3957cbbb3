"""What a person does between Gatefold and Discogs: connect, fetch, wait."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, expect

LISTING = "/users/collector/collection/folders/0/releases"


def connect(page: Page, token: str = "test-token") -> None:
    """Type the token on the import page."""
    page.goto("/import")
    page.get_by_label("Personal access token").fill(token)
    page.get_by_role("button", name="Try and connect").click()
    expect(page.get_by_text("Connected with Discogs as collector.")).to_be_visible()


def start_sync(page: Page) -> None:
    """Press the button; the page of the job opens."""
    page.goto("/import")
    page.locator("[data-sync]").click()
    expect(page).to_have_url(re.compile(r"/jobs/\d+$"))


def sync(page: Page) -> None:
    """Press the button and wait for the end, which the page tells by itself."""
    start_sync(page)
    expect(state(page)).to_have_text("done")


def state(page: Page) -> Locator:
    """The word for how the job on show stands."""
    return page.locator("#job [role=status]").first


def arrived(page: Page) -> Locator:
    """ "300 of 1,500" of the job on show."""
    return page.locator(".phase-now .phase-count")
