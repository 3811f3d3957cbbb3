"""MusicBrainz: which of its things a Discogs address stands for, and where else they are known.

https://musicbrainz.org/doc/MusicBrainz_API
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import Literal, Unpack
from urllib.parse import urlencode

from app.clients import musicbrainz_answers as answers
from app.clients.errors import NothingThereError, Provider
from app.clients.http import Limiter, Manner, PoliteClient, PoliteSession
from app.clients.json_node import Node
from app.clients.user_agent import with_contact_in_brackets
from app.domain.matching.barcodes import normal_barcode, printed_barcode
from app.domain.matching.facts import (
    LinkRecord,
    MusicBrainzMatch,
    MusicBrainzRelease,
    ReleaseGroupRecord,
)

__all__ = ["MOST_ADDRESSES", "MOST_BARCODES", "MUSICBRAINZ", "MusicBrainzClient"]

MUSICBRAINZ = Provider(
    "musicbrainz",
    "MusicBrainz",
    blocked_advice="It knows us by our User-Agent: set CONTACT to an address where you can be "
    "reached, or ask MusicBrainz why.",
    # 503 with Retry-After to those who ask too often, 503 without it when it is down.
    meanings={503: "busy if it says how long"},
)
Kind = Literal["release", "master", "artist"]
MOST_ADDRESSES = 100
MOST_BARCODES = 60
_MOST_RELEASES = 100
# What a Discogs page of each kind is at MusicBrainz: a master stands for all pressings of a work.
_TARGETS = {"release": "release", "master": "release-group", "artist": "artist"}
_MBID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")


class MusicBrainzClient(PoliteClient):
    """MusicBrainz' web service. One call a second is all it allows an address.

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
        self._session = PoliteSession(
            MUSICBRAINZ,
            api_url,
            with_contact_in_brackets(user_agent),
            limiter,
            **manner,
        )

    def by_discogs(self, kind: Kind, ids: Collection[int]) -> dict[int, MusicBrainzMatch]:
        """What the Discogs pages of up to 100 ids stand for. 1 call; none for no ids.

        A release is a release there, a master a release group, an artist an artist. Left out: pages
        MusicBrainz does not know, knows no longer (ended), or links to two different things.
        """
        if len(ids) > MOST_ADDRESSES:
            raise ValueError(f"at most {MOST_ADDRESSES} addresses in one call, not {len(ids)}")
        if not ids:
            return {}
        pages = [("resource", f"https://www.discogs.com/{kind}/{each}") for each in ids]
        target = _TARGETS[kind]
        answer = self._find("/url", [*pages, ("inc", f"{target}-rels")])
        found = answers.matches(answer, kind, target) if answer else {}
        return {each: found[each] for each in ids if each in found}

    def release_group(self, mbid: str) -> ReleaseGroupRecord | None:
        """A release group with its artists and links. 1 call; none if `mbid` is no MBID.

        The record has another mbid when the group has been merged into another. None: no such
        group.
        """
        answer = self._look_up("release-group", mbid, "url-rels+artist-credits")
        return answers.release_group(answer) if answer else None

    def artist(self, mbid: str) -> tuple[LinkRecord, ...] | None:
        """The links of an artist. 1 call; none if `mbid` is no MBID. None: no such artist."""
        answer = self._look_up("artist", mbid, "url-rels")
        return answers.links(answer) if answer else None

    def release(self, mbid: str) -> MusicBrainzRelease | None:
        """A release with its group and its own links. 1 call; none if `mbid` is no MBID.

        None: no such release.
        """
        answer = self._look_up("release", mbid, "release-groups+artist-credits+url-rels")
        return answers.release(answer) if answer else None

    def by_barcodes(self, barcodes: Collection[str]) -> dict[str, tuple[ReleaseGroupRecord, ...]]:
        """The works of which a release has one of up to 60 barcodes, by normal barcode.

        Works come without links and first date. 1 call, more only where very many releases have
        these barcodes; none if there is no barcode (UPC and EAN with a right check digit are).
        """
        asked = list(dict.fromkeys(filter(None, map(normal_barcode, barcodes))))
        if len(asked) > MOST_BARCODES:
            raise ValueError(f"at most {MOST_BARCODES} barcodes in one call, not {len(asked)}")
        return self._by_barcodes(asked) if asked else {}

    def _by_barcodes(self, asked: Sequence[str]) -> dict[str, tuple[ReleaseGroupRecord, ...]]:
        # People type the 12 digits of a UPC as they are printed.
        written = dict.fromkeys(each for code in asked for each in (code, printed_barcode(code)))
        query = " OR ".join(f"barcode:{each}" for each in written)
        answer = self._find("/release", [("query", query), ("limit", str(_MOST_RELEASES))])
        if answer is None:
            return {}
        if len(asked) > 1 and (answer.id("count") or 0) > _MOST_RELEASES:
            middle = len(asked) // 2
            return self._by_barcodes(asked[:middle]) | self._by_barcodes(asked[middle:])
        return answers.groups_by_barcode(answer, asked)

    def _look_up(self, what: str, mbid: str, wanted: str) -> Node | None:
        if not _MBID.fullmatch(mbid.lower()):
            return None
        return self._find(f"/{what}/{mbid.lower()}", [("inc", wanted)])

    def _find(self, path: str, query: list[tuple[str, str]]) -> Node | None:
        """The answer, None for 404."""
        wanted = urlencode([*query, ("fmt", "json")], safe=":/+")
        try:
            answer = self._session.get(f"{self._session.base_url}{path}?{wanted}")
        except NothingThereError:
            return None
        return Node.parsed(MUSICBRAINZ, answer.body)
