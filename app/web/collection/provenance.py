"""Where each field of a release page comes from, since when, and how sure it is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.domain.providers import title_of
from app.models import Edit, Release
from app.queries.covers import Cover
from app.queries.elsewhere import Answer, ElsewhereLink

FACTS_FROM = {
    "details": ("Discogs", "exact: by its number"),
    "listing": ("Discogs, from the list of your collection", "exact: by its number"),
    "csv": ("your CSV export from Discogs", "exact: by its number"),
    "hand": ("typed in by you", ""),
    "sample": ("Discogs, with the sample shelf", "exact: by its number"),
}
FIELDS = (
    ("title", "Title"),
    ("artists", "Artists"),
    ("labels", "Labels"),
    ("formats", "Format"),
    ("year", "Year"),
    ("released", "Released"),
    ("country", "Country"),
    ("tags", "Genres and styles"),
    ("tracks", "Tracks"),
    ("credits", "Credits"),
    ("identifiers", "Identifiers"),
    ("companies", "Companies"),
    ("notes", "Notes"),
)
# What people edit under another name, or under two.
EDITED_AS = {"tags": ("genres", "styles")}
NAMED_OTHERWISE = {"formats": "format"}
STATES = {
    "found": "knows it",
    "none": "does not know it",
    "doubtful": "may know it: see Reviews",
    "failed": "could not be asked",
    "parked": "is not asked any more",
    "pending": "still to be asked",
}
BADGE_WORDS = {"exact": "exact", "derived": "derived", "guess": "probable"}


@dataclass(frozen=True, slots=True)
class Line:
    """One field. `at` may be unknown; `is_edited` when what is shown is a person's."""

    what: str
    source: str
    at: datetime | None
    sure: str
    is_edited: bool = False


@dataclass(frozen=True, slots=True)
class Provenance:
    """What stands under "Where this comes from"."""

    lines: Sequence[Line]
    asked: Sequence[tuple[str, str, datetime | None]]


def provenance(
    release: Release,
    edits: Iterable[Edit],
    cover: Cover | None,
    first_out: tuple[int, str] | None,
    links: Sequence[ElsewhereLink],
    answers: Iterable[Answer],
) -> Provenance:
    """The lines of a release and the services that were asked about it."""
    edited = {edit.field: edit.at for edit in edits if edit.undone_at is None}
    lines = [
        _field(release, name, what, edited)
        for name, what in FIELDS
        if _edited_at(name, edited) or _is_told(release, name)
    ]
    lines.append(_cover(cover))
    if first_out:
        sure = "exact: by its link to Discogs" if first_out[1] == "MusicBrainz" else ""
        lines.append(Line("First out", first_out[1], None, sure))
    if links:
        lines.append(_links(links))
    asked = [(each.title, _said(each), each.at) for each in answers]
    return Provenance(lines, asked)


def _is_told(release: Release, name: str) -> bool:
    """Whether a record says anything about a field; all of them were loaded with it."""
    if name in ("title", "artists"):
        return True
    return bool(getattr(release, NAMED_OTHERWISE.get(name, name)))


def _edited_at(name: str, edited: dict[str, datetime]) -> datetime | None:
    """When a person last changed a field, if what they wrote still stands."""
    moments = [edited[each] for each in EDITED_AS.get(name, (name,)) if each in edited]
    return max(moments, default=None)


def _field(release: Release, name: str, what: str, edited: dict[str, datetime]) -> Line:
    source, sure = FACTS_FROM[release.facts_from]
    at = release.detailed_at if release.facts_from == "details" else None
    if edited_at := _edited_at(name, edited):
        return Line(what, f"you, over what {source} said", edited_at, "", is_edited=True)
    return Line(what, source, at, sure)


def _cover(cover: Cover | None) -> Line:
    if cover is None:
        return Line("Cover", "drawn here from what the record says", None, "")
    if cover.source == "upload":
        return Line("Cover", "your own picture", cover.fetched_at, "", is_edited=True)
    sure = "as sure as the link to the shop"
    if cover.source == "coverart":
        is_this = "/release/" in cover.url
        sure = "exact: this pressing" if is_this else "derived: a pressing of the same work"
    elif cover.source == "discogs":
        sure = "exact: this pressing"
    return Line("Cover", title_of(cover.source), cover.fetched_at, sure)


def _links(links: Sequence[ElsewhereLink]) -> Line:
    badges = Counter(link.badge for link in links if not link.by_person)
    told = [f"{badges[badge]} {word}" for badge, word in BADGE_WORDS.items() if badges[badge]]
    if chosen := sum(link.by_person for link in links):
        told.append(f"{chosen} chosen by you")
    sources = ", ".join(dict.fromkeys(link.title for link in links))
    return Line("Links", sources, max(link.found_at for link in links), ", ".join(told))


def _said(answer: Answer) -> str:
    word = STATES[answer.state]
    is_wrong = answer.state in ("failed", "parked") or (answer.state == "pending" and answer.reason)
    return f"{word}: {answer.reason}" if is_wrong and answer.reason else word
