"""Adding a record Discogs does not know."""

from __future__ import annotations

from playwright.sync_api import Page, expect


def test_a_record_typed_by_hand_is_found_by_the_name_of_a_track(page: Page) -> None:
    page.goto("/import/record")
    form = page.locator("form", has=page.get_by_label("Tracks"))
    form.get_by_label("Artist").fill("Die Nachbarn")
    form.get_by_label("Title").fill("Probeaufnahmen")
    form.get_by_label("Year").fill("1983")
    form.get_by_label("Rock").check()
    form.get_by_label("Tracks").fill("A1 Straße nach Süden 3:45\nA2 Regen")
    form.get_by_role("button", name="Add it").click()
    expect(page.locator(".release h1")).to_have_text("Probeaufnahmen")
    expect(page.locator(".track-title").first).to_have_text("Straße nach Süden")

    search = page.get_by_role("searchbox", name="Search your records")
    search.fill("strasse nach suden")
    search.press("Enter")

    expect(page.locator(".tile b")).to_have_text(["Probeaufnahmen"])
