"""MusicBrainz: who our releases, titles and artists are there, by their Discogs addresses.

Addresses are looked up a hundred at a time. Only release groups are asked for one by one, and only
so many in one run; the others follow with later runs.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from app.clients.musicbrainz import Kind, MusicBrainzClient
from app.domain.fallbacks import is_as_good
from app.domain.matching import crosswalk
from app.domain.matching.crosswalk import Crosslink
from app.domain.matching.facts import (
    MusicBrainzMatch,
    MusicBrainzRelease,
    ReleaseGroupRecord,
    TitleFacts,
)
from app.extensions import db
from app.models import Master
from app.services.enrich import links, titles, waiting, work, works
from app.services.enrich.links import FoundLink
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.enrich.works import LOOKED_UP, PROVIDER, SITE, KnownWork
from app.services.workplace import Workplace

OF_PRESSING = {"discogs": "MusicBrainz links this pressing to this very page of Discogs"}


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


@dataclass(frozen=True, slots=True)
class Pressing:
    """A release of MusicBrainz whose group is not known yet."""

    mbid: str


class ReleaseGroups(Step):
    """The links of each title's release group: Spotify, Apple, Wikidata and others. 1 call each.

    Where only a pressing is known at MusicBrainz that is asked first, for its group and for links
    of its own: 1 call more, which counts as one.
    """

    provider = PROVIDER
    entity = "title"
    allowance = 0.27
    glance = 10
    builds_on = (("master", PROVIDER), ("release", PROVIDER))

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        super().__init__(owner_id, workplace)
        # The groups of pressings asked for in this run, which a fault of the next call must not
        # make us forget.
        self._groups: dict[str, str] = {}

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Titles whose release group is known, or which everything has been tried for."""
        keys = [item.key for item in items]
        if is_over("barcode", PROVIDER):
            return waiting.with_addresses(self.owner_id, items, is_over)
        undone = work.pending("barcode", PROVIDER, keys) - set(works.of_masters(keys))
        return [item for item in items if item.key not in undone]

    def look(self, items: Sequence[Item]) -> KnownWork | Pressing | None:
        """The release group, else the pressing to ask for it; None if neither is known."""
        (item,) = items
        return self.look_each([item]).get(item.key)

    def look_each(self, items: Sequence[Item]) -> dict[str, KnownWork | Pressing]:
        """The same for several titles at once."""
        keys = [item.key for item in items]
        found: dict[str, KnownWork | Pressing] = {**works.by_barcode(keys)}
        addressed = works.of_masters([key for key in keys if key not in found])
        found |= {key: KnownWork(mbid) for key, mbid in addressed.items()}
        left = [key for key in keys if key not in found]
        if left:
            found |= self._by_pressing(left)
        return found

    def _by_pressing(self, keys: Collection[str]) -> dict[str, KnownWork | Pressing]:
        told = {
            key: one.evidence["group"]
            for key, one in work.kept("title", PROVIDER, keys).items()
            if "group" in one.evidence
        }
        groups = told | {key: self._groups[key] for key in keys if key in self._groups}
        found: dict[str, KnownWork | Pressing] = {
            key: KnownWork(mbid) for key, mbid in groups.items()
        }
        left = [key for key in keys if key not in found]
        pressings = works.of_pressings(self.owner_id, left) if left else {}
        return found | {key: Pressing(mbid) for key, mbid in pressings.items()}

    def ask(
        self, client: MusicBrainzClient, question: KnownWork | Pressing
    ) -> ReleaseGroupRecord | MusicBrainzRelease | None:
        """1 call."""
        if isinstance(question, Pressing):
            return client.release(question.mbid)
        return client.release_group(question.mbid)

    def keep(
        self,
        items: Sequence[Item],
        question: KnownWork | Pressing | None,
        answer: ReleaseGroupRecord | MusicBrainzRelease | None,
    ) -> Outcomes:
        """The links, and the year the work first came out."""
        (item,) = items
        if answer is None:
            return {}
        title = titles.load(self.owner_id, [item.key]).get(item.key)
        if title is None:
            return {}
        if isinstance(answer, MusicBrainzRelease):
            return {item.key: self._keep_pressing(item.key, title.facts, answer)}
        known = question if isinstance(question, KnownWork) else KnownWork(answer.mbid)
        master = titles.master_of(item.key)
        if master:
            learn_master(master, answer.mbid, answer.first_date)
        found = [
            _link(each, answer.title, known.evidence)
            for each in crosswalk.links_of_release_group(answer, title.facts, known.badge)
        ]
        links.keep(self.owner_id, "title", item.key, found)
        evidence = {"mbid": answer.mbid, "links": {link.provider: link.url for link in found}}
        return {item.key: Outcome("found", evidence=evidence, score=1.0)}

    def _keep_pressing(self, key: str, facts: TitleFacts, answer: MusicBrainzRelease) -> Outcome:
        """The pressing's own links; its group is what is asked for next."""
        found = [
            _link(each, answer.title, OF_PRESSING)
            for each in crosswalk.links_of_release(answer, facts)
        ]
        group = answer.group
        if group is not None:
            found.append(works.page_link(KnownWork(group.mbid, evidence=OF_PRESSING), group.title))
            self._groups[key] = group.mbid
        links.keep(self.owner_id, "title", key, found)
        if group is None:
            return Outcome("found" if found else "none")
        return Outcome("pending", evidence={"group": group.mbid})


def _link(link: Crosslink, name: str, evidence: dict[str, str]) -> FoundLink:
    return FoundLink(
        provider=link.provider,
        url=link.url,
        badge=link.badge,
        score=1.0,
        state="accepted" if link.accepted else "waiting",
        remote_id=link.remote_id,
        name=name,
        evidence=evidence,
    )
