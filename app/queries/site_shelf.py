"""What a site is made of, for a whole shelf at once: what is on it, and every name that has a page.

The statements are the same for ten records as for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypeAlias

from sqlalchemy import ColumnElement, Row, Select, func, select

from app.extensions import db
from app.models import (
    Article,
    Artist,
    Copy,
    Credit,
    Edit,
    Folder,
    Image,
    Label,
    Link,
    Master,
    Picture,
    Release,
    ReleaseLabel,
    ReleaseTag,
    Tag,
)
from app.queries.elsewhere import SURE
from app.queries.many_ids import among

_NUMBERED: dict[str, tuple[Any, Any]] = {
    "a": (Artist.discogs_id, Artist.name),
    "l": (Label.discogs_id, Label.name),
    "r": (Release.discogs_id, Release.title),
    "m": (Release.master_discogs_id, Release.title),
}
Line: TypeAlias = Row[*tuple[Any, ...]]
Rows: TypeAlias = Sequence[Line]


def on_shelf(owner_id: int) -> Select[int]:
    """The releases of which this person has a copy on the shelf."""
    return select(Copy.release_id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))


def releases(owner_id: int) -> Rows:
    """Each release on the shelf, and what tells whether its page is still right."""
    return _rows(
        select(
            *(Release.id, Release.discogs_id, Release.title, Release.version),
            *(Release.image_sha256, Release.master_discogs_id, Master.year, Master.mbid),
            func.count(Copy.id).label("copies"),
            func.max(Copy.changed_in).label("changed_in"),
        )
        .join(Copy, Copy.release_id == Release.id)
        .outerjoin(Master, Master.discogs_id == Release.master_discogs_id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .group_by(Release.id, Master.discogs_id)
        .order_by(Release.id)
    )


def artists(owner_id: int) -> Rows:
    """The main artists of what is on the shelf, with how many albums each has."""
    return _named(owner_id, Artist, Credit.artist_id, Credit.role == "")


def labels(owner_id: int) -> Rows:
    """The same of labels."""
    return _named(owner_id, Label, ReleaseLabel.label_id)


def _rows(statement: Select[*tuple[Any, ...]]) -> Rows:
    # Past the ORM, which would make each row anew: a shelf has tens of thousands.
    return db.session.connection().execute(statement).all()


def _named(owner_id: int, model: Any, column: Any, *which: ColumnElement[bool]) -> Rows:
    lines = column.class_
    # Counted before names are looked up: SQLite would carry every profile through the sorting.
    counted = (
        select(column.label("id"), func.count(lines.release_id.distinct()).label("albums"))
        .where(lines.release_id.in_(on_shelf(owner_id)), *which)
        .group_by(column)
        .subquery()
    )
    return _rows(
        select(*(model.id, model.discogs_id, model.name, model.sort_key, model.profile))
        .add_columns(counted.c.albums)
        .join(counted, counted.c.id == model.id)
        .order_by(model.discogs_id.is_(None), model.discogs_id, model.id)
    )


def tags(owner_id: int) -> Rows:
    """Genres and styles with how many albums each has."""
    counted = (
        select(ReleaseTag.tag_id, func.count().label("albums"))
        .where(ReleaseTag.release_id.in_(on_shelf(owner_id)))
        .group_by(ReleaseTag.tag_id)
        .subquery()
    )
    return _rows(
        select(Tag.id, Tag.kind, Tag.name, counted.c.albums)
        .join(counted, counted.c.tag_id == Tag.id)
        .where(Tag.kind.in_(("genre", "style")))
        .order_by(Tag.kind, Tag.name)
    )


def people(owner_id: int) -> Rows:
    """The id and name of every artist anybody credited, main or not."""
    mine = select(Artist.id, Artist.name).where(Artist.owner_id == owner_id)
    return _rows(mine.order_by(Artist.id))


def merged(owner_id: int) -> Rows:
    """The artists whose page a person made part of another's: id, Discogs id."""
    return _rows(
        select(Artist.id, Artist.discogs_id)
        .where(Artist.owner_id == owner_id, Artist.merged_into_id.is_not(None))
        .order_by(Artist.id)
    )


