"""The shops (Apple Music, iTunes; Spotify is one more): where each title can be listened to.

A title is asked for once for all its pressings, and only where the crosswalk has not told already:
by the barcode of a pressing, which settles it, and by its words where no barcode is known. Words
follow a barcode that nobody knows as long as no more calls are made than there are titles; the
others are searched a day later. What was not found for sure while Discogs was away is asked for
again once a pressing is known in full.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, ClassVar, Protocol

from app.clients.apple_music import AppleMusicClient
from app.domain.matching import judging, keys
from app.domain.matching.barcodes import normal_barcode, printed_barcode, usable_barcodes
from app.domain.matching.facts import Candidate, TitleFacts, Verdict
from app.models.base import utcnow
from app.services.enrich import links, titles, waiting, work
from app.services.enrich.call_budget import CallBudget
from app.services.enrich.links import FoundLink
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.providers import DISCOGS
from app.services.workplace import Workplace

MOST_TO_REVIEW = 3
SEARCHED_LATER = timedelta(days=1)
EARLY = "early"
# Steps that must be over before all titles can be known that need no call.
BEFORE_ALL = (("release", "discogs"), ("title", "musicbrainz"), ("title", "wikidata"))


class Shop(Protocol):
    """A client of Spotify or iTunes; that of Apple Music takes many barcodes in one call."""

    def search_albums(self, artist: str, title: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Albums offered for these words."""

    def by_barcode(self, upc: str) -> tuple[Candidate, ...]:
        """Albums sold under a barcode."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to ask about the title `key`, and what the answer is compared with.

    `barcodes` are normal, none if none is known or they were asked for in vain before; `together`
    are those of all titles at hand. Without `is_searchable` the words would find anything. `early`
    is what speaks against the answer, and `is_again` is set where it did before.
    """

    key: str
    artist: str
    title: str
    facts: TitleFacts
    barcodes: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    is_searchable: bool = True
    early: str = ""
    is_again: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """What a shop offers. `searches_later`: only the barcode was asked for, so far in vain."""

    candidates: tuple[Candidate, ...]
    searches_later: bool = False


