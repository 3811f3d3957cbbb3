from __future__ import annotations

import html
import json
import re

import pytest
from flask.testing import FlaskClient
from sqlalchemy import delete, select

from app.extensions import db
from app.models import Copy, Credit, Edit, Label, Release, ReleaseLabel, ReleaseTag, Track
from app.queries.curation import artists_of
from app.services.subjects import open_subject
from tests.listening import statements
from tests.listings import OWNER, listed
from tests.web.admin.editing import hidden, opened, send, text_in, with_fields


@pytest.fixture
def client(each_client: FlaskClient) -> FlaskClient:
    """The rows E1 to E11 of the fault list hold on both databases."""
    return each_client


@pytest.fixture
def address(client: FlaskClient) -> str:
    return f"/admin/releases/{listed()}/json"


def title() -> str:
    return db.session.execute(select(Release.title)).scalar_one()


def test_the_editor_shows_the_whole_document(client: FlaskClient, address: str) -> None:
    document = json.loads(opened(client, address)["document"])

    assert document["title"] == "Kind Of Blue"
    assert document["tracks"][0]["duration"] == "9:22"
    assert document["notes"] is None


def test_a_saved_change_is_shown_with_its_history(client: FlaskClient, address: str) -> None:
    form = with_fields(opened(client, address), title="Kind of Blue <mono>")

    answer = send(client, address, form, action="save")

    assert (answer.status_code, answer.location) == (302, address)
    page = client.get(address).text
    assert "Saved: title." in page
    assert "Kind of Blue &lt;mono&gt;" in page
    assert "<mono>" not in page
    assert title() == "Kind of Blue <mono>"


def test_saving_without_a_change_says_so(client: FlaskClient, address: str) -> None:
    send(client, address, opened(client, address), action="save")

    assert "Nothing was changed" in client.get(address).text


def test_a_preview_shows_before_and_after_and_saves_nothing(
    client: FlaskClient, address: str
) -> None:
    form = with_fields(opened(client, address), year=1960)

    answer = send(client, address, form, action="preview")

    assert answer.status_code == 200
    assert re.search(r"<del>.*1959.*</del>.*<ins>.*1960.*</ins>", answer.text, re.DOTALL)
    assert text_in(answer.text) == form["document"]
    assert db.session.scalar(select(Edit.id)) is None


def test_format_lays_the_text_out_without_script(client: FlaskClient, address: str) -> None:
    form = opened(client, address) | {"document": '{"year":1960,"colour":1,"title":"A"}'}

    answer = send(client, address, form, action="format")

    assert text_in(answer.text) == '{\n  "title": "A",\n  "year": 1960,\n  "colour": 1\n}'
    assert db.session.scalar(select(Edit.id)) is None


@pytest.mark.parametrize("action", ["save", "preview", "format"])
@pytest.mark.parametrize(
    "text",
    ['\n\n  {"title": "Blue",\r\n "year": }  \n', "", "<b>&amp;</textarea>", "[" * 100_000],
)
def test_a_text_that_cannot_be_read_comes_back_exactly_e2(
    client: FlaskClient, address: str, text: str, action: str
) -> None:
    answer = send(client, address, opened(client, address) | {"document": text}, action=action)

    assert answer.status_code == 422
    assert text_in(answer.text) == text
    assert re.search(r"Line \d+, column \d+", answer.text)


def test_every_problem_is_told_with_its_line_e4(client: FlaskClient, address: str) -> None:
    text = '{\n "year": "x",\n "owner_id": 2,\n "colour": 1\n}'

    answer = send(client, address, opened(client, address) | {"document": text})

    assert answer.status_code == 422
    told = html.unescape(answer.text)
    assert "year must be a whole number such as 1959, or null." in told
    assert "owner_id is kept by Gatefold itself" in told
    assert "colour is not a field of a release; did you mean country?" in told
    assert re.findall(r'data-line="(\d+)" data-column="(\d+)"', told) == [
        ("2", "10"),
        ("3", "2"),
        ("4", "2"),
    ]


