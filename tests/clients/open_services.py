"""MusicBrainz, Wikidata and Wikipedia as tests meet them: a stand-in, a client, one question."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from app.clients.http import Limits
from app.clients.musicbrainz import MusicBrainzClient
from app.clients.wikidata import WikidataClient
from app.clients.wikipedia import WikipediaClient
from tests.standin.musicbrainz import Group, MusicBrainzStandIn
from tests.standin.server import StandIn
from tests.standin.wikidata import Item, WikidataStandIn
from tests.standin.wikipedia import Page, WikipediaStandIn

AGENT = "Gatefold/1.0 +https://gatefold.example"
IMPATIENT = Limits(connect_seconds=0.8, total_seconds=0.8, body_bytes=1_000_000)
GROUP = "f5093c06-23e3-404f-aeaa-40f72885ee3a"
ARTIST = "83d91898-7763-47d7-b03b-b92132375c47"
NAMES = ("musicbrainz", "wikidata", "wikipedia")
TITLES = {"musicbrainz": "MusicBrainz", "wikidata": "Wikidata", "wikipedia": "Wikipedia"}


@dataclass
class Service:
    """One of them. `connect` makes a client, `ask` puts a question to it that has an answer."""

    name: str
    stand_in: StandIn
    connect: Callable[..., Any]
    ask: Callable[[Any], Any]
    has_answered: Callable[[Any], bool]

    @property
    def title(self) -> str:
        return TITLES[self.name]


@contextmanager
def serving(name: str, **settings: Any) -> Iterator[Service]:
    """A running service that knows one thing; clients made for it are closed at the end."""
    made: list[Any] = []
    service = _SERVICES[name]()

    def connect(**options: Any) -> Any:
        how = {"user_agent": AGENT, "limits": IMPATIENT, "api_url": _address(service.stand_in)}
        made.append(_CLIENTS[name](**(how | settings | options)))
        return made[-1]

    service.connect = connect
    with service.stand_in:
        yield service
    for client in made:
        client.close()


def _address(stand_in: StandIn) -> str:
    return str(getattr(stand_in, "api_url", stand_in.url))


def _nobody(**options: Any) -> Any:
    raise NotImplementedError(options)


def _musicbrainz() -> Service:
    stand_in = MusicBrainzStandIn()
    link = ("wikidata", "https://www.wikidata.org/wiki/Q150901")
    artists = ((ARTIST, "Pink Floyd"),)
    stand_in.add_group(
        Group(GROUP, "The Dark Side of the Moon", "1973-03-01", artists=artists, links=[link])
    )
    return Service(
        "musicbrainz",
        stand_in,
        _nobody,
        lambda client: client.release_group(GROUP),
        lambda answer: answer.mbid == GROUP and len(answer.links) == 1,
    )


def _wikidata() -> Service:
    claims = {"P1953": ["45467"]}
    item = Item("Q2306", "Pink Floyd", "English rock band", claims, {"enwiki": "Pink Floyd"})
    return Service(
        "wikidata",
        WikidataStandIn(item),
        _nobody,
        lambda client: client.entities(["Q2306"]),
        lambda answer: answer["Q2306"].claims == {"P1953": ("45467",)},
    )


def _wikipedia() -> Service:
    page = Page("Pink Floyd", "Pink Floyd are an English rock band.", "English band", "Q2306")
    return Service(
        "wikipedia",
        WikipediaStandIn(page),
        _nobody,
        lambda client: client.articles("en", ["Pink Floyd"]),
        lambda answer: answer["Pink Floyd"].text == page.text,
    )


_SERVICES = {"musicbrainz": _musicbrainz, "wikidata": _wikidata, "wikipedia": _wikipedia}
_CLIENTS: dict[str, Callable[..., Any]] = {
    "musicbrainz": MusicBrainzClient,
    "wikidata": WikidataClient,
    "wikipedia": WikipediaClient,
}
