"""The preview: built by the real Hugo, read from its folder alone, whatever Hugo does."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import PublishedPage
from app.services.publishing import hugo, programs
from app.services.publishing.hugo import HugoFailedError
from app.services.publishing.preview import PreviewFolder
from app.services.runs import StoppedError
from tests.hugo_program import setting
from tests.listings import OWNER, listed

# What Hugo does, in short.
BUILDS = 'while [ "$1" != --destination ]; do shift; done; mkdir -p "$2"; echo hi > "$2/a"'


@pytest.fixture
def folder(app: Flask) -> PreviewFolder:
    """A shelf with one record, and its pages written for a preview."""
    listed(discogs_id=5)
    workplace = app.extensions["workplace"]
    found = PreviewFolder(Path(workplace.settings.instance_path))
    found.write_pages(workplace, OWNER, lambda done, total: None)
    return found


def program(folder: PreviewFolder, *lines: str) -> Path:
    """A Hugo of our own making."""
    path = folder.path / "my-hugo"
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path


def nothing() -> None:
    pass


def test_hugo_builds_the_shelf_in_the_shipped_theme(folder: PreviewFolder, tmp_path: Path) -> None:
    preview = folder.build(hugo.get(setting(tmp_path)), nothing)

    page = folder.file(preview.token, "albums/kind-of-blue-5/index.html").read_text()
    assert f'href="/admin/preview/{preview.token}/artist/miles-davis/"' in page
    assert "Kind Of Blue" in page
    # Without these a page that is kept apart has neither its drawings nor its style.
    assert '<symbol id="p0"' in page
    assert page.count(' crossorigin="anonymous"') == page.count(" integrity=")
    assert folder.find() == preview
    assert db.session.query(PublishedPage).count() == 0


def test_a_preview_made_anew_has_another_name_and_the_old_one_is_gone(
    folder: PreviewFolder,
) -> None:
    fake = program(folder, BUILDS)
    first = folder.build(fake, nothing)
    second = folder.build(fake, nothing)

    assert first.token != second.token
    assert folder.file(second.token, "").is_dir()
    with pytest.raises(NotFoundError):
        folder.file(first.token, "")


@pytest.fixture
def built(folder: PreviewFolder) -> PreviewFolder:
    """A preview of one page, with a secret beside it and a symlink to that within."""
    fake = program(folder, BUILDS)
    preview = folder.build(fake, nothing)
    (folder.path / "secret").write_text("secret")
    (folder.file(preview.token, "") / "out").symlink_to(folder.path)
    (folder.file(preview.token, "") / ".hidden").write_text("hidden")
    return folder


@pytest.mark.parametrize(
    "path",
    ["../../secret", "..", ".hidden", "out/secret", "out", "b", "a/b", "a\0", "..\\a", "x" * 5_000],
)
def test_nothing_but_the_preview_is_reached(built: PreviewFolder, path: str) -> None:
    preview = built.find()
    assert preview is not None
    assert built.file(preview.token, "a").read_text() == "hi\n"

    with pytest.raises(NotFoundError):
        built.file(preview.token, path)
    with pytest.raises(NotFoundError):
        built.file("0" * 32, "a")


def test_what_hugo_complains_of_is_kept_and_so_is_the_old_preview(built: PreviewFolder) -> None:
    before = built.find()
    bad = program(built, "echo building", 'echo "Error: no such partial" >&2; exit 1')

    with pytest.raises(HugoFailedError, match="Error: no such partial") as refused:
        built.build(bad, nothing)

    assert "building" in refused.value.log
    assert built.find() == before


def test_a_hugo_that_hangs_is_ended_with_all_it_started(folder: PreviewFolder) -> None:
    mark = folder.path / "alive"
    slow = program(folder, f"(sleep 60; touch {mark}) & echo $! > {mark}.pid", "sleep 60")

    began = time.monotonic()
    with pytest.raises(HugoFailedError, match="took longer"):
        folder.build(slow, nothing, seconds=0.5)

    assert time.monotonic() - began < 10
    _wait_until(lambda: not _is_alive(int(Path(f"{mark}.pid").read_text())))


def test_hugo_does_not_outlive_a_gatefold_that_is_killed(tmp_path: Path) -> None:
    mark = tmp_path / "pid"
    words = ["sh", "-c", f"echo $$ > {mark}; exec sleep 60"]
    # By its path: all of Gatefold takes seconds to import.
    code = f"import runpy; runpy.run_path({programs.__file__!r})['run']({words!r}, 60, {{}})"
    with subprocess.Popen([sys.executable, "-c", code]) as gatefold:
        _wait_until(lambda: mark.exists() and mark.read_text().endswith("\n"))
        gatefold.kill()

    _wait_until(lambda: not _is_alive(int(mark.read_text())))


def test_a_stop_ends_hugo_at_once(folder: PreviewFolder) -> None:
    def stop() -> None:
        raise StoppedError("stop")

    with pytest.raises(StoppedError):
        folder.build(program(folder, "sleep 60"), stop)


def test_hugo_knows_nothing_of_our_settings(
    folder: PreviewFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCOGS_TOKEN", "very-secret")

    with pytest.raises(HugoFailedError) as refused:
        folder.build(program(folder, "env; exit 1"), nothing)

    assert "very-secret" not in refused.value.log
    assert "HUGO_SECURITY_EXEC_ALLOW=none" in refused.value.log


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        (["echo hugo v0.92.2 linux/amd64"], "Hugo 0.92"),
        (["echo I am something else"], "does not start as Hugo does"),
    ],
)
def test_another_program_than_hugo_or_an_old_one_is_told(
    folder: PreviewFolder, lines: list[str], told: str
) -> None:
    with pytest.raises(InvalidInputError, match=told):
        hugo.get(program(folder, *lines))


def test_how_to_get_hugo_is_told_where_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InvalidInputError, match="apt-get install hugo"):
        hugo.get(tmp_path / "hugo")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(InvalidInputError, match="not installed here"):
        hugo.get(None)


def test_what_is_of_an_older_theme_goes_and_the_pages_stay(
    folder: PreviewFolder, app: Flask
) -> None:
    source = folder.path / "source"
    (source / "static").mkdir()
    (source / "layouts/old.html").write_text("old")

    folder.write_pages(app.extensions["workplace"], OWNER, lambda done, total: None)

    assert not (source / "static").exists()
    assert not (source / "layouts/old.html").exists()
    assert (source / "layouts/index.html").is_file()
    assert (source / "content/albums/kind-of-blue-5/index.md").is_file()


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def _wait_until(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 10
    while not is_so():
        assert time.monotonic() < until
        time.sleep(0.02)
