"""A million edits, syncs and undos in any order: lives of a shelf, each by a seed of its own.

Lives know nothing of each other, so they are lived side by side, in pieces, and after a stop from
where it was: what a life came to is a line of JSON in a journal.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import queue
import shutil
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from multiprocessing.queues import Queue
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event

from app.extensions import db
from bench.shelves import app_on, empty_shelf
from tests.databases import address, on_server
from tests.edit_life import Life
from tests.servers import start_postgres

# A longer history than this is slow to edit, and tells nothing new.
A_LIFE = 200
# So often what the shelf is sorted and searched by is looked at too.
LOOK_AT_ALL = 10
MEMORY = Path("/dev/shm")
TOLD_EVERY_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class Lived:
    """What a life came to: its steps up to the first wrong one, and what was wrong, "" if nothing.

    `slowest` is its slowest step with the check, in seconds.
    """

    life: int
    steps: int
    wrong: str
    slowest: float
    database: str


def live(seed: int, steps: int = A_LIFE) -> Lived:
    """One life on the database of the app; whatever was in it is gone."""
    slowest, done, step = 0.0, 0, "the first sync"
    wrong = ""
    try:
        life = Life(seed)
        life.check()
        for done in range(1, steps + 1):
            begun = time.perf_counter()
            step = life.do_anything()
            life.check()
            if done % LOOK_AT_ALL == 0:
                life.check_filing()
            slowest = max(slowest, time.perf_counter() - begun)
    except AssertionError as error:
        db.session.rollback()
        wrong = f"step {done} ({step}): {error}"[:2_000]
    return Lived(seed, done, wrong, slowest, db.engine.dialect.name)


@contextmanager
def shelf_in_memory(**settings: Any) -> Iterator[Flask]:
    """An empty shelf whose commits wait for no disk, its app's context pushed."""
    room = MEMORY if os.access(MEMORY, os.W_OK) else None
    with empty_shelf() as kept, TemporaryDirectory(prefix="life-", dir=room) as folder:
        shutil.copy(kept / "gatefold.db", folder)
        with app_on(Path(folder), **settings) as app, app.app_context():
            if db.engine.dialect.name == "sqlite":
                db.engine.dispose()
                event.listen(db.engine, "connect", _wait_for_no_disk)
            yield app


def _wait_for_no_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def many(steps: int, first: int, processes: int, journal: Path, *, on_postgresql: bool) -> int:
    """Live as many lives from seed `first` on as make `steps`, but those the journal has.

    Prints how far it is; returns how many lives went wrong, those of the journal included.
    """
    database = "postgresql" if on_postgresql else "sqlite"
    wanted = range(first, first + -(-steps // A_LIFE))
    known = [each for each in _read(journal) if each.life in wanted and each.database == database]
    missing = sorted(set(wanted) - {each.life for each in known})
    progress = _Progress(len(wanted) * A_LIFE, known)
    with journal.open("a", encoding="utf-8") as lines:
        for lived in _side_by_side(missing, processes, on_postgresql):
            lines.write(json.dumps(asdict(lived)) + "\n")
            lines.flush()
            progress.add(lived)
    progress.tell()
    return progress.wrong


def _read(journal: Path) -> list[Lived]:
    if not journal.exists():
        return []
    return [Lived(**json.loads(line)) for line in journal.read_text(encoding="utf-8").splitlines()]


class _Progress:
    """How far it is, printed now and then."""

    def __init__(self, wanted: int, known: Iterable[Lived]) -> None:
        self._wanted, self._steps, self.wrong = wanted, 0, 0
        self._begun = self._told = time.monotonic()
        for lived in known:
            self._count(lived)
        self._before = self._steps

    def _count(self, lived: Lived) -> None:
        self._steps += lived.steps
        self.wrong += bool(lived.wrong)

    def add(self, lived: Lived) -> None:
        """One more."""
        self._count(lived)
        if lived.wrong:
            print(f"life {lived.life}, {lived.wrong}", flush=True)
        if time.monotonic() - self._told > TOLD_EVERY_SECONDS:
            self.tell()

    def tell(self) -> None:
        """Print a line."""
        self._told = time.monotonic()
        pace = (self._steps - self._before) / max(self._told - self._begun, 0.001)
        of = f"{self._steps:,} of {self._wanted:,} steps"
        print(f"{of}, {self.wrong} lives wrong, {pace:,.0f} steps a second", flush=True)


def _side_by_side(seeds: Sequence[int], processes: int, on_postgresql: bool) -> Iterator[Lived]:
    """These lives, dealt out to so many processes, in the order they end."""
    context = multiprocessing.get_context("spawn")
    ended: Queue[Lived] = context.Queue()
    with ExitStack() as stack:
        server = None
        if on_postgresql:
            server = start_postgres()
            stack.callback(server.stop)
        workers = []
        for at in range(min(processes, len(seeds))):
            url = None
            if server is not None:
                on_server(server, f"CREATE DATABASE lives_{at}")
                url = address(server, f"lives_{at}")
            work = (seeds[at::processes], url, ended)
            workers.append(context.Process(target=_work, args=work, daemon=True))
        for worker in workers:
            worker.start()
        for _ in seeds:
            yield _next(ended, workers)
        for worker in workers:
            worker.join()


def _next(ended: Queue[Lived], workers: Sequence[Any]) -> Lived:
    """The next life to end. Raises RuntimeError where a process died before."""
    while True:
        try:
            return ended.get(timeout=1)
        except queue.Empty:
            if any(worker.exitcode for worker in workers):
                raise RuntimeError("A process died; what it said is above.") from None


def _work(seeds: Sequence[int], url: str | None, ended: Queue[Lived]) -> None:
    settings = {} if url is None else {"database_url": url}
    begun_by = os.getppid()
    with shelf_in_memory(**settings):
        if url is not None:
            upgrade()
            db.session.remove()
        for seed in seeds:
            if os.getppid() != begun_by:  # it was ended, and nobody listens any more
                return
            ended.put(live(seed))
