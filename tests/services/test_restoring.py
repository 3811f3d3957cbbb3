"""Restoring: judged before anything is touched, put back whole, or everything stays as it is."""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import threading
import zipfile
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, text

from app.domain.backups import RESTORE, UPLOAD
from app.domain.filters import BrowseFilter
from app.domain.picture_files import LARGEST
from app.errors import ConflictError, GatefoldError, NotFoundError, TooLargeError
from app.extensions import db
from app.models import Connection, Copy, Run
from app.queries import browse
from app.services import runs
from app.services.backups import checking, making, restoring
from app.services.backups.archive import NotABackupError
from app.services.backups.folder import BackupFailedError
from app.services.image_store import ImageStore
from tests.kept_shelf import (
    SECRET,
    backups_of,
    count,
    fill,
    give_own_cover,
    lay,
    shelf_digest,
    workplace_of,
)
from tests.shelves import OWNER, put_on_shelf

Forge = Callable[[zipfile.ZipFile, dict[str, Any], bytes], None]


@pytest.fixture
def house(each_database: Flask) -> Flask:
    fill()
    return each_database


@pytest.fixture
def shelf(app: Flask) -> Flask:
    fill()
    return app


def made(app: Flask) -> Path:
    """A backup of how the shelf is now."""
    return backups_of(app).file(making.make(workplace_of(app)).name)


def titles() -> list[str]:
    """What the wall shows."""
    found = [row.title for row in browse.page(OWNER, BrowseFilter(sort="title")).rows]
    db.session.rollback()
    return found


def test_what_is_restored_is_what_was_backed_up_and_a_point_leads_back(house: Flask) -> None:
    path, before = made(house), shelf_digest()
    lay("title", "Something else")
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})
    highest = max(db.session.scalars(select(Copy.id)))
    later = shelf_digest()
    assert "Heligoland" in titles()

    done = restoring.restore(workplace_of(house), path)

    assert shelf_digest() == before
    assert (done.point.why, done.point.manifest.tables["copy"]) == (RESTORE, 4)
    kept = db.session.scalars(select(Connection)).one()
    assert (kept.username, bytes(kept.secret or b"")) == ("me", SECRET), "tokens stay"
    # As many changes as there were before the restore: whoever counted them must not be misled.
    lay("title", "Another thing")
    put_on_shelf({"release_id": 78, "Title": "100th Window"})
    assert titles() == ["100th Window", "Another thing", "Mezzanine", "Protection"]
    assert max(db.session.scalars(select(Copy.id))) > highest, "no id is given twice"
    db.session.commit()

    restoring.restore(workplace_of(house), backups_of(house).file(done.point.name))

    assert shelf_digest() == later


def test_a_job_of_the_backup_does_not_go_on(shelf: Flask) -> None:
    run_id = runs.start(OWNER, "sync").id
    path = made(shelf)
    runs.pause(OWNER, run_id)

    restoring.restore(workplace_of(shelf), path)

    run = db.session.get_one(Run, run_id)
    assert (run.state, run.message) == ("cancelled", "Stopped when a backup was restored.")


def test_a_restore_waits_for_no_job_but_says_that_one_is_under_way(shelf: Flask) -> None:
    path = made(shelf)
    runs.start(OWNER, "sync")
    before = shelf_digest()

    with pytest.raises(ConflictError, match="Pause or cancel"):
        restoring.restore(workplace_of(shelf), path)

    assert shelf_digest() == before
    assert len(backups_of(shelf).all()) == 1


def test_ones_own_pictures_come_back_and_lost_ones_are_not_shown(shelf: Flask) -> None:
    digest = give_own_cover(shelf)
    path = made(shelf)
    store = ImageStore(workplace_of(shelf).settings.instance_path)
    store.remove([digest])

    done = restoring.restore(workplace_of(shelf), path)

    assert done.pictures == 1
    assert store.find(digest, LARGEST) is not None
    assert store.find(digest, 150) != store.find(digest, LARGEST)
    assert db.session.scalar(text("SELECT image_sha256 FROM release WHERE id = 1")) == digest


