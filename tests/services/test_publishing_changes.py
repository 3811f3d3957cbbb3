"""Publishing what changed gives the site that publishing everything gives, whatever happened."""

from __future__ import annotations

import json
import random
import shutil
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from app.domain.privacy import CLASSES
from app.domain.records import CreditRecord, LabelRecord
from app.errors import GatefoldError
from app.extensions import db
from app.models import Article, Artist, Copy, Folder, Image, Label, Link, Master, Picture, Release
from app.services import artist_pages, copies, curate, own_folders
from app.services.image_store import ImageStore
from app.services.publishing import site
from app.services.publishing.report import Report, Wish
from app.services.subjects import open_subject
from app.services.workplace import Workplace
from tests.listings import OWNER, listed
from tests.pictures import picture

STEPS = 30
NAMES = ("Miles Davis", "Sun Ra", "久石譲", "AC\\DC", "Various", "!!!", "Prince (2)")
WORDS = ("Blue", "Green", "CON", "../x", "{{< x >}}", "★", "A | B")


class World:
    """A shelf that lives: each step does something people, syncs or services do."""

    def __init__(self, seed: int, workplace: Workplace) -> None:
        self._random = random.Random(seed)
        self.workplace, self.images = workplace, ""
        self._pictures = [
            ImageStore(workplace.settings.instance_path).add(picture(colour=colour))
            for colour in ("red", "green")
        ]
        for number in range(1, 7):
            self._sync(number)

    def step(self) -> str:
        """Do something; what it was."""
        deeds: list[Callable[[], object]] = [
            *(self.sync, self.edit_release, self.edit_copy, self.take_copy, self.put_back),
            *(self.rename_artist, self.rename_label, self.merge, self.take_apart, self.link),
            *(self.unlink, self.write_article, self.cover, self.tick, self.master, self.folder),
            *(self.move_copy, self.move_pictures, self.move_discogs),
        ]
        deed = self._random.choice(deeds)
        try:
            deed()
        except GatefoldError as error:
            db.session.rollback()
            return f"{deed.__name__}: {error}"
        db.session.commit()
        return deed.__name__

    def often(self, share: float) -> bool:
        """True in this share of all cases."""
        return self._random.random() < share

    def sync(self) -> None:
        """A record as Discogs has it now, new or known."""
        self._sync(self._random.randint(1, 9))

    def edit_release(self) -> None:
        notes = f"With [a{self._artist_number()}], on [l{self._random.randint(1, 4)}]."
        change = self._random.choice(
            ({"title": self._word()}, {"notes": notes}, {"year": self._random.randint(1950, 1999)})
        )
        self._edit("release", self._one(Release), change)

    def edit_copy(self) -> None:
        self._edit("copy", self._one(Copy), {"notes": self._word(), "rating": 3})

    def take_copy(self) -> None:
        copies.remove_copy(OWNER, self._one(Copy))

    def put_back(self) -> None:
        gone = db.session.scalars(select(Copy.id).where(Copy.removed_at.is_not(None))).all()
        if gone:
            copies.restore_copy(OWNER, self._random.choice(gone))

    def rename_artist(self) -> None:
        change = self._random.choice(
            ({"name": self._random.choice(NAMES)}, {"profile": f"Like [a{self._artist_number()}]"})
        )
        self._edit("artist", self._one(Artist), change)

    def rename_label(self) -> None:
        self._edit("label", self._one(Label), {"name": self._word()})

    def merge(self) -> None:
        artist_pages.merge(OWNER, self._one(Artist), self._one(Artist))

    def take_apart(self) -> None:
        artist_pages.take_apart(OWNER, self._one(Artist))

    def link(self) -> None:
        entity, key = self._random.choice(
            (
                ("artist", str(self._artist_number())),
                ("release", str(self._random.randint(1, 9))),
                ("title", f"r{self._random.randint(1, 9)}"),
            )
        )
        provider = self._random.choice(("wikipedia", "spotify", "homepage"))
        url = f"https://a.b/{provider}/{self._random.randint(1, 3)}"
        about = {"owner_id": OWNER, "entity": entity, "key": key, "provider": provider, "url": url}
        if db.session.scalar(select(Link).filter_by(**about)) is None:
            badge = self._random.choice(("exact", "guess"))
            db.session.add(Link(**about, badge=badge, score=1.0, state="accepted"))

    def unlink(self) -> None:
        link = self._random.choice(db.session.scalars(select(Link)).all() or [None])
        if link:
            link.state = self._random.choice(("rejected", "accepted"))

    def write_article(self) -> None:
        url = f"https://a.b/wikipedia/{self._random.randint(1, 3)}"
        article = db.session.scalar(select(Article).where(Article.url == url))
        if article is None:
            facts = {"title": "x", "language": "en", "licence": "CC BY-SA 4.0"}
            db.session.add(Article(url=url, text=self._word(), **facts))
        else:
            article.text = self._word()

    def cover(self) -> None:
        kept, release = self._random.choice(self._pictures), self._one(Release)
        if db.session.get(Image, kept.sha256) is None:
            db.session.add(Image(**asdict(kept)))
            db.session.flush()
        source, key = self._random.choice(("coverart", "discogs")), f"{kept.sha256[:9]}/{release}"
        if db.session.scalar(select(Picture).filter_by(source=source, key=key)) is None:
            facts = {"release_key": str(release), "url": "https://a.b/c"}
            db.session.add(Picture(source=source, key=key, image_sha256=kept.sha256, **facts))
        shown = self._random.choice((kept.sha256, None))
        db.session.execute(update(Release).where(Release.id == release).values(image_sha256=shown))

    def tick(self) -> None:
        names = [each.name for each in CLASSES]
        site.let_out(OWNER, self._random.sample(names, self._random.randint(4, len(names))))

    def master(self) -> None:
        master = Master(
            discogs_id=self._random.randint(1, 3), year=self._random.randint(1950, 1960)
        )
        db.session.merge(master)

    def folder(self) -> None:
        own_folders.rename_folder(OWNER, self._one(Folder), self._word())

    def move_copy(self) -> None:
        own_folders.move_copy(OWNER, self._one(Copy), self._word())

    def move_pictures(self) -> None:
        self.images = self._random.choice(("bundle", "static"))

    def move_discogs(self) -> None:
        """Another setting that pages show."""
        web = self._random.choice(("https://www.discogs.com", "http://127.0.0.1:1"))
        settings = self.workplace.settings.model_copy(update={"discogs_web_url": web})
        self.workplace = replace(self.workplace, settings=settings)

    def _sync(self, number: int) -> None:
        artist, other = self._artist_number(), self._artist_number()
        listed(
            discogs_id=number,
            title=f"{self._word()} {number}",
            artists=(CreditRecord(NAMES[artist % 7], artist),),
            credits=(CreditRecord(NAMES[other % 7], other, role="Piano"),),
            labels=(LabelRecord(self._word(), "1", self._random.randint(1, 4)),),
            genres=(self._random.choice(("Jazz", "Rock")),),
            master_discogs_id=self._random.choice((None, 1, 2)),
            notes=self._random.choice(("", f"By [a{other}] and [r{number + 1}]")),
        )

    def _edit(self, entity: Any, row_id: int, change: dict[str, Any]) -> None:
        version = open_subject(entity, OWNER, row_id).version
        curate.save(entity, OWNER, row_id, version, json.dumps(change))

    def _one(self, model: Any) -> int:
        ids = db.session.scalars(select(model.id).order_by(model.id)).all()
        return int(self._random.choice(ids))

    def _artist_number(self) -> int:
        return self._random.randint(1, 9)

    def _word(self) -> str:
        return self._random.choice(WORDS)


