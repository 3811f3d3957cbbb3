"""Apple Music on loopback: its catalogue behind a developer token, which is really verified."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.standin.discogs_limits import MovingWindow
from tests.standin.messages import Reply, Request, json_reply
from tests.standin.server import StandIn
from tests.standin.shop_albums import ShopAlbum, found, sold_as

TEAM_ID, KEY_ID = "TEAM123456", "KEY1234567"
LONGEST_LIFE_SECONDS = 15_777_000
ART = "https://is1-ssl.mzstatic.com/image/thumb/Music"


class AppleMusicStandIn(StandIn):
    """Sells `albums` to whoever signs with `private_key_pem` as TEAM_ID and KEY_ID.

    `clock` is Apple's idea of the time. `tokens` are those it has seen, each once.
    """

    def __init__(
        self, *albums: ShopAlbum, port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(port)
        self.albums: list[ShopAlbum] = list(albums)
        self.clock = clock
        self.window = MovingWindow(clock)
        self.tokens: list[str] = []
        self.not_allowed: set[str] = set()
        self._key = ec.generate_private_key(ec.SECP256R1())

    @property
    def private_key_pem(self) -> str:
        """The text of the .p8 file a developer gets."""
        return self._key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        ).decode()

    def answer(self, request: Request) -> Reply:
        """401 and 403 have no body, as Apple's."""
        status = self._judged(request.headers.get("Authorization", ""))
        if status != 200:
            return Reply(status)
        if self.window.count(request.address, authenticated=True) is not None:
            return json_reply({"errors": [_error(429, "Too Many Requests")]}, 429)
        parts = request.path.strip("/").split("/")
        if len(parts) != 4 or parts[:2] != ["v1", "catalog"]:
            return json_reply({"errors": [_error(404, "Resource Not Found")]}, 404)
        return self._catalogue(parts[2], parts[3], request.query)

    def _catalogue(self, storefront: str, what: str, query: dict[str, str]) -> Reply:
        if what == "albums" and "filter[upc]" in query:
            upcs = query["filter[upc]"].split(",")
            if len(upcs) > 25:
                return json_reply({"errors": [_error(400, "Too many values")]}, 400)
            albums = [album for upc in upcs for album in sold_as(self.albums, upc)]
            return json_reply({"data": [_resource(album, storefront) for album in albums]})
        if what == "search" and query.get("types") == "albums":
            limit = int(query.get("limit", "5"))
            if not 1 <= limit <= 25:
                return json_reply({"errors": [_error(400, "Invalid Parameter Value")]}, 400)
            albums = found(self.albums, query.get("term", ""), limit)
            rows = [_resource(album, storefront) for album in albums]
            return json_reply({"results": {"albums": {"data": rows}} if rows else {}, "meta": {}})
        return json_reply({"errors": [_error(400, "Invalid Parameter")]}, 400)

    def _judged(self, authorization: str) -> int:
        token = authorization.removeprefix("Bearer ")
        if token and token not in self.tokens:
            self.tokens.append(token)
        try:
            head = jwt.get_unverified_header(token)
            # Times are judged below, by our clock.
            claims = jwt.decode(
                token,
                self._key.public_key(),
                algorithms=["ES256"],
                options={"verify_exp": False, "verify_iat": False, "require": ["iat", "exp"]},
            )
        except jwt.PyJWTError:
            return 401
        if head.get("kid") != KEY_ID or claims.get("iss") != TEAM_ID:
            return 401
        now = self.clock()
        if not claims["iat"] <= now < claims["exp"] <= now + LONGEST_LIFE_SECONDS:
            return 401
        return 403 if token in self.not_allowed else 200


def _error(status: int, title: str) -> dict[str, str]:
    code = f"{status}00"
    return {"id": "A1", "title": title, "detail": title, "status": str(status), "code": code}


def _resource(album: ShopAlbum, storefront: str) -> dict[str, Any]:
    attributes: dict[str, Any] = {
        "name": album.name,
        "artistName": album.artist,
        "url": f"https://music.apple.com/{storefront}/album/name/{album.number}",
        "artwork": {"url": f"{ART}/{album.number}/cover.jpg/{{w}}x{{h}}bb.jpg", "width": 1400},
        "genreNames": ["Jazz", "Music"],
        "trackCount": album.tracks,
        "editorialNotes": {"short": "<b>A milestone.</b>"},
        "isSingle": album.kind == "single",
        "isCompilation": album.kind == "compilation",
        "isComplete": True,
        "upc": album.upc,
    }
    if album.released:
        attributes["releaseDate"] = album.released
    href = f"/v1/catalog/{storefront}/albums/{album.number}"
    return {"id": str(album.number), "type": "albums", "href": href, "attributes": attributes}
