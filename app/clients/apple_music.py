"""Apple Music's catalogue, with a developer token.

Only what a link needs is read: Apple's terms do not let its pictures and texts be kept.
https://developer.apple.com/documentation/applemusicapi/
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Unpack
from urllib.parse import quote, urlencode

from app.clients.apple_token import APPLE_MUSIC, AppleToken
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
from app.errors import RefusedError

__all__ = ["AppleMusicClient", "AppleToken"]

MOST_BARCODES = 25
MOST_FOUND = 25
LONGEST_TERM = 200


class AppleMusicClient(PoliteClient):
    """Apple Music in one `storefront` ("us").

    `limiter` is asked before every request; `tries` counts the first one.
    Every method raises RateLimitedError, RefusedError, UnavailableError or OddAnswerError, and
    names the calls it makes when all goes well. A refused token is renewed once, by Apple's clock.
    """

    def __init__(
        self,
        api_url: str,
        user_agent: str,
        limiter: Limiter,
        token: AppleToken,
        *,
        storefront: str = "us",
        **manner: Unpack[Manner],
    ) -> None:
        self._token = token
        self._catalogue = f"{api_url.rstrip('/')}/v1/catalog/{quote(storefront, safe='')}"
        self._session = PoliteSession(
            APPLE_MUSIC,
            api_url,
            user_agent,
            limiter,
            clock=token.clock,
            **manner,
        )

    def albums_by_barcode(self, upcs: Iterable[str]) -> tuple[Candidate, ...]:
        """Albums sold under one of at most 25 barcodes; `barcode` tells which. 1 call.

        What is no barcode is left out; none left, none called.
        """
        digits = list(dict.fromkeys(filter(None, map(barcode_digits, upcs))))
        if len(digits) > MOST_BARCODES:
            raise ValueError(f"at most {MOST_BARCODES} barcodes a call, not {len(digits)}")
        if not digits:
            return ()
        answer = self._read("albums", {"filter[upc]": ",".join(digits)})
        return _candidates(answer)

    def search_albums(self, artist: str, title: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Albums found by the words of artist and title, best first. 1 call; none without words."""
        term = search_words(f"{artist} {title}", LONGEST_TERM)
        if not term:
            return ()
        wanted = {"term": term, "types": "albums", "limit": str(min(limit, MOST_FOUND))}
        results = self._read("search", wanted).node("results")
        return _candidates(results.node("albums")) if results.tells("albums") else ()

    def _read(self, what: str, wanted: Mapping[str, str]) -> Node:
        url = f"{self._catalogue}/{what}?{urlencode(wanted, safe=',')}"
        token = self._token.value()
        try:
            return self._read_with(token, url)
        except RefusedError as error:
            if error.reason != "credential":
                raise
        self._token.skew(self._session.clock_skew or 0.0)
        self._token.renew(token)
        return self._read_with(self._token.value(), url)

    def _read_with(self, token: str, url: str) -> Node:
        with nothing_is_odd(APPLE_MUSIC):
            answer = self._session.get(url, headers={"Authorization": f"Bearer {token}"})
        return Node.parsed(APPLE_MUSIC, answer.body)


def _candidates(answer: Node) -> tuple[Candidate, ...]:
    return tuple(_candidate(row) for row in answer.told_nodes("data"))


def _candidate(row: Node) -> Candidate:
    told = row.node("attributes")
    title, kind = parted_title(told.required_text("name"))
    if told.flag("isCompilation"):
        kind = "compilation"
    elif told.flag("isSingle"):
        kind = kind or "single"
    artist = told.text("artistName").strip()
    return Candidate(
        remote_id=row.required_text("id"),
        url=page_address(told, "url"),
        title=title,
        artists=(artist,) if artist else (),
        year=year_of(told, "releaseDate"),
        tracks=told.id("trackCount"),
        kind=kind or "album",
        barcode=told.text("upc"),
    )
