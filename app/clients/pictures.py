"""Fetching one picture, from the few hosts pictures may come from and from nowhere else."""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Callable, Iterable
from urllib.parse import urljoin, urlsplit, urlunsplit

from app.clients.errors import KEPT_OUT, Answer, NothingThereError, Provider, retry_after
from app.clients.exchange import Exchange, Limits, ascii_header, is_loopback
from app.clients.http import Limiter, patiently, seconds_to_wait
from app.errors import (
    GatefoldError,
    OddAnswerError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)

IMAGES = Provider("images", "The picture's server")
PICTURE_LIMITS = Limits(body_bytes=25_000_000)
MOST_REDIRECTS = 5

_HOST = re.compile(r"[a-z0-9.-]+")
_PORTS = {"http": 80, "https": 443}
# How a file of each kind we can read begins.
_BEGINNINGS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a")
# What a firewall says instead of a plain refusal of one address.
_CHALLENGES = (b"cloudflare", b"just a moment", b"captcha")


class PictureFetcher:
    """Fetches pictures over https from `allowed_hosts` only, also after each redirect.

    An entry matches the host and what lies below it, and may carry a port; without one the port of
    https is meant. Only the very machine we run on may be asked by plain http, at any port (a
    stand-in), and it too only if it is named. `limiter_for(host)` paces: one call for one picture,
    whatever it redirects to. `limits` bound the picture with all its redirects.
    """

    def __init__(
        self,
        allowed_hosts: Iterable[str],
        user_agent: str,
        limiter_for: Callable[[str], Limiter],
        *,
        provider: Provider = IMAGES,
        tries: int = 3,
        sleep: Callable[[float], None] = time.sleep,
        limits: Limits = PICTURE_LIMITS,
    ) -> None:
        self.provider = provider
        self._allowed = [_entry(host) for host in allowed_hosts]
        self._headers = {"User-Agent": ascii_header(user_agent), "Accept": "image/*"}
        self._limiter_for = limiter_for
        self._tries, self._sleep, self._limits = tries, sleep, limits
        self._here = Exchange(provider, limits, trust_env=False)
        self._outside = Exchange(provider, limits, trust_env=True)

    def fetch(self, url: str) -> bytes:
        """The bytes of a JPEG, PNG, GIF or WebP. One call (and one more a further try).

        Raises NothingThereError where the address gives no picture (any more): it is gone, or its
        signature ran out. Raises OddAnswerError for what is no picture, is too long, or lies
        elsewhere than pictures may; RefusedError "blocked", RateLimitedError, UnavailableError.
        """
        checked = self.address(url)
        return patiently(lambda: self._once(checked), self._tries, self._sleep)

    def close(self) -> None:
        """Close the kept connections."""
        self._here.close()
        self._outside.close()

    def _once(self, url: str) -> bytes:
        limiter = self._limiter_for(urlsplit(url).hostname or "")
        limiter.acquire()
        ends = time.monotonic() + self._limits.total_seconds
        for _ in range(1 + MOST_REDIRECTS):
            answer = self._get(url, max(ends - time.monotonic(), 0.001))
            target = answer.headers.get("Location", "")
            if not (300 <= answer.status < 400 and target):
                return self._judged(answer, limiter)
            url = self.address(_joined(url, target))
        raise self._odd("it sends us round in circles", "Location")

    def _get(self, url: str, seconds: float) -> Answer:
        exchange = self._here if is_loopback(url) else self._outside
        return exchange.send("GET", url, self._headers, seconds=seconds)

    def _judged(self, answer: Answer, limiter: Limiter) -> bytes:
        if answer.status < 300 and looks_like_a_picture(answer.body):
            return answer.body
        error = self._error(answer)
        if isinstance(error, RateLimitedError):
            limiter.penalise(seconds_to_wait(error))
        raise error

    def _error(self, answer: Answer) -> GatefoldError:
        name, title, status = self.provider.name, self.provider.title, answer.status
        if status == 429:
            return RateLimitedError(name, f"{title} asked us to slow down.", retry_after(answer))
        if status >= 500 or status in (408, 425):
            return UnavailableError(name, f"{title} has a problem of its own just now ({status}).")
        if _is_challenge(answer):
            return RefusedError(
                name, f"{title} has a firewall that blocks our requests. {KEPT_OUT}", "blocked"
            )
        if status in (401, 403, 404, 410):
            return NothingThereError("There is no picture at this address.", f"status {status}")
        if status < 300:
            return self._odd("it sent something that is no picture", "body")
        return self._odd(f"it answered with status {status}", f"status {status}")

    def address(self, url: str) -> str:
        """`url` over https, if pictures may come from there. Raises OddAnswerError otherwise."""
        try:
            parts = urlsplit(url)
            host, port = parts.hostname or "", parts.port
        except ValueError:
            raise self._elsewhere() from None
        # Nothing may be read as one host by us and as another one by the library that calls it.
        plain = host if port is None else f"{host}:{port}"
        if parts.netloc.lower() != plain or not _HOST.fullmatch(host):
            raise self._elsewhere()
        local, scheme = is_loopback(url), parts.scheme
        if scheme == "http" and not local:
            scheme, port = "https", None if port in (None, 80) else port
        if scheme not in _PORTS or not self._allows(host, port or _PORTS[scheme], local):
            raise self._elsewhere()
        netloc = host if port is None else f"{host}:{port}"
        return urlunsplit((scheme, netloc, parts.path, parts.query, ""))

    def _allows(self, host: str, port: int, local: bool) -> bool:
        for allowed, allowed_port in self._allowed:
            same = host == allowed or (_has_below(allowed) and host.endswith(f".{allowed}"))
            if same and (port == allowed_port or (allowed_port is None and (local or port == 443))):
                return True
        return False

    def _elsewhere(self) -> OddAnswerError:
        sentence = "The picture lies on a server we fetch none from. IMAGE_HOSTS names those we do."
        return OddAnswerError(self.provider.name, sentence, "Location")

    def _odd(self, what: str, field: str) -> OddAnswerError:
        return self._outside.odd(what, field)


def looks_like_a_picture(data: bytes) -> bool:
    """Whether `data` begins as a JPEG, PNG, GIF or WebP does, whatever its name says."""
    return data.startswith(_BEGINNINGS) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _entry(text: str) -> tuple[str, int | None]:
    host, _, port = text.strip().lower().rpartition(":")
    return (host, int(port)) if host and port.isdigit() else (text.strip().lower(), None)


def _has_below(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return True
    return False


def _joined(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError:
        return ""  # no address at all: refused like any other place


def _is_challenge(answer: Answer) -> bool:
    start = answer.body[:20_000].lower()
    return start.lstrip()[:1] == b"<" and any(word in start for word in _CHALLENGES)
