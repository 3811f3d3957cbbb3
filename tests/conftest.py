"""The worlds tests live in: an app on a fresh, migrated database, in SQLite or PostgreSQL."""

from __future__ import annotations

import gc
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from playwright.sync_api import Browser, expect

from app import create_app
from app.extensions import db, set_reading
from app.jobs import runner
from config import Settings, load_settings
from tests.chromium import PATIENCE_MS, chromium
from tests.compiled import compile_once, share_compiled
from tests.databases import PostgresCopy, address, on_server
from tests.servers import Server, start_postgres

OWNER = 1
MEMORY = Path("/dev/shm")
ROOM_BYTES = 2_000_000_000


def pytest_configure() -> None:
    """Compile all once; put databases into memory if it has room: a disk makes them wait."""
    compile_once()
    if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM_BYTES:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))


def pytest_collection_finish() -> None:
    """What is imported stays; looking through it for garbage again takes half a second a time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of the machine reaches a test."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("SECRETS_FILE", str(tmp_path / "no-secrets.json"))


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated, empty SQLite database, made once and copied for each test."""
    folder = tmp_path_factory.mktemp("migrated")
    app = create_app(load_settings(instance_path=folder, log_level="ERROR"))
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return folder / "gatefold.db"


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL server on loopback, for the length of the session."""
    server = start_postgres()
    yield server
    server.stop()


@pytest.fixture(scope="session")
def migrated_postgres(postgres: Server, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated, empty PostgreSQL database to make others from."""
    name = "migrated"
    on_server(postgres, f"CREATE DATABASE {name}")
    app = create_app(
        load_settings(
            instance_path=tmp_path_factory.mktemp("migrated_pg"),
            database_url=address(postgres, name),
            log_level="ERROR",
        )
    )
    with app.app_context():
        upgrade()
        db.session.remove()
        db.engine.dispose()
    return name


@pytest.fixture(scope="session")
def postgres_copy(postgres: Server, migrated_postgres: str) -> Iterator[PostgresCopy]:
    """The PostgreSQL database of all tests, each of which finds it migrated and empty."""
    copy = PostgresCopy(postgres, migrated_postgres)
    yield copy
    copy.close()


@pytest.fixture
def make_app(tmp_path: Path, migrated_sqlite: Path) -> Iterator[Callable[..., Flask]]:
    """Builds apps on one fresh SQLite database; keyword arguments are settings."""
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copy(migrated_sqlite, instance / "gatefold.db")
    made: list[Flask] = []

    def make(**settings: Any) -> Flask:
        settings = {"instance_path": instance, "log_level": "ERROR", **settings}
        made.append(create_app(load_settings(**settings)))
        share_compiled(made[-1])
        return made[-1]

    yield make
    for app in made:
        _close(app)


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Iterator[Flask]:
    """An app on a fresh SQLite database, its context pushed."""
    app = make_app()
    with app.app_context():
        set_reading(False)
        yield app
        db.session.remove()


@pytest.fixture(params=["sqlite", "postgresql"])
def each_database(
    request: pytest.FixtureRequest, make_app: Callable[..., Flask]
) -> Iterator[Flask]:
    """Like `app`, once on SQLite and once on PostgreSQL."""
    settings: dict[str, Any] = {}
    if request.param == "postgresql":
        copy: PostgresCopy = request.getfixturevalue("postgres_copy")
        settings["database_url"] = copy.fresh()
    app = make_app(**settings)
    with app.app_context():
        set_reading(False)
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser without script, whose forms need no CSRF token (tests/web/test_csrf.py does)."""
    app.config["WTF_CSRF_ENABLED"] = False
    return app.test_client()


@pytest.fixture
def each_client(each_database: Flask) -> FlaskClient:
    """Like `client`, once on SQLite and once on PostgreSQL."""
    each_database.config["WTF_CSRF_ENABLED"] = False
    return each_database.test_client()


def _close(app: Flask) -> None:
    runner.stop(app)
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One Chromium for all tests that look at pages."""
    expect.set_options(timeout=PATIENCE_MS)
    with chromium() as running:
        yield running
