"""Bringing a collection in as the CSV export Discogs sends."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Locator, Page, expect

from tests.shelves import export_text

RECORDS = [
    {"Artist": "Björk", "Title": "Début"},
    {"Artist": "Sigur Rós", "Title": "Ágætis Byrjun"},
    {"Artist": "Françoise Hardy", "Title": "La Question"},
]


def test_an_export_is_looked_at_then_imported_and_is_no_news_the_second_time(page: Page) -> None:
    look_inside(page)
    expect(stat(page, "new")).to_have_text("3")
    expect(page.get_by_role("list", name="Words with accents")).to_contain_text("Björk")

    page.get_by_role("button", name="Import 3 records").click()

    expect(page.get_by_text("Imported: 3 new.")).to_be_visible()
    titles = page.locator(".tile b").all_inner_texts()
    assert sorted(titles) == sorted(record["Title"] for record in RECORDS)

    look_inside(page)
    expect(stat(page, "new")).to_have_text("0")
    expect(page.get_by_text("Everything in this file is here already.")).to_be_visible()
    expect(page.get_by_role("button", name="Import")).to_have_count(0)


def look_inside(page: Page) -> None:
    """Upload the export."""
    file: FilePayload = {
        "name": "export.csv",
        "mimeType": "text/csv",
        "buffer": export_text(*RECORDS).encode(),
    }
    page.goto("/import")
    page.get_by_label("Discogs’ CSV file").set_input_files(file)
    page.get_by_role("button", name="Look inside").click()
    expect(page.get_by_role("heading", name="What is in the file")).to_be_visible()


def stat(page: Page, words: str) -> Locator:
    """The number above these words."""
    return page.locator(".stat", has=page.get_by_text(words, exact=True)).locator("b")
