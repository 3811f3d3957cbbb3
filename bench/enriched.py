"""A shelf on which every service has said what it knows: tracks, credits, notes, texts, covers."""

from __future__ import annotations

import io
import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from PIL import Image as Drawing
from sqlalchemy import insert, select, update

from app.domain.records import (
    CreditRecord,
    FolderRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.extensions import db
from app.models import Article, Artist, Image, Link, Picture, Release
from app.services.bulk import in_chunks
from app.services.copy_writer import store_copies
from app.services.folders import store_folders
from app.services.image_store import ImageStore, KeptImage
from bench import words
from bench.corpus import collection
from bench.shelves import OWNER, empty_shelf, inside_app_on

SEED = 11
AT_ONCE = 1_000
# Records share pictures: what a picture costs is measured, not how many there are.
PICTURES = 40
PIXELS = 600
ROLES = ("Bass", "Drums", "Engineer", "Guitar", "Producer", "Written-By")
TEXT = (
    "{0} is an album recorded over three days in the spring of that year. It was met with praise, "
    "sold slowly, and has been pressed again many times since. "
)


@contextmanager
def enriched_shelf(size: int) -> Iterator[Path]:
    """A folder with a database of `size` enriched copies and its pictures, gone afterwards."""
    with empty_shelf() as folder:
        with inside_app_on(folder):
            fill(folder, size)
        yield folder


def fill(folder: Path, size: int) -> None:
    """Put the shelf up by the door a sync uses, then what other services said. Commits."""
    names = [FolderRecord(place, name, 0) for place, name in enumerate(words.FOLDERS, 1)]
    store_folders(OWNER, names)
    for copies in in_chunks((made.copy for made in collection(size)), AT_ONCE):
        store_copies(OWNER, [replace(copy, release=_detailed(copy.release)) for copy in copies])
    db.session.commit()
    _tell(random.Random(SEED))
    _cover(folder)
    db.session.commit()


def _detailed(release: ReleaseRecord) -> ReleaseRecord:
    """A release as Discogs tells it in full: twelve tracks, a dozen credits."""
    chance = random.Random(release.discogs_id)
    return replace(
        release,
        released=f"{release.year}-03-00" if release.year else "",
        notes="Recorded at [l501]. [b]Matrix[/b] on both sides, see [a10012] for the reissue.",
        master_discogs_id=_master_of(release.discogs_id),
        tracks=tuple(_track(chance, place) for place in range(12)),
        credits=tuple(_credit(chance, role) for role in ROLES for _ in range(2)),
        videos=(VideoRecord("https://youtu.be/ylXk1LBvIqU", release.title),),
    )


def _master_of(number: int | None) -> int:
    return (number or 0) + 5_000_000


def _track(chance: random.Random, place: int) -> TrackRecord:
    title = f"{chance.choice(words.FIRST)} {chance.choice(words.SECOND)}"
    side, number = divmod(place, 6)
    minutes, seconds = chance.randrange(2, 7), chance.randrange(60)
    return TrackRecord(title, f"{'AB'[side]}{number + 1}", f"{minutes}:{seconds:02}", "track", ())


def _credit(chance: random.Random, role: str) -> CreditRecord:
    number = chance.randrange(2_000)
    name = f"{chance.choice(words.GIVEN)} {chance.choice(words.FAMILY)} {number}"
    return CreditRecord(name, 900_000 + number, "", "", role, "")


def _tell(chance: random.Random) -> None:
    """Links for every title, an encyclopaedia's text for three of five, words about artists."""
    links: list[dict[str, Any]] = []
    articles: list[dict[str, Any]] = []
    for number, title in db.session.execute(select(Release.discogs_id, Release.title)).all():
        key = f"m{_master_of(number)}"
        links.append(_link("title", key, "spotify", f"https://open.spotify.com/album/{number}"))
        links.append(_link("title", key, "musicbrainz", f"https://musicbrainz.org/r/{number}"))
        if chance.random() < 0.6:
            page = f"https://en.wikipedia.org/wiki/Album_{number}"
            links.append(_link("title", key, "wikipedia", page))
            articles.append(_article(page, title))
    for number, name in db.session.execute(select(Artist.discogs_id, Artist.name)).all():
        page = f"https://en.wikipedia.org/wiki/Artist_{number}"
        links.append(_link("artist", str(number), "wikipedia", page))
        articles.append(_article(page, name))
    db.session.execute(insert(Link), links)
    db.session.execute(insert(Article), articles)


def _link(entity: str, key: str, provider: str, url: str) -> dict[str, Any]:
    thing = {"entity": entity, "key": key, "provider": provider, "url": url}
    verdict = {"badge": "exact", "score": 1.0, "state": "accepted"}
    return {"owner_id": OWNER, **thing, **verdict, "remote_id": url.rpartition("/")[2]}


def _article(url: str, name: str) -> dict[str, Any]:
    text = TEXT.format(name) * 4
    return {"url": url, "title": name, "language": "en", "text": text, "licence": "CC BY-SA 4.0"}


def _cover(folder: Path) -> None:
    """A picture of the Cover Art Archive for every release."""
    store = ImageStore(folder)
    kept = [store.add(_picture(number)) for number in range(PICTURES)]
    db.session.execute(insert(Image), [_image(each) for each in kept])
    numbers = db.session.execute(select(Release.id, Release.discogs_id)).all()
    pictures: list[dict[str, Any]] = []
    shown: list[dict[str, Any]] = []
    for place, (release_id, number) in enumerate(numbers):
        sha256 = kept[place % PICTURES].sha256
        pictures.append(
            {
                **{"source": "coverart", "key": f"release/{number}", "release_key": str(number)},
                **{"url": f"https://coverartarchive.org/{number}", "image_sha256": sha256},
            }
        )
        shown.append({"id": release_id, "image_sha256": sha256})
    db.session.execute(insert(Picture), pictures)
    db.session.execute(update(Release), shown)


def _picture(number: int) -> bytes:
    """A cover with as much in it as a photograph has."""
    noise = Drawing.effect_noise((PIXELS // 4, PIXELS // 4), 60).resize((PIXELS, PIXELS))
    ground = Drawing.new("RGB", (PIXELS, PIXELS), (number * 37 % 256, number * 91 % 256, 90))
    data = io.BytesIO()
    Drawing.composite(ground, Drawing.new("RGB", ground.size), noise).save(data, "JPEG", quality=85)
    return data.getvalue()


def _image(kept: KeptImage) -> dict[str, Any]:
    return {
        **{"sha256": kept.sha256, "width": kept.width, "height": kept.height},
        **{"bytes": kept.bytes, "colour": kept.colour},
    }
