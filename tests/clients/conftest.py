"""A Discogs to talk to, and clients that talk to it with short patience."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from app.clients.discogs import DiscogsClient, DiscogsCredential
from app.clients.http import Limits
from tests.standin.discogs import Collector, DiscogsStandIn, generated_items

USER_AGENT = "Gatefold/1.0 +https://gatefold.example"
TOKEN = DiscogsCredential(username="Collector", token="test-token")
NOBODY = DiscogsCredential(username="Collector")
IMPATIENT = Limits(connect_seconds=0.8, total_seconds=0.8, body_bytes=1_000_000)

Connect = Callable[..., DiscogsClient]


class RecordingLimiter:
    """Lets everybody through at once and remembers what it was told."""

    def __init__(self) -> None:
        self.acquired = 0
        self.penalties: list[float | None] = []
        self.told: list[tuple[int | None, int | None, bool]] = []

    def acquire(self) -> None:
        self.acquired += 1

    def penalise(self, seconds: float | None) -> None:
        self.penalties.append(seconds)

    def observe(self, left: int | None, most: int | None, *, was_refused: bool) -> None:
        self.told.append((left, most, was_refused))


@pytest.fixture
def collector() -> Collector:
    """Whose collection the stand-in shows: 250 copies."""
    return Collector("Collector", user_id=7, token="test-token", items=generated_items(250))


@pytest.fixture
def discogs(collector: Collector) -> Iterator[DiscogsStandIn]:
    """A running Discogs."""
    with DiscogsStandIn(collector) as stand_in:
        yield stand_in


@pytest.fixture
def limiter() -> RecordingLimiter:
    """What every client of the test asks for permission."""
    return RecordingLimiter()


@pytest.fixture
def pauses() -> list[float]:
    """Seconds the clients wanted to sleep between tries."""
    return []


@pytest.fixture
def connect(
    discogs: DiscogsStandIn, limiter: RecordingLimiter, pauses: list[float]
) -> Iterator[Connect]:
    """Make a client for a credential; all are closed at the end."""
    made: list[DiscogsClient] = []

    def connect(credential: DiscogsCredential = TOKEN, **options: Any) -> DiscogsClient:
        settings: dict[str, Any] = {
            "api_url": discogs.url,
            "web_url": discogs.web_url,
            "user_agent": USER_AGENT,
            "limiter": limiter,
            "sleep": pauses.append,
            "limits": IMPATIENT,
        }
        made.append(DiscogsClient(credential, **(settings | options)))
        return made[-1]

    yield connect
    for client in made:
        client.close()


@pytest.fixture
def client(connect: Connect) -> DiscogsClient:
    """A client with the collector's own token."""
    return connect()
