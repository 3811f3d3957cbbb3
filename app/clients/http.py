"""How Gatefold talks to any service: slowly, briefly, to one host only, and with typed errors."""

from __future__ import annotations

import ipaddress
import logging
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.cookiejar import DefaultCookiePolicy
from typing import Protocol, TypeVar
from urllib.parse import urljoin, urlsplit

import requests
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)
from urllib3.exceptions import HTTPError as TransportError

from app.clients.deadline import Deadline, DeadlineAdapter
from app.clients.errors import Answer, Expected, Provider, raise_for_answer
from app.errors import OddAnswerError, RateLimitedError, UnavailableError

log = logging.getLogger(__name__)

Result = TypeVar("Result")

LONGEST_WAIT_SECONDS = 300.0
WAIT_IF_NOT_TOLD_SECONDS = 60.0
_MOST_REDIRECTS = 3
_CHUNK_BYTES = 65_536


class Limiter(Protocol):
    """Paces the calls to one provider, possibly over several threads and processes."""

    def acquire(self) -> None:
        """Block until one call may be made."""

    def penalise(self, seconds: float) -> None:
        """Let nobody call for so many seconds: the provider complained."""

    def observe(self, remaining: int | None) -> None:
        """Take note of how many calls the provider says are left (None: it did not say)."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one call: seconds to connect, seconds in all, bytes of the decompressed body."""

    connect_seconds: float = 5.0
    total_seconds: float = 30.0
    body_bytes: int = 10_000_000


class PoliteSession:
    """A `requests.Session` bound to one provider's host.

    `base_url` fixes scheme, host and port of every call, also after a redirect. `remaining_header`
    names the header that tells how many calls are left. `tries` counts the first try.
    Cookies are never kept and .netrc is never read, so one person's calls cannot colour another's.
    """

    def __init__(
        self,
        provider: Provider,
        base_url: str,
        user_agent: str,
        limiter: Limiter,
        *,
        limits: Limits | None = None,
        remaining_header: str = "",
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.provider = provider
        self.base_url = base_url.rstrip("/")
        # Headers are Latin-1 on the wire; a contact in another script must not stop every call.
        self.user_agent = user_agent.encode("ascii", "ignore").decode("ascii")
        self._limiter = limiter
        self._limits = limits or Limits()
        self._remaining_header = remaining_header
        self._tries = tries
        self._sleep = sleep
        self._session = _new_session(trust_env=not is_loopback(base_url))

    def once(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        data: str | bytes | None = None,
        expected: Expected = "json",
    ) -> Answer:
        """One try: a good answer (2xx), or the error it stands for. Follows redirects of a GET.

        Raises RateLimitedError, RefusedError, UnavailableError, OddAnswerError, NothingThereError.
        """
        sent = {"User-Agent": self.user_agent, **(headers or {})}
        for _ in range(1 + _MOST_REDIRECTS):
            self._check_origin(url)
            answer = self._exchange(method, url, sent, data)
            target = answer.headers.get("Location", "")
            if not (300 <= answer.status < 400 and target and method == "GET"):
                self._judge(answer, expected)
                return answer
            url = self._next_url(url, target)
        raise self._odd("it sends us round in circles", "Location")

    def retrying(self, call: Callable[[], Result]) -> Result:
        """Make `call` again after UnavailableError (with jitter) and short RateLimitedError.

        After a RateLimitedError the limiter has been told; the next try waits in `acquire`.
        """
        retry = Retrying(
            stop=stop_after_attempt(self._tries),
            retry=retry_if_exception(_is_worth_another_try),
            wait=_pause,
            sleep=self._sleep,
            reraise=True,
        )
        return retry(call)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """GET `url`, tried again where that helps. Raises as `once`."""
        return self.retrying(lambda: self.once("GET", url, headers=headers))

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()

    def _judge(self, answer: Answer, expected: Expected) -> None:
        self._limiter.observe(_whole(answer.headers.get(self._remaining_header, "")))
        try:
            raise_for_answer(self.provider, answer, expected)
        except RateLimitedError as error:
            self._limiter.penalise(_wait_after(error))
            raise

    def _next_url(self, url: str, target: str) -> str:
        try:
            return urljoin(url, target)
        except ValueError as error:
            raise self._odd("it sends us to something that is no address", "Location") from error

    def _check_origin(self, url: str) -> None:
        if _origin(url) != _origin(self.base_url):
            raise self._odd("it sends us to another address, which we do not follow", "Location")

    def _exchange(
        self, method: str, url: str, headers: Mapping[str, str], data: str | bytes | None
    ) -> Answer:
        self._limiter.acquire()
        started = time.monotonic()
        with Deadline(self._limits.total_seconds) as deadline:
            try:
                answer = self._transfer(method, url, headers, data)
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

    def _transfer(
        self, method: str, url: str, headers: Mapping[str, str], data: str | bytes | None
    ) -> Answer:
        with self._session.request(
            method,
            url,
            headers=dict(headers),
            data=data,
            timeout=(self._limits.connect_seconds, self._limits.total_seconds),
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
                raise self._odd("it sent far more than it ever should", "body")
        return bytes(body)

    def _unavailable(self, what: str) -> UnavailableError:
        return UnavailableError(self.provider.name, f"{self.provider.title} {what}.")

    def _odd(self, what: str, field: str) -> OddAnswerError:
        message = f"{self.provider.title} does something unexpected: {what}."
        return OddAnswerError(self.provider.name, message, field)


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


def _origin(url: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme)
    except ValueError:  # no address at all: equal to nobody's
        return "", None, None
    return parts.scheme, parts.hostname, port


def _is_worth_another_try(error: BaseException) -> bool:
    if isinstance(error, RateLimitedError):
        # A day's pause is for whoever plans the work, not for a sleeping thread.
        return (error.retry_after or 0.0) <= LONGEST_WAIT_SECONDS
    return isinstance(error, UnavailableError)


_jitter = wait_random_exponential(multiplier=1.0, max=20.0)


def _pause(state: RetryCallState) -> float:
    error = state.outcome.exception() if state.outcome else None
    return 0.0 if isinstance(error, RateLimitedError) else _jitter(state)


def _wait_after(error: RateLimitedError) -> float:
    if error.retry_after is None:
        return WAIT_IF_NOT_TOLD_SECONDS * random.uniform(1.0, 1.1)
    return min(error.retry_after, LONGEST_WAIT_SECONDS)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None
