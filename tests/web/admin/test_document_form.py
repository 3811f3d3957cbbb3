from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.domain.records import TrackRecord
from app.extensions import db
from app.models import Copy, Credit, Edit, Label, Release, ReleaseLabel, ReleaseTag, Track
from app.services.subjects import open_subject
from tests.listings import OWNER, listed
from tests.web.admin.editing import fields_in, opened, send, text_in, with_fields


@pytest.fixture
def address(client: FlaskClient) -> str:
    return f"/admin/releases/{listed()}/json"


def shown(field: str) -> object:
    release = db.session.execute(select(Release.id)).scalar_one()
    return open_subject("release", OWNER, release).shown[field]


def test_a_form_nobody_touched_changes_nothing(client: FlaskClient, address: str) -> None:
    parts = (TrackRecord("One", "1a", "1:00"), TrackRecord("Two", "1b"))
    listed(tracks=(TrackRecord("Suite\nin C", "1", kind="index", sub_tracks=parts),), notes="\na\n")

    send(client, address, fields_in(client.get(address).text), action="save")

    assert "Nothing was changed" in client.get(address).text


def test_the_form_saves_what_was_typed_as_an_edit_made_there(
    client: FlaskClient, address: str
) -> None:
    fields = fields_in(client.get(address).text)
    fields |= {"title": "Blue", "genres": "Jazz\nFolk, World, & Country", "tracks.0.title": "So?"}

    answer = send(client, address, fields, action="save")

    assert (answer.status_code, answer.location) == (302, address)
    assert (shown("title"), shown("genres")) == ("Blue", ["Jazz", "Folk, World, & Country"])
    edits = db.session.scalars(select(Edit)).all()
    assert {edit.field for edit in edits} == {"title", "genres", "tracks"}
    assert {edit.how for edit in edits} == {"form"}


def test_what_the_form_changes_is_shown_before_it_is_saved(
    client: FlaskClient, address: str
) -> None:
    fields = fields_in(client.get(address).text) | {"year": "1960"}

    answer = send(client, address, fields, action="preview")

    assert re.search(r"<del>.*1959.*</del>.*<ins>.*1960.*</ins>", answer.text, re.DOTALL)
    assert json.loads(text_in(answer.text))["year"] == 1960
    assert fields_in(answer.text)["year"] == "1960"
    assert db.session.scalar(select(Edit.id)) is None


def test_a_problem_is_told_at_its_field_and_at_its_line(client: FlaskClient, address: str) -> None:
    fields = fields_in(client.get(address).text) | {"year": "MCMLIX", "tracks.1.title": "T" * 2_000}

    answer = send(client, address, fields, action="save")

    assert answer.status_code == 422
    page = html.unescape(answer.text)
    lines = text_in(answer.text).split("\n")
    year = next(number for number, line in enumerate(lines, 1) if '"year"' in line)
    assert f'data-line="{year}"' in page
    assert re.search(
        r'id="year-error">.*year must be a whole number such as 1959, or nothing\.', page, re.DOTALL
    )
    assert 'id="tracks.1.title-error"' in page
    assert fields_in(answer.text)["year"] == "MCMLIX"
    assert shown("year") == 1959


@pytest.mark.parametrize("bad", ["a\x00b", "\ud800", "NaN", "\u202e"])
def test_what_cannot_be_stored_is_refused_or_kept_but_never_breaks_s19_e9(
    client: FlaskClient, address: str, bad: str
) -> None:
    sent = bad.encode("utf-8", "surrogatepass")
    fields = {name: text.encode() for name, text in fields_in(client.get(address).text).items()}

    answer = client.post(address, data=fields | {"title": b"Blue " + sent, "year": sent})

    assert answer.status_code == 422
    assert shown("title") == "Kind Of Blue"


def test_entries_are_added_moved_and_removed_without_script(
    client: FlaskClient, address: str
) -> None:
    fields = fields_in(client.get(address).text)

    page = send(client, address, fields, row="add tracks").text
    fields = fields_in(page) | {"tracks.2.title": "All Blues"}
    page = send(client, address, fields, row="up tracks.2").text
    page = send(client, address, fields_in(page), row="remove tracks.0").text
    send(client, address, fields_in(page), action="save")

    tracks = shown("tracks")
    assert isinstance(tracks, list)
    assert [track["title"] for track in tracks] == ["All Blues", "Freddie Freeloader"]


def test_a_list_too_long_for_a_form_is_left_as_it_is(client: FlaskClient, address: str) -> None:
    listed(tracks=tuple(TrackRecord(f"Part {number}") for number in range(201)))
    page = client.get(address).text
    fields = fields_in(page)
    assert "Too long or too unusual for a form" in page
    assert "tracks" not in fields

    answer = send(client, address, fields | {"title": "Blue"}, action="save")

    assert answer.status_code == 302
    assert shown("title") == "Blue"
    tracks = shown("tracks")
    assert isinstance(tracks, list)
    assert len(tracks) == 201


@pytest.mark.parametrize("text", ["{", "[]", '"x"', "null", ""])
def test_the_form_waits_while_the_text_is_no_document(
    client: FlaskClient, address: str, text: str
) -> None:
    answer = send(client, address, opened(client, address) | {"document": text}, action="save")

    assert answer.status_code == 422
    assert "The form comes back when the JSON can be read" in answer.text
    assert fields_in(answer.text) == {}


