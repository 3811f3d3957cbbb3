"""The first minutes with Gatefold: an empty database, the sample shelf, the first stickers."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.looking import violations, wider_than

WIDTHS = [1280, 390]


@pytest.mark.parametrize("width", WIDTHS)
def test_from_an_empty_database_to_three_stickers_of_a_genre(page: Page, width: int) -> None:
    page.goto("/")
    page.get_by_role("button", name="Look around with a sample shelf").click()
    expect(page.get_by_text("The sample shelf is up")).to_be_visible()
    whole = count_of(page)

    keep_only(page, "Genre", "Jazz", width)
    jazz = count_of(page)
    assert 3 <= jazz < whole
    titles = page.locator(".tile b").all_inner_texts()[:3]
    for title in page.locator(".tile input[name=copy]").all()[:3]:
        title.check()
    basket = page.locator("#basket")
    expect(basket).to_contain_text("3")
    basket.get_by_role("link", name="Stickers").click()
    expect(page.locator(".tile b")).to_have_count(3)
    assert sorted(page.locator(".tile b").all_inner_texts()) == sorted(titles)

    page.get_by_role("link", name="All columns").click()
    expect(page.locator(".sheet thead th")).to_have_count(2 + 30)
    expect(page.locator(".sheet tbody tr")).to_have_count(3)

    rows = downloaded(page)
    assert [len(row) for row in rows] == [30] * 4
    text = rows[0].index("BottomText")
    assert all(any(title in row[text] for row in rows[1:]) for title in titles)


@pytest.mark.parametrize("width", WIDTHS)
def test_the_first_page_is_fit_for_everybody(page: Page, width: int) -> None:
    page.goto("/")

    assert violations(page) == ""
    assert wider_than(page, width) == 0


def keep_only(page: Page, question: str, answer: str, width: int) -> None:
    """Filter the shelf; on a phone the filters are in a sheet of their own."""
    if width == 390:
        page.get_by_role("button", name="Filter").click()
    page.locator("summary", has_text=question).click()
    page.get_by_role("link", name=re.compile(f"^{answer}")).click()
    expect(page).to_have_url(re.compile(f"{question.lower()}={answer}"))
    expect(page.locator(".page-count b")).to_be_visible()
    if width == 390:
        page.get_by_role("button", name=re.compile("^Show")).click()
    else:
        page.keyboard.press("Escape")


def count_of(page: Page) -> int:
    """How many records the shelf shows."""
    told = page.locator(".page-count").inner_text()
    return int(told.split(" of ")[0].replace(",", ""))


def downloaded(page: Page) -> list[list[str]]:
    """The rows of the file QR Factory gets."""
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    with Path(download.value.path()).open(newline="", encoding="utf-8") as file:
        return list(csv.reader(file))
