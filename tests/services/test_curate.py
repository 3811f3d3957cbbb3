from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.errors import NotFoundError, TooLargeError
from app.extensions import db
from app.models import Copy, Edit, User
from app.services import curate
from app.services import edits as layer
from app.services.curate import StaleDocumentError, WrongDocumentError
from app.services.subjects import Subject, open_subject
from tests.listings import OWNER, listed

pytestmark = pytest.mark.usefixtures("app")


def subject(release_id: int) -> Subject:
    return open_subject("release", OWNER, release_id)


def shown(release_id: int, field: str = "title") -> Any:
    return subject(release_id).shown[field]


def change(release_id: int, **fields: Any) -> list[str]:
    """Save these fields as somebody who opened the editor just now; returns the fields changed."""
    version = subject(release_id).version
    text = json.dumps(fields)
    return [c.field for c in curate.save("release", OWNER, release_id, version, text)]


def edits() -> list[Edit]:
    return list(db.session.scalars(select(Edit).order_by(Edit.id)))


def test_a_saved_field_is_shown_and_remembered_with_what_was_before(each_database: Flask) -> None:
    release = listed()

    assert change(release, title="Kind of Blue (mono)") == ["title"]

    assert shown(release) == "Kind of Blue (mono)"
    (edit,) = edits()
    assert (edit.field, edit.before, edit.after, edit.upstream, edit.undone_at) == (
        "title",
        "Kind Of Blue",
        "Kind of Blue (mono)",
        "Kind Of Blue",
        None,
    )


def test_every_field_can_be_changed_and_reads_as_it_was_written(each_database: Flask) -> None:
    release = listed()
    whole = {
        "title": "青 – ★",
        "artists": [{"name": "Bill Evans", "discogs_id": 252_311, "anv": "B. Evans", "join": "&"}],
        "labels": [{"name": "ECM", "catno": "1001", "discogs_id": None}],
        "formats": [{"name": "CD", "qty": 2, "text": "", "descriptions": ["Album"]}],
        "genres": ["Jazz", "Classical"],
        "styles": [],
        "year": None,
        "released": "1997-00-00",
        "country": None,
        "notes": "One\n\ntwo",
        "tracks": [
            {
                "position": "",
                "title": "Suite",
                "duration": "",
                "kind": "index",
                "artist": "Bill Evans",
                "sub_tracks": [
                    {
                        "position": "1a",
                        "title": "One",
                        "duration": "1:00",
                        "kind": "track",
                        "artist": "",
                    }
                ],
            }
        ],
        "credits": [
            {"name": "Paul", "discogs_id": None, "anv": "", "role": "Drums", "tracks": "1a"}
        ],
        "identifiers": [{"kind": "Barcode", "value": "5 099706 493525", "description": ""}],
        "companies": [
            {"name": "Columbia", "role": "Phonographic Copyright (p)", "catno": "", "discogs_id": 1}
        ],
        "videos": [{"url": "https://example.org/v", "title": "So What", "duration": None}],
    }

    assert set(change(release, **whole)) == set(whole)

    assert subject(release).shown == whole


def test_the_fields_of_one_save_belong_together() -> None:
    release = listed()

    change(release, title="Blue", year=1960)

    assert {edit.field for edit in edits()} == {"title", "year"}
    assert len({edit.batch for edit in edits()}) == 1


def test_the_copies_are_found_under_what_is_shown_now() -> None:
    release = listed()

    change(release, title="Blau")

    (copy,) = db.session.scalars(select(Copy))
    assert "blau" in copy.search_text
    assert copy.sort_title == "blau"


def test_saving_what_is_shown_changes_nothing() -> None:
    release = listed()
    version = subject(release).version

    assert change(release, **subject(release).shown) == []

    assert edits() == []
    assert subject(release).version == version


def test_an_edit_survives_the_next_sync_which_is_kept_beneath_e5(each_database: Flask) -> None:
    release = listed()
    change(release, title="Kind of Blue (mono)")

    listed(title="KIND OF BLUE", year=1960)

    assert shown(release) == "Kind of Blue (mono)"
    assert shown(release, "year") == 1960
    assert [edit.upstream for edit in edits()] == ["KIND OF BLUE"]


def test_undoing_after_a_sync_shows_what_the_provider_says_now() -> None:
    release = listed()
    change(release, title="Kind of Blue (mono)")
    listed(title="KIND OF BLUE")

    assert layer.undo("release", OWNER, release, edit_id=edits()[0].id) == ["title"]

    assert shown(release) == "KIND OF BLUE"


def test_undoing_the_newer_of_two_edits_shows_the_older() -> None:
    release = listed()
    change(release, title="One")
    change(release, title="Two")

    layer.undo("release", OWNER, release, edit_id=edits()[1].id)

    assert shown(release) == "One"


