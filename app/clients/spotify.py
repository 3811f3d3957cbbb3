"""Spotify, through spotipy over our own polite sessions, with client credentials.

Only what a link needs is read: Spotify's terms do not let its content be kept.
https://developer.spotify.com/documentation/web-api
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Unpack

import spotipy

from app.clients.errors import NothingThereError, Provider
from app.clients.http import Limiter, Manner, PoliteSession
from app.clients.json_node import Node
from app.clients.shop_answers import (
    barcode_digits,
    nothing_is_odd,
    page_address,
    search_words,
    year_of,
)
from app.clients.spotify_library import ApiSession, Credentials, TokenCache
from app.domain.matching.facts import Candidate

__all__ = ["SpotifyClient", "TokenCache"]

SPOTIFY = Provider(
    "spotify",
    "Spotify",
    credential_advice=(
        "Spotify does not accept our client id and secret. Check SPOTIFY_CLIENT_ID and "
        "SPOTIFY_CLIENT_SECRET."
    ),
    private_advice=(
        "Spotify refuses this app. The owner of the app (SPOTIFY_CLIENT_ID) needs Spotify "
        "Premium: see https://developer.spotify.com/dashboard."
    ),
)
# It says 400 (invalid_client) where others say 401.
ACCOUNTS = replace(SPOTIFY, meanings={400: "credential", 403: "credential"})

MOST_FOUND = 10  # more is refused since February 2026
LONGEST_VALUE = 100  # of a field in a query, which may have 250 characters in all
_ID = re.compile(r"[A-Za-z0-9]{22}")
_COMMANDS = re.compile('["“”„«»:]+')
_FEWEST_TRACKS_OF_AN_EP = 4


class SpotifyClient:
    """Spotify as one app of a developer sees it, in one `market` ("GB") or in all.

    `limiter` is asked before every request; `tries` counts the first one; `token_cache` should
    be shared by all clients of the process, or each fetches a token of its own.
    Every method raises RateLimitedError (its time may be a day), RefusedError, UnavailableError or
    OddAnswerError, and names the calls it makes when all goes well, besides one an hour for the
    token. A refused token is renewed once.
    """

    def __init__(
        self,
        api_url: str,
        accounts_url: str,
        user_agent: str,
        limiter: Limiter,
        client_id: str,
        client_secret: str,
        *,
        token_cache: TokenCache | None = None,
        market: str = "",
        **manner: Unpack[Manner],
    ) -> None:
        def session(provider: Provider, url: str) -> PoliteSession:
            return PoliteSession(provider, url, user_agent, limiter, **manner)

        self._market = market or None
        self._api = session(SPOTIFY, api_url)
        self._accounts = session(ACCOUNTS, accounts_url)
        credentials = Credentials(
            self._accounts, client_id.strip(), client_secret.strip(), token_cache or TokenCache()
        )
        self._library = spotipy.Spotify(
            auth_manager=credentials, requests_session=ApiSession(self._api, credentials)
        )
        self._library.prefix = f"{self._api.base_url}/"

    @property
    def clock_skew(self) -> float | None:
        """By how many seconds Spotify's clock was ahead of ours when it last answered."""
        return self._api.clock_skew

    def search_albums(self, artist: str, title: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """At most ten albums found by artist and title, best first. 1 call; none without words."""
        fields = {"artist": _value(artist), "album": _value(title)}
        query = " ".join(f"{field}:{value}" for field, value in fields.items() if value)
        return self._search(query, limit) if query else ()

    def by_barcode(self, upc: str) -> tuple[Candidate, ...]:
        """Albums sold under this barcode. 1 call; none if `upc` is no barcode."""
        digits = barcode_digits(upc)
        if not digits:
            return ()
        # Spotify does not tell barcodes any more, only finds by them.
        return tuple(
            replace(found, barcode=digits) for found in self._search(f"upc:{digits}", MOST_FOUND)
        )

    def album(self, remote_id: str) -> Candidate | None:
        """The album of this id, None if Spotify has it no more. 1 call; none if it is no id."""
        if not _ID.fullmatch(remote_id):
            return None
        try:
            answer = self._library.album(remote_id, market=self._market)
        except NothingThereError:
            return None
        return _candidate(Node.whole(SPOTIFY, answer))

    def close(self) -> None:
        """Close the kept connections."""
        self._api.close()
        self._accounts.close()

    def _search(self, query: str, limit: int) -> tuple[Candidate, ...]:
        with nothing_is_odd(SPOTIFY):
            answer = self._library.search(
                query, limit=min(limit, MOST_FOUND), type="album", market=self._market
            )
        albums = Node.whole(SPOTIFY, answer).node("albums")
        return tuple(_candidate(row) for row in albums.told_nodes("items"))


def _value(text: str) -> str:
    return search_words(_COMMANDS.sub(" ", text), LONGEST_VALUE)


def _candidate(row: Node) -> Candidate:
    number = row.required_text("id")
    artists = (artist.text("name").strip() for artist in row.told_nodes("artists"))
    tracks = row.id("total_tracks")
    return Candidate(
        remote_id=number,
        url=_page(row),
        title=row.required_text("name").strip(),
        artists=tuple(filter(None, artists)),
        year=year_of(row, "release_date"),
        tracks=tracks,
        kind=_kind(row.text("album_type"), tracks),
    )


def _page(row: Node) -> str:
    return page_address(row.node("external_urls"), "spotify") if row.tells("external_urls") else ""


def _kind(told: str, tracks: int | None) -> str:
    """Spotify calls an EP a single; its own rule is that one has four tracks or more."""
    if told == "single" and (tracks or 0) >= _FEWEST_TRACKS_OF_AN_EP:
        return "ep"
    return told if told in ("album", "single", "compilation") else ""
