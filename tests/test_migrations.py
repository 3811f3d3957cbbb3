"""The migrations, from nothing on, make exactly the tables the models describe."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, select, text

from app.domain.packed_stickers import Sticker, unpacked
from app.extensions import db, set_reading
from app.models import Copy, ExportBatch, Release, Run, User, is_ours
from app.models.base import utcnow
from tests.conftest import OWNER
from tests.databases import address, on_server


def differences() -> list[object]:
    """What Alembic would have to change to make the database of the current app fit the models."""
    with db.engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "include_object": is_ours}
        )
        return list(compare_metadata(context, db.metadata))


def test_the_migrations_make_what_the_models_describe(each_database: Flask) -> None:
    assert differences() == []


def test_a_table_the_models_do_not_know_would_be_noticed(each_database: Flask) -> None:
    db.session.execute(text("ALTER TABLE edit ADD COLUMN stray TEXT"))
    db.session.commit()

    assert len(differences()) == 1


def test_the_first_owner_is_there_before_anybody_comes(each_database: Flask) -> None:
    assert [user.id for user in db.session.scalars(select(User))] == [OWNER]


def test_what_is_written_next_gets_an_id_of_its_own(each_database: Flask) -> None:
    db.session.add(User(name="somebody else"))
    db.session.commit()

    assert db.session.scalars(select(User.id).order_by(User.id)).all() == [OWNER, OWNER + 1]


def test_the_search_index_is_there_on_both_databases(each_database: Flask) -> None:
    found = inspect(db.engine)

    if db.engine.dialect.name == "sqlite":
        assert found.has_table("copy_fts")
    else:
        assert "ix_copy_search" in {index["name"] for index in found.get_indexes("copy")}


def test_upgrading_twice_changes_nothing(make_app: Callable[..., Flask], tmp_path: Path) -> None:
    app = make_app(database_url=f"sqlite:///{tmp_path / 'from_nothing.db'}")

    with app.app_context():
        upgrade()
        once = schema()
        upgrade()

        assert schema() == once
        assert differences() == []


def schema() -> list[str]:
    """The statements that made the tables of this SQLite database."""
    with db.engine.connect() as connection:
        query = text("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY name")
        return list(connection.scalars(query))


OLD_ROWS: dict[str, list[dict[str, Any]]] = {
    "user": [{"id": 7, "name": "me", "collection_version": 3}],
    "folder": [{"id": 1, "name": "All", "owner_id": OWNER}],
    "release": [
        {
            "id": 4,
            "title": "Blue Lines",
            "artist_text": "Massive Attack",
            "label_text": "",
            "catno_text": "",
            "version": 1,
            "facts_from": "hand",
            "owner_id": OWNER,
        }
    ],
    "copy": [
        {
            "id": copy_id,
            "release_id": 4,
            "folder_id": 1,
            "source": "hand",
            "sort_artist": "",
            "sort_title": "",
            "sort_year": 0,
            "search_text": "blue lines",
            "changed_in": 1,
            "owner_id": OWNER,
        }
        for copy_id in (2, 11)
    ],
    "run": [
        {
            "id": 5,
            "kind": "sync",
            "state": "done",
            "phase": "",
            "done": 2,
            "counts": "{}",
            "cursor": "{}",
            "cancel_asked": False,
            "attempts": 1,
            "fence": 1,
            "owner_id": OWNER,
        }
    ],
    "run_event": [{"id": 6, "run_id": 5, "kind": "note", "text": "Two came."}],
    "call_slot": [{"id": 8, "provider": "discogs", "at": 1.0}],
    "export_batch": [
        {
            "id": batch_id,
            "file_name": "a.csv",
            "preset": "QR",
            "settings": "{}",
            "copies": (1 << 2 | 1 << 11).to_bytes(2, "little"),
            "rows": 2,
            "owner_id": OWNER,
        }
        for batch_id in (3, 9)
    ],
    "sticker_print": [
        {
            "copy_id": 2,
            "batch_id": 3,
            "text": "Blue Lines",
            "url": "https://discogs.com/release/4",
            "layout": "QR",
            "owner_id": OWNER,
        }
    ],
}
MOMENTS = {
    "user": "created_at",
    "run": "created_at",
    "run_event": "at",
    "export_batch": "at",
    "sticker_print": "at",
}


@pytest.fixture(params=["sqlite", "postgresql"])
def from_nothing(
    request: pytest.FixtureRequest, make_app: Callable[..., Flask], tmp_path: Path
) -> Iterator[Flask]:
    """An app on a database without a table, in SQLite and in PostgreSQL."""
    url = f"sqlite:///{tmp_path / 'from_nothing.db'}"
    if request.param == "postgresql":
        server = request.getfixturevalue("postgres")
        on_server(server, "DROP DATABASE IF EXISTS from_nothing WITH (FORCE)")
        on_server(server, "CREATE DATABASE from_nothing")
        url = address(server, "from_nothing")
    app = make_app(database_url=url)
    with app.app_context():
        set_reading(False)
        yield app
        db.session.remove()
        db.engine.dispose()


def fill_as_the_first_step_left_it() -> None:
    """Put the old rows into tables of the first step, as that release of the program did."""
    for table, rows in OLD_ROWS.items():
        for row in rows:
            if table in MOMENTS:
                row = {**row, MOMENTS[table]: utcnow().replace(tzinfo=None)}
            columns = ", ".join(f'"{name}"' for name in row)
            values = ", ".join(f":{name}" for name in row)
            db.session.execute(text(f'INSERT INTO "{table}" ({columns}) VALUES ({values})'), row)
    db.session.commit()
    db.session.remove()


def test_a_filled_database_of_the_first_step_becomes_one_of_today(from_nothing: Flask) -> None:
    upgrade(revision="0001")
    fill_as_the_first_step_left_it()

    upgrade()

    assert differences() == []
    assert len(db.session.scalars(select(Copy.id)).all()) == 2
    run = db.session.get_one(Run, 5)
    assert (run.marks, run.paused_at, run.done) == ([], None, 2)
    events = db.session.scalars(text("SELECT text FROM run_event")).all()
    assert events == ["Two came."]


def test_two_people_of_one_name_are_told_apart_by_the_upgrade(from_nothing: Flask) -> None:
    upgrade(revision="0001")
    fill_as_the_first_step_left_it()

    upgrade()

    assert db.session.scalars(select(User.name).order_by(User.id)).all() == ["me", "me 7"]


def test_files_made_before_still_know_their_copies_and_what_was_printed(
    from_nothing: Flask,
) -> None:
    upgrade(revision="0001")
    fill_as_the_first_step_left_it()

    upgrade()

    printed, other = (
        list(unpacked(db.session.get_one(ExportBatch, batch_id).stickers)) for batch_id in (3, 9)
    )
    assert printed == [
        Sticker(2, "Blue Lines", "https://discogs.com/release/4"),
        Sticker(11, "", ""),
    ]
    assert [sticker.copy_id for sticker in other] == [2, 11]


def test_further_pictures_come_from_the_answers_that_are_kept(from_nothing: Flask) -> None:
    upgrade(revision="0001")
    fill_as_the_first_step_left_it()
    upgrade(revision="0004")
    images = [
        {"type": "secondary", "uri": "https://i.x/back"},
        {"type": "primary", "uri": "https://i.x/front"},
        {"type": "secondary", "uri": "https://i.x/inner"},
    ]
    answer = zlib.compress(json.dumps({"images": images}).encode())
    kept = (
        "INSERT INTO provider_result (entity, key, provider, state, attempts, payload)"
        " VALUES ('release', :key, 'discogs', 'found', 0, :payload)"
    )
    db.session.execute(text("UPDATE release SET discogs_id = 77"))
    for key, payload in (("77", answer), ("78", answer), ("79", b"odd")):
        db.session.execute(text(kept), {"key": key, "payload": payload})
    db.session.commit()
    db.session.remove()

    upgrade()

    told = db.session.scalars(select(Release.further_pictures)).all()
    assert told == [["https://i.x/back", "https://i.x/inner"]]
