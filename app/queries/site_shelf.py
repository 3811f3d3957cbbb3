"""What a site is made of, for a whole shelf at once: what is on it, and every name that has a page.

The statements are the same for ten records as for a hundred thousand.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

from sqlalchemy import Row, Select, func, select

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

Line: TypeAlias = Row[*tuple[Any, ...]]
Rows: TypeAlias = Sequence[Line]


def on_shelf(owner_id: int) -> Select[int]:
    """The releases of which this person has a copy on the shelf."""
    return select(Copy.release_id).where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))


def releases(owner_id: int) -> Rows:
    """Each release on the shelf, and what tells whether its page is still right."""
    return db.session.execute(
        select(
            *(Release.id, Release.discogs_id, Release.title, Release.version),
            *(Release.image_sha256, Release.master_discogs_id, Master.year, Master.mbid),
            func.count(Copy.id).label("copies"),
            func.max(Copy.changed_in).label("changed_in"),
            func.min(Copy.added_at).label("added_at"),
        )
        .join(Copy, Copy.release_id == Release.id)
        .outerjoin(Master, Master.discogs_id == Release.master_discogs_id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .group_by(Release.id, Master.discogs_id)
        .order_by(Release.id)
    ).all()


def artists(owner_id: int) -> Rows:
    """The main artists of what is on the shelf, with how many albums each has."""
    return db.session.execute(
        select(
            *(Artist.id, Artist.discogs_id, Artist.name, Artist.sort_key, Artist.profile),
            func.count(Credit.release_id.distinct()).label("albums"),
        )
        .join(Credit, Credit.artist_id == Artist.id)
        .where(Credit.role == "", Credit.release_id.in_(on_shelf(owner_id)))
        .group_by(Artist.id)
        .order_by(Artist.discogs_id.is_(None), Artist.discogs_id, Artist.id)
    ).all()


def labels(owner_id: int) -> Rows:
    """The same of labels."""
    return db.session.execute(
        select(
            *(Label.id, Label.discogs_id, Label.name, Label.sort_key, Label.profile),
            func.count(ReleaseLabel.release_id.distinct()).label("albums"),
        )
        .join(ReleaseLabel, ReleaseLabel.label_id == Label.id)
        .where(ReleaseLabel.release_id.in_(on_shelf(owner_id)))
        .group_by(Label.id)
        .order_by(Label.discogs_id.is_(None), Label.discogs_id, Label.id)
    ).all()


def tags(owner_id: int) -> Rows:
    """Genres and styles with how many albums each has."""
    return db.session.execute(
        select(Tag.id, Tag.kind, Tag.name, func.count().label("albums"))
        .join(ReleaseTag, ReleaseTag.tag_id == Tag.id)
        .where(ReleaseTag.release_id.in_(on_shelf(owner_id)), Tag.kind.in_(("genre", "style")))
        .group_by(Tag.id)
        .order_by(Tag.kind, Tag.name)
    ).all()


def folders(owner_id: int) -> Rows:
    """Folders with how many albums each has."""
    return db.session.execute(
        select(Folder.id, Folder.name, func.count(Copy.release_id.distinct()).label("albums"))
        .join(Copy, Copy.folder_id == Folder.id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .group_by(Folder.id)
        .order_by(Folder.id)
    ).all()


def links(owner_id: int) -> Rows:
    """Accepted links that are more than a guess, the best first."""
    return db.session.execute(
        select(*(Link.entity, Link.key, Link.provider, Link.url, Link.badge, Link.remote_id))
        .where(Link.owner_id == owner_id, Link.state == "accepted", Link.badge.in_(SURE))
        .order_by(Link.entity, Link.key, Link.provider, Link.score.desc(), Link.url)
    ).all()


def articles(owner_id: int) -> Rows:
    """The beginnings of articles such links lead to, with what they are about."""
    return db.session.execute(
        select(*(Link.entity, Link.key, Article.url, Article.text, Article.licence))
        .join(Article, Article.url == Link.url)
        .where(
            *(Link.owner_id == owner_id, Link.state == "accepted", Link.badge.in_(SURE)),
            Link.provider == "wikipedia",
        )
        .order_by(Link.entity, Link.key, Link.decided_at.is_(None), Link.score.desc(), Link.url)
    ).all()


def covers(owner_id: int) -> Rows:
    """Where the pictures that releases show came from, as far as this person may say so."""
    shown = select(Release.image_sha256).where(
        Release.owner_id == owner_id, Release.image_sha256.is_not(None)
    )
    return db.session.execute(
        select(
            *(Image.sha256, Image.colour),
            *(Picture.source, Picture.url, Picture.key, Picture.release_key),
        )
        .join(Picture, Picture.image_sha256 == Image.sha256)
        .where(Image.sha256.in_(shown), Picture.gone_at.is_(None))
        .where((Picture.source != "upload") | Picture.key.startswith(f"{owner_id}/"))
        .order_by(Picture.source != "upload", Picture.id)
    ).all()


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


def names_by_discogs_id(owner_id: int, kind: str) -> dict[int, str]:
    """The names of all artists ("a"), labels ("l") or releases ("r") known, by Discogs id."""
    column: Any = {"a": Artist.name, "l": Label.name, "r": Release.title}.get(kind)
    if column is None:
        return {}
    model = column.class_
    rows = select(model.discogs_id, column).where(
        model.owner_id == owner_id, model.discogs_id.is_not(None)
    )
    return {row[0]: row[1] for row in db.session.execute(rows)}
