"""What is published committed to Git: ours alone, by nobody's programs but Git's."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from flask import Flask, current_app

from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.services.publishing import site
from app.services.publishing.git_tree import GitTree
from app.services.publishing.report import Report, Wish
from app.services.publishing.site_job import committed
from tests.listings import OWNER, listed

PAGE = "content/albums/kind-of-blue-5/index.md"


@pytest.fixture(autouse=True)
def _nobody_at_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No Git settings of the machine's user reach a test."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)


@pytest.fixture
def tree(app: Flask, tmp_path: Path) -> Path:
    """A repository with one record published into it, not yet committed."""
    folder = tmp_path / "site"
    folder.mkdir()
    git(folder, "init", "--quiet")
    listed(discogs_id=5)
    publish(folder)
    return folder


def publish(folder: Path) -> Report:
    db.session.rollback()
    return site.publish(current_app.extensions["workplace"], OWNER, folder, Wish())


def git(folder: Path, *words: str) -> str:
    me = ("-c", "user.name=Somebody", "-c", "user.email=some@body")
    command = ["git", "-C", str(folder), *me, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_what_was_published_is_committed_once_under_our_name(tree: Path) -> None:
    told = GitTree(tree).commit()

    assert "11 new files." in told
    assert git(tree, "log", "--format=%an <%ae> %s") == (
        "Gatefold <gatefold@localhost> Publish the shelf: 11 new files\n"
    )
    assert git(tree, "status", "--porcelain") == ""
    assert GitTree(tree).commit() == ""


def test_changed_and_removed_pages_are_counted_and_the_name_of_the_person_stands(
    tree: Path, tmp_path: Path
) -> None:
    (tmp_path / ".gitconfig").write_text("[user]\nname = Me\nemail = me@home\n")
    GitTree(tree).commit()
    listed(discogs_id=6, title="Kind Of Green")
    publish(tree)
    GitTree(tree).commit()

    db.session.execute(db.text("UPDATE copy SET removed_at='2026-01-01' WHERE id=2"))
    db.session.commit()
    listed(discogs_id=5, country="Italy")
    publish(tree)

    assert "6 changed, 1 removed files." in GitTree(tree).commit()
    assert git(tree, "log", "-1", "--format=%an") == "Me\n"
    assert "green" not in git(tree, "ls-files")


def test_a_page_changed_by_hand_and_a_file_of_the_person_are_left_to_the_person(
    tree: Path,
) -> None:
    (tree / PAGE).write_text("by hand")
    (tree / "mine.md").write_text("mine")

    GitTree(tree).commit()

    assert git(tree, "status", "--porcelain", "-uall") == f"?? {PAGE}\n?? mine.md\n"


def test_foreign_changes_that_are_staged_are_not_swept_in(tree: Path) -> None:
    (tree / "mine.md").write_text("mine")
    git(tree, "add", "mine.md")

    with pytest.raises(ConflictError, match=r"mine\.md"):
        GitTree(tree)
    assert git(tree, "status", "--porcelain", "mine.md") == "A  mine.md\n"


def test_in_the_middle_of_a_merge_nothing_is_committed(tree: Path) -> None:
    GitTree(tree).commit()
    (tree / ".git/MERGE_HEAD").write_text(git(tree, "rev-parse", "HEAD"))

    with pytest.raises(ConflictError, match="middle of a merge"):
        GitTree(tree)


def test_on_no_branch_nothing_is_committed(tree: Path) -> None:
    GitTree(tree).commit()
    git(tree, "checkout", "--quiet", "--detach")

    with pytest.raises(ConflictError, match="on no branch"):
        GitTree(tree)


def test_pages_committed_before_they_were_ignored_are_still_committed(tree: Path) -> None:
    inner = tree / "site"
    inner.mkdir()
    publish(inner)
    GitTree(inner).commit()
    (tree / ".gitignore").write_text("site/\n")
    listed(discogs_id=5, country="Italy")
    publish(inner)

    assert "2 changed files" in GitTree(inner).commit()


def test_what_git_refuses_is_told_once(tree: Path) -> None:
    (tree / ".git/index.lock").write_text("")

    with pytest.raises(ConflictError, match=r"index\.lock") as error:
        committed(GitTree(tree))
    assert str(error.value).count("nothing was committed") == 1
    assert "Nothing was committed" not in str(error.value)


def test_hooks_and_signing_of_the_folder_do_not_run(tree: Path, tmp_path: Path) -> None:
    proof = tmp_path / "ran"
    hooks = ("pre-commit", "post-commit", "commit-msg", "reference-transaction", "watch")
    for name in hooks:
        hook = tree / ".git/hooks" / name
        hook.write_text(f"#!/bin/sh\ntouch {proof}\nexit 1\n")
        hook.chmod(0o755)
    for name, value in {
        "core.fsmonitor": str(tree / ".git/hooks/watch"),
        "gpg.program": str(tree / ".git/hooks/watch"),
        "commit.gpgSign": "true",
    }.items():
        git(tree, "config", name, value)

    assert "new files" in GitTree(tree).commit()
    assert not proof.exists()


def test_a_filter_the_folder_names_is_refused(tree: Path) -> None:
    git(tree, "config", "filter.evil.clean", "touch /tmp/ran")

    with pytest.raises(ConflictError, match="commit there by hand"):
        GitTree(tree)


def test_a_folder_within_a_repository_and_one_it_ignores(tree: Path) -> None:
    inner = tree / "deep" / "site"
    inner.mkdir(parents=True)
    publish(inner)

    assert "11 new files" in GitTree(inner).commit()
    assert git(tree, "ls-files", f"deep/site/{PAGE}")
    (tree / ".gitignore").write_text("instance/\n")
    (tree / "instance").mkdir()
    with pytest.raises(InvalidInputError, match="not in a Git repository"):
        GitTree(tree / "instance")


def test_ignored_pictures_stay_out_and_do_not_stop_the_rest(tree: Path) -> None:
    (tree / ".gitignore").write_text("label/\n")

    assert "9 new files" in GitTree(tree).commit()


def test_no_repository_and_no_git_are_told(
    tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(InvalidInputError, match="git init"):
            GitTree(folder)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidInputError, match="Git is missing"):
        GitTree(tree)
