"""The services in a process of their own, so that what they need is not counted as the app's."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.standin.world import World


class Services:
    """All services, knowing one collection. `settings` has the app talk to them, unlimited."""

    def __init__(self, settings: dict[str, Any], line: Connection) -> None:
        self.settings, self._line = settings, line

    def requests(self) -> dict[str, list[str]]:
        """What was asked so far, with its query, by service."""
        self._line.send("requests")
        told: dict[str, list[str]] = self._line.recv()
        return told


@contextmanager
def services(copies: int, *, delay: float = 0.0, faster: float | None = None) -> Iterator[Services]:
    """Start the services, each answer taking `delay` seconds, and stop them at the end.

    Discogs keeps to its limit where `faster` is given: in windows so many times shorter.
    """
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as keys:
        process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(there, copies, delay, faster, Path(keys)), daemon=True
        )
        process.start()
        try:
            yield Services(here.recv(), here)
        finally:
            here.send("end")
            process.join()


def _serve(line: Connection, copies: int, delay: float, faster: float | None, keys: Path) -> None:
    with World(copies) as world:
        for stand_in in world.services.values():
            stand_in.delay = delay
        window = world.discogs.window
        window.on = faster is not None
        window.seconds /= faster or 1.0
        line.send(world.settings(keys))
        while line.recv() != "end":
            line.send(
                {
                    name: [request.target for request in stand_in.requests]
                    for name, stand_in in world.services.items()
                }
            )
