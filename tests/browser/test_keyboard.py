"""The collection by keyboard alone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.live import LiveServer

FOCUSED = "document.activeElement.closest('.tile')"


@pytest.fixture
def live(showroom: LiveServer) -> LiveServer:
    return showroom


@pytest.fixture
def wall(page: Page) -> Page:
    page.goto("/collection?genre=Jazz")
    return page


def test_slash_goes_to_the_search_and_enter_searches(wall: Page) -> None:
    wall.keyboard.press("/")
    expect(wall.get_by_role("searchbox", name="Search your records")).to_be_focused()

    wall.keyboard.type("miles davis")
    wall.keyboard.press("Enter")

    expect(wall).to_have_url(re.compile(r"q=miles"))
    expect(wall.locator(".page-count")).to_contain_text(" of ")


def test_question_mark_shows_the_keys_and_escape_gives_the_page_back(wall: Page) -> None:
    keys = wall.get_by_role("dialog", name="Keys")

    wall.keyboard.press("?")
    expect(keys).to_be_visible()

    wall.keyboard.press("Escape")
    expect(keys).to_be_hidden()


def test_j_k_and_the_arrows_walk_along_the_sleeves(wall: Page) -> None:
    wall.keyboard.press("j")
    assert focused(wall) == 0
    wall.keyboard.press("ArrowRight")
    assert focused(wall) == 1
    wall.keyboard.press("ArrowDown")
    below = focused(wall)
    assert below > 2
    assert left_edge(wall, below) == left_edge(wall, 1)
    wall.keyboard.press("ArrowUp")
    wall.keyboard.press("k")
    assert focused(wall) == 0


def test_x_picks_the_sleeve_in_focus_and_it_stays_picked(wall: Page) -> None:
    wall.keyboard.press("j")
    with wall.expect_response("**/export/picks"):
        wall.keyboard.press("x")
    expect(wall.locator("#basket")).to_be_visible()

    wall.reload()
    expect(wall.locator(".tile input[name=copy]").first).to_be_checked()


def test_shift_x_picks_all_from_the_last_one(wall: Page) -> None:
    ticks = wall.locator(".tile input[name=copy]")
    for key in ("j", "j", "j"):
        wall.keyboard.press(key)
    with wall.expect_response("**/export/picks"):
        wall.keyboard.press("x")
    wall.keyboard.press("j")
    wall.keyboard.press("j")
    with wall.expect_response("**/export/picks"):
        wall.keyboard.press("Shift+X")

    for place in (2, 3, 4):
        expect(ticks.nth(place)).to_be_checked()


def test_enter_opens_the_sleeve_in_focus_and_the_arrow_leads_to_its_neighbour(wall: Page) -> None:
    titles = wall.locator(".tile b").all_inner_texts()
    wall.keyboard.press("j")

    wall.keyboard.press("Enter")
    expect(wall.locator(".release h1")).to_have_text(titles[0])
    wall.wait_for_load_state()

    wall.keyboard.press("ArrowRight")
    expect(wall.locator(".release h1")).to_have_text(titles[1])


def test_g_and_a_letter_lead_to_the_rooms(wall: Page) -> None:
    for letter, path in (("e", "/export"), ("i", "/import"), ("a", "/admin"), ("c", "/collection")):
        wall.keyboard.press("g")
        wall.keyboard.press(letter)
        wall.wait_for_url(f"**{path}")


def test_the_first_tab_offers_to_skip_the_rooms(wall: Page) -> None:
    wall.keyboard.press("Tab")
    expect(wall.get_by_role("link", name="Skip to the records")).to_be_focused()
    wall.keyboard.press("Enter")
    expect(wall.locator("main")).to_be_focused()


def focused(page: Page) -> int:
    """Which sleeve has the focus, counted from 0."""
    tiles = "[...document.querySelectorAll('.tile')]"
    place: int = page.evaluate(f"{tiles}.indexOf({FOCUSED})")
    return place


def left_edge(page: Page, place: int) -> float:
    """Where a sleeve begins, in pixels from the left."""
    edge: float = page.locator(".tile").nth(place).evaluate("e => e.getBoundingClientRect().left")
    return edge
