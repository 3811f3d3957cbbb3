from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.strict_json import MAX_CHARACTERS, JsonSyntaxError, parse
from app.errors import TooLargeError

PLAIN_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(-1e15, 1e15) | PLAIN_TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(PLAIN_TEXT, inner),
)


@given(JSON_VALUES, st.booleans(), st.sampled_from([None, 0, 2]))
def test_whatever_python_writes_is_read_back_alike(
    value: Any, ascii_only: bool, indent: int | None
) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, indent=indent)

    assert parse(text).value == value


@given(st.text(st.sampled_from('{}[]",:0123456789.eE+-truefalsn\\u \n\x00\ud800é')))
def test_any_text_is_either_read_as_python_reads_it_or_refused_with_a_place(text: str) -> None:
    refusal = refusal_of(text)

    if refusal is None:
        assert parse(text).value == json.loads(text)
    else:
        lines = text.split("\n")
        assert 1 <= refusal.line <= len(lines)
        assert 1 <= refusal.column <= len(lines[refusal.line - 1]) + 1


def refusal_of(text: str) -> JsonSyntaxError | None:
    try:
        parse(text)
    except JsonSyntaxError as error:
        return error
    return None


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("", 1, 1, "nothing here"),
        ("  \n ", 2, 2, "nothing here"),
        ('{"title": }', 1, 11, "a value is missing"),
        ('{"title":', 1, 10, "ends where a value is needed"),
        ('{"title" "Blue"}', 1, 10, "colon"),
        ('{\n  "title": "Blue"\n  "year": 1971\n}', 3, 3, "comma"),
        ('{\n  "title": "Blue",\n}', 2, 18, "no comma before"),
        ('["LP",]', 1, 6, "no comma before"),
        ("{title: 1}", 1, 2, "double quotation marks"),
        ("{'title': 1}", 1, 2, "double quotation marks"),
        ("['LP']", 1, 2, "double quotation marks"),
        ("[“LP”]", 1, 2, "double quotation marks"),
        ('["Blue]', 1, 2, "no closing quotation mark"),
        ('["Blue\n"]', 1, 7, "line break"),
        ('["\\q"]', 1, 3, "backslash"),
        ('["\\u12"]', 1, 4, "hexadecimal"),
        ("[True]", 1, 2, "small letters"),
        ("[None]", 1, 2, "small letters"),
        ("[1] // done", 1, 5, "more text after the end"),
        ("[// one\n1]", 1, 2, "no comments"),
        ("[1] [2]", 1, 5, "more text after the end"),
        ("[1", 1, 3, "still missing"),
        ("[01]", 1, 2, "not a number"),
        ("[1.]", 1, 2, "not a number"),
        ("[3:45]", 1, 3, "comma"),
        ("[12a]", 1, 2, "not a number"),
        ("[+1]", 1, 2, "not a value"),
        ("[NaN]", 1, 2, "not a value"),
        ("[-Infinity]", 1, 2, "not a value"),
        ("[1e999]", 1, 2, "too large"),
        ("[9223372036854775809]", 1, 2, "too large"),
        ('{"year": 1971,\n "year": 1972}', 2, 2, "appears twice"),
        ('["a\x00"]', 1, 4, "NUL"),
        ('["\\u0000"]', 1, 2, "NUL"),
        ('["\ud800"]', 1, 3, "half a character"),
        ('["\\ud800"]', 1, 2, "half a character"),
        ('{"\\udfff": 1}', 1, 2, "half a character"),
        ("[1,\r\n 2,\r\n x]", 3, 2, "not a value"),
    ],
)
def test_a_mistake_is_shown_where_it_is_and_in_words(
    text: str, line: int, column: int, words: str
) -> None:
    with pytest.raises(JsonSyntaxError, match=words) as caught:
        parse(text)

    assert (caught.value.line, caught.value.column) == (line, column)


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000, "[" * 65 + "]" * 65])
def test_deep_nesting_is_refused_before_the_stack_is_gone(text: str) -> None:
    with pytest.raises(JsonSyntaxError, match="deeper than 64 levels"):
        parse(text)


def test_sixty_four_levels_are_still_read() -> None:
    assert parse("[" * 64 + "]" * 64).value


@pytest.mark.parametrize("text", ["9" * 5_000, "-" + "9" * 900_000, "0." + "3" * 900_000])
def test_endless_numbers_are_refused_at_once(text: str) -> None:
    began = time.perf_counter()

    with pytest.raises(JsonSyntaxError, match="too many digits"):
        parse(text)

    assert time.perf_counter() - began < 2


def test_text_beyond_a_million_characters_is_too_large() -> None:
    with pytest.raises(TooLargeError, match="1,000,000"):
        parse('"' + "x" * MAX_CHARACTERS + '"')


def test_a_whole_surrogate_pair_is_one_character() -> None:
    assert parse('"\\ud83d\\ude00"').value == "😀"


def test_every_value_and_key_knows_its_line_and_column() -> None:
    document = parse('{\n  "title": "Blue",\n  "tracks": [\n    {"title": "All I Want"}\n  ]\n}')

    assert document.position([]) == (1, 1)
    assert document.position(["title"]) == (2, 12)
    assert document.position(["tracks", 0]) == (4, 5)
    assert document.position(["tracks", 0, "title"]) == (4, 15)
    assert document.key_position(["tracks", 0, "title"]) == (4, 6)


@pytest.mark.parametrize(
    "path", [["tracks", 0, "duration"], ["tracks", 0, "title", "x"], ["tracks", 0, 3]]
)
def test_a_path_that_leads_nowhere_is_placed_at_the_nearest_part(path: list[str | int]) -> None:
    document = parse('{"tracks":\n [{"title": "Blue"}]}')

    assert document.position(path)[0] == 2


def test_a_byte_order_mark_in_front_is_ignored() -> None:
    assert parse('\ufeff{"title": "Blue"}').value == {"title": "Blue"}
