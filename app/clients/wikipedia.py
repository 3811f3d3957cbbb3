"""Wikipedia: the beginnings of articles, in many languages.

Only the Action API is asked: twenty articles in one call, where the REST summaries give one.
https://www.mediawiki.org/wiki/Extension:TextExtracts#API
"""

from __future__ import annotations

import re
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import partial
from typing import Unpack
from urllib.parse import quote

from app.clients import wikipedia_answers as answers
from app.clients.errors import Provider
from app.clients.http import Limiter, Manner
from app.clients.mediawiki import BLOCKED_ADVICE, MEANINGS, ActionApi
from app.clients.wikipedia_answers import Told
from app.domain.matching.facts import ArticleRecord
from app.domain.text import clean

WIKIPEDIA = Provider("wikipedia", "Wikipedia", blocked_advice=BLOCKED_ADVICE, meanings=MEANINGS)
MOST_TITLES = 20
# Titles in other scripts are long in an address, and addresses of 8,000 bytes are refused.
_LONGEST_TITLES = 6_000
_LANGUAGE = re.compile(r"[a-z](?:[a-z-]{0,10}[a-z])")
_NO_TITLE = re.compile(r"[|<>\[\]{}#\x00-\x1f\x7f]")
_ASKED = {
    "action": "query",
    "prop": "extracts|pageprops|info|description",
    "redirects": "1",
    "exintro": "1",
    "explaintext": "1",
    "exlimit": "max",
    "ppprop": "disambiguation|wikibase_item",
    "inprop": "url",
}


class WikipediaClient:
    """The Wikipedias of all languages; `api_url` has "{lang}" where the language goes.

    `limiter` is asked before every request, whatever the language; `tries` counts the first one.
    `articles` raises RateLimitedError, RefusedError, UnavailableError or OddAnswerError.
    """

    def __init__(
        self,
        api_url: str,
        user_agent: str,
        limiter: Limiter,
        **manner: Unpack[Manner],
    ) -> None:
        self._api_url = api_url
        self._connect = partial(
            ActionApi,
            WIKIPEDIA,
            user_agent=user_agent,
            limiter=limiter,
            **manner,
        )
        self._apis: dict[str, ActionApi] = {}
        self._lock = threading.Lock()

    @property
    def clock_skew(self) -> float | None:
        """By how many seconds the clock of a Wikipedia was ahead of ours when it answered."""
        told = (api.clock_skew for api in list(self._apis.values()))
        return next((skew for skew in told if skew is not None), None)

    def articles(self, language: str, titles: Collection[str]) -> dict[str, ArticleRecord]:
        """The beginnings of up to 20 articles, by the titles asked for; redirects are followed.

        1 call; more only where the titles are very long, or where Wikipedia gives its answer in
        parts. None for no titles. Left out: articles that do not exist or have no text.
        ValueError: too many titles, or `language` is no code such as "en" or "zh-yue".
        """
        if not _LANGUAGE.fullmatch(language):
            raise ValueError(f"{language!r} is no language of Wikipedia")
        if len(titles) > MOST_TITLES:
            raise ValueError(f"at most {MOST_TITLES} titles in one call, not {len(titles)}")
        found = {}
        for some in _portions([title for title in dict.fromkeys(titles) if _is_title(title)]):
            told = self._ask(self._api(language), some)
            found.update(answers.articles(told, some, language))
        return found

    def close(self) -> None:
        """Close the kept connections."""
        for api in self._apis.values():
            api.close()

    def _api(self, language: str) -> ActionApi:
        with self._lock:
            if language not in self._apis:
                self._apis[language] = self._connect(self._api_url.replace("{lang}", language))
            return self._apis[language]

    def _ask(self, api: ActionApi, titles: Sequence[str]) -> Told:
        """Everything told about the titles, in as many parts as there are (20 at most)."""
        told = Told()
        more: Mapping[str, str] = {}
        for _ in range(MOST_TITLES):
            answer = api.get({**_ASKED, "titles": "|".join(map(clean, titles)), **more})
            told.add(answer)
            more = answers.continuation(answer)
            if not more:
                break
        return told


def _is_title(title: str) -> bool:
    return bool(title.strip()) and len(title.encode()) <= 255 and not _NO_TITLE.search(title)


def _portions(titles: Sequence[str]) -> Iterator[list[str]]:
    portion: list[str] = []
    length = 0
    for title in titles:
        length += len(quote(title)) + 1
        if portion and length > _LONGEST_TITLES:
            yield portion
            portion, length = [], len(quote(title)) + 1
        portion.append(title)
    if portion:
        yield portion
