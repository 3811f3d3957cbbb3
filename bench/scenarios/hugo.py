"""A shelf published as a Hugo site: all of it, nothing new, one change."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import current_app
from sqlalchemy import select, update

from app.extensions import db
from app.models import Release
from app.services import shelf
from app.services.publishing import site
from app.services.publishing.site import Report, Wish
from bench import floor
from bench.figures import Figure
from bench.measure import statements
from bench.shelves import OUT, OWNER, export_of, filled_shelf, inside_app_on

APP_BY_FLOOR_AT_MOST = 2.0


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """The first time beside a bare writing of as many pages; files and time of a second one."""
    for size in sizes:
        with filled_shelf(size) as folder, inside_app_on(folder):
            yield from _figures(size)


def _figures(size: int) -> Iterator[Figure]:
    figure = partial(Figure, "hugo", size=size)
    with TemporaryDirectory(prefix="site-", dir=OUT) as scratch:
        bare, target = Path(scratch) / "bare.db", Path(scratch) / "site"
        floor.import_csv(export_of(size), bare)
        first, report = _timed(target)
        least = _bare(bare, Path(scratch) / "floor", report.written)
        with statements() as told:
            again, same = _timed(target)
        _change_one()
        one, changed = _timed(target)
    yield figure(name="all", value=first, unit="s")
    yield figure(
        name="app ÷ floor", value=first / least, unit="ratio", at_most=APP_BY_FLOOR_AT_MOST
    )
    yield figure(name="unchanged", value=again, unit="s")
    yield figure(name="unchanged: files written", value=same.written, unit="count")
    yield figure(name="unchanged: statements", value=len(told), unit="count")
    yield figure(name="one change", value=one, unit="s")
    yield figure(name="one change: files written", value=changed.written, unit="count")


def _timed(target: Path) -> tuple[float, Report]:
    db.session.rollback()
    begun = time.perf_counter()
    report = site.publish(current_app.extensions["workplace"], OWNER, target, Wish())
    return time.perf_counter() - begun, report


def _change_one() -> None:
    chosen = db.session.scalars(select(Release.id).order_by(Release.id).limit(1)).one()
    changed = update(Release).where(Release.id == chosen)
    db.session.execute(changed.values(country="Elsewhere", version=Release.version + 1))
    shelf.refresh(OWNER, [chosen])
    db.session.commit()


def _bare(database: Path, target: Path, pages: int) -> float:
    """Seconds for as many pages of the same records by sqlite3 and an f-string."""
    begun = time.perf_counter()
    connection = sqlite3.connect(database)
    rows = connection.execute("SELECT artist, title, year, label, catno, format FROM record")
    written = 0
    while written < pages:
        for row in rows:
            page = target / str(written)
            page.mkdir(parents=True)
            artist, title, year, label, catno, form = row
            text = f'---\ntitle: "{artist} - {title}"\nyear: {year}\n---\n{label} {catno} {form}\n'
            (page / "index.md").write_text(text, encoding="utf-8")
            written += 1
            if written == pages:
                break
        rows = connection.execute("SELECT artist, title, year, label, catno, format FROM record")
    connection.close()
    return time.perf_counter() - begun