def publish(world: World, path: Path, **wish: Any) -> Report:
    db.session.rollback()
    return site.publish(world.workplace, OWNER, path, Wish(images=world.images, **wish))


def tree(path: Path) -> dict[str, bytes]:
    files = (each for part in ("content", "static") for each in (path / part).rglob("*"))
    return {
        each.relative_to(path).as_posix(): each.read_bytes() for each in files if each.is_file()
    }


def times(path: Path) -> dict[str, int]:
    return {name: (path / name).stat().st_mtime_ns for name in tree(path)}


@pytest.fixture
def world(app: Flask, request: pytest.FixtureRequest) -> World:
    return World(request.param, app.extensions["workplace"])


@pytest.mark.parametrize("world", [1, 2, 3], indirect=True)
def test_publishing_changes_is_publishing_everything(world: World, tmp_path: Path) -> None:
    site_, fresh = tmp_path / "site", tmp_path / "fresh"
    done: list[str] = []
    publish(world, site_)
    for _ in range(STEPS):
        done.append(world.step())
        if world.often(0.3):
            continue  # several things between two publishings
        before, at = tree(site_), times(site_)
        report = publish(world, site_)
        shutil.rmtree(fresh, ignore_errors=True)
        publish(world, fresh)

        after = tree(site_)
        assert after == tree(fresh), (done, [n for n in after if after[n] != tree(fresh).get(n)])
        differ = {name for name in after if after[name] != before.get(name)}
        assert differ == {*report.new, *report.changed}, done
        assert {n for n, when in times(site_).items() if when != at.get(n)} == differ, done
        assert publish(world, site_).written == 0, done
