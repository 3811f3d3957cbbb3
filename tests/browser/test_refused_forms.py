"""A form that is refused costs nobody what they typed."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from tests.browser.watching import Watch


def test_after_the_session_ended_one_click_sends_what_was_typed(page: Page, watch: Watch) -> None:
    watch.expect("400")
    page.goto("/import/record")
    form = page.locator("form", has=page.get_by_label("Tracks"))
    form.get_by_label("Artist").fill("Die Nachbarn")
    form.get_by_label("Title").fill("Probeaufnahmen <“85–92”>")
    form.get_by_label("Tracks").fill("A1 Straße nach Süden 3:45\nA2 Regen")
    page.context.clear_cookies()
    form.get_by_role("button", name="Add it").click()

    expect(page.get_by_role("heading", name="Your session had ended")).to_be_visible()
    expect(page.get_by_text("Probeaufnahmen <“85–92”>")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()

    expect(page.locator(".release h1")).to_have_text("Probeaufnahmen <“85–92”>")
    expect(page.locator(".track-title")).to_have_text(["Straße nach Süden", "Regen"])


def test_a_text_that_is_too_large_is_not_even_sent(page: Page) -> None:
    page.goto("/import/record")
    form = page.locator("form", has=page.get_by_label("Tracks"))
    form.get_by_label("Artist").fill("Die Nachbarn")
    form.get_by_label("Title").fill("Probeaufnahmen")
    tracks = form.get_by_label("Tracks")
    tracks.evaluate("area => { area.value = ('x'.repeat(99) + '\\n').repeat(25_000); }")
    form.get_by_role("button", name="Add it").click()

    expect(form.get_by_role("alert")).to_contain_text("2.6 MB, and 2 MB is the most")
    assert tracks.evaluate("area => area.value.length") == 2_500_000

    tracks.fill("A1 Regen")
    form.get_by_role("button", name="Add it").click()

    expect(page.locator(".release h1")).to_have_text("Probeaufnahmen")
