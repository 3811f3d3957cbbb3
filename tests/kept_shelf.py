"""A small shelf with everything that is a person's own, to be backed up and put back."""

from __future__ import annotations

import hashlib
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import text

from app.extensions import db
from app.models import Connection
from app.queries.dump import dump_lines
from app.services import edits, own_cover
from app.services.backups.checking import folder_of
from app.services.backups.folder import BackupFolder
from app.services.image_store import ImageStore
from app.services.subjects import open_subject
from app.services.workplace import Workplace
from tests.pictures import picture
from tests.shelves import OWNER, put_on_shelf

SECRET = b"gAAAA-this-is-a-sealed-token"
EDITED = "Blue Lines (mine)"


def fill() -> None:
    """Three records, one of them corrected by hand; and a connection to Discogs."""
    put_on_shelf({"Title": "Blue Lines"}, {"Title": "Mezzanine"}, {"Title": "Protection"})
    lay("title", EDITED)
    db.session.add(
        Connection(owner_id=OWNER, provider="discogs", kind="token", username="me", secret=SECRET)
    )
    db.session.commit()


def lay(field: str, value: Any) -> None:
    """Correct the first release."""
    edits.lay(open_subject("release", OWNER, 1), {field: value}, edits.new_batch(), "json")
    db.session.commit()


def give_own_cover(app: Flask) -> str:
    """Put in a picture of one's own for the first release; its digest."""
    store = ImageStore(workplace_of(app).settings.instance_path)
    kept = own_cover.upload(store, OWNER, 1, picture())
    assert kept.image_sha256
    return kept.image_sha256


def workplace_of(app: Flask) -> Workplace:
    """The settings and the vault of an app."""
    found: Workplace = app.extensions["workplace"]
    return found


def backups_of(app: Flask) -> BackupFolder:
    """The folder of its backups."""
    return folder_of(workplace_of(app))


def shelf_digest() -> str:
    """The SHA-256 of everything a person owns and edited."""
    whole = "".join(f"{line}\n" for line in dump_lines(OWNER)).encode("utf-8", "surrogatepass")
    db.session.rollback()
    return hashlib.sha256(whole).hexdigest()


def count(table: str) -> int:
    """The rows of a table, whatever version it is of."""
    found = db.session.scalar(text(f'SELECT count(*) FROM "{table}"'))
    db.session.rollback()
    return int(found or 0)


def names_in(folder: Path) -> list[str]:
    """The files in a folder, the lock and the notes aside."""
    return sorted(each.name for each in folder.iterdir() if each.suffix == ".zip")


@contextmanager
def no_file_larger_than(size: int) -> Iterator[None]:
    """The system refuses to write further into any file, as a full disk does."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
