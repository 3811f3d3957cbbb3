"""Gaps and conflicts by keyboard alone, and by buttons alone; and a change to many."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import PHONE, put_sample_shelf_up
from tests.browser.live import LiveServer
from tests.standin.discogs import Collector, DiscogsStandIn


@pytest.fixture(scope="module")
def shelf(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveServer]:
    """A sample shelf for all tests here. A record of it was edited, and Discogs says otherwise."""
    with DiscogsStandIn(Collector("collector", token="test-token")) as stand_in:
        place = tmp_path_factory.mktemp("gaps")
        server = LiveServer(place, stand_in, JOBS="worker")
        server.start()
        put_sample_shelf_up(browser, server)
        with sqlite3.connect(place / "gatefold.db") as database:
            database.execute("UPDATE release SET title = 'Mine' WHERE id = 1")
            database.execute(
                "INSERT INTO edit (owner_id, batch, entity, entity_id, field, before, after,"
                " upstream, how, at, news_at) VALUES (1, 'b', 'release', 1, 'title', '\"Old\"',"
                " '\"Mine\"', '\"Theirs\"', 'form', '2026-01-02 03:04:05', '2026-01-03 03:04:05')"
            )
        yield server
        server.kill()


@pytest.fixture
def live(shelf: LiveServer) -> LiveServer:
    """The server of all tests here."""
    return shelf


def press(page: Page, *keys: str) -> None:
    """Press keys, the last of which answers, and wait for the page it leads to."""
    *first, last = keys
    for key in first:
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press(last)


def name(page: Page) -> str:
    return page.locator(".thing-name").inner_text()


def open_ones(page: Page) -> int:
    return int(page.locator(".page-count").inner_text().split()[0].replace(",", ""))


def test_records_are_graded_by_two_digits_each(page: Page) -> None:
    page.goto("/admin/quality/grade")
    first, number = name(page), open_ones(page)

    press(page, "2", "3")

    assert open_ones(page) == number - 1
    assert name(page) != first
    expect(page.get_by_role("region", name="Done last")).to_contain_text("Saved.")
    press(page, "u")
    assert (name(page), open_ones(page)) == (first, number)


def test_a_year_is_typed_and_the_next_asked_for_at_once(page: Page) -> None:
    page.goto("/admin/quality/year")
    number = open_ones(page)

    page.keyboard.type("1971")
    press(page, "Enter")
    assert open_ones(page) == number - 1
    expect(page.get_by_label("Year")).to_be_focused()

    press(page, "l")
    press(page, "n")
    assert open_ones(page) == number - 3
    press(page, "u")
    assert open_ones(page) == number - 2


def test_letters_are_typed_in_a_field_and_answer_beside_it(page: Page) -> None:
    page.goto("/admin/quality/country")
    number = open_ones(page)

    page.keyboard.type("Finland")
    expect(page.get_by_label("Country")).to_have_value("Finland")
    page.keyboard.press("Escape")
    press(page, "n")

    assert open_ones(page) == number - 1


def test_a_conflict_is_decided_by_one_key_and_taken_back(page: Page) -> None:
    page.goto("/admin/conflicts")

    press(page, "t")
    expect(page.get_by_text("No conflicts")).to_be_visible()
    press(page, "u")
    assert name(page) == "Mine"
    press(page, "m")
    expect(page.get_by_role("region", name="Done last")).to_contain_text("Yours is kept.")


@pytest.mark.parametrize(("script", "width"), [(False, PHONE)])
def test_without_script_on_a_phone_the_buttons_do_it(page: Page) -> None:
    page.goto("/admin/quality")
    page.get_by_role("link", name="Not graded").click()
    number = open_ones(page)

    page.get_by_role("group", name="Record").get_by_role("radio", name="Near Mint").check()
    page.get_by_role("group", name="Sleeve").get_by_role("radio", name="Generic").check()
    page.get_by_role("button", name="Save and next").click()
    assert open_ones(page) == number - 1
    page.get_by_role("button", name="Undo").click()

    assert open_ones(page) == number
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE


def test_a_change_to_many_says_that_it_is_under_way_and_is_not_sent_twice(page: Page) -> None:
    page.goto("/admin/bulk?query=&kind=folder")
    page.locator("[name=value]").fill("Loft")
    with page.expect_navigation():
        page.get_by_role("button", name="Look first").click()
    change = page.get_by_role("button", name="Change 2")
    # Sent, as far as our scripts can tell; and the page stays, as while a server is at work.
    page.evaluate("addEventListener('submit', (event) => event.preventDefault())")

    change.click()

    expect(page.get_by_role("status").filter(has_text="Changing 2")).to_be_visible()
    expect(change).to_be_disabled()