@pytest.mark.parametrize("button", ["lock year", "lock title", "undo year", "keep year"])
def test_a_button_beside_a_field_keeps_what_is_typed_in_the_others(
    client: FlaskClient, address: str, button: str
) -> None:
    send(client, address, fields_in(client.get(address).text) | {"year": "1960"}, action="save")
    fields = fields_in(client.get(address).text) | {"title": "Half typed", "country": "18x\n"}

    page = send(client, address, fields, beside=button, row="").text

    assert (shown("title"), shown("year")) == ("Kind Of Blue", 1959 if button[0] == "u" else 1960)
    assert fields_in(page)["title"] == "Half typed"
    assert fields_in(page)["year"] == str(shown("year"))
    assert "data-unsaved" in page
    answer = send(client, address, fields_in(page), action="save")
    assert (answer.status_code, shown("title")) == (302, "Half typed")
    assert shown("year") == (1959 if button[0] == "u" else 1960)


def test_a_field_typed_in_anew_stays_typed_when_its_edits_are_undone(
    client: FlaskClient, address: str
) -> None:
    send(client, address, fields_in(client.get(address).text) | {"year": "1960"}, action="save")
    fields = fields_in(client.get(address).text) | {"year": "1961"}

    page = send(client, address, fields, beside="undo year").text

    assert (shown("year"), fields_in(page)["year"]) == (1959, "1961")
    send(client, address, fields_in(page), action="save")
    assert shown("year") == 1961


def test_a_button_beside_a_field_hides_no_change_somebody_else_made_e1(
    client: FlaskClient, address: str
) -> None:
    slow = fields_in(client.get(address).text) | {"title": "Slow"}
    send(client, address, with_fields(opened(client, address), title="Quick"))

    page = send(client, address, slow, beside="lock year").text

    assert send(client, address, fields_in(page), action="save").status_code == 409
    assert shown("title") == "Quick"


def test_the_slower_of_two_people_keeps_what_they_typed_into_the_form_e1(
    client: FlaskClient, address: str
) -> None:
    slow = fields_in(client.get(address).text) | {"title": "Slow & sure"}
    send(client, address, with_fields(opened(client, address), title="Quick", year=1960))

    answer = send(client, address, slow, action="save")

    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert all(side in page for side in ("Kind Of Blue", "Quick", "Slow & sure"))
    assert "changed by both" in page
    send(client, address, fields_in(answer.text), action="save")
    assert (shown("title"), shown("year")) == ("Slow & sure", 1960)


def test_fields_of_a_record_that_is_gone_come_back_as_text_e6(
    client: FlaskClient, address: str
) -> None:
    fields = fields_in(client.get(address).text) | {"title": "Blue & green"}
    for model in (Copy, Credit, ReleaseLabel, ReleaseTag, Track, Release):
        db.session.execute(delete(model))
    db.session.commit()

    answer = send(client, address, fields, action="save")

    assert answer.status_code == 410
    assert json.loads(text_in(answer.text))["title"] == "Blue & green"


def test_a_label_and_a_copy_are_edited_in_a_form_too(client: FlaskClient, address: str) -> None:
    label = f"/admin/labels/{db.session.execute(select(Label.id)).scalar_one()}/json"
    copy = f"/admin/copies/{db.session.execute(select(Copy.id)).scalar_one()}/json"

    send(client, label, fields_in(client.get(label).text) | {"profile": "Since 1888"})
    send(client, copy, fields_in(client.get(copy).text) | {"rating": "4", "folder": "Jazz"})

    assert fields_in(client.get(label).text)["profile"] == "Since 1888"
    assert fields_in(client.get(copy).text)["folder"] == "Jazz"


def test_a_copy_is_offered_the_grades_and_folders_there_are(
    client: FlaskClient, address: str
) -> None:
    copy = f"/admin/copies/{db.session.execute(select(Copy.id)).scalar_one()}/json"

    page = client.get(copy).text

    for name, word in (("media_condition", "Near Mint (NM or M-)"), ("folder", "Uncategorized")):
        (offered,) = re.findall(rf'<datalist id="{name}-offered">(.*?)</datalist>', page)
        assert word in html.unescape(offered)
        assert f'list="{name}-offered"' in page


def test_with_script_the_text_that_comes_along_is_what_counts(
    client: FlaskClient, address: str
) -> None:
    form = with_fields(opened(client, address), title="From the text")

    send(client, address, form, side="form", action="save")

    assert shown("title") == "From the text"
    assert db.session.scalars(select(Edit.how)).all() == ["form"]


def test_a_text_is_looked_through_while_it_is_being_written(
    client: FlaskClient, address: str
) -> None:
    check = address.replace("/json", "/check")

    wrong = client.post(check, data={"document": '{\n "year": "x"}'})
    broken = client.post(check, data={"document": '{\n "year": NaN}'})
    right = client.post(check, data={"document": '{"year": 1960}'})
    long = client.post(check, data={"document": '"' + "x" * 1_000_000 + '"'})

    assert [(one["line"], one["column"]) for one in json.loads(wrong.text)["problems"]] == [(2, 10)]
    assert [one["line"] for one in json.loads(broken.text)["problems"]] == [2]
    assert right.json == {"problems": []}
    assert long.status_code == 413
    assert db.session.scalar(select(Edit.id)) is None
