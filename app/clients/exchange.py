"""One HTTP exchange: a request and its whole answer, within a time and a size, nothing followed.

Cookies are never kept and .netrc is never read, so one person's calls cannot colour another's.
"""

from __future__ import annotations

import ipaddress
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import HTTPError as TransportError

from app.clients.deadline import Deadline, DeadlineAdapter
from app.clients.errors import Answer, Provider
from app.errors import OddAnswerError, UnavailableError

log = logging.getLogger(__name__)

_CHUNK_BYTES = 65_536


# More than ever call one host at the same time, so that none is closed and opened again.
MOST_CONNECTIONS = 30


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
        # The adapter, not the session: that one would look after cookies, redirects and passwords,
        # none of which we want, for as long as all the rest takes.
        request = self._prepared(method, url, headers, data)
        target = request.url or url
        around = self._session.merge_environment_settings(target, {}, True, True, None)
        with self._session.get_adapter(target).send(
            request,
            stream=True,
            timeout=(min(self._limits.connect_seconds, seconds), seconds),
            verify=around["verify"] or True,
            proxies=around["proxies"],
        ) as response:
            return Answer(response.status_code, response.headers, self._body(response))

    def _prepared(
        self, method: str, url: str, headers: Mapping[str, str], data: str | bytes | None
    ) -> requests.PreparedRequest:
        request = requests.PreparedRequest()
        request.prepare_method(method)
        request.prepare_url(url, None)
        request.prepare_headers({**self._session.headers, **headers})
        request.prepare_body(data or None, None)
        return request

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


def _new_session(*, trust_env: bool) -> requests.Session:
    session = requests.Session()
    session.trust_env = trust_env  # proxies and certificates as the machine is set up
    for scheme in ("http://", "https://"):
        session.mount(scheme, DeadlineAdapter(pool_maxsize=MOST_CONNECTIONS))
    return session