def test_a_text_beyond_a_million_characters_is_too_big_and_kept_e8(
    client: FlaskClient, address: str
) -> None:
    text = '"' + "x" * 1_000_000 + '"'

    answer = send(client, address, opened(client, address) | {"document": text})

    assert answer.status_code == 413
    assert "1,000,000" in answer.text
    assert text_in(answer.text) == text


def test_the_slower_of_two_people_gets_both_sides_and_then_may_save_e1(
    client: FlaskClient, address: str
) -> None:
    slow = with_fields(opened(client, address), title="Slow & sure")
    quick = with_fields(opened(client, address), title="Quick", country="Japan")
    send(client, address, quick)

    answer = send(client, address, slow)

    assert answer.status_code == 409
    page = html.unescape(answer.text)
    assert all(side in page for side in ("Kind Of Blue", "Quick", "Slow & sure"))
    assert text_in(answer.text) == slow["document"]
    assert title() == "Quick"
    again = {
        "document": text_in(answer.text),
        "version": hidden(answer.text, "version"),
        "base": hidden(answer.text, "base"),
    }
    assert send(client, address, again).status_code == 302
    assert title() == "Slow & sure"
    assert db.session.execute(select(Release.country)).scalar_one() == "Japan"


@pytest.mark.parametrize("text", ["[]", '"x"', "null", "7", "true"])
def test_json_of_the_wrong_shape_is_refused_and_no_page_breaks_e3(
    client: FlaskClient, address: str, text: str
) -> None:
    answer = send(client, address, opened(client, address) | {"document": text}, action="save")

    assert answer.status_code == 422
    assert text_in(answer.text) == text
    assert "Line 1, column 1" in answer.text
    for page in (address, "/collection", address.replace("/admin", "").removesuffix("/json")):
        assert client.get(page).status_code == 200


@pytest.mark.parametrize("version", ["", "x", "0", "99999999999999999999999", None])
def test_a_form_without_its_version_is_a_conflict_not_a_save_e1(
    client: FlaskClient, address: str, version: str | None
) -> None:
    form = with_fields(opened(client, address), title="Blue")
    if version is None:
        del form["version"]
    else:
        form["version"] = version

    assert send(client, address, form).status_code == 409
    assert title() == "Kind Of Blue"


def edit_ids() -> list[int]:
    return list(db.session.scalars(select(Edit.id).order_by(Edit.id)))


def test_undo_and_redo_are_one_click_each_e10(client: FlaskClient, address: str) -> None:
    send(client, address, with_fields(opened(client, address), title="Blue"))
    (edit,) = edit_ids()

    undone = client.post(address.replace("/json", "/undo"), data={"edit": edit})

    assert (undone.status_code, undone.location) == (302, address)
    assert title() == "Kind Of Blue"
    assert "Redo" in client.get(address).text
    client.post(address.replace("/json", "/redo"), data={"edit": edit})
    assert title() == "Blue"


def test_a_save_of_several_fields_is_undone_as_one(client: FlaskClient, address: str) -> None:
    send(client, address, with_fields(opened(client, address), title="Blue", year=1960))
    page = client.get(address).text

    client.post(address.replace("/json", "/undo"), data={"batch": hidden(page, "batch")})

    assert title() == "Kind Of Blue"


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"edit": "x"},
        {"edit": "0"},
        {"edit": "99999999999999999999"},
        {"edit": "12345"},
        {"batch": "nope"},
        {"field": "nope"},
    ],
)
@pytest.mark.parametrize("what", ["undo", "redo"])
def test_undoing_what_is_not_there_is_not_found(
    client: FlaskClient, address: str, data: dict[str, str], what: str
) -> None:
    assert client.post(address.replace("/json", f"/{what}"), data=data).status_code == 404