def folders(owner_id: int) -> Rows:
    """Folders with how many albums each has."""
    return _rows(
        select(Folder.id, Folder.name, func.count(Copy.release_id.distinct()).label("albums"))
        .join(Copy, Copy.folder_id == Folder.id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .group_by(Folder.id)
        .order_by(Folder.id)
    )


def links(owner_id: int) -> Rows:
    """Accepted links that are more than a guess, the best first."""
    return _rows(
        select(*(Link.entity, Link.key, Link.provider, Link.url, Link.badge, Link.remote_id))
        .where(Link.owner_id == owner_id, Link.state == "accepted", Link.badge.in_(SURE))
        .order_by(Link.entity, Link.key, Link.provider, Link.score.desc(), Link.url)
    )


def articles(owner_id: int) -> Rows:
    """The beginnings of articles such links lead to, with what they are about."""
    return _rows(
        select(*(Link.entity, Link.key, Article.url, Article.text, Article.licence))
        .join(Article, Article.url == Link.url)
        .where(
            *(Link.owner_id == owner_id, Link.state == "accepted", Link.badge.in_(SURE)),
            Link.provider == "wikipedia",
        )
        .order_by(Link.entity, Link.key, Link.decided_at.is_(None), Link.score.desc(), Link.url)
    )


def covers(owner_id: int) -> Rows:
    """Where the pictures that releases show came from, as far as this person may say so."""
    shown = select(Release.image_sha256).where(
        Release.owner_id == owner_id, Release.image_sha256.is_not(None)
    )
    return _rows(
        select(
            *(Image.sha256, Image.colour),
            *(Picture.source, Picture.url, Picture.key, Picture.release_key),
        )
        .join(Picture, Picture.image_sha256 == Image.sha256)
        .where(Image.sha256.in_(shown), Picture.gone_at.is_(None))
        .where((Picture.source != "upload") | Picture.key.startswith(f"{owner_id}/"))
        .order_by(Picture.source != "upload", Picture.id)
    )


def own_profiles(owner_id: int) -> set[int]:
    """The artists whose profile a person wrote."""
    return set(
        db.session.scalars(
            select(Edit.entity_id).where(
                *(Edit.owner_id == owner_id, Edit.entity == "artist"),
                *(Edit.field == "profile", Edit.undone_at.is_(None)),
            )
        )
    )


def names_by_discogs_id(
    owner_id: int, kind: str, discogs_ids: Iterable[int] | None = None
) -> dict[int, str]:
    """The names of artists ("a"), labels ("l"), releases ("r") and masters ("m") by Discogs id.

    These, or all. A master is called as the first of its pressings here.
    """
    number, name = _NUMBERED[kind]
    model = number.class_
    rows = select(number, name).where(model.owner_id == owner_id, number.is_not(None))
    rows = rows.order_by(model.id.desc())
    if discogs_ids is not None:
        rows = rows.where(among(number, discogs_ids))
    return {row[0]: row[1] for row in _rows(rows)}


def crediting(artist_ids: Iterable[int]) -> set[int]:
    """The releases these artists have any part in."""
    return _found(Credit.release_id, among(Credit.artist_id, artist_ids))


def on_labels(label_ids: Iterable[int]) -> set[int]:
    """The releases that came out on these labels."""
    return _found(ReleaseLabel.release_id, among(ReleaseLabel.label_id, label_ids))


def in_folders(folder_ids: Iterable[int]) -> set[int]:
    """The releases with a copy in these folders."""
    return _found(Copy.release_id, among(Copy.folder_id, folder_ids))


def _found(column: Any, which: ColumnElement[bool]) -> set[int]:
    return set(db.session.scalars(select(column).where(which)))
