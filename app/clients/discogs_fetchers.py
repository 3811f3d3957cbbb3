"""What carries the Discogs library's calls: its fetchers, on our polite session.

The library's own fetchers make a new connection for each call without any time-out, put a personal
token into the address (and so into every log), and sleep up to hours after a 429.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

from discogs_client.fetchers import Fetcher, OAuth2Fetcher

from app.clients.discogs_credential import DiscogsCredential
from app.clients.errors import Expected
from app.clients.http import PoliteSession
from app.errors import RefusedError

# At DEBUG it prints every token and verifier it signs.
logging.getLogger("oauthlib").setLevel(logging.INFO)


class Latest(threading.local):
    """The body of the last answer in this thread: the library gives only the parsed JSON."""

    body: bytes = b""


class HeaderFetcher(Fetcher):  # type: ignore[misc]  # the library has no types
    """Sends `authorization` as a header, or nothing if it is empty."""

    backoff_enabled = False

    def __init__(self, session: PoliteSession, authorization: str) -> None:
        self.latest = Latest()
        self._session = session
        self._authorization = authorization

    def fetch(
        self,
        client: object,
        method: str,
        url: str,
        data: str | None = None,
        headers: Mapping[str, str] | None = None,
        json_format: bool = True,
    ) -> tuple[bytes, int]:
        """Body and status of a good answer; raises as `PoliteSession.once`."""
        sent = {**(headers or {}), **self._credential()}
        answer = self._session.retrying(
            lambda: self._session.once(method, url, headers=sent, data=data)
        )
        self.latest.body = answer.body
        return answer.body, answer.status

    def _credential(self) -> dict[str, str]:
        if not self._authorization:
            return {}
        if not (self._authorization.isascii() and self._authorization.isprintable()):
            # No header can hold it, and the error of the HTTP library would print it.
            provider = self._session.provider
            raise RefusedError(provider.name, provider.credential_advice, "credential")
        return {"Authorization": self._authorization}


class SigningFetcher(OAuth2Fetcher):  # type: ignore[misc]  # the library has no types
    """Signs every try anew with OAuth 1.0a: a repeated nonce would be refused."""

    backoff_enabled = False

    def __init__(
        self,
        session: PoliteSession,
        consumer: tuple[str, str],
        token: tuple[str, str] | tuple[None, None] = (None, None),
    ) -> None:
        super().__init__(*consumer, *token)
        self.latest = Latest()
        self._session = session

    def fetch(self, *args: Any, **kwargs: Any) -> tuple[bytes, int]:
        """Body and status of a good answer; raises as `PoliteSession.once`."""
        sign_and_send = super().fetch
        content: tuple[bytes, int] = self._session.retrying(lambda: sign_and_send(*args, **kwargs))
        return content

    def request(
        self,
        method: str,
        url: str,
        data: str | None,
        headers: Mapping[str, str],
        params: object = None,
    ) -> SimpleNamespace:
        """One signed call, answered in the shape the library reads."""
        # The two token calls are the only POSTs, and are answered with a form.
        expected: Expected = "form" if method == "POST" else "json"
        answer = self._session.once(method, url, headers=headers, data=data, expected=expected)
        self.latest.body = answer.body
        return SimpleNamespace(
            status_code=answer.status, headers=answer.headers, content=answer.body
        )


def fetcher_for(
    session: PoliteSession, credential: DiscogsCredential
) -> HeaderFetcher | SigningFetcher:
    """The fetcher that carries this credential."""
    consumer = (credential.consumer_key, credential.consumer_secret)
    if credential.is_oauth:
        return SigningFetcher(session, consumer, (credential.oauth_token, credential.oauth_secret))
    if credential.token:
        return HeaderFetcher(session, f"Discogs token={credential.token.strip()}")
    if credential.is_application:
        return HeaderFetcher(session, "Discogs key={}, secret={}".format(*consumer))
    return HeaderFetcher(session, "")
