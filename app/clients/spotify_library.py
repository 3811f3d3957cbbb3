"""What carries the Spotify library's calls: its session, token and cache, on our polite sessions.

The library's own session sleeps for as long as a 429 says, hours too, follows redirects anywhere
and asks for its token without a time-out, once in every thread; its token cache is a file in the
working directory that outlives a change of the client id.
"""

from __future__ import annotations

import hashlib
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

import requests
from spotipy.cache_handler import CacheHandler
from spotipy.oauth2 import SpotifyClientCredentials

from app.clients.errors import Answer, Provider
from app.clients.http import PoliteSession
from app.clients.json_node import Node
from app.clients.shop_answers import nothing_is_odd
from app.errors import RefusedError

# At DEBUG it prints the client secret and every token it sends.
logging.getLogger("spotipy").setLevel(logging.INFO)

_LONGEST_TOKEN_LIFE_SECONDS = 86_400


class TokenDrawer(CacheHandler):  # type: ignore[misc]  # the library has no types
    """The one token of a client id and secret; `lock` is held while a new one is fetched."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._token: dict[str, Any] | None = None

    def get_cached_token(self) -> dict[str, Any] | None:
        """The token as the library keeps it, None if there is none (or it was refused)."""
        return self._token

    def save_token_to_cache(self, token_info: dict[str, Any]) -> None:
        """Keep a new token."""
        self._token = token_info

    def drop(self, refused: str) -> None:
        """Forget `refused`, unless another thread has fetched a new one already."""
        with self.lock:
            if self._token is not None and self._token["access_token"] == refused:
                self._token = None


class TokenCache:
    """Tokens in memory, for all clients and threads of this process."""

    def __init__(self) -> None:
        self._drawers: dict[str, TokenDrawer] = {}
        self._lock = threading.Lock()

    def drawer(self, client_id: str, client_secret: str) -> TokenDrawer:
        """Where the token of these two is; another id or secret never gets it."""
        owner = hashlib.sha256(f"{client_id}\n{client_secret}".encode(errors="replace")).hexdigest()
        with self._lock:
            return self._drawers.setdefault(owner, TokenDrawer())


@dataclass(frozen=True, slots=True)
class GoodAnswer:
    """An answer in the shape the library reads: the polite session lets good ones through only."""

    provider: Provider
    answer: Answer

    def raise_for_status(self) -> None:
        """Nothing: what is not good was raised already."""

    def json(self) -> dict[str, object]:
        """The object in the body. OddAnswerError if there is none."""
        return dict(Node.parsed(self.provider, self.answer.body).value)


@dataclass(frozen=True, slots=True)
class TokenAnswer(GoodAnswer):
    """The answer to the token call."""

    def json(self) -> dict[str, object]:
        """The token and its life in seconds, whose types the library takes for granted."""
        told = Node.parsed(self.provider, self.answer.body)
        token, life = told.required_text("access_token"), told.required_number("expires_in")
        if not _fits_a_header(token):
            told.odd("access_token", "is not a token")
        return {"access_token": token, "expires_in": min(life, _LONGEST_TOKEN_LIFE_SECONDS)}


class _CarryingSession(requests.Session):
    """A session for the library that only looks like one: `session` makes the calls."""

    def __init__(self, session: PoliteSession) -> None:
        super().__init__()
        self.polite = session

    def close(self) -> None:
        """Nothing: the library closes its session whenever one of its objects goes away."""


class AccountsSession(_CarryingSession):
    """Carries the library's call for a token."""

    def post(  # type: ignore[override]  # what the library uses of it
        self,
        url: str,
        data: Mapping[str, str],
        headers: Mapping[str, str],
        **ignored: object,
    ) -> TokenAnswer:
        """The call, tried again where that helps. Raises as `PoliteSession.once`."""
        sent = {**headers, "Content-Type": "application/x-www-form-urlencoded"}
        with nothing_is_odd(self.polite.provider):
            answer = self.polite.retrying(
                lambda: self.polite.once("POST", url, headers=sent, data=urlencode(data))
            )
        return TokenAnswer(self.polite.provider, answer)


class Credentials(SpotifyClientCredentials):  # type: ignore[misc]  # the library has no types
    """The library's client credentials, whose token is fetched by one thread for all.

    `accounts` is a session bound to Spotify's accounts service.
    """

    def __init__(
        self, accounts: PoliteSession, client_id: str, client_secret: str, cache: TokenCache
    ) -> None:
        self.drawer = cache.drawer(client_id, client_secret)
        self._provider = accounts.provider
        self._can_sign_in = bool(client_id and client_secret) and _fits_a_header(
            client_id + client_secret
        )
        super().__init__(
            # The library would look into the environment for what is missing.
            client_id if self._can_sign_in else "none",
            client_secret if self._can_sign_in else "none",
            requests_session=AccountsSession(accounts),
            cache_handler=self.drawer,
        )
        self.OAUTH_TOKEN_URL = f"{accounts.base_url}/api/token"

    def get_access_token(self, as_dict: bool = False, check_cache: bool = True) -> str:
        """A token that is valid for at least a minute. Raises as `PoliteSession.once`.

        RefusedError "credential" without a call if there is no id or secret to ask with.
        """
        if not self._can_sign_in:
            raise RefusedError(self._provider.name, self._provider.credential_advice, "credential")
        with self.drawer.lock:
            token: str = super().get_access_token(as_dict=False, check_cache=check_cache)
        return token


class ApiSession(_CarryingSession):
    """Carries the library's calls of the Web API; a refused token is renewed once."""

    def __init__(self, session: PoliteSession, credentials: Credentials) -> None:
        super().__init__(session)
        self._credentials = credentials

    def request(  # type: ignore[override]  # what the library uses of it
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, object],
        headers: Mapping[str, str],
        data: str | None = None,
        **ignored: object,
    ) -> GoodAnswer:
        """One call, tried again where that helps. Raises as `PoliteSession.once`, 404 too."""
        query = urlencode({key: value for key, value in params.items() if value is not None})
        address = f"{url}?{query}" if query else url
        try:
            return self._send(method, address, headers, data)
        except RefusedError as error:
            if error.reason != "credential":
                raise
        self._credentials.drawer.drop(headers["Authorization"].removeprefix("Bearer "))
        renewed = f"Bearer {self._credentials.get_access_token()}"
        return self._send(method, address, {**headers, "Authorization": renewed}, data)

    def _send(
        self, method: str, address: str, headers: Mapping[str, str], data: str | None
    ) -> GoodAnswer:
        answer = self.polite.retrying(
            lambda: self.polite.once(method, address, headers=headers, data=data)
        )
        return GoodAnswer(self.polite.provider, answer)


def _fits_a_header(text: str) -> bool:
    return text.isascii() and text.isprintable()
