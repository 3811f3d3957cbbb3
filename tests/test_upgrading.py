"""From every released version to this one: backed up first, all of it or nothing, nothing lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import inspect, text

from app.domain.backups import MIGRATION
from app.extensions import db
from app.queries.health import known_revisions, newest_revision, why_not_ready
from app.services.backups import restoring
from tests.kept_shelf import backups_of, count, workplace_of
from tests.test_migrations import (
    OLD_ROWS,
    differences,
    fill_as_the_first_step_left_it,
    from_nothing,
)

__all__ = ["from_nothing"]

ROOT = Path(__file__).resolve().parents[1]
RELEASED = sorted(known_revisions())[:-1]


def rows() -> dict[str, int]:
    """The rows of every table there is."""
    names = inspect(db.engine).get_table_names()
    return {name: count(name) for name in names if not name.startswith("copy_fts")}


def content() -> dict[str, list[tuple[object, ...]]]:
    """What a person would miss."""
    queries = {
        "copies": "SELECT id, release_id, search_text FROM copy ORDER BY id",
        "releases": "SELECT id, title, artist_text FROM release ORDER BY id",
        "people": 'SELECT id FROM "user" ORDER BY id',
        "stories": "SELECT id, text FROM run_event ORDER BY id",
        "prints": "SELECT copy_id, text, url FROM sticker_print ORDER BY id",
    }
    found = {
        name: [tuple(row) for row in db.session.execute(text(q))] for name, q in queries.items()
    }
    db.session.rollback()
    return found


def filled_at(revision: str) -> None:
    """A database as a released version left it."""
    upgrade(revision="0001")
    fill_as_the_first_step_left_it()
    upgrade(revision=revision)


@pytest.mark.parametrize("revision", RELEASED)
def test_s15_an_old_database_is_backed_up_and_brought_up_to_date_and_back(
    from_nothing: Flask, revision: str
) -> None:
    filled_at(revision)
    for each in backups_of(from_nothing).all():
        backups_of(from_nothing).delete(each.name)
    before, told = rows(), content()

    upgrade()

    after = rows()
    assert {name: after[name] for name in before if name != "run"} == {
        name: number for name, number in before.items() if name != "run"
    }
    made = backups_of(from_nothing).all()
    assert [(each.why, each.manifest.schema) for each in made] == [(MIGRATION, revision)]
    assert made[0].manifest.tables == {**before, "connection": 0, "oauth_request": 0}
    assert content() == told
    db.session.execute(text("DELETE FROM sticker_print"))
    db.session.commit()

    restoring.restore(workplace_of(from_nothing), backups_of(from_nothing).file(made[0].name))

    assert content() == told
    assert why_not_ready() is None
    db.session.rollback()
    assert differences() == []


def test_s15_a_kill_in_the_middle_leaves_the_old_database_and_the_next_start_goes_on(
    from_nothing: Flask,
) -> None:
    filled_at("0001")
    before, told = rows(), content()
    settings = workplace_of(from_nothing).settings
    environment = {
        **os.environ,
        "INSTANCE_PATH": str(settings.instance_path),
        "DATABASE_URL": settings.database_url,
    }
    db.session.remove()
    db.engine.dispose()

    command = [sys.executable, "-m", "tests.dying", "UPDATE alembic_version", "db", "upgrade"]
    died = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert died.returncode == -9, died.stderr
    assert rows() == before
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    db.session.rollback()
    upgrade()
    assert content() == told
    assert differences() == []


def test_s16_a_database_of_a_newer_version_is_left_alone(from_nothing: Flask) -> None:
    upgrade()
    db.session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    db.session.commit()
    before = rows()

    with pytest.raises(SystemExit) as refused:
        upgrade()

    sentence = str(refused.value)
    assert "9999" in sentence
    assert newest_revision() in sentence
    assert "flask restore" in sentence
    assert rows() == before


def test_without_a_backup_nothing_is_migrated_unless_somebody_says_so(
    from_nothing: Flask,
) -> None:
    filled_at("0001")
    instance = workplace_of(from_nothing).settings.instance_path
    if (instance / "backups").exists():
        (instance / "backups").rename(instance / "away")
    (instance / "backups").write_text("in the way")

    with pytest.raises(SystemExit, match=r"not brought up to date.*backup=no"):
        upgrade()
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0001"
    db.session.remove()

    upgrade(x_arg="backup=no")

    assert why_not_ready() is None


def test_every_released_version_is_tried() -> None:
    assert {"0001", "0002"} <= set(RELEASED)
    assert set(OLD_ROWS) >= {"copy", "release", "user"}
