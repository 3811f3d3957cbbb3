"""Apps on databases of any size. A filled database is made once and kept in bench/out."""

from __future__ import annotations

import gc
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade

from app import create_app
from app.extensions import db
from app.models import Copy
from app.services import folders, shelf
from app.services.bulk import IdSource, Row, in_chunks, insert_rows, stamp
from app.services.release_writer import ReleaseWriter, told_by
from bench.corpus import Made, collection, write_csv
from config import load_settings

OUT = Path(__file__).with_name("out")
ROOT = OUT.parent.parent
OWNER = 1
# What a kept database depends on: it is made anew when any of these changes.
_MADE_BY = ("bench/corpus.py", "bench/words.py", "bench/shelves.py", "migrations/versions/*.py")
COPY_COLUMNS = (
    *("id", "owner_id", "release_id", "folder_id", "discogs_instance_id", "rating"),
    *("media_condition", "sleeve_condition", "notes", "added_at", "source", "sort_artist"),
    *("sort_title", "sort_year", "search_text", "changed_in"),
)


@contextmanager
def app_on(folder: Path, **settings: Any) -> Iterator[Flask]:
    """An app on the database in `folder`, closed afterwards.

    No context is pushed: a page visited within one would find the session of the page before.
    """
    app = create_app(load_settings(instance_path=folder, log_level="ERROR", **settings))
    gc.freeze()  # as run.py does
    app.config["WTF_CSRF_ENABLED"] = False
    try:
        yield app
    finally:
        with app.app_context():
            db.engine.dispose()


@contextmanager
def inside_app_on(folder: Path) -> Iterator[Flask]:
    """The same with its context pushed, for calling services."""
    with app_on(folder) as app, app.app_context():
        yield app


@contextmanager
def empty_shelf() -> Iterator[Path]:
    """A folder with an empty database, gone afterwards."""
    with TemporaryDirectory(prefix="shelf-", dir=_out()) as folder:
        shutil.copy(_kept(0), Path(folder) / "gatefold.db")
        yield Path(folder)


@contextmanager
def filled_shelf(size: int) -> Iterator[Path]:
    """A folder with a database of `size` copies as Discogs lists them, gone afterwards."""
    with TemporaryDirectory(prefix="shelf-", dir=_out()) as folder:
        shutil.copy(_kept(size), Path(folder) / "gatefold.db")
        yield Path(folder)


def export_of(size: int) -> Path:
    """The CSV export of the same collection."""
    path = _out() / f"export-{size}-{_fingerprint()}.csv"
    if not path.exists():
        write_csv(path.with_suffix(".part"), size).rename(path)
    return path


def _out() -> Path:
    OUT.mkdir(exist_ok=True)
    return OUT


def _kept(size: int) -> Path:
    kept = _out() / f"shelf-{size}-{_fingerprint()}.db"
    if not kept.exists():
        with TemporaryDirectory(dir=OUT) as folder:
            with inside_app_on(Path(folder)):
                upgrade()
                _fill(size)
            (Path(folder) / "gatefold.db").rename(kept)
    return kept


def _fingerprint() -> str:
    made_by = sorted(path for pattern in _MADE_BY for path in ROOT.glob(pattern))
    return hashlib.sha256(b"".join(path.read_bytes() for path in made_by)).hexdigest()[:12]


def _fill(size: int) -> None:
    """Store the collection the way a sync would, a few thousand copies at a time."""
    db.session.remove()
    version = shelf.next_version(OWNER)
    writer, ids = ReleaseWriter(OWNER), IdSource(Copy)
    release_ids: dict[int, int] = {}
    first = 0
    for made in in_chunks(collection(size), 2_000):
        _add_releases(writer, made, release_ids)
        folder_ids = folders.folder_ids_by_name(OWNER, {each.folder for each in made})
        copies = [_copy_row(ids.next(), each, release_ids, folder_ids, version) for each in made]
        first = first or copies[0][0]
        insert_rows(Copy, COPY_COLUMNS, copies)
    if first:
        shelf.index_words(first)
    db.session.commit()


def _add_releases(writer: ReleaseWriter, made: list[Made], release_ids: dict[int, int]) -> None:
    records = {each.copy.release.discogs_id or 0: each.copy.release for each in made}
    told = {number: told_by(r) for number, r in records.items() if number not in release_ids}
    writer.meet(told.values())
    for discogs_id, facts in told.items():
        release_ids[discogs_id] = writer.create(facts, "listing", discogs_id, None)
    writer.write()


def _copy_row(
    copy_id: int,
    made: Made,
    release_ids: dict[int, int],
    folder_ids: dict[str, int],
    version: int,
) -> Row:
    copy, release = made.copy, made.copy.release
    artist = release.artists[0].name
    labels = ", ".join(label.name for label in release.labels)
    numbers = ", ".join(label.catno for label in release.labels)
    return (
        *(copy_id, OWNER, release_ids[release.discogs_id or 0], folder_ids[made.folder]),
        *(copy.instance_id, copy.rating, copy.media_condition, copy.sleeve_condition, copy.notes),
        *(stamp(copy.added_at), "discogs"),
        *shelf.sort_columns(artist, release.title, release.year),
        shelf.words_of((artist, release.title, labels, numbers), (), copy.notes, None),
        version,
    )
