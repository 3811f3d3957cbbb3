"""Backups in a browser: made, looked at and restored by mouse or finger, by day and night."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than


@pytest.fixture(scope="module")
def backed_up(browser: Browser, showroom: LiveServer) -> LiveServer:
    """The sample shelf with a backup."""
    with browser.new_page(base_url=showroom.url) as page:
        page.goto("/admin/backups")
        page.get_by_role("button", name="Back up now").click()
        expect(page.get_by_text("Backed up and looked through")).to_be_visible()
    return showroom


@pytest.fixture
def live(backed_up: LiveServer) -> LiveServer:
    return backed_up


@pytest.mark.parametrize("width", [1280, 390])
def test_the_list_and_a_backup_are_fit_for_everybody(page: Page, width: int) -> None:
    page.goto("/admin/backups")
    assert violations(page) == ""
    assert wider_than(page, width) == 0

    page.get_by_role("link", name="Restore …").first.click()

    expect(page.get_by_role("button", name="Replace what is here")).to_be_visible()
    assert violations(page) == ""
    assert wider_than(page, width) == 0


def test_a_restore_is_told_when_it_is_done(page: Page) -> None:
    page.goto("/admin/backups")
    page.get_by_role("link", name="Restore …").first.click()

    page.get_by_role("button", name="Replace what is here").click()

    expect(page.get_by_text("Restored: 285 copies")).to_be_visible()
    expect(page.get_by_role("cell", name="before a restore")).to_be_visible()
