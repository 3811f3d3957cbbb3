"""The editor of a record in a browser: its two sides, what is kept, what leads in and out."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.browser.live import LiveServer
from tests.browser.looking import violations, wider_than
from tests.browser.watching import Watch

CODE = ".cm-content"


@pytest.fixture
def live(showroom: LiveServer) -> LiveServer:
    return showroom


def open_editor(page: Page, number: int, query: str = "") -> None:
    page.goto(f"/admin/releases/{number}/json{query}")
    expect(page.locator(CODE)).to_be_attached()


def text_of(page: Page) -> str:
    return page.locator("#document").input_value()


def title(page: Page) -> str:
    return page.locator("#title").input_value()


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("place", ["releases/9/json?list=releases", "copies/9/json"])
def test_the_editor_is_fit_for_everybody(page: Page, place: str, width: int) -> None:
    page.goto(f"/admin/{place}")
    expect(page.locator(CODE)).to_be_attached()
    page.locator(".origin > summary").first.click()

    assert violations(page) == ""
    assert wider_than(page, width) == 0


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("place", ["releases/9/history", "history"])
def test_a_history_is_fit_for_everybody(page: Page, place: str, width: int) -> None:
    open_editor(page, 9)
    page.locator("#field-country .origin > summary").click()
    page.locator("#field-country").get_by_role("button", name=re.compile("^(Lock|Unlock)")).click()
    page.goto(f"/admin/{place}")

    assert violations(page) == ""
    assert wider_than(page, width) == 0


def test_form_and_json_follow_each_other(page: Page) -> None:
    open_editor(page, 10)
    before = title(page)

    page.locator("#title").fill("From the form")
    assert '"title": "From the form"' in text_of(page)
    assert before not in text_of(page).splitlines()[1]

    page.get_by_role("button", name="Add a track").scroll_into_view_if_needed()
    page.get_by_role("button", name="Add a track").click()
    page.keyboard.type("A1")
    assert '"position": "A1"' in text_of(page)

    page.locator(CODE).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{"title": "From the JSON", "genres": ["Jazz", "Rock"]}')
    expect(page.locator("#title")).to_have_value("From the JSON")
    expect(page.locator("#genres")).to_have_value("Jazz\nRock")


def test_the_form_waits_while_the_json_is_broken_and_its_line_is_marked(page: Page) -> None:
    open_editor(page, 10)
    page.locator(CODE).click()
    page.keyboard.press("Control+Home")
    page.keyboard.type("x")

    expect(page.locator("[data-typed]")).to_be_hidden()
    expect(page.get_by_text("The JSON cannot be read just now")).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_have_count(1)

    page.keyboard.press("Backspace")
    expect(page.locator("[data-typed]")).to_be_visible()
    expect(page.locator(".cm-lint-marker-error")).to_have_count(0)


def test_tab_leaves_the_json_and_control_s_saves(page: Page) -> None:
    open_editor(page, 11)
    page.locator(CODE).click()
    page.keyboard.press("Control+a")
    page.keyboard.insert_text('{"title": "Saved by key"}')

    page.keyboard.press("Tab")
    expect(page.locator("[data-text] [data-save]")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Control+s")

    expect(page.get_by_text("Saved: title.")).to_be_visible()
    expect(page.locator(".saves").get_by_text("as JSON, just now")).to_be_visible()


def test_what_is_typed_in_the_form_is_saved_as_made_there(page: Page) -> None:
    open_editor(page, 12)
    page.locator("#title").fill("Typed")
    page.locator("#title").press("Control+s")

    expect(page.locator(".saves").get_by_text("in the form, just now")).to_be_visible()
    assert title(page) == "Typed"


@pytest.mark.parametrize(
    ("side", "field", "typed"),
    [
        ("form", "#title", "Typed early"),
        ("json", "#document", '{"title": "Typed early"}'),
    ],
)
def test_what_is_typed_before_the_script_is_there_is_saved(
    page: Page, side: str, field: str, typed: str
) -> None:
    late: list[Route] = []
    page.route("**/document-*.js", lambda route: late.append(route))
    with page.expect_request("**/document-*.js"):
        page.goto("/admin/releases/17/json", wait_until="commit")
    page.locator(field).fill(typed)
    late[0].continue_()
    expect(page.locator(CODE)).to_be_attached()
    expect(page.locator("#title")).to_have_value("Typed early")

    page.locator(f"[data-{'typed' if side == 'form' else 'text'}] [data-save]").evaluate(
        "button => button.click()"
    )

    expect(page.get_by_role("heading", level=1)).to_have_text("Edit Typed early")


def test_one_letter_commands_stay_out_of_the_json(page: Page) -> None:
    open_editor(page, 12)
    page.locator(CODE).click()
    page.keyboard.type("/?gc")

    expect(page.locator("dialog[open]")).to_have_count(0)
    assert page.url.endswith("/admin/releases/12/json")
    assert "/?gc" in text_of(page)


def test_nothing_typed_is_lost_unasked(page: Page) -> None:
    open_editor(page, 12)
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    page.on("dialog", stay)
    page.locator("#title").fill("Half done")

    page.get_by_role("link", name="Back to the release").click()

    expect(page.locator("#title")).to_have_value("Half done")
    assert asked == ["beforeunload"]


def test_without_codemirror_the_plain_text_works(page: Page, watch: Watch) -> None:
    watch.expect("chunk-")
    watch.expect("Failed to load")
    page.route("**/chunk-*.js", lambda route: route.abort())
    page.goto("/admin/releases/13/json")

    page.locator("#document").fill('{"title": "Plain"}')
    expect(page.locator("#title")).to_have_value("Plain")
    page.locator("[data-text] [data-save]").click()

    expect(page.get_by_text("Saved: title.")).to_be_visible()


@pytest.mark.parametrize("script", [False])
def test_without_script_each_side_has_its_own_save(page: Page) -> None:
    page.goto("/admin/releases/14/json")
    page.locator("#title").fill("By form")
    page.locator("[data-typed] [data-save]").click()
    expect(page.get_by_text("Saved: title.")).to_be_visible()

    page.locator("#document").fill('{"title": "By text"}')
    page.locator("[data-text] [data-save]").click()

    expect(page.get_by_text("Saved: title.")).to_be_visible()
    expect(page.locator("#title")).to_have_value("By text")


@pytest.mark.parametrize("width", [390])
def test_a_phone_shows_one_side_at_a_time(page: Page) -> None:
    open_editor(page, 15)
    expect(page.locator("#title")).to_be_visible()
    expect(page.locator(CODE)).to_be_hidden()

    page.get_by_role("link", name="JSON", exact=True).click()

    expect(page.locator("#title")).to_be_hidden()
    expect(page.locator(CODE)).to_be_visible()


def test_the_second_of_two_people_keeps_their_text_and_sees_three_sides_e1(
    page: Page, browser: Browser, live: LiveServer, watch: Watch
) -> None:
    watch.expect("409")
    open_editor(page, 16)
    was = title(page)
    page.locator("#title").fill("The slow one's")
    with browser.new_page(base_url=live.url) as other:
        open_editor(other, 16)
        other.locator("#title").fill("The quick one's")
        other.locator("#title").press("Control+s")
        expect(other.get_by_text("Saved: title.")).to_be_visible()

    page.locator("#title").press("Control+s")

    expect(page.get_by_role("heading", name="Somebody was quicker")).to_be_visible()
    row = page.get_by_role("row", name=re.compile("^Title"))
    expect(row.locator("td")).to_have_text([was, "The quick one's", "The slow one's"])
    assert title(page) == "The slow one's"
    assert "The slow one's" in text_of(page)

    page.get_by_role("button", name="Save mine over it").first.click()
    expect(page.get_by_text("Saved: title.")).to_be_visible()
    assert title(page) == "The slow one's"
