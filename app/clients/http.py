"""How Gatefold talks to any service: slowly, briefly, to one host only, and with typed errors."""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Mapping
from email.utils import parsedate_to_datetime
from typing import Protocol, TypedDict, TypeVar
from urllib.parse import urljoin, urlsplit

from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception,
    stop_after_attempt,
    wait_random_exponential,
)

from app.clients.errors import Answer, Expected, Provider, error_for
from app.clients.exchange import Exchange, Limits, ascii_header, is_loopback
from app.errors import OddAnswerError, ProviderError, RateLimitedError, UnavailableError

__all__ = [
    "Limiter",
    "Limits",
    "Manner",
    "PoliteClient",
    "PoliteSession",
    "is_loopback",
    "once_more_if_odd",
    "patiently",
    "seconds_to_wait",
]

log = logging.getLogger(__name__)
Result = TypeVar("Result")

LONGEST_WAIT_SECONDS = 300.0
_MOST_REDIRECTS = 3


class Limiter(Protocol):
    """Paces the calls to one provider, possibly over several threads and processes."""

    def acquire(self) -> None:
        """Block until one call may be made."""

    def penalise(self, seconds: float | None) -> None:
        """Let nobody call for so many seconds (None: it did not say): the provider complained."""

    def observe(self, left: int | None, most: int | None, *, was_refused: bool) -> None:
        """Take note of how many calls the provider says are left, and how many a window holds.

        None where it did not say. `was_refused`: it asked us to slow down.
        """


class PoliteSession:
    """A `requests.Session` bound to one provider's host.

    `base_url` fixes scheme, host and port of every call, also after a redirect. `budget_headers`
    name the headers that tell how many calls a window holds, and how many of them are left; "" if
    none does. `tries` counts the first try.
    `clock_skew` is by how many seconds the provider's clock is ahead of `clock` according to its
    last answer, None as long as no answer told.
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
        budget_headers: tuple[str, str] = ("", ""),
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.provider = provider
        self.base_url = base_url.rstrip("/")
        self.user_agent = ascii_header(user_agent)
        self._limiter = limiter
        self._budget_headers = budget_headers
        self._tries = tries
        self._sleep = sleep
        self._clock = clock
        self.clock_skew: float | None = None
        self._answers, self._counting = 0, threading.Lock()
        trust_env = not is_loopback(base_url)
        self._exchange = Exchange(provider, limits or Limits(), trust_env=trust_env)

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
            self._limiter.acquire()
            answer = self._exchange.send(method, url, sent, data)
            self._compare_clocks(answer.headers.get("Date", ""))
            target = answer.headers.get("Location", "")
            if not (300 <= answer.status < 400 and target and method == "GET"):
                self._judge(answer, expected)
                return answer
            url = self._next_url(url, target)
        raise self._exchange.odd("it sends us round in circles", "Location")

    def retrying(self, call: Callable[[], Result]) -> Result:
        """Make `call` again after UnavailableError (with jitter) and short RateLimitedError.

        After a RateLimitedError the limiter has been told; the next try waits in `acquire`.
        """
        return patiently(call, self._tries, self._sleep)

    def get(self, url: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """GET `url`, tried again where that helps. Raises as `once`."""
        return self.retrying(lambda: self.once("GET", url, headers=headers))

    def take_answers(self) -> int:
        """How many calls were answered as they should be since this was last asked."""
        with self._counting:
            taken, self._answers = self._answers, 0
        return taken

    def close(self) -> None:
        """Close the kept connections."""
        self._exchange.close()

    def _compare_clocks(self, date: str) -> None:
        with contextlib.suppress(ValueError, OverflowError):  # not told: the last one stands
            self.clock_skew = parsedate_to_datetime(date).timestamp() - self._clock()

    def _judge(self, answer: Answer, expected: Expected) -> None:
        error = error_for(self.provider, answer, expected)
        most, left = (_whole(answer.headers.get(name, "")) for name in self._budget_headers)
        self._limiter.observe(left, most, was_refused=isinstance(error, RateLimitedError))
        if isinstance(error, RateLimitedError):
            self._limiter.penalise(seconds_to_wait(error))
        if not isinstance(error, ProviderError):  # that there is no such thing is an answer
            with self._counting:
                self._answers += 1
        if error is not None:
            raise error

    def _next_url(self, url: str, target: str) -> str:
        try:
            return urljoin(url, target)
        except ValueError as error:
            raise self._exchange.odd(
                "it sends us to something that is no address", "Location"
            ) from error

    def _check_origin(self, url: str) -> None:
        if _origin(url) != _origin(self.base_url):
            raise self._exchange.odd(
                "it sends us to another address, which we do not follow", "Location"
            )


class Manner(TypedDict, total=False):
    """How a client calls; see PoliteSession."""

    limits: Limits | None
    tries: int
    sleep: Callable[[float], None]


class PoliteClient:
    """What clients with one session have in common."""

    _session: PoliteSession

    @property
    def clock_skew(self) -> float | None:
        """By how many seconds the service's clock was ahead of ours when it last answered."""
        return self._session.clock_skew

    def close(self) -> None:
        """Close the kept connections."""
        self._session.close()


def patiently(
    call: Callable[[], Result], tries: int, sleep: Callable[[float], None] = time.sleep
) -> Result:
    """The result of `call`, made up to `tries` times where another try helps.

    After a RateLimitedError nothing is slept here: the next try waits for the limiter. A fault that
    another try gets over is seen in the log alone.
    """
    retry = Retrying(
        stop=stop_after_attempt(tries),
        retry=retry_if_exception(_is_worth_another_try),
        wait=_pause,
        before_sleep=_tell,
        sleep=sleep,
        reraise=True,
    )
    return retry(call)


def once_more_if_odd(call: Callable[[], Result]) -> Result:
    """The result of `call`, made a second time if the answer made no sense.

    Something on its way may have cut it off or mangled it. Raises OddAnswerError if it comes again.
    """
    try:
        return call()
    except OddAnswerError:
        return call()


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


def _tell(state: RetryCallState) -> None:
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, ProviderError):
        kind = type(error).__name__.removesuffix("Error")
        log.info("%s is asked again (%s): %s", error.provider, kind, error)


def seconds_to_wait(error: RateLimitedError) -> float | None:
    """How long nobody should call after this refusal; None if the provider did not say."""
    return None if error.retry_after is None else min(error.retry_after, LONGEST_WAIT_SECONDS)


def _whole(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
