from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pytest

from app.domain.document_form import (
    MOST_ROWS,
    FormField,
    document_from_form,
    form_fields,
    with_row_moved,
)
from app.domain.document_problems import problems
from app.domain.documents import tidy
from app.domain.documents_schema import COPY, RELEASE
from app.domain.strict_json import parse

WHOLE: dict[str, Any] = {
    "title": "青 – ★\nsecond line",
    "artists": [{"name": "Bill Evans", "discogs_id": 252_311, "anv": "B. Evans", "join": "&"}],
    "labels": [{"name": "ECM", "catno": "1001", "discogs_id": None}],
    "formats": [{"name": "CD", "qty": 2, "text": "", "descriptions": ["Album", "Reissue"]}],
    "genres": ["Jazz", "Folk, World, & Country"],
    "styles": [],
    "year": 1959,
    "released": "1997-00-00",
    "country": None,
    "notes": "\nOne\n\ntwo",
    "tracks": [
        {
            "position": "",
            "title": "Suite",
            "duration": "",
            "kind": "index",
            "artist": "",
            "sub_tracks": [
                {"position": "1a", "title": "One", "duration": "", "kind": "track", "artist": "A"}
            ],
        },
        {"position": "2", "title": "Two", "duration": "1:00", "kind": "track", "artist": ""},
    ],
    "credits": [],
    "identifiers": [{"kind": "Barcode", "value": "5 099706", "description": ""}],
    "companies": [],
    "videos": [{"url": "https://example.org/v", "title": "", "duration": None}],
}


def sent(fields: Iterable[FormField]) -> Iterator[tuple[str, str]]:
    """What a browser sends of these fields if nobody touches them."""
    for field in fields:
        if field.kind == "rows":
            yield field.name, "here"
            for row in field.rows:
                yield from sent(row.fields)
        elif field.kind != "json":
            yield field.name, field.value.replace("\n", "\r\n")


def test_a_form_nobody_touched_says_what_it_showed() -> None:
    shown = tidy(WHOLE)

    told = document_from_form(sent(form_fields(shown, RELEASE)), RELEASE)

    assert tidy(told) == shown


def named(fields: Iterable[FormField], name: str) -> FormField:
    return next(field for field in fields if field.name == name)


def test_a_field_that_was_not_sent_is_left_out() -> None:
    assert document_from_form([("title", "Blue")], RELEASE) == {"title": "Blue"}


def test_an_emptied_list_is_told_from_one_that_was_not_in_the_form() -> None:
    assert document_from_form([("tracks", "here")], RELEASE) == {"tracks": []}


def test_an_entry_with_nothing_in_it_is_dropped_unless_somebody_is_about_to_fill_it() -> None:
    fields = [
        ("tracks", "here"),
        ("tracks.0.title", ""),
        ("tracks.0.kind", "track"),
        ("tracks.1.title", "B"),
    ]

    assert document_from_form(fields, RELEASE) == {"tracks": [{"title": "B"}]}
    assert len(document_from_form(fields, RELEASE, keep_blank=True)["tracks"]) == 2


@pytest.mark.parametrize(
    ("typed", "value"),
    [
        ("1959", 1959),
        (" 1959 ", 1959),
        ("-3", -3),
        ("", None),
        ("19x", "19x"),
        ("9" * 40, "9" * 40),
    ],
)
def test_a_number_that_is_none_is_kept_for_the_complaint(typed: str, value: object) -> None:
    assert document_from_form([("year", typed)], RELEASE) == {"year": value}


def test_a_number_that_must_not_be_null_means_what_its_absence_means() -> None:
    fields = [("formats", "here"), ("formats.0.name", "CD"), ("formats.0.qty", "")]

    assert document_from_form(fields, RELEASE) == {"formats": [{"name": "CD"}]}


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "title.",
        ".title",
        "title.x.y",
        "tracks.0.0.0.0.0.0.0",
        "owner_id",
        "tracks.99999.title",
    ],
)
def test_names_that_are_no_field_are_ignored(name: str) -> None:
    told = document_from_form([("tracks", "here"), (name, "x"), ("title", "Blue")], RELEASE)

    assert told == {"title": "Blue", "tracks": []}


def test_every_problem_is_told_at_its_field() -> None:
    text = '{"title": "", "year": "x", "artists": [], "tracks": [{"title": "A", "kind": "song"}]}'
    document = parse(text)

    fields = form_fields(document.value, RELEASE, problems(document, RELEASE))

    assert named(fields, "title").problems == ("title must not be empty.",)
    assert named(fields, "year").problems[0].startswith("year must be a whole number")
    assert named(fields, "artists").problems == ("artists must have at least one entry.",)
    # No form can show a kind of track there is none of: it is mended as JSON.
    assert named(fields, "tracks").kind == "json"
    assert "track, heading or index" in named(fields, "tracks").problems[0]


def test_a_problem_within_an_entry_is_told_there() -> None:
    document = parse('{"credits": [{"name": "Paul", "role": ""}]}')

    fields = form_fields(document.value, RELEASE, problems(document, RELEASE))

    (row,) = named(fields, "credits").rows
    assert named(row.fields, "credits.0.role").problems == ("credits[0].role must not be empty.",)


@pytest.mark.parametrize(
    "value",
    [
        "x",
        7,
        {"a": 1},
        [1],
        [{"name": "A", "colour": "red"}],
        [{"name": ["A"]}],
        [{"name": "A", "discogs_id": True}],
        [{"name": "A"}] * (MOST_ROWS + 1),
    ],
)
def test_what_no_form_can_show_is_left_to_the_json(value: object) -> None:
    fields = form_fields({"artists": value}, RELEASE)

    assert named(fields, "artists").kind == "json"
    assert "artists" not in document_from_form(sent(fields), RELEASE)


def test_entries_are_added_moved_and_removed() -> None:
    def after(act: str, place: str) -> list[str]:
        document = {"fields": [{"name": "a"}, {"name": "b"}, {"name": "c"}]}
        return [one.get("name", "") for one in with_row_moved(document, act, place)["fields"]]

    assert after("add", "fields") == ["a", "b", "c", ""]
    assert after("up", "fields.1") == ["b", "a", "c"]
    assert after("down", "fields.1") == ["a", "c", "b"]
    assert after("up", "fields.0") == ["a", "b", "c"]
    assert after("down", "fields.2") == ["a", "b", "c"]
    assert after("remove", "fields.0") == ["b", "c"]


@pytest.mark.parametrize("act", ["add", "up", "down", "remove", "", "burn"])
@pytest.mark.parametrize("place", ["", "fields.7", "fields.x", "nothing", "fields.0.name", "notes"])
def test_what_cannot_be_moved_changes_nothing(act: str, place: str) -> None:
    document = {"fields": [{"name": "a"}], "notes": "x"}

    assert with_row_moved(document, act, place) == {"fields": [{"name": "a"}], "notes": "x"}


def test_a_copy_has_a_form_too() -> None:
    kinds = {field.key: field.kind for field in form_fields({}, COPY)}

    assert kinds == {
        "folder": "text",
        "rating": "number",
        "media_condition": "text",
        "sleeve_condition": "text",
        "notes": "area",
        "fields": "rows",
    }
