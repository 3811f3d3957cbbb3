"""iTunes Search on loopback: search and lookup of albums, with its limit and its moods."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

from tests.standin.cover_art import ArchiveStandIn
from tests.standin.discogs_limits import MovingWindow
from tests.standin.messages import Reply, Request
from tests.standin.server import StandIn
from tests.standin.shop_albums import ShopAlbum, found, sold_as

STORE = "https://music.apple.com/us/album"
ART = "https://is1-ssl.mzstatic.com/image/thumb/Music"


class ITunesStandIn(StandIn):
    """Sells `albums`; once `window` is `on`, the 21st call a minute is refused with a bare 403.

    Their artwork lies in `archive` below /music, if there is one, else where Apple keeps it.
    """

    def __init__(
        self, *albums: ShopAlbum, port: int = 0, clock: Callable[[], float] = time.time
    ) -> None:
        super().__init__(port)
        self.albums: list[ShopAlbum] = list(albums)
        self.archive: ArchiveStandIn | None = None
        self.window = MovingWindow(clock)
        self.window.limit = 20

    def answer(self, request: Request) -> Reply:
        """Its answers are JSON that calls itself JavaScript."""
        if self.window.count(request.address, authenticated=True) is not None:
            return Reply(403)
        query = request.query
        if request.path == "/lookup":
            return self._rows(sold_as(self.albums, query.get("upc", "")))
        if request.path != "/search":
            return Reply(404)
        if query.get("media") != "music" or query.get("entity") != "album":
            return Reply(400, b'{"errorMessage":"Invalid value(s) for key(s): [entity]"}')
        limit = min(int(query.get("limit", "50")), 200)
        return self._rows(found(self.albums, query.get("term", ""), limit))

    def _rows(self, albums: list[ShopAlbum]) -> Reply:
        art = f"{self.archive.url}/music" if self.archive else ART
        body = {"resultCount": len(albums), "results": [_row(album, art) for album in albums]}
        told = {"Content-Type": "text/javascript; charset=utf-8"}
        return Reply(200, b"\n\n\n" + json.dumps(body).encode() + b"\n", told)


def _row(album: ShopAlbum, art: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "wrapperType": "collection",
        "collectionType": "Compilation" if album.kind == "compilation" else "Album",
        "artistId": 7,
        "collectionId": album.number,
        "amgArtistId": 3,
        "artistName": album.artist,
        "collectionName": album.name,
        "collectionCensoredName": album.name,
        "collectionViewUrl": f"{STORE}/name/{album.number}?uo=4",
        "artworkUrl60": f"{art}/{album.number}/source/60x60bb.jpg",
        "artworkUrl100": f"{art}/{album.number}/source/100x100bb.jpg",
        "collectionPrice": 9.99,
        "collectionExplicitness": "notExplicit",
        "trackCount": album.tracks,
        "country": "USA",
        "currency": "USD",
        "primaryGenreName": "Jazz",
    }
    if album.released:
        date = (album.released + "-01-01")[:10]
        row["releaseDate"] = f"{date}T08:00:00Z"
    return row
