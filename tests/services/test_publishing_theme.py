"""The theme laid beside the pages: whole, never over what is somebody's own, and buildable."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask, current_app
from sqlalchemy import update

from app.errors import InvalidInputError
from app.extensions import db
from app.models import Copy
from app.services.publishing import site, site_zip, theme
from app.services.publishing.report import Wish
from tests.hugo_program import build
from tests.listings import OWNER, listed

ALBUM = "albums/kind-of-blue-5/index.html"


@pytest.fixture
def target(app: Flask, tmp_path: Path) -> Path:
    """A site of one record, without a theme."""
    folder = tmp_path / "site"
    listed(discogs_id=5)
    site.publish(current_app.extensions["workplace"], OWNER, folder, Wish())
    db.session.rollback()
    return folder


def test_what_was_downloaded_with_the_theme_is_a_site_to_hugo(target: Path, tmp_path: Path) -> None:
    (target / "hugo.toml").write_text((theme.get() / "hugo.toml").read_text() + "# mine\n")
    packed, here = io.BytesIO(), tmp_path / "elsewhere"

    site_zip.pack(target, packed, with_theme=True)

    with zipfile.ZipFile(packed) as archive:
        archive.extractall(here)
    assert (here / "hugo.toml").read_text().endswith("# mine\n")
    assert "WARN" not in build(here, "https://example.org/")
    assert "Kind Of Blue" in (here / "public" / ALBUM).read_text()


def test_a_theme_laid_into_a_site_leaves_what_is_there(target: Path) -> None:
    own = target / "layouts" / "index.html"
    own.parent.mkdir()
    own.write_text("mine")

    first = theme.put(target)

    assert own.read_text() == "mine"
    assert first == sum(1 for _ in theme.files()) - 1
    assert (target / "assets/css/tokens.css").is_file()
    assert theme.put(target) == 0
    assert "ERROR" not in build(target, "https://example.org/")


def test_a_record_added_on_a_day_to_come_has_its_page(target: Path) -> None:
    db.session.execute(update(Copy).values(added_at=datetime(2199, 1, 1, tzinfo=UTC)))
    db.session.execute(update(Copy).values(changed_in=Copy.changed_in + 1))
    db.session.commit()
    site.publish(current_app.extensions["workplace"], OWNER, target, Wish())
    theme.put(target)

    build(target, "https://example.org/")

    assert "2199" in (target / "public" / ALBUM).read_text()


def test_a_page_somebody_deleted_is_not_in_the_zip(target: Path) -> None:
    page, packed = target / "content/albums/kind-of-blue-5/index.md", io.BytesIO()
    page.unlink()

    site_zip.pack(target, packed)

    with zipfile.ZipFile(packed) as archive:
        assert not [name for name in archive.namelist() if name.startswith("content/albums/k")]


def test_a_theme_is_not_laid_through_a_symlink(target: Path, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (target / "assets").symlink_to(tmp_path / "out")

    with pytest.raises(InvalidInputError, match="symlink"):
        theme.put(target)

    assert not any((tmp_path / "out").iterdir())