def test_a_fetched_picture_that_is_gone_is_wanted_again(shelf: Flask) -> None:
    digest = "ab" * 32
    for statement in (
        f"INSERT INTO image VALUES ('{digest}', 9, 9, 9, '#000000', '2026-01-01', '2026-01-01')",
        "INSERT INTO picture (source, key, release_key, url, image_sha256, fetched_at)"
        f" VALUES ('discogs', 'R-1', '1001', '', '{digest}', '2026-01-01 00:00:00')",
        f"UPDATE release SET image_sha256 = '{digest}' WHERE id = 1",
    ):
        db.session.execute(text(statement))
    db.session.commit()

    restoring.restore(workplace_of(shelf), made(shelf))

    found = db.session.execute(text("SELECT image_sha256, fetched_at FROM picture")).one()
    assert tuple(found) == (None, None)
    assert db.session.scalar(text("SELECT image_sha256 FROM release WHERE id = 1")) is None


def test_readers_of_other_connections_see_all_of_it_or_nothing(shelf: Flask) -> None:
    path = made(shelf)
    put_on_shelf(*({"release_id": 100 + number, "Title": "More"} for number in range(40)))
    seen, stop = set(), threading.Event()
    live = workplace_of(shelf).settings.instance_path / "gatefold.db"

    def read() -> None:
        with closing(sqlite3.connect(live)) as connection:
            while not stop.is_set():
                seen.add(
                    connection.execute(
                        "SELECT (SELECT count(*) FROM copy), (SELECT count(*) FROM release)"
                    ).fetchone()
                )

    reader = threading.Thread(target=read)
    reader.start()
    try:
        restoring.restore(workplace_of(shelf), path)
    finally:
        stop.set()
        reader.join()

    assert seen <= {(43, 43), (3, 3)}


# --- what is refused (S14) ---


def forged(path: Path, change: Forge) -> Path:
    """A backup like the one at `path`, whose parts `change` writes."""
    to = path.with_name("forged.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(to, "w") as target:
        manifest = json.loads(source.read("manifest.json"))
        change(target, manifest, source.read(manifest["file"]))
    return to


def with_manifest(**told: Any) -> Forge:
    """Write other values into the manifest."""

    def change(target: zipfile.ZipFile, manifest: dict[str, Any], database: bytes) -> None:
        target.writestr("manifest.json", json.dumps({**manifest, **told}))
        target.writestr(manifest["file"], database)

    return change


def without_manifest(target: zipfile.ZipFile, manifest: dict[str, Any], database: bytes) -> None:
    target.writestr(manifest["file"], database)


REFUSED: list[tuple[Forge, str]] = [
    (with_manifest(schema="9999"), "newer Gatefold"),
    (with_manifest(format_version=2), "newer Gatefold"),
    (with_manifest(engine="oracle"), "flask dump and flask load"),
    (with_manifest(sha256="0" * 64), "damaged"),
    (with_manifest(size=1), "damaged"),
    (with_manifest(tables={"copy": 4}), "damaged"),
    (with_manifest(pictures=1), "pictures are missing"),
    (with_manifest(made_at="now"), "no backup of Gatefold"),
    (without_manifest, "no backup of Gatefold"),
]


@pytest.mark.parametrize(("change", "words"), REFUSED)
def test_s14_a_file_that_is_no_backup_for_here_is_refused_before_anything_is_touched(
    shelf: Flask, change: Forge, words: str
) -> None:
    path, before = forged(made(shelf), change), shelf_digest()

    with pytest.raises(NotABackupError, match=words):
        restoring.restore(workplace_of(shelf), path)

    assert shelf_digest() == before
    assert [each for each in backups_of(shelf).all() if each.why == RESTORE] == []


def test_s14_the_same_on_postgresql_and_sqlite(house: Flask) -> None:
    path = made(house)
    other = "sqlite" if db.engine.dialect.name == "postgresql" else "postgresql"
    for change, words in ((with_manifest(engine=other), "flask load"), REFUSED[3], REFUSED[5]):
        with pytest.raises(NotABackupError, match=words):
            restoring.preview(workplace_of(house), forged(path, change))


@pytest.mark.parametrize("share", [0.02, 0.5, 0.99])
def test_s14_a_backup_that_was_cut_off_is_refused(shelf: Flask, share: float) -> None:
    path = made(shelf)
    cut = path.with_name("cut.zip")
    cut.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    before = shelf_digest()

    with pytest.raises(NotABackupError, match="cut off"):
        restoring.restore(workplace_of(shelf), cut)

    assert shelf_digest() == before


def test_s14_the_database_of_another_program_is_refused(shelf: Flask, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE thing (id INTEGER)")

    with pytest.raises(NotABackupError, match="not one of Gatefold"):
        restoring.restore(workplace_of(shelf), other)


@pytest.mark.parametrize("data", [b"", b"PK", b"Title,Artist\n", b"SQLite format 3\0" + b"x" * 99])
def test_s14_anything_else_is_refused(shelf: Flask, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "thing").write_bytes(data)

    with pytest.raises(NotABackupError):
        restoring.restore(workplace_of(shelf), tmp_path / "thing")


def test_a_file_that_is_not_there_is_told(shelf: Flask, tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="no file"):
        restoring.preview(workplace_of(shelf), tmp_path / "nothing.zip")


def say_it_is_of(revision: str) -> None:
    """Have the database name a revision, whatever it is of."""
    db.session.execute(text("UPDATE alembic_version SET version_num = :it"), {"it": revision})
    db.session.commit()


def test_s14_when_a_restore_goes_wrong_half_way_everything_is_put_back(house: Flask) -> None:
    today = db.session.scalar(text("SELECT version_num FROM alembic_version"))
    say_it_is_of("0002")  # it cannot be brought up to date, for it is younger than it says
    path = made(house)
    say_it_is_of(today)
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})
    before, tokens = shelf_digest(), count("connection")

    with pytest.raises((BackupFailedError, NotABackupError), match=r"as it was|up to date"):
        restoring.restore(workplace_of(house), path)

    assert shelf_digest() == before
    assert count("connection") == tokens
    put_on_shelf({"release_id": 78, "Title": "100th Window"})
    assert "100th Window" in titles()


