"""The template editor."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.domain.preset_settings import STANDARD
from app.domain.qr_rows import Dialect, Preset
from app.queries import exports
from tests.csv_shelf import OWNER, row, shelve
from tests.web.export.conftest import Shelf

MINE = {
    "name": "Mine",
    "was": STANDARD,
    "text_template": "{title}\r\n{year}",
    "unknown_year": "n.d.",
    "content_target": "gatefold",
    "quoting": "backslash",
    "newline": "CRLF",
    "bom": "1",
    "columns.OutputSize": "2048",
    "action": "save",
}


def stickers(page: str) -> list[str]:
    """The texts under the sample codes."""
    captions = re.findall(r'<figcaption dir="auto">(.*?)</figcaption>', page, re.DOTALL)
    return [unescape(text) for text in captions]


def error_of(page: str, field: str) -> str:
    found = re.search(rf'id="{re.escape(field)}-error">.*?<span>(.*?)</span>', page, re.DOTALL)
    assert found, f"no error at {field}"
    return unescape(found[1])


def save(client: FlaskClient, **fields: Any) -> Any:
    return client.post("/export/presets", data={**MINE, **fields})


def test_a_preset_is_saved_whole(client: FlaskClient) -> None:
    answer = save(client)

    assert (answer.status_code, answer.location) == (303, "/export/presets?preset=Mine")
    assert exports.current_preset(OWNER) == Preset(
        "Mine",
        "{title}\n{year}",
        {"OutputSize": "2048"},
        "n.d.",
        "gatefold",
        Dialect("backslash", "CRLF", True),
    )
    page = client.get("/export/presets").text
    assert "{title}\n{year}</textarea>" in page
    assert 'name="columns.OutputSize" type="text" value="2048"' in page


def test_all_fixed_columns_can_be_set(client: FlaskClient) -> None:
    page = client.get("/export/presets").text

    assert len(re.findall(r'name="columns\.\w+"', page)) == 27


def test_samples_are_real_records_with_the_longest(client: FlaskClient) -> None:
    shelve(
        row(1), row(2, Title="Ege Bamyasi"), row(3, Title="Monster Movie " * 5), row(4, Title="X")
    )

    shown = stickers(client.get("/export/presets").text)

    assert "Can – Future Days [1973]\nKrautrock" in shown
    assert any("Monster Movie Monster Movie" in text for text in shown)


def test_an_empty_shelf_has_a_sample_too(client: FlaskClient) -> None:
    assert stickers(client.get("/export/presets").text) == [
        "Miles Davis – Kind Of Blue [1959]\nJazz"
    ]


def test_a_template_is_tried_out_without_saving(client: FlaskClient) -> None:
    ids = shelve(row(1, Title="{artist}", Released=""))

    answer = save(client, action="preview", sample=ids, text_template="{title} | {year} {{x}}")

    assert answer.status_code == 200
    assert stickers(answer.text) == ["{artist} | n.d. {x}"]
    assert exports.presets(OWNER) == [Preset(STANDARD)]
    assert f'name="sample" value="{ids[0]}"' in answer.text


@pytest.mark.parametrize(
    "template", ["{0.__class__}", "{{config}} {nope}", "{artist.__init__}", "%s{", "}"]
)
def test_what_is_no_placeholder_is_said_and_never_evaluated(
    client: FlaskClient, template: str
) -> None:
    shelve(row(1))

    answer = save(client, text_template=template)

    assert answer.status_code == 422
    assert "Line 1, column" in error_of(answer.text, "text_template")
    assert f">\n{template}</textarea>" in unescape(answer.text)
    assert exports.presets(OWNER) == [Preset(STANDARD)]
    tried = save(client, text_template=template, action="preview")
    assert "Line 1, column" in unescape(tried.text)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("name", "x" * 81),
        ("unknown_year", "a\nb"),
        ("content_target", "elsewhere"),
        ("quoting", "none"),
        ("newline", "CR"),
        ("columns.IconPath", "{nonsense}.svg"),
        ("columns.Type", "x" * 501),
        ("text_template", "x" * 1_001),
    ],
)
def test_a_problem_stands_at_its_field(client: FlaskClient, field: str, value: str) -> None:
    answer = save(client, **{field: value})

    assert answer.status_code == 422
    assert error_of(answer.text, field)
    assert exports.presets(OWNER) == [Preset(STANDARD)]


def test_a_new_preset_leaves_the_other_as_it_was(client: FlaskClient) -> None:
    save(client)
    save(client, name="Other", was="Mine", text_template="{artist}")

    assert exports.preset_named(OWNER, "Mine").text_template == "{title}\n{year}"
    assert exports.preset_named(OWNER, "Other").text_template == "{artist}"
    assert save(client, name="Mine", was="Other").status_code == 422


def test_a_preset_is_chosen_on_the_spot(client: FlaskClient, picked: Shelf) -> None:
    picked(1)
    save(client)

    answer = client.post(
        "/export/presets",
        data={"action": "choose", "name": STANDARD, "next": "/export/preview?page=1"},
    )

    assert answer.location == "/export/preview?page=1"
    assert exports.current_preset(OWNER) == Preset(STANDARD)
    assert "selected>Standard</option>" in client.get("/export/preview").text


def test_reset_shows_the_defaults_and_saves_nothing(client: FlaskClient) -> None:
    save(client)

    page = client.get("/export/presets?preset=Mine&fresh=1").text

    assert "{artist} – {title} [{year}]\n{discogs_folder}</textarea>" in page
    assert exports.preset_named(OWNER, "Mine").text_template == "{title}\n{year}"


def test_a_preset_is_deleted(client: FlaskClient) -> None:
    save(client)

    client.post("/export/presets", data={"action": "delete", "was": "Mine"})

    assert exports.presets(OWNER) == [Preset(STANDARD)]


def test_what_is_not_there_is_not_found(client: FlaskClient) -> None:
    assert client.get("/export/presets?preset=nope").status_code == 404
    for fields in ({"action": "choose", "name": "nope"}, {"action": "delete", "was": "nope"}):
        assert client.post("/export/presets", data=fields).status_code == 404


def test_the_page_says_where_a_code_of_ours_leads(client: FlaskClient) -> None:
    assert "http://localhost/s/" in client.get("/export/presets").text


def test_a_placeholder_has_a_button(client: FlaskClient) -> None:
    page = client.get("/export/presets").text

    assert 'data-inserts="{artist}"' in page
    assert 'data-inserts="{filename}"' in page
