"""Which release group of MusicBrainz a title is: by its master, a pressing's page, or a barcode."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select

from app.clients.musicbrainz import MusicBrainzClient
from app.domain.matching import crosswalk
from app.domain.matching.barcodes import usable_barcodes, written_barcode
from app.domain.matching.facts import Badge, ReleaseGroupRecord, TitleFacts
from app.extensions import db
from app.models import Master
from app.services.enrich import links, reopening, titles, waiting, work
from app.services.enrich.links import FoundLink
from app.services.enrich.steps import IsOver, Outcomes, Step
from app.services.enrich.work import Item, Outcome
from app.services.workplace import Workplace

PROVIDER = "musicbrainz"
SITE = "https://musicbrainz.org"
LOOKED_UP = {"discogs": "MusicBrainz links to this very page of Discogs"}
# Pressings share a work: a title needs no more of its barcodes.
MOST_OF_ONE = 2
# So many titles in a call when no more than a minute's worth is left, or when a whole call's worth
# does not come together in this time.
FEW_TOGETHER, LAST = 5, 60
PATIENCE_SECONDS = 10.0


@dataclass(frozen=True, slots=True)
class KnownWork:
    """The release group of a title, and how sure that is."""

    mbid: str
    badge: Badge = "exact"
    evidence: dict[str, str] = field(default_factory=lambda: dict(LOOKED_UP))


def of_masters(keys: Collection[str]) -> dict[str, str]:
    """The MBIDs of the release groups known for masters, by title. One statement."""
    numbers = [number for key in keys if (number := titles.master_of(key))]
    if not numbers:
        return {}
    rows = db.session.execute(
        select(Master.discogs_id, Master.mbid).where(
            Master.discogs_id.in_(numbers), Master.mbid.is_not(None)
        )
    )
    return {f"m{row.discogs_id}": row.mbid for row in rows if row.mbid}


def by_barcode(keys: Collection[str]) -> dict[str, KnownWork]:
    """The release groups found by a barcode, by title. One statement."""
    known = work.kept("barcode", PROVIDER, keys)
    return {
        key: KnownWork(one.evidence["mbid"], "derived", same_barcode(one.evidence["barcode"]))
        for key, one in known.items()
        if "mbid" in one.evidence
    }


def same_barcode(code: str) -> dict[str, str]:
    """What speaks for a work found by barcode."""
    return {"barcode": f"MusicBrainz has a pressing with the same one: {written_barcode(code)}"}


def of_pressings(owner_id: int, keys: Collection[str]) -> dict[str, str]:
    """The MBID of a release that is a pressing of a title, by title. Two statements."""
    pressings = titles.pressings(owner_id, keys)
    numbers = [str(number) for some in pressings.values() for number in some]
    known = work.kept("release", PROVIDER, numbers)
    found = {}
    for key, some in pressings.items():
        told = (known[str(number)].evidence for number in some if str(number) in known)
        mbid = next((each["mbid"] for each in told if "mbid" in each), None)
        if mbid:
            found[key] = mbid
    return found


@dataclass(frozen=True, slots=True)
class Coded:
    """A title and the barcodes of its pressings."""

    facts: TitleFacts
    barcodes: tuple[str, ...]


class TitleBarcodes(Step):
    """The works of titles that no address leads to, by the barcodes of their pressings.

    Thirty titles in one call, so they wait until there are thirty. The last go in fives, and so do
    those for which thirty do not come together while Discogs' window is used up: or the shops would
    stand idle, and have much to do at once in the end. What a barcode finds is taken only if artist
    and title confirm it: barcodes are mistyped, and used again.
    """

    provider = PROVIDER
    entity = "barcode"
    batch = 30
    builds_on = (("release", "discogs"),)

    def __init__(self, owner_id: int, workplace: Workplace) -> None:
        super().__init__(owner_id, workplace)
        # Since when titles are waiting for others (of time.monotonic()), by key.
        self._waits_since: dict[str, float] = {}

    def ready(self, items: Sequence[Item], is_over: IsOver) -> list[Item]:
        """Titles an address led to; the others once their barcodes are known, thirty together."""
        asked = waiting.with_addresses(self.owner_id, items, is_over)
        known = self._known([item.key for item in asked])
        left = [item for item in asked if item.key not in known]
        left = waiting.with_details(self.owner_id, left, is_over)
        if not is_over("release", "discogs"):
            left = left[: len(left) - len(left) % self._together(left)]
        return [*left, *(item for item in asked if item.key in known)]

    def _together(self, ready: Sequence[Item]) -> int:
        """How many to ask for in a call, of those ready."""
        if not FEW_TOGETHER <= len(ready) < self.batch:
            return self.batch
        if work.count_pending(self.entity, PROVIDER) <= LAST:
            return FEW_TOGETHER
        now = time.monotonic()
        since = min(self._waits_since.setdefault(item.key, now) for item in ready)
        if now - since <= PATIENCE_SECONDS:
            return self.batch
        self._waits_since.clear()  # those left over wait anew
        return FEW_TOGETHER

    def _known(self, keys: Collection[str]) -> set[str]:
        found = set(of_masters(keys))
        return found | set(of_pressings(self.owner_id, [key for key in keys if key not in found]))

    def still_without(self, keys: Collection[str]) -> Collection[str]:
        """Those titles with a barcode not asked for yet, and that no address leads to either."""
        asked = work.kept(self.entity, PROVIDER, keys)
        codes = {key: coded.barcodes for key, coded in self._coded(keys).items()}
        return {key for key, some in codes.items() if [*some] != asked[key].evidence.get("asked")}

    def look(self, items: Sequence[Item]) -> dict[str, Coded] | None:
        """The barcodes by title; None where there is none to ask for."""
        return self._coded([item.key for item in items]) or None

    def _coded(self, names: Collection[str]) -> dict[str, Coded]:
        known = self._known(names)
        left = titles.load(self.owner_id, [key for key in names if key not in known])
        found = {
            key: Coded(title.facts, usable_barcodes(title.facts.barcodes)[:MOST_OF_ONE])
            for key, title in left.items()
        }
        return {key: coded for key, coded in found.items() if coded.barcodes}

    def ask(
        self, client: MusicBrainzClient, question: Mapping[str, Coded]
    ) -> dict[str, tuple[ReleaseGroupRecord, ...]]:
        """1 call."""
        return client.by_barcodes([code for each in question.values() for code in each.barcodes])

    def keep(
        self,
        items: Sequence[Item],
        question: Mapping[str, Coded] | None,
        answer: Mapping[str, tuple[ReleaseGroupRecord, ...]] | None,
    ) -> Outcomes:
        """The work of each title, with a link to its page."""
        outcomes, works = {}, []
        for item in items:
            coded = (question or {}).get(item.key)
            if coded is None:
                continue
            outcomes[item.key] = Outcome("none", evidence={"asked": [*coded.barcodes]})
            found = _work(coded, answer or {})
            if found is not None:
                code, record = found
                self._link(item.key, record, code)
                evidence = {"mbid": record.mbid, "barcode": code}
                outcomes[item.key] = Outcome("found", evidence=evidence, score=1.0)
                works.append(item.key)
        if works:  # an earlier run may have given their links up
            reopening.these("title", (PROVIDER,), works)
        return outcomes

    def _link(self, key: str, record: ReleaseGroupRecord, code: str) -> None:
        found = page_link(KnownWork(record.mbid, "derived", same_barcode(code)), record.title)
        links.keep(self.owner_id, "title", key, [found])


def _work(
    coded: Coded, answer: Mapping[str, tuple[ReleaseGroupRecord, ...]]
) -> tuple[str, ReleaseGroupRecord] | None:
    """The first barcode that leads to a work, and that."""
    for code in coded.barcodes:
        record = crosswalk.work_by_barcode(coded.facts, answer.get(code, ()))
        if record is not None:
            return code, record
    return None


def page_link(known: KnownWork, name: str) -> FoundLink:
    """The link to the page of a release group."""
    return FoundLink(
        provider=PROVIDER,
        url=f"{SITE}/release-group/{known.mbid}",
        badge=known.badge,
        score=1.0,
        remote_id=known.mbid,
        name=name,
        evidence=known.evidence,
    )
