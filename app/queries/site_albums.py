"""The facts of some hundred releases for the pages of a site, a statement a kind of fact."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any, TypeAlias

from sqlalchemy import BigInteger, Select, Text, bindparam, select

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
from app.queries.many_ids import among_bound, as_list, owned_by
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
_COPIES: Statement = (
    select(
        *(Copy.release_id, Copy.folder_id, Copy.notes, Copy.rating, Copy.added_at),
        *(Copy.media_condition, Copy.sleeve_condition),
    )
    .where(owned_by(bindparam("owner_id", type_=BigInteger)), Copy.removed_at.is_(None))
    .order_by(Copy.release_id, Copy.added_at, Copy.id)
)


class AlbumFacts:
    """Everything stored about these releases of one person, by release."""

    def __init__(self, owner_id: int, ids: Iterable[int]) -> None:
        connection, statements = db.session.connection(), _statements(db.engine.dialect.name)
        asked = {"listed": as_list(ids), "owner_id": owner_id}

        def by_release(what: str) -> ByRelease:
            found: ByRelease = defaultdict(list)
            for row in connection.execute(statements[what], asked):
                found[row[0]].append(row)
            return found

        self.releases = {row.id: row for row in connection.execute(statements["release"], asked)}
        self.credits = by_release("credits")
        self.labels = by_release("labels")
        self.tracks = by_release("tracks")
        self.videos = by_release("videos")
        self.identifiers = by_release("identifiers")
        self.companies = by_release("companies")
        self.tags = by_release("tags")
        self.copies = by_release("copies")


@cache
def _statements(dialect: str) -> dict[str, Statement]:
    """What is asked of the releases `listed`, by its name; made once."""
    listed = bindparam("listed", type_=Text)
    columns: dict[str, tuple[Statement, Any]] = {
        "release": (_RELEASE, Release.id),
        "credits": (_CREDITS, Credit.release_id),
        "labels": (_LABELS, ReleaseLabel.release_id),
        "tracks": (_TRACKS, Track.release_id),
        "videos": (_VIDEOS, Video.release_id),
        "identifiers": (_IDENTIFIERS, Identifier.release_id),
        "companies": (_COMPANIES, Company.release_id),
        "tags": (_TAGS, ReleaseTag.release_id),
        "copies": (_COPIES, Copy.release_id),
    }
    return {
        name: statement.where(among_bound(column, listed, dialect))
        for name, (statement, column) in columns.items()
    }
