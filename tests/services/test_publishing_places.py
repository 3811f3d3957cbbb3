"""Where pictures lie on a site, where merged artists lead, what is remembered of a publishing."""

from __future__ import annotations

import json
import shutil
import subprocess
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, current_app
from sqlalchemy import select, update

from app.domain.records import CreditRecord, LabelRecord
from app.errors import InvalidInputError
from app.extensions import db
from app.models import Artist, Image, Picture, PublishedPage, Release
from app.services import artist_pages, preferences
from app.services.image_store import ImageStore
from app.services.publishing import run_log, seen, site
from app.services.publishing.git_tree import GitTree
from app.services.publishing.report import Report, Wish
from app.services.release_details import write_details
from app.services.runs import StoppedError
from tests.hugo_program import build
from tests.listings import KIND_OF_BLUE, OWNER, listed
from tests.pictures import picture
from tests.servers import ROOT

PAGE = "content/albums/kind-of-blue-5/index.md"
BESIDE = "content/albums/kind-of-blue-5/kind-of-blue-5.jpg"
APART = "static/images/kind-of-blue-5.jpg"


@pytest.fixture
def target(app: Flask, tmp_path: Path) -> Path:
    listed(discogs_id=5)
    return tmp_path / "site"


def publish(path: Path, **wish: Any) -> Report:
    db.session.rollback()
    return site.publish(current_app.extensions["workplace"], OWNER, path, Wish(**wish))


def instance() -> Path:
    return Path(current_app.extensions["workplace"].settings.instance_path)


def head(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(path.read_text("utf-8").split("\n---\n")[0])
    return found


def give_cover() -> None:
    kept = ImageStore(instance()).add(picture())
    db.session.add(Image(**asdict(kept)))
    db.session.flush()
    facts = {"key": "k", "release_key": "5", "url": "https://a.b/c"}
    db.session.add(Picture(source="coverart", image_sha256=kept.sha256, **facts))
    db.session.execute(update(Release).values(image_sha256=kept.sha256))
    db.session.commit()


def test_pictures_lie_where_they_were_asked_to_and_move_when_asked_again(target: Path) -> None:
    give_cover()
    publish(target)
    before = (target / BESIDE).read_bytes()
    assert head(target / PAGE)["cover"]["image"] == "kind-of-blue-5.jpg"

    report = publish(target, images="static")
    assert (report.new, report.changed, report.orphaned) == ([APART], [PAGE], [BESIDE])
    assert (target / APART).read_bytes() == before
    assert head(target / PAGE)["cover"]["image"] == "images/kind-of-blue-5.jpg"

    assert publish(target).written == 0
    with pytest.raises(InvalidInputError, match="whole shelf"):
        publish(target, album=5, images="bundle")
    publish(target, images="bundle")
    assert (target / BESIDE).read_bytes() == before
    assert not (target / APART).exists()


def test_a_dry_run_counts_new_pictures_without_opening_them(target: Path) -> None:
    give_cover()
    for path in (instance() / "images").rglob("*"):
        if path.is_file():
            path.write_bytes(b"no picture")

    assert BESIDE in publish(target, dry=True).new

    (missing,) = publish(target).missing
    assert "damaged" in missing.why
    shutil.rmtree(instance() / "images")
    (missing,) = publish(target, dry=True).missing
    assert "gone" in missing.why


def test_a_picture_that_lies_apart_leaves_the_repository_with_its_record(target: Path) -> None:
    target.mkdir()
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)
    give_cover()
    publish(target, images="static")
    GitTree(target).commit()

    publish(target, images="bundle")
    GitTree(target).commit()

    listed_there = ["git", "-C", str(target), "ls-files"]
    there = subprocess.run(listed_there, capture_output=True, text=True, check=True).stdout
    assert (BESIDE in there, APART in there) == (True, False)


def test_the_theme_shows_pictures_that_lie_apart(target: Path) -> None:
    give_cover()
    shutil.copytree(ROOT / "hugo", target, ignore=shutil.ignore_patterns("public", "resources"))
    publish(target, images="static")

    assert "ERROR" not in build(target, "https://example.org/records/")
    page = (target / "public/albums/kind-of-blue-5/index.html").read_text("utf-8")
    assert 'src="/records/images/kind-of-blue-5.jpg"' in page
    assert (target / "public/images/kind-of-blue-5.jpg").read_bytes() == (
        target / APART
    ).read_bytes()


def test_the_address_of_a_merged_artist_leads_to_the_other_page(target: Path) -> None:
    listed(discogs_id=6, artists=(CreditRecord("Miles", 7),))
    publish(target)
    ids = dict(db.session.execute(select(Artist.name, Artist.id)).all())
    artist_pages.merge(OWNER, ids["Miles"], ids["Miles Davis"])

    publish(target)
    assert head(target / "content/artist/miles-davis/_index.md")["aliases"] == ["/artist/miles/"]
    assert not (target / "content/artist/miles").exists()

    db.session.rollback()
    artist_pages.take_apart(OWNER, ids["Miles"])
    publish(target)
    assert "aliases" not in head(target / "content/artist/miles-davis/_index.md")
    assert (target / "content/artist/miles/_index.md").exists()


