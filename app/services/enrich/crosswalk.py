"""MusicBrainz: who our releases, titles and artists are there, by their Discogs addresses.

Addresses are looked up a hundred at a time. Only release groups are asked for one by one, and only
so many in one run; the others follow with later runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from sqlalchemy import select

from app.clients.musicbrainz import Kind, MusicBrainzClient
from app.domain.fallbacks import is_as_good
from app.domain.matching import crosswalk
from app.domain.matching.facts import MusicBrainzMatch, ReleaseGroupRecord
from app.extensions import db
from app.models import Master
from app.services.enrich import links, titles, work
from app.services.enrich.links import FoundLink
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome

PROVIDER = "musicbrainz"
SITE = "https://musicbrainz.org"
LOOKED_UP = {"discogs": "MusicBrainz links to this very page of Discogs"}


class Addresses(Step):
    """Which thing of MusicBrainz a Discogs address stands for; a hundred in one call."""

    provider = PROVIDER
    batch = 100
    page: ClassVar[str]
    link_entity: ClassVar[str]
    kind: ClassVar[Kind]

    def look(self, items: Sequence[Item]) -> list[int]:
        """The Discogs ids."""
        return [int(item.key) for item in items]

    def ask(self, client: MusicBrainzClient, question: list[int]) -> dict[int, MusicBrainzMatch]:
        """1 call."""
        return client.by_discogs(self.kind, question)

    def keep(
        self,
        items: Sequence[Item],
        question: list[int],
        answer: Mapping[int, MusicBrainzMatch],
    ) -> Outcomes:
        """The MBID of each, with a link to its page."""
        outcomes = {}
        for item in items:
            match = answer.get(int(item.key))
            if match is None:
                continue
            self._learn(item, match)
            found = FoundLink(
                provider=PROVIDER,
                url=f"{SITE}/{self.page}/{match.mbid}",
                badge="exact",
                score=1.0,
                remote_id=match.mbid,
                name=match.name,
                evidence=LOOKED_UP,
            )
            links.keep(self.owner_id, self.link_entity, self._link_key(item), [found])
            outcomes[item.key] = Outcome("found", evidence={"mbid": match.mbid}, score=1.0)
        return outcomes

    def _learn(self, item: Item, match: MusicBrainzMatch) -> None:
        """Facts that come with the match."""

    def _link_key(self, item: Item) -> str:
        return item.key


class ReleaseAddresses(Addresses):
    """Releases."""

    entity = "release"
    kind = "release"
    page = "release"
    link_entity = "release"


class ArtistAddresses(Addresses):
    """Artists."""

    entity = "artist"
    kind = "artist"
    page = "artist"
    link_entity = "artist"


class MasterAddresses(Addresses):
    """Masters, which are release groups there; with the date of the first release."""

    entity = "master"
    kind = "master"
    page = "release-group"
    link_entity = "title"

    def _link_key(self, item: Item) -> str:
        return f"m{item.key}"

    def _learn(self, item: Item, match: MusicBrainzMatch) -> None:
        learn_master(int(item.key), match.mbid, match.first_date)


def learn_master(discogs_id: int, mbid: str, first_date: str) -> None:
    """Note what MusicBrainz knows of a work: its id and the year it first came out."""
    master = db.session.get(Master, discogs_id)
    if master is None:
        master = Master(discogs_id=discogs_id)
        db.session.add(master)
    master.mbid = mbid
    year = crosswalk.first_year(first_date)
    if year and is_as_good("original year", PROVIDER, master.year_from):
        master.year, master.year_from = year, PROVIDER


class ReleaseGroups(Step):
    """The links of each title's release group: Spotify, Apple, Wikidata and others. 1 call each."""

    provider = PROVIDER
    entity = "title"
    allowance = 0.3
    glance = 10

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Titles whose master's address has been looked up."""
        if is_over("master", PROVIDER):
            return list(items)
        keys = [item.key.removeprefix("m") for item in items]
        waiting = work.pending("master", PROVIDER, keys)
        return [item for item in items if item.key.removeprefix("m") not in waiting]

    def look(self, items: Sequence[Item]) -> str | None:
        """The MBID of the release group, None if it is not known."""
        master = titles.master_of(items[0].key)
        return db.session.scalar(select(Master.mbid).where(Master.discogs_id == master))

    def look_each(self, items: Sequence[Item]) -> dict[str, str]:
        """The same for several titles at once."""
        numbers = {titles.master_of(item.key) for item in items}
        rows = db.session.execute(
            select(Master.discogs_id, Master.mbid).where(
                Master.discogs_id.in_([number for number in numbers if number]),
                Master.mbid.is_not(None),
            )
        )
        return {f"m{row.discogs_id}": row.mbid for row in rows if row.mbid}

    def ask(self, client: MusicBrainzClient, question: str) -> ReleaseGroupRecord | None:
        """1 call."""
        return client.release_group(question)

    def keep(
        self, items: Sequence[Item], question: str | None, answer: ReleaseGroupRecord | None
    ) -> Outcomes:
        """The links, and the year the work first came out."""
        (item,) = items
        title = titles.load(self.owner_id, [item.key]).get(item.key)
        if answer is None or title is None:
            return {}
        master = titles.master_of(item.key)
        if master:
            learn_master(master, answer.mbid, answer.first_date)
        found = [
            FoundLink(
                provider=link.provider,
                url=link.url,
                badge=link.badge,
                score=1.0,
                state="accepted" if link.accepted else "waiting",
                remote_id=link.remote_id,
                name=answer.title,
                evidence=LOOKED_UP,
            )
            for link in crosswalk.links_of_release_group(answer, title.facts)
        ]
        links.keep(self.owner_id, "title", item.key, found)
        evidence = {"mbid": answer.mbid, "links": {link.provider: link.url for link in found}}
        return {item.key: Outcome("found", evidence=evidence, score=1.0)}