# --- what is brought from elsewhere ---


def test_a_downloaded_backup_can_be_brought_in_and_restored(shelf: Flask) -> None:
    path, before = made(shelf), shelf_digest()
    data = path.read_bytes()
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})

    kept = checking.take_in(workplace_of(shelf), io.BytesIO(data))

    assert kept.why == UPLOAD
    restoring.restore(workplace_of(shelf), backups_of(shelf).file(kept.name))
    assert shelf_digest() == before


def test_the_database_file_of_an_instance_folder_can_be_brought_in(
    shelf: Flask, tmp_path: Path
) -> None:
    before = shelf_digest()
    copied = tmp_path / "gatefold.db"
    with closing(sqlite3.connect(workplace_of(shelf).settings.instance_path / "gatefold.db")) as it:
        it.execute("VACUUM INTO ?", (str(copied),))
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})

    kept = checking.take_in(workplace_of(shelf), io.BytesIO(copied.read_bytes()))

    with zipfile.ZipFile(backups_of(shelf).file(kept.name)) as file:
        assert SECRET not in file.read("gatefold.db")
    restoring.restore(workplace_of(shelf), backups_of(shelf).file(kept.name))
    assert shelf_digest() == before


def test_an_upload_that_is_refused_leaves_nothing_behind(
    shelf: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = made(shelf).read_bytes()
    there = [each.name for each in backups_of(shelf).all()]

    with pytest.raises(NotABackupError):
        checking.take_in(workplace_of(shelf), io.BytesIO(data[:-50]))
    monkeypatch.setattr(checking, "MOST_UPLOAD_BYTES", 1000)
    with pytest.raises(TooLargeError, match="Copy it into the folder"):
        checking.take_in(workplace_of(shelf), io.BytesIO(data))

    assert [each.name for each in backups_of(shelf).all()] == there
    assert [each for each in backups_of(shelf).path.iterdir() if each.is_dir()] == []


def test_a_backup_copied_into_the_folder_by_hand_is_in_the_list(shelf: Flask) -> None:
    path = made(shelf)
    shutil.copy(path, path.with_name("from my old laptop.zip".replace(" ", "-")))
    (path.parent / "notes.zip").write_bytes(b"not a zip")

    assert [each.why for each in backups_of(shelf).all()] in (["hand", UPLOAD], [UPLOAD, "hand"])


def test_without_pg_dump_a_sentence_says_what_to_install(
    house: Flask, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if db.engine.dialect.name == "sqlite":
        made(house)
        return
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("app.services.backups.postgres_programs.PLACE", tmp_path)

    with pytest.raises(GatefoldError, match=r"pg_dump is missing.*Install postgresql-client"):
        made(house)