def test_an_address_stays_when_discogs_number_arrives(each_database: Flask, tmp_path: Path) -> None:
    """An import of a CSV knows artists and labels by name alone; details bring their numbers."""
    site_folder, page = tmp_path / "site", "content/artist/miles-davis/_index.md"
    bare = CreditRecord("Miles Davis"), CreditRecord("Gil Evans")
    release = listed(discogs_id=5, artists=bare, labels=(LabelRecord("Columbia", "CL 1"),))
    publish(site_folder)
    gil = db.session.scalars(select(Artist.id).where(Artist.name == "Gil Evans")).one()
    db.session.execute(update(Artist).where(Artist.id == gil).values(name="Gilbert Evans"))
    db.session.commit()
    publish(site_folder)

    numbered = CreditRecord("Miles Davis", 23_755), CreditRecord("Gilbert Evans", 9)
    known = replace(KIND_OF_BLUE, discogs_id=5, artists=numbered)
    assert write_details(OWNER, known) == release
    db.session.commit()
    report = publish(site_folder)

    assert (report.new, report.orphaned) == ([], [])
    assert head(site_folder / page)["discogs_url"].endswith("/artist/23755")
    assert (site_folder / "content/label/columbia/_index.md").exists()
    assert head(site_folder / "content/artist/gil-evans/_index.md")["aliases"] == [
        "/artist/gilbert-evans/"
    ]
    assert publish(site_folder).written == 0
    assert publish(site_folder, everything=True).written == 0


def test_a_number_does_not_bring_the_address_of_somebody_else(target: Path) -> None:
    """Whoever is gone may have had the same number of ours."""
    artist = db.session.scalars(select(Artist.id).where(Artist.name == "Miles Davis")).one()
    gone = {"entity": "artist", "key": f"own-{artist}", "slug": "nina-simone"}
    db.session.add(PublishedPage(owner_id=OWNER, **gone))
    db.session.commit()

    publish(target)
    assert (target / "content/artist/miles-davis/_index.md").exists()


def test_what_was_remembered_of_another_database_is_not_believed(target: Path) -> None:
    """A database put back from a backup may count to the same numbers with other facts."""
    publish(target)
    older = preferences.get(OWNER, seen.PREFERENCE)
    listed(discogs_id=6)
    publish(target)

    db.session.execute(update(Release).values(country="Italy"))
    preferences.put(OWNER, seen.PREFERENCE, older)

    assert PAGE in publish(target).changed


def test_another_program_looks_at_every_page(target: Path) -> None:
    publish(target)
    db.session.execute(update(Release).values(country="Italy"))
    db.session.commit()
    state = target / ".gatefold/state.json"
    told = json.loads(state.read_bytes())
    told["memory"]["basis"] = "of an older program"
    state.write_text(json.dumps(told))

    assert publish(target).changed == [PAGE]


@pytest.mark.parametrize(
    "broken", ["{", '{"format": 2}', '{"format": 2, "files": 3, "memory": []}']
)
def test_a_damaged_memory_costs_time_and_nothing_else(target: Path, broken: str) -> None:
    publish(target)
    (target / ".gatefold/state.json").write_text(broken)

    report = publish(target)

    assert (report.written, report.edited, report.orphaned) == (0, [], [])


def test_a_stop_leaves_nothing_half_and_the_next_time_finishes(target: Path) -> None:
    def stop(done: int, _total: int) -> None:
        if done:
            raise StoppedError("Enough.")

    with pytest.raises(StoppedError):
        site.publish(current_app.extensions["workplace"], OWNER, target, Wish(), stop)

    assert not list(target.rglob("*.part"))
    publish(target)
    assert (target / PAGE).exists()


def test_a_log_that_cannot_be_kept_is_told_after_all_is_published(target: Path) -> None:
    (instance() / run_log.FOLDER).write_text("no folder")

    with pytest.raises(InvalidInputError, match="Everything is published, but its log"):
        publish(target)
    assert (target / PAGE).exists()
    assert (target / "manifest.json").exists()


def test_a_look_that_is_stopped_leaves_alone_what_a_publishing_has_half_written(
    target: Path,
) -> None:
    publish(target)
    half = target / Path(PAGE).with_name(".index.md.part")
    half.write_text("half")
    (target / ".gatefold" / "pending").write_text(f"{'0' * 64} {PAGE}\n")

    def stop(done: int, total: int) -> None:
        raise StoppedError("now")

    with pytest.raises(StoppedError):
        site.publish(
            current_app.extensions["workplace"],
            OWNER,
            target,
            Wish(dry=True, everything=True),
            stop,
        )
    assert half.read_text() == "half"


def test_each_publishing_leaves_a_log_and_the_oldest_go(target: Path) -> None:
    folder = instance() / run_log.FOLDER
    publish(target, dry=True)
    assert not folder.exists()
    publish(target)
    (log,) = folder.iterdir()
    lines = log.read_text("utf-8").splitlines()
    assert {"new: 10", "without a picture: 1", f"new: {PAGE}"} <= set(lines)
    assert "no picture: Kind Of Blue (no picture was found)" in lines

    for number in range(run_log.KEPT + 3):
        (folder / f"publish-2020{number:02}.log").write_text("")
    publish(target)
    assert log in folder.iterdir()
    assert len(list(folder.iterdir())) == run_log.KEPT
