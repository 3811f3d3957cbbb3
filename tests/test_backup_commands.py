"""`backup` and `restore`: what they print, how they end, and that a machine can read them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.extensions import db
from app.services.backups import making
from tests.kept_shelf import backups_of, fill, shelf_digest, workplace_of
from tests.shelves import put_on_shelf

ROOT = Path(__file__).resolve().parents[1]
Command = Callable[..., Result]


@pytest.fixture
def shelf(app: Flask) -> Flask:
    fill()
    return app


@pytest.fixture
def run(shelf: Flask) -> Command:
    def run(*words: str) -> Result:
        result = shelf.test_cli_runner().invoke(args=list(words))
        db.session.rollback()
        return result

    return run


def test_backup_says_where_it_is(shelf: Flask, run: Command) -> None:
    result = run("backup")

    assert result.exit_code == 0
    (made,) = backups_of(shelf).all()
    assert f"Backed up 3 copies: {backups_of(shelf).file(made.name)}" in result.stdout


def test_backup_into_a_file_can_be_restored_from_it(
    shelf: Flask, run: Command, tmp_path: Path
) -> None:
    out = tmp_path / "mine.zip"
    told = json.loads(run("backup", "-o", str(out), "--json").stdout)
    before = shelf_digest()
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})

    result = run("restore", str(out), "--yes", "--json")

    assert told["file"] == str(out)
    assert told["bytes"] == out.stat().st_size
    assert told["tables"]["copy"] == 3
    assert out.stat().st_mode & 0o077 == 0, "for its owner's eyes"
    restored = json.loads(result.stdout)
    assert restored["restored"] == {"copies": 3, "releases": 3, "artists": 1, "edits": 1}
    assert Path(restored["restore_point"]).exists()
    assert shelf_digest() == before


def test_restore_asks_nobody_but_a_person(shelf: Flask, run: Command) -> None:
    made = making.make(workplace_of(shelf))
    before = shelf_digest()

    result = run("restore", made.name)

    assert result.exit_code == 1
    assert result.stderr.strip() == "Nothing was changed. Add --yes to replace what is here."
    assert shelf_digest() == before


def test_a_name_of_the_list_is_enough(shelf: Flask, run: Command) -> None:
    made = making.make(workplace_of(shelf))

    assert run("restore", made.name, "--yes").exit_code == 0


@pytest.mark.parametrize(
    ("name", "data", "words"),
    [
        ("shelf.csv", b"Title,Artist\n", "no backup of Gatefold"),
        ("half.zip", b"PK\x03\x04", "cut off"),
        ("nothing.zip", None, "There is no file"),
    ],
)
def test_s14_what_cannot_be_restored_is_refused_in_one_line(
    run: Command, tmp_path: Path, name: str, data: bytes | None, words: str
) -> None:
    if data is not None:
        (tmp_path / name).write_bytes(data)

    result = run("restore", str(tmp_path / name), "--yes")

    assert result.exit_code == 1
    assert words in result.stderr
    assert result.stderr.count("\n") == 1


def test_a_backup_that_cannot_be_written_leaves_the_former_file(
    run: Command, tmp_path: Path
) -> None:
    result = run("backup", "-o", str(tmp_path / "nowhere" / "mine.zip"))

    assert result.exit_code == 1
    assert "was not written" in result.stderr
    assert list(tmp_path.glob("**/*.part")) == []


def test_p14_a_kill_during_a_restore_leaves_what_was_there_and_the_next_one_goes_through(
    shelf: Flask, run: Command
) -> None:
    made, then = making.make(workplace_of(shelf)), shelf_digest()
    put_on_shelf({"release_id": 77, "Title": "Heligoland"})
    before = shelf_digest()
    db.session.remove()
    instance = workplace_of(shelf).settings.instance_path
    words = ["UPDATE copy SET changed_in", "restore", made.name, "--yes"]

    died = subprocess.run(
        [sys.executable, "-m", "tests.dying", *words],
        cwd=ROOT,
        env={**os.environ, "INSTANCE_PATH": str(instance)},
        capture_output=True,
        check=False,
    )

    assert died.returncode == -9, died.stderr
    assert shelf_digest() == before
    assert run("restore", made.name, "--yes").exit_code == 0
    assert shelf_digest() == then
    assert list((instance / "backups").glob(".work-*")) == []


def test_load_compares_and_may_be_done_twice(run: Command, tmp_path: Path) -> None:
    out = tmp_path / "shelf.jsonl"
    run("dump", "-o", str(out))

    again = json.loads(run("load", str(out), "--json").stdout)

    assert (again["equal"], again["loaded"]) == (True, {})
    assert "here already" in run("load", str(out)).stdout


def test_the_doctor_tells_how_old_the_newest_backup_is(shelf: Flask, run: Command) -> None:
    run("backup")

    checks = {each["name"]: each for each in json.loads(run("doctor", "--json").stdout)["checks"]}

    assert checks["backups"]["ok"]
    assert "less than a minute old (made by hand, 3 copies)" in checks["backups"]["message"]
