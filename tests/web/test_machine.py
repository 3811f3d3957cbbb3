"""Addresses for machines: is it alive, is it ready."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from flask import Flask
from sqlalchemy import text

from app.extensions import db

MakeApp = Callable[..., Flask]


def test_a_migrated_database_is_ready(each_database: Flask) -> None:
    answer = each_database.test_client().get("/readyz")

    assert (answer.status_code, answer.text) == (200, "ok\n")


def test_an_empty_database_is_alive_but_not_ready(make_app: MakeApp, tmp_path: Path) -> None:
    browser = make_app(database_url=f"sqlite:///{tmp_path / 'empty.db'}").test_client()

    ready = browser.get("/readyz")

    assert browser.get("/healthz").status_code == 200
    assert ready.status_code == 503
    assert "flask db upgrade" in ready.text


def test_a_database_of_another_version_is_not_ready(each_database: Flask) -> None:
    db.session.execute(text("UPDATE alembic_version SET version_num = '0000_of_old'"))
    db.session.commit()

    ready = each_database.test_client().get("/readyz")

    assert ready.status_code == 503
    assert "0000_of_old" in ready.text


def test_a_database_out_of_reach_is_not_ready_and_says_nothing_of_where_it_is(
    make_app: MakeApp,
) -> None:
    away = "postgresql://records:pa55word@127.0.0.1:1/records"
    browser = make_app(database_url=away).test_client()

    ready = browser.get("/readyz")

    assert browser.get("/healthz").status_code == 200
    assert ready.status_code == 503
    assert "pa55word" not in ready.text


def test_a_page_that_finds_no_tables_is_an_error_page(make_app: MakeApp, tmp_path: Path) -> None:
    browser = make_app(database_url=f"sqlite:///{tmp_path / 'empty.db'}").test_client()

    answer = browser.get("/collection")

    assert answer.status_code == 503
    assert answer.headers["X-Request-Id"] in answer.text
    assert "SELECT" not in answer.text
