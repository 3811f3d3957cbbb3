"""The facts of some hundred releases for the pages of a site, a statement a kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any, TypeAlias

from sqlalchemy import Select, select

from app.extensions import db
from app.models import (
    Artist,
    Company,
    Copy,
    Credit,
    Format,
    Identifier,
    Label,
    Release,
    ReleaseLabel,
    ReleaseTag,
    Tag,
    Track,
    Video,
)
from app.queries.many_ids import among
from app.queries.site_shelf import Line

Statement: TypeAlias = Select[*tuple[Any, ...]]
ByRelease = dict[int, list[Line]]
_RELEASE: Statement = select(
    *(Release.id, Release.title, Release.artist_text, Release.year, Release.released),
    *(Release.country, Release.notes, Release.further_pictures, Format.parts),
).outerjoin(Format, Format.id == Release.format_id)
_CREDITS: Statement = (
    select(Credit.release_id, Credit.artist_id, Credit.role, Credit.anv, Credit.tracks, Artist.name)
    .join(Artist, Artist.id == Credit.artist_id)
    .order_by(Credit.release_id, Credit.position, Credit.id)
)
_LABELS: Statement = (
    select(ReleaseLabel.release_id, ReleaseLabel.label_id, ReleaseLabel.catno, Label.name)
    .join(Label, Label.id == ReleaseLabel.label_id)
    .order_by(ReleaseLabel.release_id, ReleaseLabel.position, ReleaseLabel.id)
)
_TRACKS: Statement = select(
    *(Track.release_id, Track.number, Track.title, Track.duration),
    *(Track.kind, Track.depth, Track.artist_text),
).order_by(Track.release_id, Track.position, Track.id)
_VIDEOS: Statement = select(Video.release_id, Video.url, Video.title).order_by(
    Video.release_id, Video.position, Video.id
)
_IDENTIFIERS: Statement = select(
    Identifier.release_id, Identifier.kind, Identifier.value, Identifier.description
).order_by(Identifier.release_id, Identifier.position, Identifier.id)
_COMPANIES: Statement = select(
    Company.release_id, Company.role, Company.name, Company.catno
).order_by(Company.release_id, Company.position, Company.id)
_TAGS: Statement = (
    select(ReleaseTag.release_id, Tag.id, Tag.kind, Tag.name)
    .join(Tag, Tag.id == ReleaseTag.tag_id)
    .order_by(ReleaseTag.release_id, ReleaseTag.position, Tag.id)
)
_COPIES: Statement = select(
    *(Copy.release_id, Copy.folder_id, Copy.notes, Copy.rating, Copy.added_at),
    *(Copy.media_condition, Copy.sleeve_condition),
)


class AlbumFacts:
    """Everything stored about these releases of one person, by release."""

    def __init__(self, owner_id: int, ids: Iterable[int]) -> None:
        ids = list(ids)

        def by_release(statement: Statement, column: Any) -> ByRelease:
            found: ByRelease = defaultdict(list)
            for row in db.session.execute(statement.where(among(column, ids))):
                found[row[0]].append(row)
            return found

        self.releases = {
            row.id: row for row in db.session.execute(_RELEASE.where(among(Release.id, ids)))
        }
        self.credits = by_release(_CREDITS, Credit.release_id)
        self.labels = by_release(_LABELS, ReleaseLabel.release_id)
        self.tracks = by_release(_TRACKS, Track.release_id)
        self.videos = by_release(_VIDEOS, Video.release_id)
        self.identifiers = by_release(_IDENTIFIERS, Identifier.release_id)
        self.companies = by_release(_COMPANIES, Company.release_id)
        self.tags = by_release(_TAGS, ReleaseTag.release_id)
        mine = _COPIES.where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        self.copies = by_release(
            mine.order_by(Copy.release_id, Copy.added_at, Copy.id), Copy.release_id
        )
