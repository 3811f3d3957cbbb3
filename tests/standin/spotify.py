"""Spotify on loopback: accounts service and Web API as an app in development mode sees them."""

from __future__ import annotations

import base64
import re
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs

from tests.standin.discogs_limits import MovingWindow
from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn
from tests.standin.shop_albums import ShopAlbum, matching, sold_as

CLIENT_ID, CLIENT_SECRET = "standin-client-id", "standin-client-secret"
_FIELDS = re.compile(r"\b(artist|album|upc):")


class SpotifyStandIn(StandIn):
    """Knows `albums` and the app CLIENT_ID / CLIENT_SECRET.

    `expires_in` is the life of new tokens in seconds; `revoke` ends those given out so far.
    `owner_has_premium` False refuses everything with 403; `tells_null` adds a null to every list.
    """

    def __init__(
        self, *albums: ShopAlbum, port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(port)
        self.albums: list[ShopAlbum] = list(albums)
        self.clock = clock
        self.apps = {CLIENT_ID: CLIENT_SECRET}
        self.expires_in = 3600
        self.owner_has_premium = True
        self.tells_null = False
        self.window = MovingWindow(clock)
        self.window.limit, self.window.seconds = 90, 30.0
        self.window.tells_retry_after = True
        self.tokens: dict[str, float] = {}
        self._given_out = 0

    @property
    def api_url(self) -> str:
        """Base of the Web API."""
        return f"{self.url}/v1"

    @property
    def token_calls(self) -> int:
        """How often a token was asked for."""
        return self.calls("/api/token")

    def revoke(self) -> None:
        """End all tokens, as Spotify may at any time."""
        self.tokens = dict.fromkeys(self.tokens, 0.0)

    def answer(self, request: Request) -> Reply:
        """A token, a search, or an error in Spotify's words."""
        if request.path == "/api/token":
            return self._token(request)
        if (refusal := self._refusal(request)) is not None:
            return refusal
        if request.path.startswith("/v1/albums/"):
            return self._album(request.path.removeprefix("/v1/albums/"))
        if request.path != "/v1/search":
            return _error(404, "Service not found")
        return self._found(request.query)

    def _album(self, code: str) -> Reply:
        known = next((album for album in self.albums if album.code == code), None)
        return json_reply(_row(known)) if known else _error(404, "Resource not found")

    def _token(self, request: Request) -> Reply:
        scheme, _, told = request.headers.get("Authorization", "").partition(" ")
        known = [
            base64.b64encode(f"{name}:{secret}".encode()).decode()
            for name, secret in self.apps.items()
        ]
        if scheme != "Basic" or told not in known or request.method != "POST":
            refusal = {"error": "invalid_client", "error_description": "Invalid client"}
            return json_reply(refusal, 400)
        if parse_qs(request.body.decode()).get("grant_type") != ["client_credentials"]:
            return json_reply({"error": "unsupported_grant_type"}, 400)
        self._given_out += 1
        token = f"BQstandin-access-token-{self._given_out}"
        self.tokens[token] = self.clock() + self.expires_in
        return json_reply(
            {"access_token": token, "token_type": "Bearer", "expires_in": self.expires_in}
        )

    def _refusal(self, request: Request) -> Reply | None:
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        if token not in self.tokens:
            return _error(401, "Invalid access token")
        if self.tokens[token] <= self.clock():
            return _error(401, "The access token expired")
        if not self.owner_has_premium:
            return _error(403, "Active premium subscription required for the owner of the app.")
        busy = self.window.count("app", authenticated=True)
        return busy and Reply(429, b"Too many requests", busy.headers)

    def _found(self, query: dict[str, str]) -> Reply:
        limit = int(query.get("limit", "5"))
        if not 1 <= limit <= 10:
            return _error(400, "Invalid limit")
        if query.get("type") != "album" or not query.get("q") or len(query["q"]) > 250:
            return _error(400, "Bad search")
        albums = self._matching(query["q"])
        rows: list[Any] = [_row(album) for album in albums[:limit]]
        if self.tells_null:
            rows.insert(0, None)
        page = {"href": "", "items": rows, "limit": limit, "offset": 0, "total": len(albums)}
        return json_reply({"albums": page | {"next": None, "previous": None}})

    def _matching(self, query: str) -> list[ShopAlbum]:
        before, *parts = _FIELDS.split(query)
        fields = dict(zip(parts[::2], (value.strip() for value in parts[1::2]), strict=True))
        if "upc" in fields:
            return sold_as(self.albums, fields["upc"])
        title = f"{before.strip()} {fields.get('album', '')}"
        return matching(self.albums, fields.get("artist", ""), title)


def _error(status: int, message: str) -> Reply:
    return json_reply({"error": {"status": status, "message": message}}, status)


def _row(album: ShopAlbum) -> dict[str, Any]:
    told = {"ep": "single"}.get(album.kind, album.kind)
    released = album.released or "0000"
    precision = {4: "year", 7: "month"}.get(len(released), "day")
    page = f"https://open.spotify.com/album/{album.code}"
    image = {"url": f"https://i.scdn.co/image/{album.code}", "height": 640, "width": 640}
    return {
        "album_type": told,
        "artists": [
            {"id": f"artist{number}", "name": name, "type": "artist"}
            for number, name in enumerate(album.artists)
        ],
        "external_urls": {"spotify": page},
        "href": f"https://api.spotify.com/v1/albums/{album.code}",
        "id": album.code,
        "images": [image],
        "name": album.title,
        "release_date": released,
        "release_date_precision": precision,
        "total_tracks": album.tracks,
        "type": "album",
        "uri": f"spotify:album:{album.code}",
    }
