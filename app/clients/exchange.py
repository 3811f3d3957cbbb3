"""One HTTP exchange: a request and its whole answer, within a time and a size, nothing followed.

Cookies are never kept and .netrc is never read, so one person's calls cannot colour another's.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError as TransportError

from app.clients.deadline import Deadline, DeadlineAdapter
from app.clients.errors import Answer, Provider
from app.errors import OddAnswerError, UnavailableError

log = logging.getLogger(__name__)

_CHUNK_BYTES = 65_536


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one call: seconds to connect, seconds in all, bytes of the decompressed body."""

    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    body_bytes: int = 10_000_000


class Exchange:
    """Sends single requests for `provider`, whose name is in every error.

    `trust_env`: use the machine's proxies and certificates, as one does for everything that is not
    on this very machine.
    """

    def __init__(self, provider: Provider, limits: Limits, *, trust_env: bool) -> None:
        self.provider = provider
        self._limits = limits
        self._session = _new_session(trust_env=trust_env)

    def send(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: str | bytes | None = None,
        seconds: float | None = None,
    ) -> Answer:
        """The answer, whatever its status; redirects are answers too.

        `seconds` is less than the limits allow where part of the time is spent already.
        Raises UnavailableError, and OddAnswerError when the body is longer than it may be.
        """
        seconds = self._limits.total_seconds if seconds is None else seconds
        started = time.monotonic()
        with Deadline(seconds) as deadline:
            try:
                answer = self._transfer(method, url, headers, data, seconds)
            except requests.Timeout as error:
                raise self._unavailable("took too long to answer") from error
            except (requests.RequestException, TransportError) as error:
                what = "took too long to answer" if deadline.expired else "could not be reached"
                raise self._unavailable(what) from error
        if deadline.expired:  # a body without a length ends silently when it is cut
            raise self._unavailable("took too long to answer")
        spent = time.monotonic() - started
        log.debug(
            "%s %s %s: %d in %.2f s",
            self.provider.name,
            method,
            urlsplit(url).path,  # never the query: it may hold what a person typed
            answer.status,
            spent,
        )
        return answer

    def odd(self, what: str, field: str) -> OddAnswerError:
        """An error that says the provider does `what`, seen at `field`."""
        message = f"{self.provider.title} does something unexpected: {what}."
        return OddAnswerError(self.provider.name, message, field)

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _transfer(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str],
        data: str | bytes | None,
        seconds: float,
    ) -> Answer:
        with self._session.request(
            method,
            url,
            headers=dict(headers),
            data=data,
            timeout=(min(self._limits.connect_seconds, seconds), seconds),
            allow_redirects=False,
            stream=True,
        ) as response:
            return Answer(response.status_code, response.headers, self._body(response))

    def _body(self, response: requests.Response) -> bytes:
        body = bytearray()
        # read1, not iter_content: that one waits for a full chunk.
        while chunk := response.raw.read1(_CHUNK_BYTES, decode_content=True):
            body += chunk
            if len(body) > self._limits.body_bytes:
                raise self.odd("it sent far more than it ever should", "body")
        return bytes(body)

    def _unavailable(self, what: str) -> UnavailableError:
        return UnavailableError(self.provider.name, f"{self.provider.title} {what}.")


def ascii_header(text: str) -> str:
    """`text` as a header can hold it: a contact in another script must not stop every call."""
    return text.encode("ascii", "ignore").decode("ascii")


def is_loopback(url: str) -> bool:
    """Whether `url` points at this very machine (a stand-in, in tests and trials)."""
    host = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class _StayingSession(requests.Session):
    """Without this, requests prepares to follow a redirect, and reads its whole body for that."""

    def get_redirect_target(self, resp: requests.Response) -> None:
        return None


def _new_session(*, trust_env: bool) -> requests.Session:
    session = _StayingSession()
    session.trust_env = trust_env  # proxies and certificates as the machine is set up
    session.auth = lambda request: request  # else a .netrc entry replaces our Authorization header
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    session.mount("http://", DeadlineAdapter())
    session.mount("https://", DeadlineAdapter())
    return session
