"""A shelf moves from SQLite to PostgreSQL and back by a dump, and nothing of it changes (S17)."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import select

from app.errors import ConflictError, InvalidInputError
from app.extensions import db, set_reading
from app.models import Artist, Copy
from app.queries.dump import dump_lines
from app.services import (
    artist_pages,
    copies,
    moving,
    picks,
    provider_care,
    sample_shelf,
    trash,
)
from app.services.backups import restoring
from app.services.backups.checking import folder_of
from tests.databases import PostgresCopy
from tests.kept_shelf import count, fill, give_own_cover, lay, shelf_digest, workplace_of
from tests.shelves import OWNER, put_on_shelf

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def other(make_app: Callable[..., Flask], postgres_copy: PostgresCopy) -> Iterator[Flask]:
    """An empty PostgreSQL beside the SQLite of the test."""
    app = make_app(database_url=postgres_copy.fresh())
    yield app
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def fill_with_everything(app: Flask) -> None:
    """A shelf with what people do on it."""
    sample_shelf.load(OWNER)
    db.session.rollback()
    put_on_shelf(
        {
            "Title": "Ümlaut Ελληνικά 日本語 🎵",
            "Artist": "A\u200bB",
            "Collection Notes": "a\nb\\N\t",
        },
        {"Title": "Twice", "release_id": 5},
        {"Title": "Twice", "release_id": 5, "Date Added": "2021-01-01 00:00:00"},
    )
    lay("title", "Né à l’été")
    give_own_cover(app)
    picks.pick(OWNER, [1, 2])
    _merge_and_let_go()
    provider_care.switch(OWNER, "spotify", on=False)


def _merge_and_let_go() -> None:
    """Two artists on one page, one copy gone for good."""
    names = ("A\u200bB", "Nobody")
    found = {
        name: db.session.scalar(select(Artist.id).where(Artist.name == name)) for name in names
    }
    artist_pages.merge(OWNER, found[names[0]] or 0, found[names[1]] or 0)
    copy = db.session.scalars(select(Copy.id).order_by(Copy.id.desc())).first()
    copies.remove_copy(OWNER, copy or 0)
    trash.empty(OWNER)


def dumped() -> list[str]:
    """The dump of the current app, as lines of a file."""
    lines = [f"{line}\n" for line in dump_lines(OWNER)]
    db.session.rollback()
    return lines


def test_s17_a_shelf_moves_to_postgresql_and_back_with_an_equal_digest(
    app: Flask, other: Flask, make_app: Callable[..., Flask], tmp_path: Path
) -> None:
    fill_with_everything(app)
    lines, digest = dumped(), shelf_digest()

    with other.app_context():
        set_reading(False)
        there = moving.load(OWNER, lines, workplace_of(other))
        back_lines = dumped()
    third = make_app(database_url=f"sqlite:///{tmp_path / 'third.db'}")
    with third.app_context():
        set_reading(False)
        upgrade()
        back = moving.load(OWNER, back_lines, workplace_of(third))

    assert (there.sha256, there.is_equal) == (digest, True)
    assert (back.sha256, back.is_equal) == (digest, True)
    assert there.counts["copy"] == 287
    assert there.counts["edit"] == 1


def test_s17_loading_once_more_changes_nothing_and_says_so(app: Flask) -> None:
    fill()
    lines, before = dumped(), count("copy")

    again = moving.load(OWNER, lines, workplace_of(app))

    assert (again.was_there, again.is_equal) == (True, True)
    assert count("copy") == before
    with pytest.raises(ConflictError, match="empty"):
        moving.load(OWNER, lines[:-1], workplace_of(app))


def test_s19_the_character_nul_is_left_out_on_both_databases_and_told(
    each_database: Flask,
) -> None:
    put_on_shelf({"Collection Notes": r"Signed in C:\u0000"}, {"Title": "Another"})
    clean = dumped()
    with_nul = [line.replace("Signed", r"Sig\u0000ned") for line in clean]
    for release_id in db.session.scalars(select(Copy.release_id)).all():
        trash.remove_release(OWNER, release_id)
    trash.empty(OWNER)

    moved = moving.load(OWNER, with_nul, workplace_of(each_database))

    assert (moved.without_nul, moved.is_equal) == (1, True)
    assert dumped() == clean
    again = moving.load(OWNER, with_nul, workplace_of(each_database))
    assert (again.without_nul, again.was_there) == (1, True)


def test_s17_a_move_that_was_killed_goes_through_when_it_is_started_again(
    app: Flask, other: Flask, tmp_path: Path
) -> None:
    fill()
    file = tmp_path / "shelf.jsonl"
    file.write_text("".join(dumped()), "utf-8", "surrogatepass")
    url = other.extensions["workplace"].settings.database_url
    environment = {**os.environ, "DATABASE_URL": url, "INSTANCE_PATH": str(tmp_path / "there")}
    command = [sys.executable, "-m", "tests.dying", "INSERT INTO edit", "load", str(file)]

    died = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=False)

    assert died.returncode == -9, died.stderr
    with other.app_context():
        set_reading(False)
        assert count("copy") == count("release") == 0
        told = file.read_text("utf-8").splitlines(keepends=True)
        moved = moving.load(OWNER, told, workplace_of(other))
    assert moved.is_equal
    assert moved.sha256 == shelf_digest()


def test_what_is_known_of_an_emptied_shelf_is_backed_up_before_it_gives_way(app: Flask) -> None:
    fill()
    lines = dumped()
    lay("title", "Changed once more")
    for release_id in db.session.scalars(select(Copy.release_id)).all():
        trash.remove_release(OWNER, release_id)
    trash.empty(OWNER)
    remains = dumped()

    moved = moving.load(OWNER, lines, workplace_of(app))

    assert moved.is_equal
    assert dumped() == lines
    folder = folder_of(workplace_of(app))
    restoring.restore(workplace_of(app), folder.path / moved.backup)
    assert dumped() == remains
    assert '"after":"Changed once more"' in "".join(remains)


def test_a_damaged_file_leaves_what_is_known_of_an_emptied_shelf(app: Flask) -> None:
    fill()
    lines = dumped()
    for release_id in db.session.scalars(select(Copy.release_id)).all():
        trash.remove_release(OWNER, release_id)
    trash.empty(OWNER)
    remains = dumped()

    with pytest.raises(InvalidInputError):
        moving.load(OWNER, [*lines, "{"], workplace_of(app))

    assert dumped() == remains
