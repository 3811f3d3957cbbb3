"""The services in a process of their own, so that what they need is not counted as the app's."""

from __future__ import annotations

import multiprocessing
import random
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.standin.discogs import DiscogsStandIn
from tests.standin.faults import Fault
from tests.standin.messages import Request
from tests.standin.world import World

# What goes wrong by chance: complaints with and without a time, outages, what comes in half.
MISHAPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("rate_limited", {"retry_after": 1}),
    ("rate_limited", {}),
    ("server_error", {}),
    ("bad_gateway", {}),
    ("reset", {}),
    ("trickle", {"seconds": 0.001}),
    ("truncated", {}),
    ("half_json", {}),
    ("wrong_types", {}),
)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is not as it should be.

    Somebody else makes so many calls in a window of Discogs' from our address, and this share of
    all answers goes wrong.
    """

    neighbour: int = 0
    faults: float = 0.0


NO_TROUBLE = Trouble()


class Services:
    """All services, knowing one collection. `settings` has the app talk to them, unlimited."""

    def __init__(self, settings: dict[str, Any], line: Connection) -> None:
        self.settings, self._line = settings, line

    def requests(self) -> dict[str, list[str]]:
        """What was asked so far, with its query, by service."""
        self._line.send("requests")
        told: dict[str, list[str]] = self._line.recv()
        return told

    def refused(self) -> int:
        """How often Discogs refused a call of ours because its window was full."""
        self._line.send("refused")
        told: int = self._line.recv()
        return told


@contextmanager
def services(
    copies: int,
    *,
    delay: float = 0.0,
    faster: float | None = None,
    trouble: Trouble = NO_TROUBLE,
) -> Iterator[Services]:
    """Start the services, each answer taking `delay` seconds, and stop them at the end.

    Discogs keeps to its limit where `faster` is given: in windows so many times shorter.
    """
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory() as keys:
        process = multiprocessing.get_context("spawn").Process(
            target=_serve, args=(there, copies, delay, faster, trouble, Path(keys)), daemon=True
        )
        process.start()
        try:
            yield Services(here.recv(), here)
        finally:
            here.send("end")
            process.join()


def _serve(
    line: Connection,
    copies: int,
    delay: float,
    faster: float | None,
    trouble: Trouble,
    keys: Path,
) -> None:
    with World(copies) as world:
        chance = random.Random(copies)
        for stand_in in world.services.values():
            stand_in.delay = delay
            if trouble.faults:
                stand_in.receive = partial(_mishap, stand_in.receive, trouble.faults, chance)
        window = world.discogs.window
        window.on = faster is not None
        window.seconds /= faster or 1.0
        neighbour = _Neighbour(world.discogs, trouble.neighbour)
        neighbour.start()
        line.send(world.settings(keys))
        while (question := line.recv()) != "end":
            if question == "refused":
                line.send(window.refused - neighbour.refused)
                continue
            line.send(
                {
                    name: [request.target for request in stand_in.requests]
                    for name, stand_in in world.services.items()
                }
            )


def _mishap(receive: Any, share: float, chance: random.Random, request: Request) -> Fault | None:
    """Take a request, and have some of the answers go wrong."""
    planned: Fault | None = receive(request)
    if planned is not None or chance.random() >= share:
        return planned
    kind, how = chance.choice(MISHAPS)
    return Fault("/", kind, 1, how)


class _Neighbour(threading.Thread):
    """Calls evenly, so often in a window; what it is refused it does not repeat."""

    def __init__(self, discogs: DiscogsStandIn, calls: int) -> None:
        super().__init__(daemon=True)
        self.refused = 0
        self._discogs, self._calls = discogs, calls

    def run(self) -> None:
        if not self._calls:
            return
        window = self._discogs.window
        due = time.monotonic()
        while True:
            due += window.seconds / self._calls
            time.sleep(max(due - time.monotonic(), 0.0))
            with self._discogs.lock:
                self.refused += window.count("127.0.0.1", authenticated=True) is not None
