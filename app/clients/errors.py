"""Which answer of a provider is which error of ours, with a sentence for a person."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Literal

from app.errors import (
    NotFoundError,
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)

Expected = Literal["json", "form"]
Meaning = Literal["busy", "busy if it says how long", "credential"]
# Whoever names a longer pause means no moment that a calendar could show.
LONGEST_PAUSE_SECONDS = 366 * 86_400.0
# A firewall looks at the address that asks, and forgets with time.
KEPT_OUT = "Try again later, or from another network."


@dataclass(frozen=True, slots=True)
class Provider:
    """Who answers: short `name`, `title` for people, what a person can do after a refusal.

    `meanings` tells what a status means here where it differs from elsewhere (MusicBrainz says 503
    when it is asked too often); `empty_means_busy`, that an answer without a body says so too.
    `blocked_advice` is for those who keep nothing private: every 403 means that they block us.
    """

    name: str
    title: str
    credential_advice: str = "Check its key in the settings."
    private_advice: str = "Connect as the owner to see it."
    blocked_advice: str = ""
    meanings: Mapping[int, Meaning] = field(default_factory=dict, hash=False)
    empty_means_busy: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A complete HTTP answer; `headers` ignores case, `body` is decompressed."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class NothingThereError(NotFoundError):
    """404. `told` is the provider's own wording, which may tell one 404 from another."""

    def __init__(self, message: str, told: str) -> None:
        super().__init__(message)
        self.told = told


def error_for(
    provider: Provider, answer: Answer, expected: Expected = "json"
) -> ProviderError | NothingThereError | None:
    """The error that `answer` stands for; None if it is a good answer."""
    name, title, status = provider.name, provider.title, answer.status
    meaning = _meaning(provider, answer, expected)
    # 429, 401 and 5xx by their number alone: gateways send them with any body or none.
    if status == 429 or _is_busy(meaning, answer):
        return RateLimitedError(name, f"{title} asked us to slow down.", retry_after(answer))
    if status == 401 or meaning == "credential":
        return RefusedError(name, provider.credential_advice, "credential")
    if status >= 500 or status in (408, 425):
        return UnavailableError(name, f"{title} has a problem of its own just now ({status}).")
    if status < 300 and not _is_web_page(answer, expected):
        return None
    if _blocks(provider, answer, expected):
        return RefusedError(name, _about_block(provider, status), "blocked")
    if status == 403:
        return RefusedError(name, provider.private_advice, "private")
    if status in (404, 410):
        return NothingThereError(f"{title} has no such thing.", _message(answer) or "")
    return OddAnswerError(name, f"{title} answered with status {status}.", f"status {status}")


def _meaning(provider: Provider, answer: Answer, expected: Expected) -> Meaning | None:
    """What this provider means by its answer, None if what everybody means."""
    if not answer.body.strip():
        busy = provider.empty_means_busy and answer.status < 300
        return "busy" if busy else provider.meanings.get(answer.status)
    if answer.status < 500 and _is_web_page(answer, expected):
        return None  # that is not the provider speaking
    return provider.meanings.get(answer.status)


def _is_busy(meaning: Meaning | None, answer: Answer) -> bool:
    told = retry_after(answer) is not None
    return meaning == "busy" or (meaning == "busy if it says how long" and told)


def _blocks(provider: Provider, answer: Answer, expected: Expected) -> bool:
    if _is_web_page(answer, expected):
        return True
    return answer.status == 403 and (bool(provider.blocked_advice) or _message(answer) is None)


def _about_block(provider: Provider, status: int) -> str:
    if status == 403 and provider.blocked_advice:
        return f"{provider.title} blocks our requests. {provider.blocked_advice}"
    return f"{provider.title} sent a web page, not data: a firewall blocks our requests. {KEPT_OUT}"


def retry_after(answer: Answer) -> float | None:
    """Seconds to wait according to `Retry-After` (a number or a date), None if it says nothing.

    A date is read by the clock of whoever sent it, if that is told too: ours may be a day off.
    """
    told = answer.headers.get("Retry-After", "").strip()
    try:
        seconds: float | None = float(told)
    except ValueError:
        seconds = _seconds_until(told, answer.headers.get("Date", ""))
    if seconds is None or not math.isfinite(seconds):
        return None
    return min(max(seconds, 0.0), LONGEST_PAUSE_SECONDS)


def _seconds_until(date: str, sent: str) -> float | None:
    moment, now = _moment(date), _moment(sent) or datetime.now(UTC)
    return None if moment is None else (moment - now).total_seconds()


def _moment(date: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(date)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_web_page(answer: Answer, expected: Expected) -> bool:
    if answer.body.lstrip()[:1] == b"<":
        return True
    # Forms are let through: what their content type says differs from server to server.
    return expected == "json" and "html" in answer.headers.get("Content-Type", "").lower()


def _message(answer: Answer) -> str | None:
    """The `message` of a JSON error, "" if it has none, None if the answer is not JSON."""
    try:
        body = json.loads(answer.body)
    except (ValueError, RecursionError):
        return None
    message = body.get("message") if isinstance(body, dict) else None
    return message if isinstance(message, str) else ""
