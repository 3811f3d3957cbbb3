"""What was typed into a form that is refused comes back, to be sent again by hand."""

from __future__ import annotations

import io
import re
from html.parser import HTMLParser

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError
from werkzeug.test import TestResponse

from app.errors import UnavailableError
from app.services import uploads

NOTE = "\nFirst line <b>\nSecond & last line: “Ænima”\n"
TYPED = {"notes": NOTE, "grade": "Near Mint", "copy": ["1", "2"], "empty": ""}
BROWSER = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}


class FormReader(HTMLParser):
    """The form a page offers to send again: where it goes and what it holds."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.address, self.enctype = "", ""
        self.fields: list[tuple[str, str]] = []
        self.types: dict[str, str] = {}
        self._text: str | None = None
        self._open = False
        section = re.search(r'<section class="panel typed".*?</section>', page, re.DOTALL)
        self.feed(section[0] if section else "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.address, self.enctype = told["action"], told.get("enctype", "")
        elif tag == "input":
            self.types[told["name"]] = told["type"]
            self.fields.append((told["name"], told.get("value", "")))
        elif tag == "textarea":
            self.fields.append((told["name"], ""))
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._text is not None:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea" and self._text is not None:
            # A browser drops the first line end after the tag.
            self.fields[-1] = (self.fields[-1][0], self._text.removeprefix("\n"))
            self._text = None

    def values(self, name: str) -> list[str]:
        return [value for field, value in self.fields if field == name]


@pytest.fixture
def received(app: Flask) -> list[dict[str, list[str]]]:
    """What arrived at /notes/7."""
    came: list[dict[str, list[str]]] = []

    def save(number: int) -> str:
        came.append(request.form.to_dict(flat=False))
        return "saved"

    app.add_url_rule("/notes/<int:number>", "save_notes", save, methods=["POST"])
    return came


def fail_with(app: Flask, error: Exception) -> None:
    def fail() -> str:
        raise error

    app.add_url_rule("/failing", view_func=fail, methods=["POST"])


def token_for(visitor: FlaskClient) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', visitor.get("/import").text)
    assert found
    return found[1]


def refused(visitor: FlaskClient, **headers: str) -> TestResponse:
    return visitor.post("/notes/7?tab=2", data=TYPED, headers={**BROWSER, **headers})


def test_what_was_typed_before_the_session_ended_can_be_sent_again(
    app: Flask, received: list[dict[str, list[str]]]
) -> None:
    visitor = app.test_client()
    answer = refused(visitor)
    form = FormReader(answer.text)

    again = visitor.post(form.address, data=_as_sent(form), headers=BROWSER)

    assert answer.status_code == 400
    assert "Your session had ended" in answer.text
    assert form.address == "/notes/7?tab=2"
    assert again.text == "saved"
    assert len(received) == 1
    assert {name: received[0][name] for name in TYPED} == {
        "notes": [NOTE],
        "grade": ["Near Mint"],
        "copy": ["1", "2"],
        "empty": [""],
    }


def _as_sent(form: FormReader) -> dict[str, list[str]]:
    return {name: form.values(name) for name, _value in form.fields}


def test_everything_that_would_be_sent_can_be_seen(
    app: Flask, received: list[dict[str, list[str]]]
) -> None:
    page = refused(app.test_client()).text

    assert ">Near Mint<" in page
    assert ">1, 2<" in page
    assert "First line &lt;b&gt;\nSecond &amp; last line" in page
    assert "/notes/7?tab=2</code>" in page


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "none"},
        {"Sec-Fetch-Site": "cross-site"},
        {"HX-Request": "true"},
    ],
)
def test_a_form_that_may_come_from_elsewhere_gets_no_token(
    app: Flask, received: list[dict[str, list[str]]], headers: dict[str, str]
) -> None:
    answer = refused(app.test_client(), **headers)

    assert answer.status_code == 400
    assert FormReader(answer.text).fields == []
    assert "Near Mint" not in answer.text
    assert received == []


def test_a_secret_is_asked_for_anew(app: Flask) -> None:
    typed = {"username": "crate_digger", "token": "sesame-7"}

    answer = app.test_client().post("/import/connect/token", data=typed, headers=BROWSER)

    form = FormReader(answer.text)
    assert "sesame-7" not in answer.text
    assert form.types["token"] == "password"
    assert form.values("username") == ["crate_digger"]


def test_a_file_must_be_chosen_anew(app: Flask) -> None:
    typed = {"file": (io.BytesIO(b"a,b\n"), "shelf.csv")}

    answer = app.test_client().post("/import/csv", data=typed, headers=BROWSER)

    form = FormReader(answer.text)
    assert form.enctype == "multipart/form-data"
    assert form.types["file"] == "file"
    assert "Choose it again" in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (OperationalError("UPDATE", {}, Exception("database is locked")), 503),
        (UnavailableError("discogs", "Discogs does not answer."), 502),
        (KeyError("a fault"), 500),
    ],
)
def test_a_text_that_could_not_be_saved_comes_back(
    app: Flask, error: Exception, status: int
) -> None:
    fail_with(app, error)
    visitor = app.test_client()
    typed = {**TYPED, "csrf_token": token_for(visitor)}

    answer = visitor.post("/failing", data=typed, headers=BROWSER)

    assert answer.status_code == status
    assert FormReader(answer.text).values("notes") == [NOTE]


def test_a_button_that_failed_is_not_made_into_a_form(app: Flask) -> None:
    fail_with(app, KeyError("a fault"))
    visitor = app.test_client()

    answer = visitor.post(
        "/failing", data={"run": "7", "csrf_token": token_for(visitor)}, headers=BROWSER
    )

    assert answer.status_code == 500
    assert FormReader(answer.text).address == ""


def test_a_form_that_is_too_large_hears_the_limit_and_how_to_get_the_text_back(app: Flask) -> None:
    answer = app.test_client().post("/import/sample", data={"notes": "x" * 2_100_000})

    assert answer.status_code == 413
    assert "accepts here: 2 MB" in answer.text
    assert "Back button" in answer.text


def test_an_upload_that_is_too_large_hears_its_own_limit(app: Flask) -> None:
    answer = app.test_client().post(
        "/import/csv",
        content_type="multipart/form-data; boundary=x",
        environ_overrides={"CONTENT_LENGTH": "70000000"},
    )

    assert answer.status_code == 413
    assert "accepts here: 64 MB" in answer.text


def test_pages_tell_the_browser_their_limits(app: Flask) -> None:
    page = app.test_client().get("/import").text

    assert f'<body data-most-form-bytes="{app.config["MAX_CONTENT_LENGTH"]}"' in page
    assert f'data-most-bytes="{uploads.MOST_BYTES}"' in page
