"""MusicBrainz' JSON made into our records. What is odd is named by its place in the answer."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.clients.json_node import Node
from app.domain.matching.barcodes import normal_barcode
from app.domain.matching.facts import (
    LinkRecord,
    MusicBrainzMatch,
    MusicBrainzRelease,
    ReleaseGroupRecord,
)

# …/release/123, …/release/123-Artist-Title, …/de/release/123, …/Artist-Title/release/123
_PAGE = re.compile(
    r"https?://(?:[a-z]+\.)?discogs\.com/(?:[^?#]*/)?(release|master|artist)/(\d{1,18})(?![0-9])",
    re.ASCII | re.IGNORECASE,
)


def matches(answer: Node, kind: str, target: str) -> dict[int, MusicBrainzMatch]:
    """Which `target` ("release-group") the Discogs pages of a `kind` are linked to.

    The answer is a list for several pages that were asked for, or the one page itself.
    """
    pages = answer.told_nodes("urls") if answer.tells("urls") else (answer,)
    found: dict[int, dict[str, MusicBrainzMatch]] = {}
    for page in pages:
        if (discogs_id := _discogs_id(page, kind)) is not None:
            found.setdefault(discogs_id, {}).update(_targets(page, target))
    # Two different things at one address: somebody is wrong, and we cannot know who.
    return {
        discogs_id: next(iter(things.values()))
        for discogs_id, things in found.items()
        if len(things) == 1
    }


def _discogs_id(page: Node, kind: str) -> int | None:
    told = _PAGE.match(page.required_text("resource"))
    return int(told[2]) if told and told[1].lower() == kind else None


def _targets(page: Node, target: str) -> dict[str, MusicBrainzMatch]:
    """The things a page is linked to, by MBID."""
    key = target.replace("-", "_")
    found = {}
    for relation in page.told_nodes("relations"):
        if relation.text("target-type", key) != key or relation.flag("ended"):
            continue
        if relation.text("type") == "discogs" and relation.tells(key):
            match = _match(relation.node(key))
            found[match.mbid] = match
    return found


def _match(thing: Node) -> MusicBrainzMatch:
    return MusicBrainzMatch(
        mbid=thing.required_text("id"),
        name=thing.text("title") or thing.text("name"),
        first_date=thing.text("first-release-date"),
    )


def release_group(answer: Node) -> ReleaseGroupRecord:
    """A release group. Kinds are in lower case ("album"); artists are pairs of MBID and name."""
    return ReleaseGroupRecord(
        mbid=answer.required_text("id"),
        title=answer.text("title"),
        first_date=answer.text("first-release-date"),
        kind=answer.text("primary-type").lower(),
        secondary_kinds=tuple(each.lower() for each in answer.texts("secondary-types")),
        artists=_artists(answer),
        links=links(answer),
    )


def _artists(answer: Node) -> tuple[tuple[str, str], ...]:
    credits = answer.told_nodes("artist-credit")
    return tuple((_artist_id(credit), credit.text("name")) for credit in credits)


def _artist_id(credit: Node) -> str:
    artist = credit.find_node("artist")
    return artist.text("id") if artist else ""


def links(answer: Node) -> tuple[LinkRecord, ...]:
    """All links of a thing, ended ones too; only addresses a browser may open."""
    found = []
    for relation in answer.told_nodes("relations"):
        page = relation.find_node("url")
        address = page.text("resource") if page else ""
        if address.startswith(("https://", "http://")):
            found.append(LinkRecord(relation.text("type"), address, relation.flag("ended")))
    return tuple(found)


def release(answer: Node) -> MusicBrainzRelease:
    """A release with the group it belongs to (which comes without links)."""
    group = answer.find_node("release-group")
    return MusicBrainzRelease(
        mbid=answer.required_text("id"),
        title=answer.text("title"),
        group=_group_of(answer, group) if group else None,
        links=links(answer),
    )


def groups_by_barcode(
    answer: Node, asked: Sequence[str]
) -> dict[str, tuple[ReleaseGroupRecord, ...]]:
    """The release groups of the releases found, by the barcode asked for, each once, best first.

    A release that does not tell its barcode was found by the only one that was asked for.
    """
    found: dict[str, dict[str, ReleaseGroupRecord]] = {}
    for each in answer.told_nodes("releases"):
        group = each.find_node("release-group")
        told = normal_barcode(each.text("barcode")) or (asked[0] if len(asked) == 1 else "")
        if group is not None and told in asked:
            record = _group_of(each, group)
            found.setdefault(told, {}).setdefault(record.mbid, record)
    return {code: tuple(records.values()) for code, records in found.items()}


def _group_of(release: Node, group: Node) -> ReleaseGroupRecord:
    """Artists, and now and then the title, are told with the release only."""
    return ReleaseGroupRecord(
        mbid=group.required_text("id"),
        title=group.text("title") or release.text("title"),
        first_date=group.text("first-release-date"),
        kind=group.text("primary-type").lower(),
        secondary_kinds=tuple(each.lower() for each in group.texts("secondary-types")),
        artists=_artists(group) or _artists(release),
    )