def test_what_the_provider_says_now_is_shown_and_can_be_taken_e5(
    client: FlaskClient, address: str
) -> None:
    send(client, address, with_fields(opened(client, address), title="Blue"))
    assert "Discogs says" in client.get(address).text
    listed(title="KIND OF BLUE")

    page = client.get(address).text

    assert "Discogs now says" in page
    assert "KIND OF BLUE" in page
    client.post(address.replace("/json", "/undo"), data={"field": "title"})
    assert title() == "KIND OF BLUE"
    assert "Beneath your edits" not in client.get(address).text


def test_a_record_removed_while_it_was_edited_gives_the_text_back_e6(
    client: FlaskClient, address: str
) -> None:
    form = with_fields(opened(client, address), title="Blue & green")
    for model in (Copy, Credit, ReleaseLabel, ReleaseTag, Track, Release):
        db.session.execute(delete(model))
    db.session.commit()

    answer = send(client, address, form)

    assert answer.status_code == 410
    assert text_in(answer.text) == form["document"]


@pytest.mark.parametrize("number", ["0", "7", "99999999999999999999", "x"])
@pytest.mark.parametrize("kind", ["releases", "artists", "labels", "copies"])
def test_a_record_that_does_not_exist_is_not_found_e11(
    client: FlaskClient, kind: str, number: str
) -> None:
    assert client.get(f"/admin/{kind}/{number}/json").status_code == 404
    assert client.post(f"/admin/{kind}/{number}/json").status_code == 404


def test_an_artist_is_edited_the_same_way(client: FlaskClient, address: str) -> None:
    release = db.session.execute(select(Release.id)).scalar_one()
    artist = artists_of(OWNER, release)[0][0]
    own = f"/admin/artists/{artist}/json"
    assert own in client.get(address).text

    send(client, own, with_fields(opened(client, own), profile="Trumpeter."))

    assert open_subject("artist", OWNER, artist).shown["profile"] == "Trumpeter."
    assert "Trumpeter." in client.get(own).text


def test_a_label_is_edited_from_its_page_which_shows_its_profile(
    client: FlaskClient, address: str
) -> None:
    label = db.session.execute(select(Label.id)).scalar_one()
    own = f"/admin/labels/{label}/json"
    assert own in client.get(f"/labels/{label}").text

    send(client, own, with_fields(opened(client, own), profile="Since <1888>."))

    assert "Since &lt;1888&gt;." in client.get(f"/labels/{label}").text
    assert f'href="/labels/{label}"' in client.get(own).text


def test_a_copy_is_edited_from_its_release(client: FlaskClient, address: str) -> None:
    copy = db.session.execute(select(Copy)).scalar_one()
    own = f"/admin/copies/{copy.id}/json"
    release = f"/releases/{copy.release_id}"
    assert own in client.get(release).text

    send(client, own, with_fields(opened(client, own), notes="From Utrecht", rating=4))

    assert "From Utrecht" in client.get(release).text
    assert f'href="{release}#copy-{copy.id}"' in client.get(own).text


@pytest.mark.parametrize("what", ["json", "undo", "redo"])
def test_nothing_is_written_without_the_token(client: FlaskClient, address: str, what: str) -> None:
    client.application.config["WTF_CSRF_ENABLED"] = True

    answer = client.post(address.replace("/json", f"/{what}"), data={"document": "{}"})

    assert answer.status_code == 400


def test_a_page_with_more_history_asks_no_more_of_the_database(
    client: FlaskClient, address: str
) -> None:
    for year in range(1960, 1965):
        send(client, address, with_fields(opened(client, address), year=year))
    with statements() as few:
        client.get(address)
    for year in range(1965, 1975):
        send(client, address, with_fields(opened(client, address), year=year))
    with statements() as many:
        client.get(address)

    assert len(few) == len(many) > 0


def test_hostile_characters_are_shown_in_isolation_e9(client: FlaskClient, address: str) -> None:
    send(client, address, with_fields(opened(client, address), title="\u200fbad\u200d <script>"))

    page = client.get(address).text

    assert "<script>" not in page.replace("<script type", "")
    assert "<h1>Edit <bdi>\u200fbad\u200d &lt;script&gt;</bdi></h1>" in page
