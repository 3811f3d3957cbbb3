"""The three shops with their stand-ins running, for tests."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from typing import Any

from app.clients.apple_music import AppleMusicClient, AppleToken
from app.clients.http import Limits
from app.clients.itunes import ItunesClient
from app.clients.spotify import SpotifyClient, TokenCache
from tests.clients.conftest import USER_AGENT, RecordingLimiter
from tests.standin.apple_music import KEY_ID, TEAM_ID, AppleMusicStandIn
from tests.standin.itunes import ITunesStandIn
from tests.standin.shop_albums import ShopAlbum
from tests.standin.spotify import CLIENT_ID, CLIENT_SECRET, SpotifyStandIn

NAMES = ("itunes", "apple_music", "spotify")
KIND_OF_BLUE = ShopAlbum(
    268443092, "Kind of Blue", ("Miles Davis",), "1959-08-17", 5, "886972490120"
)
TRIBUTE = ShopAlbum(11, "Kind of Blue: A Tribute to Miles Davis", ("The Karaoke Band",), "2009", 5)
DUO = ShopAlbum(
    12, "Djesse", ("Jacob Collier", "Metropole Orkest"), "2018-12-07", 9, "602577280214"
)
SINGLE = ShopAlbum(13, "So What", ("Miles Davis",), "1959", 1, kind="single")
EP = ShopAlbum(14, "Facets", ("Miles Davis",), "1967", 4, kind="ep")
HITS = ShopAlbum(15, "Greatest Hits", ("Miles Davis",), "1969-04-01", 9, kind="compilation")
ALBUMS = (TRIBUTE, KIND_OF_BLUE, DUO, SINGLE, EP, HITS)
SECONDS = Limits(connect_seconds=0.8, total_seconds=0.8, body_bytes=1_000_000)

Client = ItunesClient | AppleMusicClient | SpotifyClient
StandIn = ITunesStandIn | AppleMusicStandIn | SpotifyStandIn


@dataclass
class Shop:
    """A running stand-in, its client, where it is searched and the key of its list of albums."""

    name: str
    stand_in: StandIn
    connect: Callable[..., Client]
    path: str
    albums_in: Callable[[Any], list[Any]]

    def search(self, artist: str = "Miles Davis", title: str = "Kind of Blue") -> tuple[str, ...]:
        """Titles found by a client that does not try twice."""
        return tuple(found.title for found in self.connect(tries=1).search_albums(artist, title))

    def searches(self) -> int:
        """How often it was searched."""
        return self.stand_in.calls(self.path)


class Shops:
    """With-block that opens shops by name and closes their stand-ins and clients at its end."""

    def __init__(self, limiter: RecordingLimiter, pauses: list[float]) -> None:
        self._everything = ExitStack()
        self._limiter = limiter
        self._options: dict[str, Any] = {"sleep": pauses.append, "limits": SECONDS}

    def open(self, name: str) -> Shop:
        """The shop of that name, which sells ALBUMS."""
        shop: Shop = getattr(self, f"_{name}")()
        return shop

    def __enter__(self) -> Shops:
        return self

    def __exit__(self, *raised: object) -> None:
        self._everything.close()

    def _itunes(self) -> Shop:
        stand_in = self._everything.enter_context(ITunesStandIn(*ALBUMS))
        connect = partial(self._client, ItunesClient, stand_in.url, USER_AGENT, self._limiter)
        return Shop("itunes", stand_in, connect, "/search", lambda body: list(body["results"]))

    def _apple_music(self) -> Shop:
        stand_in = self._everything.enter_context(AppleMusicStandIn(*ALBUMS))
        usual = AppleToken(TEAM_ID, KEY_ID, stand_in.private_key_pem)

        def connect(token: AppleToken = usual, **options: Any) -> Client:
            given = (stand_in.url, USER_AGENT, self._limiter, token)
            return self._client(AppleMusicClient, *given, **options)

        return Shop(
            "apple_music",
            stand_in,
            connect,
            "/v1/catalog/us/search",
            lambda body: [row["attributes"] for row in body["results"]["albums"]["data"]],
        )

    def _spotify(self) -> Shop:
        stand_in = self._everything.enter_context(SpotifyStandIn(*ALBUMS))
        cache = TokenCache()

        def connect(
            client_id: str = CLIENT_ID, client_secret: str = CLIENT_SECRET, **options: Any
        ) -> Client:
            given = (stand_in.api_url, stand_in.url, USER_AGENT, self._limiter)
            app = (client_id, client_secret)
            return self._client(SpotifyClient, *given, *app, token_cache=cache, **options)

        return Shop(
            "spotify", stand_in, connect, "/v1/search", lambda body: list(body["albums"]["items"])
        )

    def _client(self, kind: Callable[..., Client], *given: Any, **options: Any) -> Client:
        client = kind(*given, **(self._options | options))
        self._everything.callback(client.close)
        return client
