"""The guards in front of every page, and the pages that say no."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from werkzeug.routing import AnyConverter, BaseConverter, Rule
from werkzeug.test import EnvironBuilder, run_wsgi_app

from app.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    TooLargeError,
    UnavailableError,
)
from app.extensions import db
from app.services import sample_shelf
from tests.conftest import OWNER

MakeApp = Callable[..., Flask]
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')
HUGE = ("99999999999999999999", str(2**63), "9" * 5_000, "0", "-1", "1.5", "%00", "x")
STRANGE = ("²", "decade:²", "9999-12-31", "0001-01-01")
# A page, a fragment of nothing, a picture, an address for machines, an error.
EVERYWHERE = ("/import", "/collection", "/import/sample/0.svg", "/healthz", "/no/such/page")


@pytest.fixture
def visitor(app: Flask) -> FlaskClient:
    """A browser as it comes: with cookies, and bound to send CSRF tokens."""
    return app.test_client()


@pytest.fixture
def failing(app: Flask) -> Callable[[Exception], FlaskClient]:
    """A browser to an app whose /failing raises that."""

    def make(error: Exception) -> FlaskClient:
        def fail() -> str:
            raise error

        app.add_url_rule("/failing", view_func=fail)
        return app.test_client()

    return make


def policy_of(header: str) -> dict[str, str]:
    parts = (part.strip().partition(" ") for part in header.split(";") if part.strip())
    return {name: sources for name, _, sources in parts}


def written_to(app: Flask) -> Iterator[tuple[str, str]]:
    """Every address that takes writes, with numbers filled in, and its methods."""
    adapter = app.url_map.bind("localhost")
    for rule in app.url_map.iter_rules():
        for method in sorted((rule.methods or set()) & WRITES):
            yield method, adapter.build(rule.endpoint, filled_in(rule), method=method)


def filled_in(rule: Rule) -> dict[str, Any]:
    return {name: something_for(found) for name, found in rule._converters.items()}


def something_for(converter: BaseConverter) -> Any:
    """A value an address may have there."""
    if isinstance(converter, AnyConverter):
        return min(converter.items)
    return 1 if "d" in converter.regex else "x"


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_carries_the_strict_policy(visitor: FlaskClient, path: str) -> None:
    headers = visitor.get(path).headers

    policy = policy_of(headers["Content-Security-Policy"])
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]


@pytest.mark.parametrize("path", EVERYWHERE)
def test_every_answer_may_neither_be_framed_nor_guessed_nor_shared(
    visitor: FlaskClient, path: str
) -> None:
    headers = visitor.get(path).headers

    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "private" in headers["Cache-Control"]
    assert len(headers["X-Request-Id"]) == 12


def test_forms_may_lead_to_discogs_and_nowhere_else(make_app: MakeApp) -> None:
    visitor = make_app(discogs_web_url="https://discogs.example").test_client()

    policy = policy_of(visitor.get("/import").headers["Content-Security-Policy"])

    assert policy["form-action"] == "'self' https://discogs.example"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil"])
def test_another_host_name_is_not_answered(visitor: FlaskClient, host: str) -> None:
    answer = visitor.get("/import", headers={"Host": host})

    assert answer.status_code == 400
    assert "TRUSTED_HOSTS" in answer.text
    assert host not in answer.text


def test_a_host_name_that_was_named_is_answered(make_app: MakeApp) -> None:
    visitor = make_app(trusted_hosts=("records.example",)).test_client()

    assert visitor.get("/import", headers={"Host": "records.example:8080"}).status_code == 200
    assert visitor.get("/import", headers={"Host": "localhost"}).status_code == 400


@pytest.mark.parametrize("host", ["LOCALHOST", "LocalHost:5000", "Records.Example"])
def test_a_host_name_is_the_same_in_capitals(make_app: MakeApp, host: str) -> None:
    visitor = make_app(trusted_hosts=("localhost", "RECORDS.example")).test_client()

    assert visitor.get("/import", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize(("protocol", "status"), [("HTTP/1.1", 400), ("HTTP/1.0", 200)])
def test_a_request_must_say_for_which_host_it_is(app: Flask, protocol: str, status: int) -> None:
    told = {"SERVER_PROTOCOL": protocol, "REMOTE_ADDR": "127.0.0.1"}
    builder = EnvironBuilder(path="/import", environ_overrides=told)
    environ = builder.get_environ()
    del environ["HTTP_HOST"]

    _pieces, answered, _headers = run_wsgi_app(app, environ, buffered=True)

    assert answered.startswith(f"{status} ")


def test_the_address_listened_on_is_answered(make_app: MakeApp) -> None:
    visitor = make_app(host="127.0.0.2").test_client()

    assert visitor.get("/import", headers={"Host": "127.0.0.2:5000"}).status_code == 200
    assert visitor.get("/import", headers={"Host": "127.0.0.3:5000"}).status_code == 400


def test_forwarded_headers_count_for_nothing_without_a_proxy(visitor: FlaskClient) -> None:
    forwarded = {"X-Forwarded-Host": "evil.example", "X-Forwarded-For": "127.0.0.1"}

    ours = visitor.get("/import", headers=forwarded)
    theirs = visitor.get(
        "/import", headers=forwarded, environ_overrides={"REMOTE_ADDR": "192.168.1.20"}
    )

    assert ours.status_code == 200
    assert "evil.example" not in ours.text
    assert theirs.status_code == 403


@pytest.mark.parametrize("address", ["192.168.1.20", "10.0.0.1", "2001:db8::1", "", "not-an-ip"])
@pytest.mark.parametrize("path", EVERYWHERE)
def test_another_machine_is_turned_away(visitor: FlaskClient, address: str, path: str) -> None:
    answer = visitor.get(path, environ_overrides={"REMOTE_ADDR": address})

    assert answer.status_code == 403
    assert "no accounts yet" in answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1"])
def test_this_machine_is_served(visitor: FlaskClient, address: str) -> None:
    assert visitor.get("/import", environ_overrides={"REMOTE_ADDR": address}).status_code == 200


def test_no_address_takes_a_write_without_its_token(app: Flask, visitor: FlaskClient) -> None:
    tried = list(written_to(app))

    answers = [(path, visitor.open(path, method=method)) for method, path in tried]

    assert len(tried) >= 10
    assert [path for path, answer in answers if answer.status_code != 400] == []
    assert all("Nothing was changed" in answer.text for _path, answer in answers)


def test_no_address_takes_a_write_from_another_site(app: Flask, visitor: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = False
    headers = {"Sec-Fetch-Site": "cross-site"}

    answers = [
        (path, visitor.open(path, method=method, headers=headers))
        for method, path in written_to(app)
    ]

    assert [path for path, answer in answers if answer.status_code != 400] == []


@pytest.mark.parametrize(
    ("site", "status"),
    [("same-origin", 302), ("none", 302), ("same-site", 400), ("cross-site", 400), ("x", 400)],
)
def test_a_form_works_from_our_own_pages_only(visitor: FlaskClient, site: str, status: int) -> None:
    found = TOKEN.search(visitor.get("/import").text)
    assert found

    answer = visitor.post(
        "/import/sample", data={"csrf_token": found[1]}, headers={"Sec-Fetch-Site": site}
    )

    assert answer.status_code == status
    assert sample_shelf.count(OWNER) == (sample_shelf.size() if status == 302 else 0)


def test_a_token_of_another_session_is_refused(app: Flask) -> None:
    found = TOKEN.search(app.test_client().get("/import").text)
    assert found

    answer = app.test_client().post("/import/sample", data={"csrf_token": found[1]})

    assert answer.status_code == 400
    assert sample_shelf.count(OWNER) == 0


def test_a_refused_form_has_an_id_that_finds_it_in_the_log(visitor: FlaskClient) -> None:
    answer = visitor.post("/import/sample")

    assert answer.headers["X-Request-Id"]
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize(
    ("path", "method", "status"),
    [("/no/such/page", "GET", 404), ("/healthz", "POST", 405), ("/import/sample", "POST", 400)],
)
def test_a_request_that_fits_no_page_gets_a_page_with_a_way_out(
    app: Flask, path: str, method: str, status: int
) -> None:
    answer = app.test_client().open(path, method=method)

    assert answer.status_code == status
    assert 'href="/collection"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (NotFoundError("That record is not here."), 404),
        (ConflictError("Somebody changed that record."), 409),
        (TooLargeError("That text is too long."), 413),
        (InvalidInputError("That year is no year."), 422),
        (UnavailableError("discogs", "Discogs does not answer."), 502),
    ],
)
def test_an_error_of_ours_is_a_page_that_says_what_happened(
    failing: Callable[[Exception], FlaskClient], error: Exception, status: int
) -> None:
    answer = failing(error).get("/failing")

    assert answer.status_code == status
    assert str(error) in answer.text
    assert 'href="/collection"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    assert answer.headers["Content-Security-Policy"]


def test_a_fault_of_ours_shows_no_trace_of_how_it_works(
    failing: Callable[[Exception], FlaskClient],
) -> None:
    answer = failing(KeyError("sekret-detail")).get("/failing")

    assert answer.status_code == 500
    assert 'href="/collection"' in answer.text
    assert answer.headers["X-Request-Id"] in answer.text
    for inside in ("Traceback", "KeyError", "sekret-detail", ".py"):
        assert inside not in answer.text


def test_a_busy_database_says_when_to_come_back(
    failing: Callable[[Exception], FlaskClient],
) -> None:
    locked = OperationalError("SELECT sekret", {}, Exception("database is locked"))

    answer = failing(locked).get("/failing")

    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "sekret" not in answer.text


def test_of_two_saves_at_once_the_second_is_told_so(
    failing: Callable[[Exception], FlaskClient],
) -> None:
    refused = IntegrityError("INSERT sekret", {}, Exception("UNIQUE constraint failed\nsekret"))

    answer = failing(refused).get("/failing")

    assert answer.status_code == 409
    assert "at the same moment" in answer.text
    assert "sekret" not in answer.text


def test_a_database_error_names_no_value_that_was_to_be_stored(each_database: Flask) -> None:
    with pytest.raises(DBAPIError) as caught:
        db.session.execute(text("SELECT :note FROM no_such_table"), {"note": "my own words"})

    assert "no_such_table" in str(caught.value)
    assert "my own words" not in str(caught.value)
    db.session.rollback()


def test_a_refused_method_names_those_there_are(visitor: FlaskClient) -> None:
    assert "GET" in visitor.put("/healthz").headers["Allow"]


def test_what_is_too_big_is_refused_before_it_is_read(visitor: FlaskClient) -> None:
    answer = visitor.post("/import/sample", data={"csrf_token": "x" * 2_100_000})

    assert answer.status_code == 413
    assert "Nothing was changed" in answer.text


def test_too_many_parts_of_a_form_are_refused(visitor: FlaskClient) -> None:
    parts = {f"copy{number}": "1" for number in range(1_100)}

    answer = visitor.post("/import/sample", data=parts, content_type="multipart/form-data")

    assert answer.status_code == 413


@pytest.mark.parametrize("number", HUGE, ids=lambda number: number[:20])
@pytest.mark.parametrize(
    "path",
    [
        "/releases/{}",
        "/artists/{}",
        "/labels/{}",
        "/jobs/{}",
        "/discogs/release/{}",
        "/admin/releases/{}/json",
        "/import/sample/{}.svg",
    ],
)
def test_a_number_no_record_can_have_is_not_found(
    visitor: FlaskClient, path: str, number: str
) -> None:
    if path.startswith("/import/sample") and number == "0":
        number = "285000"

    assert visitor.get(path.format(number)).status_code == 404


@pytest.mark.parametrize(
    "value", [*HUGE, "%ED%A0%80", "%F0%9F%8E%B7", "%22", "a%0d%0ab", "' OR 1", *STRANGE]
)
def test_no_argument_of_an_address_breaks_a_page(each_database: Flask, value: str) -> None:
    visitor = each_database.test_client()
    names = ("q", "page", "genre", "label", "artist", "folder", "country", "year_from", "sort")
    names += ("decade", "added_from", "added_to")

    answers = {name: visitor.get(f"/collection?{name}={value}").status_code for name in names}

    assert answers == dict.fromkeys(names, 200)


def test_the_session_cookie_stays_with_the_browser_and_the_site(visitor: FlaskClient) -> None:
    cookie = visitor.get("/import").headers["Set-Cookie"]

    assert cookie.startswith("gatefold_session=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Secure" not in cookie


def test_over_https_the_session_cookie_is_secure(visitor: FlaskClient) -> None:
    cookie = visitor.get("/import", base_url="https://localhost").headers["Set-Cookie"]

    assert "Secure" in cookie


def test_behind_a_proxy_that_speaks_https_the_session_cookie_is_secure(make_app: MakeApp) -> None:
    visitor = make_app(proxy_hops=1).test_client()
    told = {"X-Forwarded-Proto": "https", "X-Forwarded-For": "127.0.0.1"}

    assert "Secure" in visitor.get("/import", headers=told).headers["Set-Cookie"]


def test_behind_a_proxy_a_caller_from_outside_is_seen(make_app: MakeApp) -> None:
    visitor = make_app(proxy_hops=1).test_client()

    answer = visitor.get("/import", headers={"X-Forwarded-For": "127.0.0.1, 203.0.113.9"})

    assert answer.status_code == 403


def test_a_page_that_gives_up_with_a_code_keeps_its_sentence(app: Flask) -> None:
    app.add_url_rule("/gone", view_func=lambda: abort(410, "This record went to a new home."))

    answer = app.test_client().get("/gone")

    assert answer.status_code == 410
    assert "This record went to a new home." in answer.text
