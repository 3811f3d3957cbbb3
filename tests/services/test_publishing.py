"""A shelf published into a folder: what is written, what is left alone, and what a kill leaves."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, current_app
from sqlalchemy import update

from app.domain.records import (
    CreditRecord,
    FormatRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.errors import ConflictError, DiskFullError, InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Article, Copy, Image, Link, Master, Picture, Release, Run
from app.services.image_store import ImageStore
from app.services.publishing import site
from app.services.publishing.report import Report, Wish
from app.services.publishing.site_folder import SiteFolder
from app.services.release_details import write_details
from tests.kept_shelf import no_file_larger_than
from tests.listings import OWNER, listed
from tests.pictures import picture
from tests.servers import ROOT

SHORTCODE = re.compile(r"^\{\{< (imageGrid|(youtube|spotify|applemusic) [^<>{}]*) >\}\}$", re.M)
GOLDEN = ROOT / "tests" / "golden" / "nasty_site.txt"
LONG = "Long title " * 455
BOX = tuple(TrackRecord(f"Take {n}", f"{n // 20 + 1}-{n % 20 + 1:02}") for n in range(200))
NASTY: tuple[dict[str, Any], ...] = (
    {"title": "AC\\DC", "artists": (CreditRecord("AC\\DC", 1),)},
    {"title": 'Say "Yes" | \'No\': {{< x >}}', "artists": (CreditRecord("{{% x %}}", 2),)},
    {"title": "../../x", "artists": (CreditRecord("../../x", 3),)},
    {"title": "CON", "artists": (CreditRecord("CON", 4),)},
    {"title": "🎸 † ★", "artists": (CreditRecord("★", 5),)},
    {"title": "مرحبا\u202e abc", "artists": (CreditRecord("שלום", 6),)},
    {"title": "千と千尋の神隠し", "artists": (CreditRecord("久石譲", 7),)},
    {"title": "!!!", "artists": (CreditRecord("!!!", 8),), "tracks": ()},
    {"title": "<script>alert(1)</script>", "artists": (CreditRecord("<b>", 9),)},
    {"title": LONG, "artists": (CreditRecord("John Smith (3)", 10),)},
    {
        "title": "Several",
        "artists": (CreditRecord("John Smith (4)", 11, join="&"), CreditRecord("Nobody", 12)),
        "formats": (
            FormatRecord("Vinyl", 2, ("LP",), "red | blue"),
            FormatRecord("CD", 1, ("Album",)),
        ),
        "labels": (LabelRecord("One", "1 | 1", 21), LabelRecord("Two (2)", "2", 22)),
    },
    {"title": "A box", "artists": (CreditRecord("Various", 194),), "tracks": BOX},
    {"title": "Year unknown", "artists": (CreditRecord("Nobody", 12),), "year": None,
     "released": None, "country": None, "genres": ("Funk / Soul", "Folk, World, & Country")},
    {
        "title": "Notes",
        "artists": (CreditRecord("Nobody", 12),),
        "notes": "<img src=x>\n\n- [b]Bold[/b] by [a=Prince (2)], [a7], [url=http://a.b]x[/url]|y",
        "videos": (
            VideoRecord("https://youtu.be/ylXk1LBvIqU", 'A "title" >}} {{< x >}}', 10),
            VideoRecord("https://www.youtube.com/watch?v=ylXk1LBvIqV", "[other](javascript:x)", 10),
        ),
        "tracks": (
            TrackRecord("Part | one", kind="heading"),
            TrackRecord("A\nb", "A1", "3:00", artists=(CreditRecord("{{x}}"),)),
        ),
    },
)  # fmt: skip


def fill() -> list[int]:
    return [listed(discogs_id=100 + place, **facts) for place, facts in enumerate(NASTY)]


def publish(path: Path, **wish: Any) -> Report:
    db.session.rollback()
    return site.publish(current_app.extensions["workplace"], OWNER, path, Wish(**wish))


def tree(path: Path) -> dict[str, str]:
    files = sorted(each for each in (path / "content").rglob("*") if each.is_file())
    return {each.relative_to(path).as_posix(): each.read_text("utf-8") for each in files}


def times(path: Path) -> dict[str, int]:
    return {name: (path / name).stat().st_mtime_ns for name in (*tree(path), "manifest.json")}


def head(text: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(text.split("\n---\n")[0])
    return found


@pytest.fixture
def target(app: Flask, tmp_path: Path) -> Path:
    return tmp_path / "site"


def test_nasty_records_make_the_pages_they_always_made(
    each_database: Flask, tmp_path: Path
) -> None:
    """To accept a change: UPDATE_GOLDEN=1 pytest, then read the difference."""
    fill()

    publish(tmp_path / "site")

    text = "".join(f"=== {name}\n{page}" for name, page in tree(tmp_path / "site").items())
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, encoding="utf-8")
    assert text == GOLDEN.read_text(encoding="utf-8")


def test_every_page_is_strict_yaml_with_nothing_that_could_run(target: Path) -> None:
    fill()

    publish(target)

    pages = tree(target)
    assert len(pages) > 35
    for name, text in pages.items():
        assert head(text)["title"], name
        assert text.endswith("\n")
        assert "\r" not in text
        body = text.split("\n---\n", 1)[1]
        assert SHORTCODE.sub("", body).translate(dict.fromkeys(map(ord, "<>{}"))) == (
            SHORTCODE.sub("", body)
        ), name
        assert all(part == part.lower() for part in name.split("/")[1:]), name


def test_a_second_publishing_writes_nothing(each_database: Flask, tmp_path: Path) -> None:
    listed(discogs_id=5)
    publish(tmp_path / "site")
    before = times(tmp_path / "site")

    for everything in (False, True):
        report = publish(tmp_path / "site", everything=everything)
        assert (report.new, report.changed, report.orphaned, report.edited) == ([], [], [], [])
    assert times(tmp_path / "site") == before


def test_one_change_writes_the_files_it_touches(target: Path) -> None:
    fill()
    publish(target)
    before = times(target)

    listed(discogs_id=102, **{**NASTY[2], "country": "Italy"})
    report = publish(target)

    assert report.changed == ["content/albums/x-102/index.md"]
    assert report.new == []
    after = times(target)
    assert {n for n in after if after[n] != before[n]} == {*report.changed, "manifest.json"}


def test_a_new_fact_of_a_service_reaches_the_page(target: Path) -> None:
    listed(discogs_id=5, master_discogs_id=50)
    publish(target)

    db.session.merge(Master(discogs_id=50, year=1958, mbid="m-b-i-d"))
    db.session.commit()
    publish(target)

    told = head(tree(target)["content/albums/kind-of-blue-5/index.md"])["discogs"]
    assert (told.get("original_year"), told.get("mbid")) == (1958, "m-b-i-d")


def test_an_address_stays_when_a_title_changes_and_its_new_one_leads_there(target: Path) -> None:
    listed(discogs_id=5)
    publish(target)

    listed(discogs_id=5, title="Kind Of Green")
    publish(target)

    page = head(tree(target)["content/albums/kind-of-blue-5/index.md"])
    assert page["album_name"] == "Kind Of Green"
    assert page["aliases"] == ["/albums/kind-of-green-5/"]


def test_what_notes_number_is_called_by_its_name_a_master_as_its_pressing(target: Path) -> None:
    listed(discogs_id=5, notes="See [m77], [r=6], [l1866].")
    listed(discogs_id=6, title="Blue", master_discogs_id=77)
    publish(target)
    page = "content/albums/kind-of-blue-5/index.md"
    assert "See Blue, Blue, Columbia." in tree(target)[page]

    listed(discogs_id=6, title="Green", master_discogs_id=77)
    assert page in publish(target).changed
    assert "See Green, Green, Columbia." in tree(target)[page]


def test_two_copies_of_a_record_have_one_page_with_the_first_day(target: Path) -> None:
    release = listed(discogs_id=5)
    first = db.session.execute(db.select(Copy)).scalar_one()
    later = {"added_at": datetime(2026, 5, 1, tzinfo=UTC), "source": "hand"}
    db.session.add(Copy(owner_id=OWNER, release_id=release, folder_id=first.folder_id, **later))
    db.session.commit()
    site.let_out(OWNER, ["added", "copies"])

    publish(target)

    albums = [name for name in tree(target) if name.startswith("content/albums/kind")]
    assert len(albums) == 1
    told = head(tree(target)[albums[0]])
    assert (told["discogs"]["copies"], told["date"].month) == (2, 1)


def test_namesakes_have_a_page_each(target: Path) -> None:
    fill()
    publish(target)

    pages = tree(target)
    assert head(pages["content/artist/john-smith/_index.md"])["title"] == "John Smith"
    assert head(pages["content/artist/john-smith-11/_index.md"])["title"] == "John Smith"
    assert "content/artist/various/_index.md" not in pages


def test_the_page_of_a_record_that_left_is_removed_and_nothing_else(target: Path) -> None:
    fill()
    publish(target)
    mine = target / "content" / "albums" / "mine.md"
    mine.write_text("my own words")

    db.session.execute(
        update(Copy)
        .where(Copy.release_id.in_(db.select(Release.id).where(Release.discogs_id == 106)))
        .values(removed_at=db.func.now(), removed_by="person")
    )
    db.session.commit()
    report = publish(target)

    assert report.orphaned == [
        "content/albums/qiantoqianxunnoshenyinshi-106/index.md",
        "content/artist/jiushirang/_index.md",
    ]
    assert not (target / report.orphaned[0]).parent.exists()
    assert mine.read_text() == "my own words"


def test_a_page_changed_by_hand_stays_and_is_listed(target: Path) -> None:
    listed(discogs_id=5)
    publish(target)
    page = target / "content/albums/kind-of-blue-5/index.md"
    page.write_text("by hand")

    listed(discogs_id=5, country="Italy")
    for report in (publish(target), publish(target)):
        assert report.edited == ["content/albums/kind-of-blue-5/index.md"]
        assert page.read_text() == "by hand"

    assert publish(target, overwrite=True).changed == ["content/albums/kind-of-blue-5/index.md"]
    assert "Italy" in page.read_text()


def test_of_pages_changed_by_hand_only_the_named_ones_are_replaced(target: Path) -> None:
    fill()
    publish(target)
    pages = [target / f"content/albums/{name}/index.md" for name in ("x-102", "con-103")]
    for page in pages:
        page.write_text("by hand")
    first, second = (page.relative_to(target).as_posix() for page in pages)

    told = publish(target, dry=True, diffs=9, diffs_of=("changed", "edited"))
    report = publish(target, overwrite_only=frozenset([first]))

    assert [path for path, _lines in told.diffs] == [first, second]
    assert "-by hand" in told.diffs[0][1]
    assert (report.changed, report.edited) == ([first], [second])
    assert pages[0].read_text() != "by hand"
    assert pages[1].read_text() == "by hand"


def test_a_dry_run_tells_and_touches_nothing(target: Path) -> None:
    listed(discogs_id=5)

    report = publish(target, dry=True, diffs=99)

    assert "content/albums/kind-of-blue-5/index.md" in report.new
    assert any('+album_name: "Kind Of Blue"' in text for _path, text in report.diffs)
    assert not target.exists()
    publish(target)
    assert publish(target, dry=True).written == 0


def test_many_changed_pages_leave_room_for_the_lines_of_those_edited_by_hand(target: Path) -> None:
    for number in (5, 6, 7):
        listed(discogs_id=number)
    publish(target)
    for number in (5, 6):
        listed(discogs_id=number, country="Italy")
    (target / "content/albums/kind-of-blue-7/index.md").write_text("by hand")

    report = publish(target, dry=True, diffs=1, diffs_of=("changed", "edited"))
    assert [path.split("/")[2] for path, _lines in report.diffs] == [
        "kind-of-blue-5",
        "kind-of-blue-7",
    ]


def test_nothing_private_is_in_the_tree_until_it_is_ticked(target: Path) -> None:
    listed(discogs_id=5)
    db.session.execute(
        update(Copy).values(
            notes="bought for 3 pounds",
            rating=4,
            media_condition="Mint (M)",
            fields={"1": "secret"},
        )
    )
    db.session.commit()

    publish(target)
    before = "".join(tree(target).values())
    site.let_out(OWNER, ["own_notes", "grades", "folders"])
    publish(target)
    after = "".join(tree(target).values())

    for word in ("bought for", "Mint", "Uncategorized", "rating"):
        assert word not in before
        assert word in after
    assert "secret" not in before + after
    assert "content/folder/uncategorized/_index.md" in tree(target)
    assert "\ndate:" in before
    assert "\ndate:" not in after


@pytest.mark.parametrize(("badge", "is_shown"), [("exact", True), ("guess", False)])
def test_a_guess_is_never_published(target: Path, badge: str, is_shown: bool) -> None:
    listed(discogs_id=5)
    article = "https://en.wikipedia.org/wiki/Kind_of_Blue"
    about = {"owner_id": OWNER, "entity": "title", "key": "r5", "provider": "wikipedia"}
    db.session.add(Link(**about, url=article, badge=badge, score=1.0, state="accepted"))
    db.session.add(
        Article(url=article, title="x", language="en", text="An album.", licence="CC BY-SA 4.0")
    )
    db.session.commit()

    publish(target)

    text = tree(target)["content/albums/kind-of-blue-5/index.md"]
    assert ("An album." in text) is is_shown
    assert ("Text from Wikipedia, CC BY-SA 4.0, shortened." in text) is is_shown
    assert ("en.wikipedia.org" in text) is is_shown


@pytest.mark.parametrize(
    ("source", "asked", "is_there"),
    [
        ("coverart", ["coverart"], True),
        ("coverart", [], False),
        ("discogs", ["coverart"], False),
        ("discogs", ["discogs_covers"], True),
        ("itunes", ["coverart", "discogs_covers", "own_covers"], False),
    ],
)
def test_a_picture_goes_public_by_where_it_came_from(
    target: Path, app: Flask, source: str, asked: list[str], is_there: bool
) -> None:
    release = listed(discogs_id=5)
    kept = ImageStore(app.extensions["workplace"].settings.instance_path).add(picture())
    db.session.add(Image(**asdict(kept)))
    db.session.flush()
    db.session.add(
        Picture(
            source=source, key="k", release_key="5", url="https://a.b/c", image_sha256=kept.sha256
        )
    )
    db.session.execute(
        update(Release).where(Release.id == release).values(image_sha256=kept.sha256)
    )
    db.session.commit()
    site.let_out(OWNER, asked)

    report = publish(target)

    cover = target / "content/albums/kind-of-blue-5/kind-of-blue-5.jpg"
    assert cover.exists() is is_there
    assert not is_there or cover.read_bytes().startswith(b"\xff\xd8\xff")
    assert bool(report.missing) is not is_there
    page = (target / "content/albums/kind-of-blue-5/index.md").read_text()
    assert ("Copyright of its makers." in page) is is_there
    assert publish(target).written == 0
    site.let_out(OWNER, [])
    publish(target)
    assert not cover.exists()


@pytest.mark.parametrize("asked", [["further_pictures"], []])
def test_further_pictures_are_linked_if_that_is_ticked(target: Path, asked: list[str]) -> None:
    release = listed(discogs_id=5)
    told = ReleaseRecord("Kind of Blue", discogs_id=5, images=("https://i.x/1", "https://i.x/2"))
    write_details(OWNER, told)
    write_details(OWNER, replace(told, images=()))  # as without a credential
    db.session.commit()
    site.let_out(OWNER, asked)

    publish(target)

    page = tree(target)["content/albums/kind-of-blue-5/index.md"]
    assert db.session.get_one(Release, release).further_pictures == ["https://i.x/2"]
    assert ('{{< imageGrid "https://i.x/2" >}}' in page) is bool(asked)
    assert ("i.x" in page) is bool(asked)


def test_no_number_of_a_record_is_not_the_number_of_those_typed_in(target: Path) -> None:
    listed(discogs_id=5)
    db.session.execute(update(Release).values(discogs_id=None))
    db.session.commit()

    with pytest.raises(NotFoundError, match="not on this shelf"):
        publish(target, release=0)


def test_one_album_or_one_artist_alone(target: Path) -> None:
    fill()

    assert publish(target, album=103).new == ["content/albums/con-103/index.md"]
    con = db.session.execute(db.select(Release.id).where(Release.discogs_id == 103)).scalar_one()
    assert publish(target, release=con, everything=True).unchanged == 1
    assert publish(target, artist=7).new == ["content/artist/jiushirang/_index.md"]
    with pytest.raises(NotFoundError):
        publish(target, album=999)
    assert publish(target).orphaned == []


def test_the_pages_of_all_artists_alone(target: Path) -> None:
    listed(discogs_id=5)
    listed(discogs_id=6, artists=(CreditRecord("Nobody", 12),))

    report = publish(target, artists=True)

    assert report.new == [f"content/artist/{who}/_index.md" for who in ("nobody", "miles-davis")]
    assert publish(target).orphaned == []


def test_the_site_says_on_which_day_discogs_last_told(target: Path) -> None:
    listed(discogs_id=5)
    publish(target)
    assert "as_of" not in head(tree(target)["content/albums/_index.md"])

    for day in (3, 4, 4):
        ended = datetime(2026, 1, day, tzinfo=UTC)
        db.session.add(Run(owner_id=OWNER, kind="sync", state="done", ended_at=ended))
        db.session.commit()
        changed = publish(target).changed

    assert changed == []
    assert head(tree(target)["content/albums/_index.md"])["as_of"] == "2026-01-04"


def test_a_file_in_place_of_the_folder_is_refused(target: Path) -> None:
    target.write_text("mine")

    with pytest.raises(InvalidInputError, match="is a file"):
        publish(target)
    assert target.read_text() == "mine"


def test_a_folder_with_other_things_is_refused_and_a_hugo_site_is_not(target: Path) -> None:
    listed(discogs_id=5)
    target.mkdir()
    (target / "taxes.ods").write_text("mine")
    with pytest.raises(InvalidInputError, match=r"taxes\.ods"):
        publish(target)

    (target / "config").mkdir()
    with pytest.raises(InvalidInputError, match=r"taxes\.ods"):
        publish(target)

    (target / "config" / "_default").mkdir()
    assert publish(target).new


def test_a_folder_that_cannot_be_made_is_refused_before_it_would(target: Path) -> None:
    (target.parent / "file").write_text("mine")
    target.symlink_to("nowhere")

    for path, why in ((target, "leads nowhere"), (target.parent / "file" / "site", "is a file")):
        with pytest.raises(InvalidInputError, match=why):
            publish(path, dry=True)


@pytest.mark.parametrize("name", ["content/label", "content/albums/kind-of-blue-5/index.md"])
def test_what_stands_in_the_place_of_a_page_is_named(target: Path, name: str) -> None:
    listed(discogs_id=5)
    place = target / name
    place.parent.mkdir(parents=True)
    (target / "hugo.toml").write_text("")
    os.mkfifo(place)  # to read it would take for ever

    with pytest.raises(InvalidInputError, match=f"{name}.*Move it away"):
        publish(target)

    place.unlink()
    assert publish(target).new


def test_a_damaged_manifest_is_told_and_without_it_the_pages_are_known_again(target: Path) -> None:
    listed(discogs_id=5)
    publish(target)
    (target / "manifest.json").write_text("<<<<<<< HEAD")

    with pytest.raises(InvalidInputError, match="or damaged"):
        publish(target)

    (target / "manifest.json").unlink()
    report = publish(target)
    assert (report.written, report.edited) == (0, [])
    assert (target / "manifest.json").exists()


@pytest.mark.parametrize("name", ["content", "content/albums", "content/albums/kind-of-blue-5"])
def test_a_symlink_that_leads_out_is_refused(target: Path, tmp_path: Path, name: str) -> None:
    listed(discogs_id=5)
    outside = tmp_path / "outside"
    outside.mkdir()
    (target / name).parent.mkdir(parents=True)
    (target / "hugo.toml").write_text("")
    (target / name).symlink_to(outside)

    with pytest.raises(InvalidInputError, match="is a symlink"):
        publish(target)
    assert list(outside.iterdir()) == []


def test_a_folder_that_cannot_be_written_to_is_told(app: Flask) -> None:
    listed(discogs_id=5)

    with pytest.raises(InvalidInputError, match="cannot be used"):
        publish(Path("/proc/site"))


def test_a_full_disk_leaves_the_old_site_and_the_next_time_goes_on(target: Path) -> None:
    fill()
    publish(target)
    before = tree(target)
    listed(discogs_id=102, **{**NASTY[2], "country": "Italy " * 4_000})

    with no_file_larger_than(20_000), pytest.raises(DiskFullError, match="Make room"):
        publish(target)

    assert tree(target) == before
    assert publish(target).changed == ["content/albums/x-102/index.md"]


def test_two_at_once_do_not_mix(target: Path) -> None:
    listed(discogs_id=5)

    with SiteFolder(target).locked(), pytest.raises(ConflictError):
        publish(target)


KILLED = """
import os, signal, sys
from pathlib import Path
from app import create_app
from app.services.publishing import site
from app.services.publishing.site import Wish
from config import load_settings

