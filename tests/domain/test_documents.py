from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.domain.documents import (
    ARTIST,
    RELEASE,
    changed_fields,
    document_from_record,
    format_document,
    record_from_document,
    tidy,
)
from app.domain.records import (
    CompanyRecord,
    CreditRecord,
    FormatRecord,
    IdentifierRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.domain.strict_json import parse

KIND_OF_BLUE = ReleaseRecord(
    title="Kind Of Blue",
    artists=(CreditRecord("Miles Davis", 23755),),
    labels=(LabelRecord("Columbia", "CL 1355", 1866),),
    formats=(FormatRecord("Vinyl", 1, ("LP", "Album", "Mono")),),
    year=1959,
    genres=("Jazz",),
    styles=("Modal",),
    country="US",
    released="1959-08-17",
    notes="First pressing.\n\nSix-eye labels.",
    tracks=(
        TrackRecord("So What", "A1", "9:22"),
        TrackRecord("Side B", kind="heading"),
        TrackRecord(
            "Suite",
            kind="index",
            artists=(CreditRecord("Bill Evans"),),
            sub_tracks=(TrackRecord("All Blues", "B1a"),),
        ),
    ),
    credits=(CreditRecord("Bill Evans", 252311, role="Piano", tracks="A1, B1"),),
    identifiers=(IdentifierRecord("Matrix / Runout", "XLP-47324-1A", "Side A"),),
    companies=(CompanyRecord("Columbia 30th Street Studio", "Recorded At", "", 268192),),
    videos=(VideoRecord("https://example.org/so-what", "So What", 545),),
)


def test_a_record_becomes_a_document_and_the_same_record_again() -> None:
    assert record_from_document(document_from_record(KIND_OF_BLUE)) == KIND_OF_BLUE


def test_a_document_holds_only_what_was_told() -> None:
    listed = ReleaseRecord(title="Blue", genres=(), country="")

    document = document_from_record(listed)

    assert document == {
        "title": "Blue",
        "artists": [],
        "labels": [],
        "formats": [],
        "genres": [],
        "year": None,
        "country": None,
    }
    assert record_from_document(document) == listed


def test_a_document_is_already_tidy_and_without_problems() -> None:
    document = document_from_record(KIND_OF_BLUE)

    assert tidy(document) == document
    assert list(tidy(dict(reversed(document.items())))) == list(document)


def test_tidying_cleans_texts_fills_gaps_and_keeps_words_once() -> None:
    document = tidy(
        {
            "genres": ["Jazz", "Blues", "Jazz "],
            "tracks": [{"title": "Cafe\u0301\x07 "}],
            "notes": "",
            "formats": [{"name": "CD"}],
        }
    )

    assert document == {
        "formats": [{"name": "CD", "qty": 1, "text": "", "descriptions": []}],
        "genres": ["Jazz", "Blues"],
        "notes": None,
        "tracks": [
            {"position": "", "title": "Café", "duration": "", "kind": "track", "artist": ""}
        ],
    }


def test_only_fields_with_another_value_count_as_changed() -> None:
    before = {"title": "Blue", "year": 1971, "country": None}

    changes = changed_fields(before, {"title": "Blue", "year": 1972, "notes": "Signed"})

    assert changes == {"year": (1971, 1972), "notes": (None, "Signed")}


def test_a_formatted_document_has_one_entry_a_line() -> None:
    text = format_document(document_from_record(KIND_OF_BLUE))

    assert text.startswith('{\n  "title": "Kind Of Blue",\n  "artists": [\n    {"name": "Miles')
    assert '\n  "genres": ["Jazz"],\n' in text
    assert all(len(line) <= 140 for line in text.splitlines())
    assert max(map(len, text.splitlines())) > 80


def test_formatting_keeps_wrong_values_and_unknown_fields_for_the_person_to_mend() -> None:
    text = format_document({"colour": "red", "year": "x", "title": 5, "tracks": {"a": None}})

    assert json.loads(text) == {"colour": "red", "year": "x", "title": 5, "tracks": {"a": None}}
    assert list(json.loads(text)) == ["title", "year", "tracks", "colour"]


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.text('aé"\\ \n{', max_size=90),
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*"ab", "tracks"]), inner),
)


@given(JSON_VALUES, st.sampled_from([RELEASE, ARTIST]))
def test_formatting_never_changes_a_value_and_settles_at_once(value: Any, schema: Any) -> None:
    text = format_document(value, schema)

    assert parse(text).value == value
    assert format_document(parse(text).value, schema) == text


@pytest.mark.parametrize("value", ["[]", '"x"', "null", "[" * 60 + "]" * 60])
def test_formatting_takes_any_shape(value: str) -> None:
    assert json.loads(format_document(json.loads(value))) == json.loads(value)
