"""Spotify, Apple Music and iTunes: where each title can be listened to.

A title is searched once for all its pressings, and only where the crosswalk has not told already.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from app.domain.matching import judging, keys
from app.domain.matching.facts import Candidate, TitleFacts, Verdict
from app.models.base import utcnow
from app.services.enrich import links, titles, work
from app.services.enrich.links import FoundLink
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome

MOST_TO_REVIEW = 3
# Spotify's terms: what is kept of theirs is looked up anew within thirty days.
SPOTIFY_KEPT_FOR = timedelta(days=30)


class Shop(Protocol):
    """A client of any of them."""

    def search_albums(self, artist: str, title: str, *, limit: int = 10) -> tuple[Candidate, ...]:
        """Albums offered for these words."""


@dataclass(frozen=True, slots=True)
class Query:
    """What to search, and what the answer is compared with."""

    artist: str
    title: str
    facts: TitleFacts


class ShopTitles(Step):
    """One search a title."""

    entity = "title"
    glance = 10
    # Under whose name links are kept: iTunes and Apple Music are one shop.
    link_provider: str

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Titles the crosswalk has been through, and of which one pressing is known in full."""
        names = [item.key for item in items]
        waiting: set[str] = set()
        for provider in ("musicbrainz", "wikidata"):
            if not is_over("title", provider):
                waiting |= work.pending("title", provider, names)
        left = [item for item in items if item.key not in waiting]
        if is_over("release", "discogs") or not left:
            return left
        return self._with_details(left)

    def _with_details(self, items: Sequence[Item]) -> list[Item]:
        """Those of which a pressing is known in full, or will not be."""
        wanted = titles.details_wanted(self.owner_id, [item.key for item in items])
        numbers = {str(number) for some in wanted.values() for number in some}
        undone = work.pending("release", "discogs", numbers) if numbers else set()
        return [
            item
            for item in items
            if not any(str(number) in undone for number in wanted.get(item.key, ()))
        ]

    def look(self, items: Sequence[Item]) -> Query | None:
        """What to search; None where the link is known, or there is nothing to search with."""
        (item,) = items
        return self.look_each([item]).get(item.key)

    def look_each(self, items: Sequence[Item]) -> dict[str, Query | None]:
        """The same for several titles at once."""
        names = [item.key for item in items]
        known = links.accepted(self.owner_id, "title", self.link_provider, names)
        found = titles.load(self.owner_id, [name for name in names if name not in known])
        return {
            key: Query(*keys.search_terms(title.facts), title.facts)
            for key, title in found.items()
            if keys.is_searchable(title.facts)
        }

    def ask(self, client: Shop, question: Query) -> tuple[Candidate, ...]:
        """1 call."""
        return client.search_albums(question.artist, question.title)

    def keep(
        self, items: Sequence[Item], question: Query | None, answer: Sequence[Candidate] | None
    ) -> Outcomes:
        """The link if it is sure enough, else what a person has to choose from."""
        if question is None:
            return self.keep_known(items)
        (item,) = items
        judged = judging.choose(question.facts, answer or ())
        sure = [pair for pair in judged if pair[1].accepted]
        offered = sure[:1] or judged[:MOST_TO_REVIEW]
        if not offered:
            return {item.key: Outcome("none")}
        found = [self._link(candidate, verdict) for candidate, verdict in offered]
        links.keep(self.owner_id, "title", item.key, found)
        candidate, verdict = offered[0]
        evidence = {"url": candidate.url}
        if sure and candidate.artwork_url:
            evidence["artwork"] = candidate.artwork_url
        return {item.key: self._settled("found" if sure else "doubtful", evidence, verdict.score)}

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


class SpotifyTitles(ShopTitles):
    """Spotify."""

    provider = "spotify"
    link_provider = "spotify"

    def _settled(self, state: str, evidence: dict[str, str], score: float) -> Outcome:
        due_at = utcnow() + SPOTIFY_KEPT_FOR
        return Outcome(state, evidence={"url": evidence["url"]}, score=score, due_at=due_at)


class AppleMusicTitles(ShopTitles):
    """Apple Music; only id, address and names are kept of what it tells."""

    provider = "apple_music"
    link_provider = "apple_music"


class ItunesTitles(ShopTitles):
    """The iTunes search, which needs no key."""

    provider = "itunes"
    link_provider = "apple_music"
