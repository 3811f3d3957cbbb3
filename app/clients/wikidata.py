"""Wikidata: the items that stand for our artists and titles, found by their numbers elsewhere.

https://www.wikidata.org/w/api.php
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Unpack

from app.clients import wikidata_answers as answers
from app.clients.errors import Provider
from app.clients.http import Limiter, Limits, Manner
from app.clients.mediawiki import BLOCKED_ADVICE, MEANINGS, ActionApi
from app.domain.matching.facts import WikidataRecord
from app.errors import OddAnswerError

WIKIDATA = Provider("wikidata", "Wikidata", blocked_advice=BLOCKED_ADVICE, meanings=MEANINGS)

# What each says is on its page, https://www.wikidata.org/wiki/Property:P1953 and so on.
DISCOGS_ARTIST = "P1953"
DISCOGS_MASTER = "P1954"
MUSICBRAINZ_ARTIST = "P434"
MUSICBRAINZ_RELEASE_GROUP = "P436"
APPLE_MUSIC_ALBUM = "P2281"
APPLE_MUSIC_ARTIST = "P2850"
SPOTIFY_ALBUM = "P2205"
SPOTIFY_ARTIST = "P1902"

MOST_ITEMS = 50
# Longer searches are refused. https://www.mediawiki.org/wiki/Help:CirrusSearch
LONGEST_SEARCH = 300
# An item of a famous band is half a million bytes: few are read at a time, to spare memory.
_LIMITS = Limits(body_bytes=6_000_000)
_QID = re.compile(r"Q[1-9][0-9]{0,9}")
_LARGEST_QID = 2**31 - 1
_PROPERTY = re.compile(r"P[1-9][0-9]{0,9}")
_VALUE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_SEARCH_WORD = "haswbstatement:"


class WikidataClient:
    """Wikidata's Action API.

    `limiter` is asked before every request; `tries` counts the first one.
    Every method raises RateLimitedError, RefusedError, UnavailableError or OddAnswerError, and
    names the calls it makes when all goes well.
    """

    def __init__(
        self,
        api_url: str,
        user_agent: str,
        limiter: Limiter,
        **manner: Unpack[Manner],
    ) -> None:
        manner["limits"] = manner.get("limits") or _LIMITS
        self._api = ActionApi(WIKIDATA, api_url, user_agent, limiter, **manner)

    @property
    def clock_skew(self) -> float | None:
        """By how many seconds Wikidata's clock was ahead of ours when it last answered."""
        return self._api.clock_skew

    def entities(self, qids: Collection[str]) -> dict[str, WikidataRecord]:
        """The items of up to 50 ids, by the ids asked for. 1 call; none for no ids.

        Items too large for one answer are asked for in halves: some calls more. Left out: what is
        no id, and items that are gone. A merged item is told under its old id, with its new `qid`.
        """
        if len(qids) > MOST_ITEMS:
            raise ValueError(f"at most {MOST_ITEMS} items in one call, not {len(qids)}")
        asked = [qid for qid in dict.fromkeys(qids) if _is_qid(qid)]
        return self._entities(asked) if asked else {}

    def find(self, property_id: str, values: Collection[str]) -> dict[str, str]:
        """As `records`, but only the ids of the items."""
        return {value: each.qid for value, each in self.records(property_id, values).items()}

    def records(self, property_id: str, values: Collection[str]) -> dict[str, WikidataRecord]:
        """The items that have one of the `values` at a property, by value.

        1 call for about 20 values of 7 digits (LONGEST_SEARCH characters of a search), and 1 for
        every 50 items found. Left out: values no item has, and values that two items have.
        Values are ids of other catalogues, of letters, digits and ".-_"; others raise ValueError.
        """
        found: dict[str, None] = {}
        for search in searches(property_id, values):
            found.update(dict.fromkeys(self._search(search)))
        items: dict[str, WikidataRecord] = {}
        qids = list(found)
        for start in range(0, len(qids), MOST_ITEMS):
            told = self.entities(qids[start : start + MOST_ITEMS])
            items.update({record.qid: record for record in told.values()})
        return _by_value(property_id, values, items.values())

    def close(self) -> None:
        """Close the kept connections."""
        self._api.close()

    def _search(self, search: str) -> tuple[str, ...]:
        told = self._api.get(
            {
                "action": "query",
                "list": "search",
                "srsearch": search,
                "srlimit": "500",
                "srprop": "",
                "srinfo": "",
            }
        )
        return answers.found(told)

    def _entities(self, qids: Sequence[str]) -> dict[str, WikidataRecord]:
        try:
            told = self._api.get(
                {
                    "action": "wbgetentities",
                    "ids": "|".join(qids),
                    "props": "labels|descriptions|claims|sitelinks",
                    "languages": "en",
                    "languagefallback": "1",
                }
            )
        except OddAnswerError as error:
            if error.field != "body" or len(qids) == 1:
                raise
        else:
            return answers.items(told)
        middle = len(qids) // 2
        return self._entities(qids[:middle]) | self._entities(qids[middle:])


def searches(property_id: str, values: Collection[str]) -> Iterator[str]:
    """Searches for items that have one of the values, each short enough to be answered."""
    if not _PROPERTY.fullmatch(property_id):
        raise ValueError(f"{property_id!r} is no property")
    search = ""
    for value in dict.fromkeys(values):
        if not _VALUE.fullmatch(value):
            raise ValueError(f"{value!r} is no id that can be searched for")
        longer = f"{search or _SEARCH_WORD}{'|' if search else ''}{property_id}={value}"
        if search and len(longer) > LONGEST_SEARCH:
            yield search
            longer = f"{_SEARCH_WORD}{property_id}={value}"
        search = longer
    if search:
        yield search


def _by_value(
    property_id: str, values: Collection[str], items: Iterable[WikidataRecord]
) -> dict[str, WikidataRecord]:
    holders: dict[str, list[WikidataRecord]] = {value: [] for value in values}
    for item in items:
        for value in dict.fromkeys(item.claims.get(property_id, ())):
            if value in holders:
                holders[value].append(item)
    return {value: found[0] for value, found in holders.items() if len(found) == 1}


def _is_qid(qid: str) -> bool:
    return bool(_QID.fullmatch(qid)) and int(qid[1:]) <= _LARGEST_QID
