"""The Action API of MediaWiki, which Wikidata and Wikipedia have in common.

https://www.mediawiki.org/wiki/API:Main_page, https://www.mediawiki.org/wiki/API:Etiquette
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Unpack
from urllib.parse import urlencode

from app.clients.errors import Answer, Meaning, NothingThereError, Provider, retry_after
from app.clients.http import Limiter, Manner, PoliteClient, PoliteSession, seconds_to_wait
from app.clients.json_node import Node
from app.clients.user_agent import with_contact_in_brackets
from app.errors import (
    OddAnswerError,
    ProviderError,
    RateLimitedError,
    RefusedError,
    UnavailableError,
)

MEANINGS: dict[int, Meaning] = {503: "busy if it says how long"}
BLOCKED_ADVICE = (
    "It knows us by our User-Agent: set CONTACT to an address where you can be reached, "
    "and wait a while."
)
# https://www.mediawiki.org/wiki/Manual:Maxlag_parameter: who can wait says so, and then waits.
_MAX_LAG_SECONDS = 5
_BUSY = frozenset({"maxlag", "ratelimited", "cirrussearch-too-busy-error"})
_OUT_OF_ORDER = ("readonly", "internal_api_error_", "cirrussearch-backend-error")
_BLOCKED = frozenset({"blocked", "autoblocked", "globalblocking-blockedtext-range"})
_COMMON = {"format": "json", "formatversion": "2", "maxlag": str(_MAX_LAG_SECONDS)}


class ActionApi(PoliteClient):
    """`/w/api.php` of one wiki at `base_url`.

    `limiter` is asked before every request; `tries` counts the first one.
    """

    def __init__(
        self,
        provider: Provider,
        base_url: str,
        user_agent: str,
        limiter: Limiter,
        **manner: Unpack[Manner],
    ) -> None:
        self.provider = provider
        self._limiter = limiter
        self._session = PoliteSession(
            provider,
            base_url,
            with_contact_in_brackets(user_agent),
            limiter,
            **manner,
        )

    def get(self, asked: Mapping[str, str]) -> Node:
        """The answer to a question. 1 call.

        Raises RateLimitedError, RefusedError, UnavailableError, OddAnswerError.
        """
        url = f"{self._session.base_url}/w/api.php?{urlencode({**asked, **_COMMON}, safe=':|')}"
        return self._session.retrying(lambda: self._once(url))

    def _once(self, url: str) -> Node:
        try:
            answer = self._session.once("GET", url)
        except NothingThereError as error:
            sentence = f"{self.provider.title} has no API at this address."
            raise OddAnswerError(self.provider.name, sentence, "status 404") from error
        told = Node.parsed(self.provider, answer.body)
        if (problem := told.find_node("error")) is not None:
            self._raise_for(problem.text("code"), answer)
        return told

    def _raise_for(self, code: str, answer: Answer) -> None:
        """Errors come with status 200, and a code."""
        error = _error_for(self.provider, code, answer)
        if isinstance(error, RateLimitedError):
            self._limiter.penalise(seconds_to_wait(error))
        raise error


def _error_for(provider: Provider, code: str, answer: Answer) -> ProviderError:
    name, title = provider.name, provider.title
    if code in _BUSY:
        return RateLimitedError(name, f"{title} asked us to slow down.", _pause(code, answer))
    if code.startswith(_OUT_OF_ORDER):
        return UnavailableError(name, f"{title} has a problem of its own just now ({code}).")
    if code in _BLOCKED:
        return RefusedError(name, f"{title} blocks our requests. {BLOCKED_ADVICE}", "blocked")
    sentence = f"{title} did not understand our question ({code or 'it does not say why'})."
    return OddAnswerError(name, sentence, f"error {code}".strip())


def _pause(code: str, answer: Answer) -> float | None:
    told = retry_after(answer)
    return float(_MAX_LAG_SECONDS) if told is None and code == "maxlag" else told
