"""A release page's data, made ready to show: words, addresses and durations."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from app.domain.filters import BrowseFilter
from app.domain.formats import format_text
from app.domain.markdown import web_address
from app.domain.markup import plain_text
from app.domain.names import display_name
from app.models import Copy, Credit, Edit
from app.queries.details import OwnedCopy, ReleasePage, Side
from app.queries.release_record import formats_of
from app.services import trash

Link = tuple[str, str]


@dataclass(frozen=True, slots=True)
class CopyView:
    """A copy as its card shows it."""

    id: int
    folder: str
    rating: int | None
    media_condition: str | None
    sleeve_condition: str | None
    notes: str | None
    fields: Sequence[tuple[str, str]]
    added_at: datetime | None
    stickered_at: datetime | None
    removed_at: datetime | None
    removed_by: str | None
    emptied_on: datetime | None
    picked: bool


@dataclass(frozen=True, slots=True)
class PersonView:
    """Somebody credited."""

    name: str
    url: str
    tracks: str


@dataclass(frozen=True, slots=True)
class SideView:
    """A side or disc with its tracks (models.Track)."""

    name: str
    duration: str
    tracks: Sequence[Any]


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One change a person made."""

    text: str
    at: datetime
    undone_at: datetime | None
    undo_url: str


class ReleaseView:
    """What collection/release.html shows."""

    def __init__(self, page: ReleasePage, sleeve: str, discogs_web_url: str) -> None:
        release = page.release
        self.id, self.title, self.sleeve = release.id, release.title, sleeve
        self.artist_text = release.artist_text
        self.artists = _artist_links(page.artists) or [(release.artist_text, "", "")]
        self.year, self.country, self.released = release.year, release.country, release.released
        self.original_year: int | None = None
        self.original_year_from = ""
        self.notes = plain_text(release.notes or "")
        self.labels = [
            (display_name(link.label.name), f"/labels/{link.label_id}", link.catno)
            for link in release.labels
        ]
        self.formats = [format_text([part]) for part in formats_of(release)]
        self.genres = [_filter_link("genre", name) for name in page.genres]
        self.styles = [_filter_link("style", name) for name in page.styles]
        self.sides = [_side(side) for side in page.sides]
        self.total_duration = _clock(page.seconds)
        self.credits = [
            (role, [_person(credit) for credit in people]) for role, people in page.credits.items()
        ]
        self.identifiers = [(i.kind, i.value, i.description) for i in release.identifiers]
        self.companies = [
            (role, [display_name(firm.name) for firm in firms])
            for role, firms in groupby(release.companies, key=lambda firm: firm.role)
        ]
        self.discogs_url = (
            f"{discogs_web_url}/release/{release.discogs_id}" if release.discogs_id else ""
        )
        self.further_pictures = [
            address for url in release.further_pictures or () if (address := web_address(url))
        ]
        self.videos = [(v.title, v.url, _clock(v.duration)) for v in release.videos]
        self.copies = [_copy(owned) for owned in page.copies]
        self.history = [_history_line(edit) for edit in page.edits]
        self.checked_at = release.detailed_at
        self.gone_at = release.gone_at
        self.accent_url = f"/sleeves/{release.id}-{sleeve}.css"

    def first_out(self, told: tuple[int, str] | None) -> None:
        """Note the year the work first came out and who says so, where it is another one."""
        if told and told[0] != self.year:
            self.original_year, self.original_year_from = told

    @property
    def facts(self) -> list[str]:
        """The line under the title: year, label and number, format, country."""
        label, _url, catno = self.labels[0] if self.labels else ("", "", "")
        number = f"{label} {catno}".strip() if catno.lower() != "none" else label
        first = self.formats[0] if self.formats else ""
        return [str(fact) for fact in (self._years, number, first, self.country) if fact]

    @property
    def _years(self) -> str:
        """ "2016, first 1973", or what is known of it."""
        first = f"first {self.original_year}" if self.original_year else ""
        return ", ".join(filter(None, (str(self.year or ""), first)))


def _named(credit: Credit) -> str:
    """Whom the source names, though their page may be part of another's."""
    return (credit.told_artist or credit.artist).name


def _artist_links(credits: Sequence[Credit]) -> list[tuple[str, str, str]]:
    return [
        (
            credit.anv or display_name(_named(credit)),
            f"/artists/{credit.artist_id}",
            _joint(credit.join),
        )
        for credit in credits
    ]


def _joint(join: str) -> str:
    word = join.strip()
    return ", " if word in ("", ",") else f" {word} "


def _filter_link(name: str, value: str) -> Link:
    changes: dict[str, Any] = {name: (value,)}
    return value, BrowseFilter().url(**changes)


def _person(credit: Credit) -> PersonView:
    name = credit.anv or display_name(_named(credit))
    return PersonView(name, f"/artists/{credit.artist_id}", credit.tracks)


def _side(side: Side) -> SideView:
    return SideView(side.name, _clock(side.seconds), side.tracks)


def _clock(seconds: int | None) -> str:
    """243 as 4:03, 3723 as 1:02:03."""
    if not seconds:
        return ""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def _copy(owned: OwnedCopy) -> CopyView:
    copy = owned.copy
    return CopyView(
        id=copy.id,
        folder=copy.folder.name,
        rating=copy.rating,
        media_condition=copy.media_condition,
        sleeve_condition=copy.sleeve_condition,
        notes=copy.notes,
        fields=owned.fields,
        added_at=copy.added_at,
        stickered_at=owned.stickered_at,
        removed_at=copy.removed_at,
        removed_by=copy.removed_by,
        emptied_on=_emptied_on(copy),
        picked=owned.picked,
    )


def _emptied_on(copy: Copy) -> datetime | None:
    """When a copy in the trash goes for good."""
    if copy.removed_at is None or copy.removed_by != "person":
        return None
    return trash.emptied_on(copy.removed_at)


def _history_line(edit: Edit) -> HistoryLine:
    field = edit.field.replace("_", " ")
    if edit.how == "lock":
        text = f"{field} locked as it is"
    elif isinstance(edit.after, str | int | None) and isinstance(edit.before, str | int | None):
        text = f"{field}: {_said(edit.before)} → {_said(edit.after)}"
    else:
        text = f"{field} changed"
    undo = "" if edit.undone_at else f"/admin/releases/{edit.entity_id}/json#history"
    return HistoryLine(text, edit.at, edit.undone_at, undo)


def _said(value: str | int | None) -> str:
    return f"“{value}”" if value not in (None, "") else "nothing"
