"""`publish`: what it prints, how it ends, and that a machine can read it."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from app.cli import publishing
from app.extensions import db
from app.models import Release
from tests.listings import listed


@pytest.fixture
def target(app: Flask, tmp_path: Path) -> Path:
    listed(discogs_id=5)
    return tmp_path / "site"


def run(app: Flask, *words: str) -> Result:
    db.session.rollback()
    result = app.test_cli_runner().invoke(args=["publish", *words])
    db.session.rollback()
    return result


def test_a_dry_run_counts_and_shows_the_lines(app: Flask, target: Path) -> None:
    short = run(app, str(target), "--dry-run")
    long = run(app, str(target), "--dry-run", "-v")

    assert "Would change: +10 ~0 −0. Nothing was written." in short.stdout
    assert "+ content/albums/kind-of-blue-5/index.md" in long.stdout
    assert '+album_name: "Kind Of Blue"' in long.stdout
    assert not target.exists()


def test_a_dry_run_says_that_it_does_not_show_all_lines(
    app: Flask, target: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(publishing, "DIFFS_SHOWN", 7)

    result = run(app, str(target), "--dry-run", "-v")

    assert result.stdout.count("+++ ") == 7
    assert "The lines of 3 more pages are not shown." in result.stdout


def test_it_says_what_it_did_and_the_second_time_that_there_was_nothing(
    app: Flask, target: Path
) -> None:
    first, second = run(app, str(target)), run(app, str(target), "--all", "--json")

    assert first.exit_code == 0
    assert "10 new, 0 changed, 0 removed, 0 unchanged." in first.stdout
    told = json.loads(second.stdout)
    assert (told["new"], told["changed"], told["unchanged"]) == (0, 0, 10)
    ((title, why, release_id),) = told["without_picture"]
    assert (title, why) == ("Kind Of Blue", "no picture was found")
    assert db.session.get_one(Release, release_id).title == title


def test_one_album_is_published_alone(app: Flask, target: Path) -> None:
    result = run(app, str(target), "--album", "5", "--json")

    assert json.loads(result.stdout)["new"] == 1
    assert run(app, str(target), "--artist", "404").exit_code == 1
    both = run(app, str(target), "--album", "5", "--artists")
    assert (both.exit_code, "Name one of" in both.stderr) == (2, True)


def test_the_theme_is_laid_beside_the_pages_once(app: Flask, target: Path) -> None:
    first, second = run(app, str(target), "--theme"), run(app, str(target), "--theme")

    assert f"hugo --source {target}" in first.stdout
    assert (target / "layouts/index.html").is_file()
    assert "The theme" not in second.stdout


def test_a_page_changed_by_hand_is_named(app: Flask, target: Path) -> None:
    run(app, str(target))
    (target / "content/albums/kind-of-blue-5/index.md").write_text("by hand")

    result = run(app, str(target))

    assert "1 changed by hand stays as it is." in result.stdout
    assert "! content/albums/kind-of-blue-5/index.md" in result.stdout
    assert "1 changed, " in run(app, str(target), "--overwrite").stdout


def test_a_fault_is_one_line_and_code_1(app: Flask, target: Path) -> None:
    target.write_text("mine")

    result = run(app, str(target))

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "is a file" in result.stderr


@pytest.mark.parametrize("name", ["", "images", "preview/source", "site/content"])
def test_a_folder_of_the_installation_itself_is_refused(app: Flask, name: str) -> None:
    result = run(app, str(Path(app.instance_path) / name), "--dry-run")

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert str(Path(app.instance_path) / "site") in result.stderr


def test_what_was_written_is_committed_where_it_is_wished(app: Flask, target: Path) -> None:
    refused = run(app, str(target), "--commit")
    assert refused.exit_code == 1
    assert "git init" in refused.stderr
    assert not target.exists()

    subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    assert "Committed as " in run(app, str(target), "--commit").stdout
    again = run(app, str(target), "--commit", "--theme").stdout
    assert "Nothing new to commit." in again
    assert "The theme is there too" in again
    assert "is not in the commit" in again