def test_undoing_the_older_of_two_edits_leaves_the_newer_shown() -> None:
    release = listed()
    change(release, title="One")
    change(release, title="Two")

    layer.undo("release", OWNER, release, edit_id=edits()[0].id)

    assert shown(release) == "Two"
    layer.undo("release", OWNER, release, edit_id=edits()[1].id)
    assert shown(release) == "Kind Of Blue"


def test_a_whole_save_is_undone_together() -> None:
    release = listed()
    change(release, title="Blue", year=1960)

    fields = layer.undo("release", OWNER, release, batch=edits()[0].batch)

    assert fields == ["title", "year"]
    assert (shown(release), shown(release, "year")) == ("Kind Of Blue", 1959)


def test_all_edits_of_a_field_are_undone_together() -> None:
    release = listed()
    change(release, title="One", year=1960)
    change(release, title="Two")

    layer.undo("release", OWNER, release, field="title")

    assert (shown(release), shown(release, "year")) == ("Kind Of Blue", 1960)


def test_undoing_twice_does_nothing_more() -> None:
    release = listed()
    change(release, title="Blue")
    layer.undo("release", OWNER, release, edit_id=edits()[0].id)
    undone_at = edits()[0].undone_at

    assert layer.undo("release", OWNER, release, edit_id=edits()[0].id) == []

    assert edits()[0].undone_at == undone_at


def test_an_undone_edit_can_be_done_again_over_newer_facts() -> None:
    release = listed()
    change(release, title="Blue")
    layer.undo("release", OWNER, release, edit_id=edits()[0].id)
    listed(title="KIND OF BLUE")

    assert layer.redo("release", OWNER, release, edits()[0].id) == ["title"]

    assert shown(release) == "Blue"
    layer.undo("release", OWNER, release, edit_id=edits()[0].id)
    assert shown(release) == "KIND OF BLUE"


def test_writing_what_the_provider_says_takes_the_edit_away() -> None:
    release = listed()
    change(release, title="Blue", year=1960)

    change(release, title="Kind Of Blue")

    assert shown(release) == "Kind Of Blue"
    assert [edit.field for edit in edits() if edit.undone_at is None] == ["year"]
    listed(title="KIND OF BLUE")
    assert shown(release) == "KIND OF BLUE"


def test_an_emptied_field_can_be_edited_and_undone() -> None:
    release = listed()
    change(release, country=None, tracks=[], genres=[])
    assert shown(release, "tracks") == []

    layer.undo("release", OWNER, release, batch=edits()[0].batch)

    assert shown(release, "country") == "US"
    assert [track["title"] for track in shown(release, "tracks")] == [
        "So What",
        "Freddie Freeloader",
    ]


def test_saving_over_a_newer_version_is_refused_with_all_three_sides_e1(
    each_database: Flask,
) -> None:
    release = listed()
    opened = subject(release)
    base = json.dumps(opened.shown)
    change(release, title="Theirs", notes="Theirs too")
    mine = json.dumps({**opened.shown, "title": "Mine", "year": 1960})

    with pytest.raises(StaleDocumentError) as caught:
        curate.save("release", OWNER, release, opened.version, mine, base)

    sides = {c.field: (c.base, c.now, c.mine, c.is_contested) for c in caught.value.changes}
    assert sides == {
        "title": ("Kind Of Blue", "Theirs", "Mine", True),
        "year": (1959, 1959, 1960, False),
    }
    assert shown(release) == "Theirs"


def test_saving_mine_over_theirs_leaves_what_i_did_not_touch() -> None:
    release = listed()
    opened = subject(release)
    change(release, title="Theirs", notes="Theirs too")
    mine = json.dumps({**opened.shown, "title": "Mine"})

    version = subject(release).version
    curate.save("release", OWNER, release, version, mine, json.dumps(opened.shown))

    assert (shown(release), shown(release, "notes")) == ("Mine", "Theirs too")


def test_an_old_version_without_any_change_is_no_conflict() -> None:
    release = listed()
    opened = subject(release)
    change(release, title="Theirs")

    saved = curate.save(
        "release", OWNER, release, opened.version, '{"title": "Theirs"}', json.dumps(opened.shown)
    )

    assert saved == []


@pytest.mark.parametrize("base", ["{", "[]", "null", '{"title": {"a": [1]}, "tracks": 5}'])
def test_a_start_that_makes_no_sense_is_only_ever_compared(base: str) -> None:
    release = listed()

    curate.save("release", OWNER, release, subject(release).version, '{"title": "Blue"}', base)

    assert shown(release) == "Blue"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "null",
        '"x"',
        '{"title": ""}',
        '{"id": 5}',
        '{"owner_id": 2, "title": "x"}',
        '{"title": "a", "title": "b"}',
        "[" * 100_000,
        '{"year": ' + "9" * 5_000 + "}",
        '{"title": "\\ud800"}',
        json.dumps({"genres": ["x"] * 100_000}),
    ],
)
def test_a_text_that_cannot_be_saved_says_where_and_changes_nothing_e2_e3_e4_e8(text: str) -> None:
    release = listed()
    before = subject(release)

    with pytest.raises(WrongDocumentError) as caught:
        curate.save("release", OWNER, release, before.version, text)

    assert caught.value.found
    after = subject(release)
    assert (after.shown, after.version, edits()) == (before.shown, before.version, [])