left = int(sys.argv[2])
app = create_app(load_settings())

def die(event, _arguments):
    global left
    if event in ("os.rename", "os.remove", "os.mkdir"):
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

sys.addaudithook(die)
with app.app_context():
    site.publish(app.extensions["workplace"], 1, Path(sys.argv[1]), Wish(everything=True))
"""


@pytest.mark.parametrize("step", [3, 30, 75])
def test_a_kill_leaves_each_page_old_or_new_and_the_next_time_finishes(
    target: Path, app: Flask, step: int
) -> None:
    """Row P14 of the fault list."""
    fill()
    publish(target)
    old = tree(target)
    for place, facts in enumerate(NASTY):
        listed(discogs_id=100 + place, **{**facts, "title": facts["title"] + " again"})
    expected = target.with_name("expected")
    publish(expected)
    new = tree(expected)
    environment = {
        **os.environ,
        "INSTANCE_PATH": app.extensions["workplace"].settings.instance_path,
    }

    died = subprocess.run(
        [sys.executable, "-c", KILLED, str(target), str(step)],
        cwd=ROOT,
        env={key: str(value) for key, value in environment.items()},
        check=False,
    )

    assert died.returncode in (-signal.SIGKILL, 0)
    for name, text in tree(target).items():
        if not name.endswith(".part"):
            assert text in (old.get(name), new.get(name)), name
    report = publish(target)
    assert report.edited == []
    assert tree(target) == new
