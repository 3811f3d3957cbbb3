"""Reviews by keyboard alone, and by buttons alone."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import put_sample_shelf_up
from tests.browser.live import LiveServer
from tests.browser.questions import QUESTIONS, ask
from tests.standin.discogs import Collector, DiscogsStandIn

IS_IN_SIGHT = """element => {
    const { x, y, height } = element.getBoundingClientRect();
    return element.contains(document.elementFromPoint(x + 2, y + height / 2));
}"""


@pytest.fixture
def live(tmp_path: Path, browser: Browser) -> Iterator[LiveServer]:
    """A sample shelf with four questions (the first has two candidates) and two failures."""
    with DiscogsStandIn(Collector("collector", token="test-token")) as stand_in:
        server = LiveServer(tmp_path, stand_in, JOBS="worker")
        server.start()
        put_sample_shelf_up(browser, server)
        with sqlite3.connect(tmp_path / "gatefold.db") as database:
            ask(database)
        yield server
        server.kill()


def press(page: Page, key: str) -> None:
    """Press a key that answers, and wait for the page it leads to."""
    with page.expect_navigation():
        page.keyboard.press(key)


def names(page: Page) -> list[str]:
    return page.locator(".question .thing-name").all_inner_texts()


def test_questions_are_answered_by_one_key_each(page: Page) -> None:
    page.set_viewport_size({"width": 900, "height": 500})  # the rooms of Admin take two rows
    page.goto("/admin/reviews")
    first, second, third, fourth = names(page)

    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.get_by_role("link", name="Karaoke Version")).to_be_focused()
    page.keyboard.press("k")
    press(page, "a")
    assert names(page) == [second, third, fourth]
    expect(page.locator(".question").first.locator(".offer-name a")).to_be_focused()
    assert page.locator(".thing .thing-kind").first.evaluate(IS_IN_SIGHT)

    press(page, "r")
    assert names(page) == [third, fourth]
    press(page, "u")
    assert names(page) == [second, third, fourth]
    expect(page.locator(".question").first.locator(".offer-name a")).to_be_focused()
    page.keyboard.press("j")
    press(page, "n")
    assert names(page) == [second, fourth]

    page.goto("/admin/reviews/decided")
    assert names(page) == [third, first]


def test_a_letter_after_g_goes_and_does_not_answer(page: Page) -> None:
    page.goto("/admin/reviews")

    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/admin")

    expect(page.get_by_role("navigation", name="Admin")).to_contain_text(f"Reviews {QUESTIONS}")


def test_the_keys_are_told(page: Page) -> None:
    page.goto("/admin/reviews")

    page.keyboard.press("?")

    expect(page.get_by_role("dialog", name="Keys")).to_contain_text("accept, reject, none of these")
    page.keyboard.press("a")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    assert len(names(page)) == QUESTIONS


@pytest.mark.parametrize("script", [False])
def test_without_script_the_buttons_answer_and_lead_on(page: Page) -> None:
    page.goto("/admin/reviews")
    _first, second, *_rest = names(page)

    page.get_by_role("button", name="None of these").click()
    expect(page.locator(".question .thing-name").first).to_have_text(second)
    page.get_by_role("button", name="Undo").click()

    expect(page.locator(".question .thing-name")).to_have_count(QUESTIONS)
