"""The rows of the file: looked at and written by hand."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.domain.qr_rows import COLUMNS
from app.queries import exports
from tests.csv_shelf import OWNER, row, shelve, strangers_copy
from tests.listening import statements
from tests.web.export.conftest import Shelf


def heads(page: str) -> list[str]:
    return re.findall(r'<th scope="col">([A-Z]\w+)</th>', page)


def value_of(page: str, name: str) -> str:
    """What a field holds, as a browser would send it."""
    area = re.search(rf'<textarea[^>]* name="{name}"[^>]*>\n(.*?)</textarea>', page, re.DOTALL)
    if area:
        return unescape(area[1])
    field = re.search(rf'<input[^>]* name="{name}" value="([^"]*)"', page)
    assert field, name
    return unescape(field[1])


def form_of(page: str) -> dict[str, Any]:
    """The edit form as it stands on the page."""
    ids = re.findall(r'name="copy" value="(\d+)"', page)
    form: dict[str, Any] = {name: value_of(page, name) for name in ("page", "seen")}
    fields = ("bottom_text", "content", "file_name")
    named = [f"{field}-{copy_id}" for copy_id in ids for field in fields]
    return {**form, "copy": ids, **{name: value_of(page, name) for name in named}}


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="{field}-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert found, f"no error at {field}"
    return unescape(found[1])


# --- preview


def test_all_thirty_columns_are_shown(client: FlaskClient, picked: Shelf) -> None:
    picked(3)

    page = client.get("/export/preview").text

    assert sorted(heads(page)) == sorted(["Record", *COLUMNS])
    assert page.count("<td>Roboto</td>") == 3
    assert "https://www.discogs.com/release/1003" in page
    assert "Rows <b>1–3</b> of 3" in page


def test_what_differs_comes_before_what_is_always_the_same(
    client: FlaskClient, picked: Shelf
) -> None:
    picked(2)
    written = {"action": "save", "name": "Mine", "text_template": "{title}", "unknown_year": ""}
    client.post("/export/presets", data={**written, "columns.SafeZonePercent": "9"})

    page = client.get("/export/preview").text

    ahead = ["Record", "BottomText", "Content", "FileName", "SafeZonePercent"]
    assert heads(page) == [*ahead, *(name for name in COLUMNS if name not in ahead)]
    first = re.findall(r"<td[^>]*>(.*?)</td>", page, re.DOTALL)[1:5]
    assert first[1].startswith("https://www.discogs.com/release/")
    assert first[3] == "9"


def test_the_fixed_columns_can_be_folded_away(client: FlaskClient, picked: Shelf) -> None:
    picked(1)

    page = client.get("/export/preview?columns=own").text

    assert heads(page) == ["Record", "BottomText", "Content", "FileName"]


def test_the_preview_has_pages_of_a_hundred(client: FlaskClient, picked: Shelf) -> None:
    picked(101)

    assert "Rows <b>101–101</b> of 101" in client.get("/export/preview?page=2").text
    assert 'href="/export/preview?columns=own&amp;page=2"' in (
        client.get("/export/preview?columns=own").text
    )


def test_warnings_stand_at_their_rows(client: FlaskClient) -> None:
    ids = shelve(row(1, Artist="=1+1"), row(2))
    client.post("/export/pick", data={"copy_id": ids})

    page = unescape(client.get("/export/preview").text)

    assert page.count("a spreadsheet would take it for a formula") == 1


def test_markup_in_a_title_is_shown_as_text(client: FlaskClient) -> None:
    ids = shelve(row(1, Title="<script>alert(1)</script>"))
    client.post("/export/pick", data={"copy_id": ids})

    for address in ("/export", "/export/preview", "/export/edit", "/export/presets"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;alert(1)" in page


@pytest.mark.parametrize("address", ["/export", "/export/preview", "/export/edit"])
def test_a_page_costs_the_same_statements_for_ten_rows_and_two_hundred(
    client: FlaskClient, app: Flask, picked: Shelf, address: str
) -> None:
    counts = []
    for total in (10, 200):
        picked(total)
        client.get(address)
        with statements() as seen:
            assert client.get(address).status_code == 200
        counts.append(len(seen))

    assert counts[0] == counts[1] <= 12


# --- editing


def test_a_page_saved_as_it_came_changes_nothing(client: FlaskClient, picked: Shelf) -> None:
    ids = picked(3)

    answer = client.post("/export/edit", data=form_of(client.get("/export/edit").text))

    assert (answer.status_code, answer.location) == (303, "/export/edit")
    assert exports.edits_of(OWNER, ids) == {}


def test_a_newline_in_the_text_survives_to_the_file(client: FlaskClient, picked: Shelf) -> None:
    (copy_id,) = picked(1)
    form = form_of(client.get("/export/edit").text)
    # As browsers send it.
    form[f"bottom_text-{copy_id}"] = "\r\nFirst\r\n\r\nlast"

    client.post("/export/edit", data=form)

    assert value_of(client.get("/export/edit").text, f"bottom_text-{copy_id}") == (
        "\nFirst\n\nlast"
    )
    assert b',"\nFirst\n\nlast",31,' in client.get("/export/csv").data
    assert "by hand" in client.get("/export/preview").text


def test_address_and_file_name_can_be_changed(client: FlaskClient, picked: Shelf) -> None:
    (copy_id,) = picked(1)
    form = form_of(client.get("/export/edit").text)
    form |= {f"content-{copy_id}": "https://example.org/a?b=1,2", f"file_name-{copy_id}": "Büro"}

    client.post("/export/edit", data=form)

    assert client.get("/export/csv").text.endswith(',"https://example.org/a?b=1,2",Büro\n')


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("content", "javascript:alert(1)"),
        ("content", "www.discogs.com/release/1"),
        ("content", ""),
        ("content", "https://example.org/" + "x" * 2_000),
        ("file_name", "../../etc/passwd"),
        ("file_name", "a/b"),
        ("file_name", "CON"),
        ("file_name", ""),
        ("bottom_text", "x" * 1_001),
        ("bottom_text", "a\0b"),
    ],
)
def test_what_cannot_be_written_is_marked_at_its_field_and_kept(
    client: FlaskClient, picked: Shelf, field: str, value: str
) -> None:
    first, second = picked(2)
    form = form_of(client.get("/export/edit").text)
    form |= {f"{field}-{first}": value, f"bottom_text-{second}": "Mine\r\ntoo"}

    answer = client.post("/export/edit", data=form)

    assert answer.status_code == 422
    assert error_of(answer.text, f"{field}-{first}")
    # A browser's parser reads NUL in a page as U+FFFD; what was typed is in the answer as it was.
    assert value_of(answer.text, f"{field}-{first}") == value
    assert value_of(answer.text, f"bottom_text-{second}").replace("\r\n", "\n") == "Mine\ntoo"
    assert exports.edits_of(OWNER, [first, second]) == {}


def test_a_mended_form_saves(client: FlaskClient, picked: Shelf) -> None:
    (copy_id,) = picked(1)
    form = form_of(client.get("/export/edit").text) | {f"content-{copy_id}": "nonsense"}
    trouble = client.post("/export/edit", data=form)

    again = form_of(trouble.text) | {f"content-{copy_id}": "https://example.org"}

    assert client.post("/export/edit", data=again).status_code == 303
    assert exports.edits_of(OWNER, [copy_id])[copy_id].content == "https://example.org"


def test_one_row_goes_back_to_the_template_while_another_is_saved(
    client: FlaskClient, picked: Shelf
) -> None:
    first, second = picked(2)
    form = form_of(client.get("/export/edit").text)
    client.post("/export/edit", data=form | {f"bottom_text-{first}": "Mine"})
    page = client.get("/export/edit").text
    assert f'name="reset" value="{first}"' in page

    client.post(
        "/export/edit",
        data=form_of(page) | {"reset": str(first), f"file_name-{second}": "other"},
    )

    edits = exports.edits_of(OWNER, [first, second])
    assert (first in edits, edits[second].file_name) == (False, "other")


def test_a_page_that_changed_meanwhile_is_not_overwritten(
    client: FlaskClient, picked: Shelf
) -> None:
    (copy_id,) = picked(1)
    mine = form_of(client.get("/export/edit").text) | {f"bottom_text-{copy_id}": "Mine"}
    client.post(
        "/export/presets",
        data={
            "name": "Short",
            "was": "Standard",
            "text_template": "{title}",
            "action": "save",
            "unknown_year": "unknown",
        },
    )

    answer = client.post("/export/edit", data=mine)

    assert answer.status_code == 409
    assert value_of(answer.text, f"bottom_text-{copy_id}") == "Mine"
    assert exports.edits_of(OWNER, [copy_id]) == {}
    assert client.post("/export/edit", data=form_of(answer.text)).status_code == 303
    assert exports.edits_of(OWNER, [copy_id])[copy_id].bottom_text == "Mine"


def test_copies_of_others_cannot_be_written_on(client: FlaskClient, picked: Shelf) -> None:
    picked(1)
    theirs = strangers_copy()
    form = {"copy": theirs, f"bottom_text-{theirs}": "Mine", "seen": "", "page": "1"}

    answer = client.post("/export/edit", data=form)

    assert answer.status_code == 409
    assert exports.edits_of(2, [theirs]) == {}


def test_the_other_columns_are_shown_and_fixed(client: FlaskClient, picked: Shelf) -> None:
    picked(1)

    page = client.get("/export/edit").text

    assert "<dt>ReliabilityLevel</dt><dd><bdi>High</bdi></dd>" in page
    assert page.count("<div><dt>") == 27