class ShopTitles(Step):
    """One call a title, fewer where a call takes many barcodes."""

    entity = "title"
    glance = 10
    builds_on = (("release", DISCOGS),)
    unsure = ("none", "doubtful")
    # Under whose name links are kept: iTunes and Apple Music are one shop.
    link_provider: ClassVar[str]
    # How many barcodes of a title are asked for, and whether with those of others in one call.
    most_barcodes: ClassVar[int] = 1
    asks_together: ClassVar[bool] = False

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        super().__init__(owner_id, workplace)
        self._budget = CallBudget()
        # What barcodes were answered with in this run: nothing is asked twice if a fault follows.
        self._sold: dict[str, tuple[Candidate, ...]] = {}
        # Titles whose barcode was asked for in vain in this run: words follow at its end.
        self._later: set[str] = set()

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Titles the crosswalk has been through, and of which one pressing is known in full."""
        names = [item.key for item in items]
        undone: set[str] = set()
        for provider in ("musicbrainz", "wikidata"):
            if not is_over("title", provider):
                undone |= work.pending("title", provider, names)
        left = [item for item in items if item.key not in undone]
        left = waiting.with_details(self.owner_id, left, is_over)
        later = [item for item in left if item.key in self._later]
        left = [item for item in left if item.key not in self._later]
        if later and not left and all(is_over(*step) for step in BEFORE_ALL):
            return later  # by now it is known how many calls others leave
        if self.asks_together and len(left) < self.glance and not is_over("release", "discogs"):
            return []
        return left

    def look(self, items: Sequence[Item]) -> Any:
        """What to ask; None where the link is known, or there is nothing to ask with."""
        (item,) = items
        return self.look_each([item]).get(item.key)

    def look_each(self, items: Sequence[Item]) -> dict[str, Any]:
        """The same for several titles at once."""
        names = [item.key for item in items]
        known = links.accepted(self.owner_id, "title", self.link_provider, names)
        left = [name for name in names if name not in known]
        if not left:
            self._budget.meet(names, ())
            return {}
        asked = work.kept("title", self.provider, left)
        in_vain = {key for key, one in asked.items() if one.evidence.get("barcode")}
        again = {key for key, one in asked.items() if EARLY in one.evidence}
        found = {
            key: replace(query, early=_early(title), is_again=key in again)
            for key, title in titles.load(self.owner_id, left).items()
            if (query := _query(key, title.facts, 0 if key in in_vain else self.most_barcodes))
        }
        self._budget.meet(names, found)
        codes = tuple(code for query in found.values() for code in query.barcodes)
        return {key: replace(query, together=codes) for key, query in found.items()}

    def ask(self, client: Any, question: Any) -> Any:
        """1 call, or 2 if the barcode is not known there and a call is left."""
        self._budget.begin(question.key)
        sold = self._by_barcode(client, question) if question.barcodes else ()
        is_sure = any(verdict.accepted for _, verdict in judging.choose(question.facts, sold))
        if is_sure or not question.is_searchable:
            return Offer(sold)
        is_second = bool(question.barcodes) or question.key in self._later
        if is_second and not self._budget.has_more():
            return Offer(sold, searches_later=True)
        self._budget.spend()
        found = client.search_albums(question.artist, question.title)
        numbers = {each.remote_id for each in sold}
        return Offer((*sold, *(each for each in found if each.remote_id not in numbers)))

    def _by_barcode(self, client: Any, question: Query) -> tuple[Candidate, ...]:
        wanted = [code for code in self._wanted(question) if code not in self._sold]
        if wanted:
            self._budget.spend()
            told = self._call(client, [printed_barcode(code) for code in wanted])
            for code in wanted:
                self._sold[code] = tuple(
                    each for each in told if normal_barcode(each.barcode) == code
                )
        return tuple(each for code in question.barcodes for each in self._sold[code])

    def _wanted(self, question: Query) -> Collection[str]:
        return question.barcodes

    def _call(self, client: Any, barcodes: Sequence[str]) -> tuple[Candidate, ...]:
        """1 call."""
        (barcode,) = barcodes
        told: tuple[Candidate, ...] = client.by_barcode(barcode)
        return told

    def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
        """The link if it is sure enough, else what a person has to choose from."""
        if question is None:
            return self.keep_known(items)
        (item,) = items
        judged = judging.choose(question.facts, answer.candidates)
        sure = [pair for pair in judged if pair[1].accepted]
        offered = sure[:1] or judged[:MOST_TO_REVIEW]
        later = self._put_off(question) if answer.searches_later else None
        early = {EARLY: question.early} if question.early and not sure else {}
        if question.is_again:
            links.drop_open_guesses(self.owner_id, "title", item.key, self.link_provider)
        if not offered:
            return {item.key: later or Outcome("none", evidence=early)}
        found = [self._link(candidate, verdict) for candidate, verdict in offered]
        links.keep(self.owner_id, "title", item.key, found)
        candidate, verdict = offered[0]
        evidence = {"url": candidate.url, **early}
        if sure and candidate.artwork_url:
            evidence["artwork"] = candidate.artwork_url
        settled = self._settled("found" if sure else "doubtful", evidence, verdict.score)
        return {item.key: later or settled}

    def still_without(self, keys: Collection[str]) -> Collection[str]:
        """Those asked for before any pressing was known in full, and not decided by a person."""
        asked = work.kept("title", self.provider, keys)
        early = [key for key, one in asked.items() if EARLY in one.evidence]
        return set(early) - links.decided(self.owner_id, "title", self.link_provider, early)

    def _put_off(self, question: Query) -> Outcome:
        """Nothing yet: its words are searched at the end of the run, or in one a day later."""
        evidence = {"barcode": "asked for in vain"}
        if question.key not in self._later:
            self._later.add(question.key)
            return Outcome("pending", evidence=evidence)
        return Outcome("none", evidence=evidence, due_at=utcnow() + SEARCHED_LATER)

    def _link(self, candidate: Candidate, verdict: Verdict) -> FoundLink:
        by = ", ".join(candidate.artists)
        return FoundLink(
            provider=self.link_provider,
            url=candidate.url,
            badge=verdict.badge,
            score=verdict.score,
            state="accepted" if verdict.accepted else "waiting",
            remote_id=candidate.remote_id,
            name=f"{candidate.title} by {by}" if by else candidate.title,
            evidence=verdict.evidence,
        )

    def keep_known(self, items: Sequence[Item]) -> Outcomes:
        """The links that are known already; there is no other where there was nothing to ask."""
        names = [item.key for item in items]
        known = links.accepted(self.owner_id, "title", self.link_provider, names)
        return {key: self._settled("found", {"url": urls[0]}, 1.0) for key, urls in known.items()}

    def _settled(self, state: str, evidence: dict[str, str], score: float) -> Outcome:
        return Outcome(state, evidence=evidence, score=score)


def _early(title: titles.Title) -> str:
    """What is not known of a title yet that would make an answer surer; "" if nothing is."""
    return "" if title.has_details else "without tracks and barcodes"


def _query(key: str, facts: TitleFacts, most_barcodes: int) -> Query | None:
    """What to ask about a title; None if neither barcode nor words can tell anything."""
    codes = usable_barcodes(facts.barcodes)[:most_barcodes]
    is_searchable = keys.is_searchable(facts)
    if not (codes or is_searchable):
        return None
    return Query(key, *keys.search_terms(facts), facts, codes, is_searchable=is_searchable)


class AppleMusicTitles(ShopTitles):
    """Apple Music; only id, address and names are kept of what it tells."""

    provider = "apple_music"
    link_provider = "apple_music"
    most_barcodes = 2
    asks_together = True

    def _wanted(self, question: Query) -> Collection[str]:
        return dict.fromkeys((*question.barcodes, *question.together))

    def _call(self, client: AppleMusicClient, barcodes: Sequence[str]) -> tuple[Candidate, ...]:
        """1 call: those of `glance` titles are no more than it takes."""
        return client.albums_by_barcode(barcodes)


class ItunesTitles(ShopTitles):
    """The iTunes search, which needs no key."""

    provider = "itunes"
    link_provider = "apple_music"
