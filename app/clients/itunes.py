"""iTunes Search: Apple's catalogue without a key, at about twenty calls a minute.

https://developer.apple.com/library/archive/documentation/AudioVideo/Conceptual/iTuneSearchAPI/
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack
from urllib.parse import urlencode

from app.clients.errors import Provider
from app.clients.http import Limiter, Manner, PoliteClient, PoliteSession
from app.clients.json_node import Node
from app.clients.shop_answers import (
    barcode_digits,
    nothing_is_odd,
    page_address,
    parted_title,
    search_words,
    year_of,
)
from app.domain.matching.facts import Candidate

ITUNES = Provider(
    "itunes",
    "iTunes",
    credential_advice="iTunes asks for a key, which its search never needed so far.",
    # Who asks too often gets a bare 403 or nothing at all, now and then a 429.
    meanings={403: "busy"},
    empty_means_busy=True,
)
LONGEST_TERM = 200
_COVER_SIZE = "600x600bb"


class ItunesClient(PoliteClient):
    """iTunes Search in the shop of one `country` ("us").

    `limiter` is asked before every request; `tries` counts the first one.
    Every method raises RateLimitedError (without a time: iTunes tells none), RefusedError,
    UnavailableError or OddAnswerError, and names the calls it makes when all goes well.
    """

    def __init__(
        self,
        api_url: str,
        user_agent: str,
        limiter: Limiter,
        *,
        country: str = "us",
        **manner: Unpack[Manner],
    ) -> None:
        self._country = country
        self._session = PoliteSession(ITUNES, api_url, user_agent, limiter, **manner)

    def search_albums(self, artist: str, title: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Albums found by the words of artist and title, best first. 1 call; none without words."""
        term = search_words(f"{artist} {title}", LONGEST_TERM)
        if not term:
            return ()
        wanted = {"term": term, "media": "music", "entity": "album", "limit": str(limit)}
        return tuple(_candidate(row) for row in self._rows("search", wanted))

    def by_barcode(self, upc: str) -> tuple[Candidate, ...]:
        """Albums sold under this barcode. 1 call; none if `upc` is no barcode."""
        digits = barcode_digits(upc)
        if not digits:
            return ()
        rows = self._rows("lookup", {"upc": digits})
        return tuple(_candidate(row, barcode=digits) for row in rows)

    def _rows(self, what: str, wanted: Mapping[str, str]) -> list[Node]:
        query = urlencode({**wanted, "country": self._country})
        with nothing_is_odd(ITUNES):
            answer = self._session.get(f"{self._session.base_url}/{what}?{query}")
        rows = Node.parsed(ITUNES, answer.body).told_nodes("results")
        # Songs and artists may stand beside the albums.
        return [row for row in rows if row.text("wrapperType", "collection") == "collection"]


def _candidate(row: Node, barcode: str = "") -> Candidate:
    title, kind = parted_title(row.required_text("collectionName"))
    if row.text("collectionType") == "Compilation":
        kind = "compilation"
    artist = row.text("artistName").strip()
    return Candidate(
        remote_id=str(row.required_id("collectionId")),
        url=page_address(row, "collectionViewUrl"),
        title=title,
        artists=(artist,) if artist else (),
        year=year_of(row, "releaseDate"),
        tracks=row.id("trackCount"),
        kind=kind or "album",
        barcode=barcode,
        artwork_url=row.text("artworkUrl100").replace("100x100bb", _COVER_SIZE),
    )
