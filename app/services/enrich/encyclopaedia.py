"""Wikidata and Wikipedia: which items and articles are about our titles and artists.

Wikidata knows many of them by their number at Discogs, so identity is a matter of numbers; only an
artist it does not know is looked for by name, and then has to be a musician.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from sqlalchemy import select

from app.clients import wikidata
from app.clients.wikidata import WikidataClient
from app.clients.wikipedia import WikipediaClient
from app.domain.matching import crosswalk, people
from app.domain.matching.crosswalk import Crosslink
from app.domain.matching.facts import ArticleRecord, TitleFacts, Verdict, WikidataRecord
from app.domain.names import display_name
from app.extensions import db
from app.models import Article, Artist
from app.models.base import utcnow
from app.services.enrich import links, titles, work
from app.services.enrich.links import FoundLink
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome

LANGUAGES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "ja")
LICENCE = "CC BY-SA 4.0"
TITLES_PER_CALL = 20


class WikidataArtists(Step):
    """Artists by their number at Discogs (P1953): about two calls for twenty."""

    provider = "wikidata"
    entity = "artist"
    batch = 20

    def look(self, items: Sequence[Item]) -> list[str]:
        """The Discogs ids."""
        return [item.key for item in items]

    def ask(self, client: WikidataClient, question: list[str]) -> dict[str, WikidataRecord]:
        """2 calls."""
        return client.records(wikidata.DISCOGS_ARTIST, question)

    def keep(
        self, items: Sequence[Item], question: list[str], answer: Mapping[str, WikidataRecord]
    ) -> Outcomes:
        """A link to each item, and which article is about the artist."""
        outcomes = {}
        for item in items:
            if record := answer.get(item.key):
                found = [_item_link(record, "artist"), *_artist_links(record)]
                links.keep(self.owner_id, "artist", item.key, found)
                outcomes[item.key] = _known(record)
        return outcomes


def _item_link(record: WikidataRecord, what: str) -> FoundLink:
    return FoundLink(
        provider="wikidata",
        url=f"https://www.wikidata.org/wiki/{record.qid}",
        badge="exact",
        score=1.0,
        remote_id=record.qid,
        name=record.name,
        evidence={"discogs": f"Wikidata has the Discogs number of this {what}"},
    )


def _known(record: WikidataRecord) -> Outcome:
    evidence: dict[str, Any] = {"qid": record.qid}
    if article := crosswalk.wikipedia_sitelink(record, LANGUAGES):
        evidence["language"], evidence["article"] = article
    return Outcome("found", evidence=evidence, score=1.0)


class WikidataTitles(Step):
    """Titles by the number of their master at Discogs (P1954)."""

    provider = "wikidata"
    entity = "title"
    batch = 20

    def look(self, items: Sequence[Item]) -> list[str] | None:
        """The ids of the masters; titles without one are not known there."""
        return [str(master) for item in items if (master := titles.master_of(item.key))] or None

    def ask(self, client: WikidataClient, question: list[str]) -> dict[str, WikidataRecord]:
        """2 calls."""
        return client.records(wikidata.DISCOGS_MASTER, question)

    def keep(
        self,
        items: Sequence[Item],
        question: list[str] | None,
        answer: Mapping[str, WikidataRecord] | None,
    ) -> Outcomes:
        """Links to the item, its article, and its pages in the shops."""
        outcomes = {}
        known = titles.load(self.owner_id, [item.key for item in items])
        for item in items:
            record = (answer or {}).get(str(titles.master_of(item.key)))
            title = known.get(item.key)
            if record is None or title is None:
                continue
            links.keep(self.owner_id, "title", item.key, _title_links(record, title.facts))
            outcomes[item.key] = _known(record)
        return outcomes


def _artist_links(record: WikidataRecord) -> list[FoundLink]:
    found = crosswalk.links_of_item(record, is_artist=True)
    return [_derived(record, link, record.name) for link in found]


def _title_links(record: WikidataRecord, facts: TitleFacts) -> list[FoundLink]:
    found = [
        _derived(record, link, record.name)
        for link in crosswalk.links_of_item(record, is_artist=False, facts=facts)
    ]
    if article := crosswalk.wikipedia_sitelink(record, LANGUAGES):
        fits = crosswalk.consistent(facts, record.name)
        page = Crosslink("wikipedia", article_url(*article), "", "derived", fits)
        found.append(_derived(record, page, article[1]))
    return [_item_link(record, "title"), *found]


def _derived(record: WikidataRecord, link: Crosslink, name: str) -> FoundLink:
    return FoundLink(
        provider=link.provider,
        url=link.url,
        badge=link.badge,
        score=0.95,
        state="accepted" if link.accepted else "waiting",
        remote_id=link.remote_id,
        name=name,
        evidence={"wikidata": f"Wikidata {record.qid}, which has our number at Discogs, says so"},
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """An artist and the articles that may be theirs; `is_known` when Wikidata named the one."""

    key: str
    name: str
    language: str
    articles: tuple[str, ...]
    is_known: bool


class Biographies(Step):
    """The beginning of the article about each artist; several artists in one call."""

    provider = "wikipedia"
    entity = "artist"
    batch = 6
    builds_on = (("artist", "wikidata"),)

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Artists Wikidata has been asked about."""
        if is_over("artist", "wikidata"):
            return list(items)
        waiting = work.pending("artist", "wikidata", [item.key for item in items])
        return [item for item in items if item.key not in waiting]

    def look(self, items: Sequence[Item]) -> list[_Asked] | None:
        """Which articles to ask for."""
        keys = [item.key for item in items]
        known = work.kept("artist", "wikidata", keys)
        rows = db.session.execute(
            select(Artist.discogs_id, Artist.name).where(
                Artist.owner_id == self.owner_id, Artist.discogs_id.in_([int(key) for key in keys])
            )
        )
        asked = []
        for discogs_id, name in rows:
            evidence = known[key].evidence if (key := str(discogs_id)) in known else {}
            shown = display_name(name)
            if "article" in evidence:
                asked.append(_Asked(key, shown, evidence["language"], (evidence["article"],), True))
            elif "qid" not in evidence:  # an item without an article: nobody has written one
                asked.append(_Asked(key, shown, "en", people.article_titles(shown), False))
        return asked or None

    def ask(
        self, client: WikipediaClient, question: list[_Asked]
    ) -> dict[tuple[str, str], ArticleRecord]:
        """1 call for each language, seldom more; answers by (language, title asked for)."""
        wanted: dict[str, list[str]] = {}
        for one in question:
            wanted.setdefault(one.language, []).extend(one.articles)
        return {
            (language, asked): article
            for language, names in wanted.items()
            for asked, article in client.articles(language, names[:TITLES_PER_CALL]).items()
        }

    def keep(
        self,
        items: Sequence[Item],
        question: list[_Asked] | None,
        answer: Mapping[tuple[str, str], ArticleRecord] | None,
    ) -> Outcomes:
        """The article of each artist, and how sure it is theirs."""
        outcomes = {}
        for one in question or ():
            found = [
                article
                for title in one.articles
                if (article := (answer or {}).get((one.language, title)))
            ]
            if one.is_known and found:
                outcomes[one.key] = self._keep(one.key, found[0], _sure(found[0]))
            elif not one.is_known:
                outcomes[one.key] = self._keep_best(one, found)
        return outcomes

    def _keep_best(self, one: _Asked, found: Sequence[ArticleRecord]) -> Outcome:
        offered = people.choose_article(one.name, found)
        sure = [pair for pair in offered if pair[1].accepted]
        outcome = Outcome("none")
        for article, verdict in reversed(sure or offered):
            outcome = self._keep(one.key, article, _guess(article, verdict))
        return outcome

    def _keep(self, key: str, article: ArticleRecord, link: FoundLink) -> Outcome:
        _store(article)
        links.keep(self.owner_id, "artist", key, [link])
        state = "found" if link.state == "accepted" else "doubtful"
        return Outcome(state, evidence={"url": article.url}, score=link.score)


def _sure(article: ArticleRecord) -> FoundLink:
    return FoundLink(
        provider="wikipedia",
        url=article.url,
        badge="derived",
        score=0.98,
        remote_id=article.qid,
        name=article.title,
        evidence={"wikidata": "Wikidata names this article for the artist's Discogs number"},
    )


def _guess(article: ArticleRecord, verdict: Verdict) -> FoundLink:
    return FoundLink(
        provider="wikipedia",
        url=article.url,
        badge="guess",
        score=verdict.score,
        state="accepted" if verdict.accepted else "waiting",
        remote_id=article.qid,
        name=article.title,
        evidence=verdict.evidence,
    )


def article_url(language: str, title: str) -> str:
    """The page people read."""
    return f"https://{language}.wikipedia.org/wiki/{quote(title.replace(' ', '_'))}"


def _store(article: ArticleRecord) -> None:
    row = db.session.scalar(select(Article).where(Article.url == article.url))
    if row is None:
        row = Article(url=article.url)
        db.session.add(row)
    row.title, row.language, row.text = article.title, article.language, article.text
    row.licence, row.fetched_at = LICENCE, utcnow()
