"""Logs are one event a line, carry the request's id, and never a secret."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
import structlog
from flask import Flask

from app.log_config import configure_logging, redact

FORGED = "Kind of Blue\r\n2026-01-01T00:00:00Z [error] forged=yes\x1b[2J"
MakeApp = Callable[..., Flask]


@pytest.fixture
def logged(capsys: pytest.CaptureFixture[str]) -> Callable[[], list[str]]:
    """What was written to standard error since the last look, by lines."""
    return lambda: capsys.readouterr().err.splitlines()


def events(lines: list[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in lines]


def test_json_logs_are_one_object_a_line_with_the_id_the_answer_carries(
    make_app: MakeApp, logged: Callable[[], list[str]]
) -> None:
    browser = make_app(log_format="json", log_level="INFO").test_client()

    first, second = browser.get("/import"), browser.get("/no/such/page")

    told = [event for event in events(logged()) if event["event"] == "request"]
    assert [(each["path"], each["status"]) for each in told] == [
        ("/import", 200),
        ("/no/such/page", 404),
    ]
    ids = [first.headers["X-Request-Id"], second.headers["X-Request-Id"]]
    assert [each["request_id"] for each in told] == ids
    assert ids[0] != ids[1]


def test_a_request_is_logged_without_what_stands_behind_the_question_mark(
    make_app: MakeApp, logged: Callable[[], list[str]]
) -> None:
    browser = make_app(log_format="json", log_level="DEBUG").test_client()

    browser.get("/import/oauth/callback?oauth_token=r3quest-t0ken&oauth_verifier=v3rifier")

    text = "\n".join(logged())
    assert "/import/oauth/callback" in text
    assert "r3quest-t0ken" not in text
    assert "v3rifier" not in text


def test_a_fault_is_logged_with_its_traceback_under_the_id_on_the_page(
    make_app: MakeApp, logged: Callable[[], list[str]]
) -> None:
    app = make_app(log_format="json", log_level="ERROR")
    app.add_url_rule("/broken", view_func=lambda: str(1 // 0))

    answer = app.test_client().get("/broken")

    (event,) = events(logged())
    assert "ZeroDivisionError" in event["exception"]
    assert event["request_id"] in answer.text


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_title_cannot_forge_a_line(log_format: str, logged: Callable[[], list[str]]) -> None:
    configure_logging(log_format, "INFO")

    structlog.get_logger("app.test").info("stored", title=FORGED)
    logging.getLogger("library").warning("odd title %s", FORGED)
    structlog.get_logger("app.test").info(FORGED)

    lines = logged()
    assert len(lines) == 3
    assert not any("\x1b" in line for line in lines)


@pytest.mark.parametrize("log_format", ["text", "json"])
def test_a_message_of_an_exception_cannot_forge_a_line(
    log_format: str, logged: Callable[[], list[str]]
) -> None:
    configure_logging(log_format, "INFO")

    try:
        raise ValueError(FORGED)
    except ValueError:
        structlog.get_logger("app.test").exception("failed")

    lines = logged()
    assert "ValueError" in "\n".join(lines)
    assert not any(line.startswith("2026-01-01T00:00:00Z [error] forged") for line in lines)


@pytest.mark.parametrize("log_format", ["text", "json"])
@pytest.mark.parametrize(
    "fields",
    [
        {"token": "s3cr3t-value"},
        {"discogs_token": "s3cr3t-value"},
        {"headers": {"Authorization": "Discogs token=s3cr3t-value"}},
        {"sent": [{"cookie": "s3cr3t-value"}]},
        {"url": "https://api.example/x?oauth_token=s3cr3t-value&page=2"},
        {"error": ValueError("401 for token=s3cr3t-value")},
    ],
    ids=["named", "prefixed", "header", "nested", "address", "exception"],
)
def test_a_secret_is_blanked_wherever_it_stands(
    log_format: str, fields: dict[str, Any], logged: Callable[[], list[str]]
) -> None:
    configure_logging(log_format, "INFO")

    structlog.get_logger("app.test").info("called", **fields)

    (line,) = logged()
    assert "called" in line
    assert "s3cr3t-value" not in line


def test_a_secret_in_a_traceback_or_a_library_s_message_is_blanked(
    logged: Callable[[], list[str]],
) -> None:
    configure_logging("json", "INFO")

    logging.getLogger("library").warning("sent %s", "Authorization: OAuth s3cr3t-value, b")
    try:
        raise RuntimeError("refused Bearer s3cr3t-value")
    except RuntimeError:
        structlog.get_logger("app.test").exception("failed")

    lines = logged()
    assert len(lines) == 2
    assert all("[hidden]" in line and "s3cr3t-value" not in line for line in lines)


def test_redacting_leaves_ordinary_words_alone() -> None:
    sentence = "The Discogs token was refused; the key of C is fine, see page=2&sort=year"

    assert redact(sentence) == sentence


def test_what_is_below_the_level_is_not_written(logged: Callable[[], list[str]]) -> None:
    configure_logging("text", "WARNING")

    structlog.get_logger("app.test").info("small talk")

    assert logged() == []