def test_a_text_of_more_than_a_million_characters_is_too_large_e8() -> None:
    release = listed()

    with pytest.raises(TooLargeError):
        curate.save("release", OWNER, release, 1, '"' + "x" * 1_000_000 + '"')


@pytest.mark.parametrize("title", ["a\\u0000b", "\\ud800", "a\x00b", "\ud800"])
def test_what_no_database_keeps_is_refused_on_both_s19(each_database: Flask, title: str) -> None:
    release = listed()

    for text in (f'{{"title": "{title}"}}', '{"year": NaN}', '{"year": -Infinity}'):
        with pytest.raises(WrongDocumentError):
            curate.save("release", OWNER, release, subject(release).version, text)

    assert shown(release) == "Kind Of Blue"


HARMLESS = "\u200fbad\u200d q" + "\u0301" * 50 + " \U0001f3b5"


def test_odd_characters_are_stored_exactly_where_they_are_harmless_e9(each_database: Flask) -> None:
    release = listed()

    change(release, notes=HARMLESS, tracks=[{"title": HARMLESS}])

    assert shown(release, "notes") == HARMLESS
    assert shown(release, "tracks")[0]["title"] == HARMLESS


def test_a_wrong_edit_is_undone_much_later_on_both_databases_e10(each_database: Flask) -> None:
    release = listed()
    change(release, title="Wrong")
    (wrong,) = edits()
    change(release, year=1960)
    listed(title="KIND OF BLUE", country="UK")

    layer.undo("release", OWNER, release, edit_id=wrong.id)

    assert (shown(release), shown(release, "year")) == ("KIND OF BLUE", 1960)
    (kept, _year) = edits()
    assert (kept.before, kept.after, kept.undone_at is not None) == ("Kind Of Blue", "Wrong", True)


def test_what_a_provider_told_beyond_our_limits_does_not_block_other_fields() -> None:
    release = listed(title="x" * 1_200)
    document = {**subject(release).shown, "year": 1960}

    assert change(release, **document) == ["year"]
    with pytest.raises(WrongDocumentError):
        change(release, title="y" * 1_200)


def test_an_artist_with_a_discogs_id_keeps_their_name_on_a_release() -> None:
    release = listed()
    entry = {"name": "Myles Davis", "discogs_id": 23_755}

    with pytest.raises(WrongDocumentError) as caught:
        change(release, artists=[entry])

    (problem,) = caught.value.found
    assert problem.path == ("artists", 0, "name")
    assert "is called Miles Davis" in problem.message
    assert change(release, artists=[entry | {"name": "Miles Davis", "anv": "Myles"}]) == ["artists"]


def test_an_edit_reaches_only_its_owners_record() -> None:
    release = listed()
    db.session.add(User(id=2, name="Somebody else"))
    db.session.commit()
    change(release, title="Blue")

    with pytest.raises(NotFoundError):
        curate.save("release", 2, release, 1, '{"title": "Stolen"}')
    with pytest.raises(NotFoundError):
        layer.undo("release", 2, release, edit_id=edits()[0].id)
    assert shown(release) == "Blue"


def test_an_edit_of_another_record_is_not_found() -> None:
    release = listed()
    other = listed(discogs_id=99, title="Other")
    change(other, title="Blue")

    with pytest.raises(NotFoundError):
        layer.undo("release", OWNER, release, edit_id=edits()[0].id)
    with pytest.raises(NotFoundError):
        layer.redo("release", OWNER, release, edits()[0].id)


def artist_of(release_id: int) -> int:
    from app.queries.curation import artists_of

    return artists_of(OWNER, release_id)[0][0]


def test_an_artist_is_renamed_and_the_credit_line_stays_as_printed() -> None:
    release = listed()
    artist = artist_of(release)

    curate.save("artist", OWNER, artist, 1, '{"name": "Miles D.", "profile": "Trumpet."}')

    opened = open_subject("artist", OWNER, artist)
    assert opened.shown == {"name": "Miles D.", "profile": "Trumpet."}
    assert opened.version == 2
    layer.undo("artist", OWNER, artist, field="name")
    assert open_subject("artist", OWNER, artist).shown["name"] == "Miles Davis"


def test_two_artists_known_only_by_name_cannot_share_it() -> None:
    release = listed()
    change(release, artists=[{"name": "Cannonball"}, {"name": "Coltrane"}])
    artist = artist_of(release)

    with pytest.raises(WrongDocumentError, match="One thing"):
        curate.save("artist", OWNER, artist, 1, '{"name": "Coltrane"}')

    assert open_subject("artist", OWNER, artist).shown["name"] == "Cannonball"
    assert db.session.scalar(select(func.count(Edit.id)).where(Edit.entity == "artist")) == 0
