"""Each check of domain.quality as one condition on what has the gap.

What only a look at Discogs can tell is no gap before somebody looked: a record that waits for its
details is left out. Which records stand on the shelf is not asked here but known already.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.domain.names import PLACEHOLDER_IDS
from app.domain.quality import BARCODE, GROOVED, GROOVED_WORDS, GROOVELESS, NO_LABEL, NO_NUMBER
from app.models import (
    Artist,
    Copy,
    Credit,
    Folder,
    Format,
    FormatTag,
    Identifier,
    Label,
    Master,
    Release,
    ReleaseLabel,
    ReleaseTag,
    Tag,
    Track,
)
from app.models.copy import UNCATEGORIZED
from app.queries.unmatched import has_no_link, was_asked_about

Condition = ColumnElement[bool]


def condition(check: str, owner_id: int, *, few: bool = False) -> Condition:
    """What is true of a release, copy or artist (see the check) that has this gap.

    `few`: it will be asked of a handful of ids, not of the shelf.
    """
    if check == "format" and few:
        return _format(owner_id, Format.id == Release.format_id)
    return _CONDITIONS[check](owner_id)


def _is_empty(column: Any) -> Condition:
    return or_(column.is_(None), column == "")


def _told_in_full() -> Condition:
    """Discogs was asked, or there is nobody to ask."""
    return or_(
        Release.facts_from.in_(("details", "hand", "sample")),
        Release.gone_at.is_not(None),
        Release.discogs_id.is_(None),
    )


def _cover(_owner_id: int) -> Condition:
    return and_(Release.image_sha256.is_(None), _told_in_full())


def _year(_owner_id: int) -> Condition:
    return Release.year.is_(None)


def _too_early(_owner_id: int) -> Condition:
    first = select(Master.year).where(Master.discogs_id == Release.master_discogs_id)
    return and_(
        Release.master_discogs_id.is_not(None),
        Release.year < first.correlate(Release).scalar_subquery(),
    )


def _country(_owner_id: int) -> Condition:
    return and_(_is_empty(Release.country), _told_in_full())


def _genre(_owner_id: int) -> Condition:
    genres = select(Tag.id).where(Tag.kind == "genre")
    has_one = exists().where(ReleaseTag.release_id == Release.id, ReleaseTag.tag_id.in_(genres))
    return and_(~has_one, _told_in_full())


def _number(_owner_id: int) -> Condition:
    return func.lower(Release.catno_text).in_(("", NO_NUMBER))


def _format(_owner_id: int, *which: Condition) -> Condition:
    """None at all, a count of nothing, or a disc without a groove called LP or given a speed."""
    strange = select(Format.id).where(
        *which,
        or_(
            Format.text == "",
            cast(Format.parts, Text).contains('"qty": 0,', autoescape=True),
            and_(
                _has(GROOVELESS),
                _has(GROOVED_WORDS),
                ~_has(GROOVED),
            ),
        ),
    )
    return or_(Release.format_id.is_(None), Release.format_id.in_(strange))


def _has(words: tuple[str, ...]) -> Condition:
    tags = select(Tag.id).where(Tag.kind == "format", Tag.name.in_(words))
    return exists().where(FormatTag.format_id == Format.id, FormatTag.tag_id.in_(tags))


def _tracks(_owner_id: int) -> Condition:
    return and_(~exists().where(Track.release_id == Release.id), _told_in_full())


def _durations(_owner_id: int) -> Condition:
    timed = exists().where(Track.release_id == Release.id, Track.duration != "")
    named = exists().where(Track.release_id == Release.id, Track.kind == "track")
    return and_(named, ~timed)


def barcodes(releases: Condition) -> Select[int, str]:
    """(release id, barcode) of these releases, a condition on Identifier.release_id, in order."""
    mine = select(Identifier.release_id, Identifier.value)
    return mine.where(Identifier.kind == BARCODE, releases).order_by(Identifier.release_id)


def _link(owner_id: int) -> Condition:
    return and_(has_no_link(owner_id), was_asked_about())


def _grade(_owner_id: int) -> Condition:
    return or_(_is_empty(Copy.media_condition), _is_empty(Copy.sleeve_condition))


def _folder(owner_id: int) -> Condition:
    """Somebody who has no folders misses none."""
    mine = select(Folder.id).where(Folder.owner_id == owner_id)
    uncategorized = mine.where(Folder.name == UNCATEGORIZED)
    return and_(Copy.folder_id.in_(uncategorized), has_folders(owner_id))


def has_folders(owner_id: int) -> Condition:
    """Whether there is any folder to put a record into."""
    return exists().where(Folder.owner_id == owner_id, Folder.name != UNCATEGORIZED)


def _twice(_owner_id: int) -> Condition:
    """Neither of two copies says why there are two; the question is about the later one."""
    other = aliased(Copy)
    first = exists().where(
        other.release_id == Copy.release_id,
        other.owner_id == Copy.owner_id,
        other.removed_at.is_(None),
        other.id < Copy.id,
    )
    return and_(_is_empty(Copy.notes), first)


def _name(owner_id: int) -> Condition:
    """Known by a bare name, while an artist of Discogs is called alike but for case and accents."""
    known = aliased(Artist)
    called = select(known.sort_key).where(
        known.owner_id == owner_id,
        known.discogs_id.is_not(None),
        known.discogs_id.not_in(PLACEHOLDER_IDS),
        known.merged_into_id.is_(None),
    )
    heard = exists().where(
        Credit.artist_id == Artist.id,
        Credit.release_id == Copy.release_id,
        Copy.removed_at.is_(None),
    )
    return and_(
        Artist.discogs_id.is_(None),
        Artist.merged_into_id.is_(None),
        Artist.sort_key != "",
        Artist.sort_key.in_(called),
        heard,
    )


def _label(_owner_id: int) -> Condition:
    """A record carries a label by a bare name; Discogs was asked, or there is nobody to ask."""
    carried = exists().where(
        ReleaseLabel.label_id == Label.id,
        ReleaseLabel.release_id == Copy.release_id,
        Copy.removed_at.is_(None),
        Release.id == Copy.release_id,
        _told_in_full(),
    )
    is_one = and_(Label.sort_key != "", Label.name.not_like(f"{NO_LABEL}%"))
    return and_(Label.discogs_id.is_(None), is_one, carried)


_CONDITIONS: dict[str, Callable[[int], Condition]] = {
    "cover": _cover,
    "year": _year,
    "too-early": _too_early,
    "country": _country,
    "genre": _genre,
    "number": _number,
    "format": _format,
    "tracks": _tracks,
    "durations": _durations,
    "link": _link,
    "grade": _grade,
    "folder": _folder,
    "twice": _twice,
    "name": _name,
    "label": _label,
}
