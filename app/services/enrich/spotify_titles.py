"""Spotify: where each title can be listened to, looked up anew every month as its terms ask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from app.clients.spotify import SpotifyClient
from app.domain.matching.addresses import recognise
from app.domain.matching.facts import Candidate
from app.models.base import utcnow
from app.services.enrich import renewal
from app.services.enrich.call_budget import CallBudget
from app.services.enrich.shops import EARLY, Offer, Query, ShopTitles
from app.services.enrich.steps import Outcomes
from app.services.enrich.work import Item, Outcome
from app.services.workplace import Workplace

# Spotify's terms: what is kept of theirs is looked up anew within thirty days.
KEPT_FOR = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Recheck:
    """An album we linked to long ago, which may be gone."""

    url: str
    remote_id: str


class SpotifyTitles(ShopTitles):
    """Spotify; what is kept of it is asked for again after thirty days."""

    provider = "spotify"
    link_provider = "spotify"
    renews = True

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        super().__init__(owner_id, workplace)
        self._budget = CallBudget(1)  # the token

    def look_each(self, items: Sequence[Item]) -> dict[str, Any]:
        """What to search, or the album that is known since long."""
        found = super().look_each(items)
        left = [item.key for item in items if item.key not in found]
        old = renewal.old(self.owner_id, "title", self.link_provider, left, _long_ago())
        rechecks = {
            key: Recheck(url, page.remote_id)
            for key, url in old.items()
            if (page := recognise(url)) is not None
        }
        return found | rechecks

    def ask(self, client: SpotifyClient, question: Query | Recheck) -> Offer | Candidate | None:
        """1 call, or 2 as for the others."""
        if isinstance(question, Query):
            offer: Offer = super().ask(client, question)
            return offer
        self._budget.spend()
        return client.album(question.remote_id)

    def keep(self, items: Sequence[Item], question: Any, answer: Any) -> Outcomes:
        """The link; one that is gone is dropped, and the title asked for like a new one."""
        (item,) = items
        outcomes: Outcomes
        if isinstance(question, Recheck):
            outcomes = self._keep_rechecked(item, question, is_there=answer is not None)
        else:
            outcomes = super().keep(items, question, answer)
        renewal.drop_old(self.owner_id, "title", self.link_provider, item.key, _long_ago())
        return outcomes

    def _keep_rechecked(self, item: Item, question: Recheck, *, is_there: bool) -> Outcomes:
        if not is_there:
            return {item.key: Outcome("pending")}
        renewal.confirm(self.owner_id, "title", self.link_provider, item.key, question.url)
        return {item.key: self._settled("found", {"url": question.url}, 1.0)}

    def _settled(self, state: str, evidence: dict[str, str], score: float) -> Outcome:
        due_at = utcnow() + KEPT_FOR
        kept = {name: evidence[name] for name in ("url", EARLY) if name in evidence}
        return Outcome(state, evidence=kept, score=score, due_at=due_at)


def _long_ago() -> datetime:
    """What was found before is to be renewed: a day early, since runs are not always on time."""
    return utcnow() - KEPT_FOR + timedelta(days=1)
