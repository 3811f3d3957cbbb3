"""A shelf published as a Hugo site: all of it, nothing new, one change."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from flask import current_app
from sqlalchemy import select, update

from app.extensions import db
from app.models import Release
from app.services import shelf
from app.services.publishing import site
from app.services.publishing.report import Report, Wish
from bench import floor_site
from bench.enriched import enriched_shelf
from bench.figures import Figure
from bench.measure import in_turns, ratio, seconds, statements
from bench.shelves import OUT, OWNER, filled_shelf, inside_app_on

APP_BY_FLOOR_AT_MOST = 2.0
ONE_CHANGE_AT_MOST = 0.3
TURNS = 3
LARGEST_ENRICHED = 5_000
# From here on one turn takes long enough.
MANY = 10_000
# What escaping adds to the floor's bytes, or a word that it leaves out.
ALIKE = 0.02


def run(sizes: Sequence[int]) -> Iterator[Figure]:
    """The first time beside a bare writing of the same files; a second one, and one change."""
    for size in sizes:
        with filled_shelf(size) as folder, inside_app_on(folder):
            yield from _figures(size, folder)
    for size in sorted({min(size, LARGEST_ENRICHED) for size in sizes if size <= MANY}):
        with enriched_shelf(size) as folder, inside_app_on(folder):
            yield from _enriched(size)


def _figures(size: int, folder: Path) -> Iterator[Figure]:
    figure, turns = partial(Figure, "hugo", size=size), TURNS if size <= MANY else 1
    with TemporaryDirectory(prefix="site-", dir=OUT) as scratch:
        targets = (Path(scratch) / f"site-{number}" for number in count())
        target = next(targets)
        first = _publish(target)
        _check(target, floor_site.site(folder / "gatefold.db", next(targets)))
        all_of_it, bare = in_turns(
            turns,
            lambda: _publish(next(targets)),
            lambda: floor_site.site(folder / "gatefold.db", next(targets)),
        )
        ours_cpu, bare_cpu = in_turns(
            turns,
            lambda: _publish(next(targets)),
            lambda: floor_site.site(folder / "gatefold.db", next(targets)),
            clock=time.process_time,
        )
        with statements() as told:
            same = _publish(target)
        again = [seconds(lambda: _publish(target)) for _ in range(turns)]
        ones, changed, asked = [], [], []
        for turn in range(turns):
            _change(turn)
            with statements() as one_told:
                ones.append(seconds(lambda: changed.append(_publish(target))))
            asked.append(len(one_told))
    yield figure(name="all", value=median(all_of_it), unit="s")
    for name, above, below in (
        ("app ÷ floor", all_of_it, bare),
        ("app ÷ floor, CPU", ours_cpu, bare_cpu),
    ):
        by_floor = ratio(above, below)
        yield figure(name=name, value=by_floor, unit="ratio", at_most=APP_BY_FLOOR_AT_MOST)
    yield figure(name="all: files written", value=first.written, unit="count")
    yield figure(name="unchanged", value=median(again), unit="s")
    yield figure(name="unchanged: files written", value=same.written, unit="count")
    yield figure(name="unchanged: statements", value=len(told), unit="count")
    yield figure(name="one change", value=median(ones), unit="s", at_most=ONE_CHANGE_AT_MOST)
    written = max(report.written for report in changed)
    yield figure(name="one change: files written", value=written, unit="count")
    yield figure(name="one change: statements", value=max(asked), unit="count")


def _enriched(size: int) -> Iterator[Figure]:
    """The same of a shelf of which everything is known, covers included."""
    figure = partial(Figure, "hugo", size=size)
    with TemporaryDirectory(prefix="site-", dir=OUT) as scratch:
        target = Path(scratch) / "site"
        all_of_it = seconds(lambda: _publish(target))
        anew = seconds(lambda: _publish(target, Wish(everything=True)))
        again = [seconds(lambda: _publish(target)) for _ in range(TURNS)]
        ones, changed = [], []
        for turn in range(TURNS):
            _change(turn)
            ones.append(seconds(lambda: changed.append(_publish(target))))
    each = 1000 / size
    yield figure(name="enriched: all, a record", value=all_of_it * each, unit="ms")
    yield figure(name="enriched: all looked at, a record", value=anew * each, unit="ms")
    yield figure(name="enriched: unchanged", value=median(again), unit="s")
    yield figure(
        name="enriched: one change", value=median(ones), unit="s", at_most=ONE_CHANGE_AT_MOST
    )
    written = max(report.written for report in changed)
    yield figure(name="enriched: one change: files written", value=written, unit="count")


def _publish(target: Path, wish: Wish | None = None) -> Report:
    db.session.rollback()
    return site.publish(current_app.extensions["workplace"], OWNER, target, wish or Wish())


def _check(target: Path, bare: tuple[int, int]) -> None:
    """Whether the floor did the same work: as many files, and as many bytes in them."""
    sizes = [path.stat().st_size for path in (target / "content").rglob("*.md")]
    files, written = bare
    if files != len(sizes) or abs(written / sum(sizes) - 1) > ALIKE:
        raise AssertionError(f"floor: {files} files, {written} B; app: {len(sizes)}, {sum(sizes)}")


def _change(turn: int) -> None:
    chosen = db.session.scalars(select(Release.id).order_by(Release.id).offset(turn).limit(1)).one()
    changed = update(Release).where(Release.id == chosen)
    db.session.execute(changed.values(country="Elsewhere", version=Release.version + 1))
    shelf.refresh(OWNER, [chosen])
    db.session.commit()
