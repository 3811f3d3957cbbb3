from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from app.domain.document_problems import MOST_PROBLEMS, problems
from app.domain.documents import RELEASE, document_from_record, record_from_document, tidy
from app.domain.documents_schema import ARTIST
from app.domain.records import CreditRecord, ReleaseRecord
from app.domain.strict_json import parse


def messages(value: Any, schema: Any = RELEASE) -> list[str]:
    return [problem.message for problem in problems(parse(json.dumps(value)), schema)]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ([], "A release must be an object in curly brackets."),
        ("x", "A release must be an object in curly brackets."),
        (None, "A release must be an object in curly brackets."),
        ({"title": None}, "title must be text such as Kind Of Blue."),
        ({"title": " \u0007"}, "title must not be empty."),
        ({"title": "\u200b\u2060"}, "title has nothing in it that can be seen."),
        ({"title": "\u3164"}, "title has nothing in it that can be seen."),
        (
            {"title": "Blue\u202egnineve"},
            "title holds an invisible character that reverses what is shown.",
        ),
        (
            {"notes": "\u2067Blue"},
            "notes holds an invisible character that reverses what is shown.",
        ),
        (
            {"artists": [{"name": "\u00ad"}]},
            "artists[0].name has nothing in it that can be seen.",
        ),
        ({"artists": []}, "artists must have at least one entry."),
        ({"title": "x" * 1001}, "title has 1,001 characters; 1,000 is the most."),
        ({"year": "1959"}, "year must be a whole number such as 1959, or null."),
        ({"year": 1959.0}, "year must be a whole number such as 1959, or null."),
        ({"year": True}, "year must be a whole number such as 1959, or null."),
        ({"year": 0}, "year must be between 1 and 9999."),
        ({"year": 10000}, "year must be between 1 and 9999."),
        (
            {"released": "1959-13-01"},
            "released must be a date such as 1959, 1959-08-00 or 1959-08-17, or null.",
        ),
        ({"notes": "x" * 20_001}, "notes has 20,001 characters; 20,000 is the most."),
        ({"genres": "Jazz"}, "genres must be a list in square brackets."),
        ({"genres": [""]}, "genres[0] must not be empty."),
        ({"styles": ["a"] * 1001}, "styles has 1,001 entries; 1,000 is the most."),
        ({"tracks": [{"title": "a"}, {}]}, 'tracks[1] has no "title".'),
        (
            {"tracks": [{"title": "a", "duration": 3.45}]},
            "tracks[0].duration must be text such as 3:45.",
        ),
        (
            {"tracks": [{"title": "a", "kind": "song"}]},
            "tracks[0].kind must be track, heading or index.",
        ),
        (
            {"tracks": [{"title": "a", "sub_tracks": [{"title": "b", "sub_tracks": []}]}]},
            "sub_tracks is not a field of tracks[0].sub_tracks[0].",
        ),
        ({"credits": [{"name": "Bill Evans"}]}, 'credits[0] has no "role".'),
        (
            {"artists": [{"name": "a", "discogs_id": 0}]},
            "artists[0].discogs_id must be between 1 and 9007199254740991.",
        ),
        (
            {"videos": [{"url": "javascript:alert(1)"}]},
            "videos[0].url must be a web address that begins with http:// or https://.",
        ),
        (
            {"videos": [{"url": "https://[::1"}]},
            "videos[0].url must be a web address that begins with http:// or https://.",
        ),
        ({"colour": "red"}, "colour is not a field of a release; did you mean country?"),
        ({"titel": "Blue"}, "titel is not a field of a release; did you mean title?"),
        ({"qwxz": 1}, "qwxz is not a field of a release."),
        ({"id": 5}, "id is kept by Gatefold itself and cannot be changed here."),
        ({"owner_id": 2}, "owner_id is kept by Gatefold itself and cannot be changed here."),
        ({"facts_from": 2}, "facts_from is kept by Gatefold itself and cannot be changed here."),
        (
            {"tracks": [{"title": "a", "id": 3}]},
            "id is kept by Gatefold itself and cannot be changed here.",
        ),
    ],
)
def test_a_problem_is_a_sentence_that_says_what_to_write(document: Any, message: str) -> None:
    assert messages(document) == [message]


def test_all_problems_are_told_in_the_order_of_the_text_with_their_places() -> None:
    text = '{\n  "year": "x",\n  "colour": 1, "owner_id": 2,\n  "tracks": [{"title": 5}]\n}'

    found = problems(parse(text), RELEASE)

    assert [(p.path, p.line, p.column) for p in found] == [
        (("year",), 2, 11),
        (("colour",), 3, 3),
        (("owner_id",), 3, 16),
        (("tracks", 0, "title"), 4, 24),
    ]


@pytest.mark.parametrize(
    "released", [None, "", "1959", "1959-08", "1959-08-00", "1959-00-00", "1959-08-17"]
)
def test_every_way_discogs_writes_a_date_is_taken(released: str | None) -> None:
    assert messages({"released": released}) == []


def test_an_artist_has_a_document_of_their_own() -> None:
    assert messages({"name": "Miles Davis", "profile": None}, ARTIST) == []
    assert messages({"name": "", "title": "x"}, ARTIST) == [
        "name must not be empty.",
        "title is not a field of an artist.",
    ]
    assert messages([], ARTIST) == ["An artist must be an object in curly brackets."]


def test_a_hundred_thousand_wrong_entries_are_told_briefly_and_soon() -> None:
    document = parse(json.dumps({"genres": [""] * 100_000}))
    began = time.perf_counter()

    found = problems(document, RELEASE)

    assert len(found) == MOST_PROBLEMS
    assert "genres has 100,000 entries; 1,000 is the most." in [p.message for p in found]
    assert time.perf_counter() - began < 2


TEXT = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=9
)
DOCUMENTS = st.fixed_dictionaries(
    {"title": TEXT},
    optional={
        "genres": st.lists(TEXT, max_size=4),
        "country": st.none() | TEXT,
        "year": st.none() | st.integers(1, 9999),
        "artists": st.lists(
            st.fixed_dictionaries({"name": TEXT}, optional={"anv": TEXT}), min_size=1
        ),
        "tracks": st.lists(
            st.fixed_dictionaries(
                {"title": TEXT},
                optional={
                    "artist": TEXT,
                    "sub_tracks": st.lists(st.fixed_dictionaries({"title": TEXT}), max_size=2),
                },
            )
        ),
    },
)


@given(DOCUMENTS)
def test_what_has_no_problems_is_a_record_and_settles_when_tidied(document: Any) -> None:
    assume(not messages(document))

    tidied = tidy(document)

    assert messages(tidied) == []
    assert tidy(tidied) == tidied
    assert document_from_record(record_from_document(tidied)).items() >= tidied.items()


def test_what_a_listing_tells_has_no_problems() -> None:
    told = ReleaseRecord(title="Blue", artists=(CreditRecord("Joni Mitchell"),))

    assert messages(document_from_record(told)) == []


@pytest.mark.parametrize("title", ["†", "!!!", "★", "0", "坂本", "👩🏽‍🎤", "ﷲ", "אין"])
def test_a_title_of_signs_only_is_a_title(title: str) -> None:
    assert messages({"title": title}) == []
