from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.qr_checks import edit_problems, preset_problems
from app.domain.qr_rows import Dialect, Preset, RowEdit

STANDARD = Preset("Standard")


def test_the_standard_preset_has_no_problems() -> None:
    assert preset_problems(STANDARD) == {}


def test_column_values_are_free_text() -> None:
    columns = {"ReliabilityLevel": "Whatever the next version calls it", "Type": ""}

    assert preset_problems(replace(STANDARD, columns=columns)) == {}


@pytest.mark.parametrize(
    ("preset", "field", "sentence"),
    [
        (Preset(" "), "name", "Give the preset a name."),
        (Preset("x" * 81), "name", "Too long: 81 characters, at most 80."),
        (
            Preset("a", "{titel}"),
            "text_template",
            "Line 1, column 1: {titel} is not a placeholder.",
        ),
        (Preset("a", "x" * 1001), "text_template", "Too long: 1,001 characters, at most 1,000."),
        (Preset("a", "x\0"), "text_template", "Remove the control characters."),
        (
            Preset("a", unknown_year="?" * 41),
            "unknown_year",
            "Too long: 41 characters, at most 40.",
        ),
        (
            Preset("a", columns={"Colour": "red"}),
            "columns.Colour",
            "QR Factory 3 has no such column.",
        ),
        (
            Preset("a", columns={"Type": "x" * 501}),
            "columns.Type",
            "Too long: 501 characters, at most 500.",
        ),
        (
            Preset("a", columns={"Type": "a\nb"}),
            "columns.Type",
            "Remove the line breaks and control characters.",
        ),
        (
            Preset("a", columns={"IconPath": "{nope}"}),
            "columns.IconPath",
            "Line 1, column 1: {nope} is not a placeholder.",
        ),
        (
            Preset("a", columns={"BottomText": "x"}),
            "columns.BottomText",
            "The text under the code is set in the text template.",
        ),
        (
            Preset("a", content_target="moon"),  # type: ignore[arg-type]
            "content_target",
            "Choose one of: discogs, gatefold.",
        ),
        (
            Preset("a", dialect=Dialect(newline="CR")),  # type: ignore[arg-type]
            "newline",
            "Choose one of: LF, CRLF.",
        ),
        (
            Preset("a", dialect=Dialect("none")),  # type: ignore[arg-type]
            "quoting",
            "Choose one of: doubled, backslash.",
        ),
    ],
)
def test_a_problem_of_a_preset_is_told_at_its_field(
    preset: Preset, field: str, sentence: str
) -> None:
    problems = preset_problems(preset)

    assert list(problems) == [field]
    assert problems[field][0] == sentence


def test_all_problems_are_told_at_once() -> None:
    assert set(preset_problems(Preset("", "{", {"X": ""}))) == {
        "name",
        "text_template",
        "columns.X",
    }


def test_an_edit_that_changes_nothing_has_no_problems() -> None:
    assert edit_problems(RowEdit()) == {}


def test_a_sensible_edit_has_no_problems() -> None:
    assert (
        edit_problems(RowEdit("Two\r\nlines", "https://ex.org/a?b=ü#c", "Björk – Post (2)")) == {}
    )


@pytest.mark.parametrize(
    "url",
    [
        *(
            "",
            "release/1",
            "//host/a",
            "javascript:alert(1)",
            "ftp://host/",
            "mailto:a@b",
            "http://",
        ),
        *("http:///path", "https://[::1", "https://host:99999/", "https://a b/", "https://a/\nb"),
        *("https:\\\\host", "https://host/" + "x" * 2000, "https://host/\ud800"),
    ],
)
def test_what_is_no_web_address_is_refused(url: str) -> None:
    assert list(edit_problems(RowEdit(content=url))) == ["content"]


@pytest.mark.parametrize("url", ["http://127.0.0.1:5000/s/abc", "HTTPS://EX.ORG", "https://[::1]/"])
def test_web_addresses_are_accepted(url: str) -> None:
    assert edit_problems(RowEdit(content=url)) == {}


@pytest.mark.parametrize(
    "name",
    [
        *("", "  ", ".", "..", "a/b", "a\\b", "a:b", "a*", "a?", 'a"', "<a", "a>", "a|b", "a\nb"),
        *("a\0", "CON", "con.png", "Lpt1", "COM¹", "a.", "a ", " a", "a\u202egpj", "a\u200b"),
        *("x" * 121, "龍" * 90, "../../etc/passwd", "a\ud800"),
    ],
)
def test_a_file_name_that_some_disk_refuses_is_refused(name: str) -> None:
    assert list(edit_problems(RowEdit(file_name=name))) == ["file_name"]


@pytest.mark.parametrize(
    "name", ["100-2", "x" * 120, "Console", "草木萌動", "TX 10-04-95", "=", "a.b"]
)
def test_ordinary_file_names_are_accepted(name: str) -> None:
    assert edit_problems(RowEdit(file_name=name)) == {}


def test_a_text_is_at_most_a_thousand_characters_without_controls() -> None:
    assert edit_problems(RowEdit(bottom_text="x" * 1000)) == {}
    assert list(edit_problems(RowEdit(bottom_text="x" * 1001))) == ["bottom_text"]
    assert list(edit_problems(RowEdit(bottom_text="a\tb"))) == ["bottom_text"]


@given(st.text(st.characters()), st.text(), st.text(st.sampled_from("htps:/[]@#?.%0\n\0")))
def test_no_edit_however_odd_fails(text: str, name: str, url: str) -> None:
    edit_problems(RowEdit(text, url, name))
    edit_problems(RowEdit(content="http://" + url))
