"""Releases of which no page at another service is known."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, String, and_, case, cast, exists, literal, or_, select

from app.extensions import db
from app.models import Copy, Link, ProviderResult, Release

# What a list of releases can be narrowed to, by the providers whose links count.
WITHOUT: Final[Mapping[str, Sequence[str]]] = {
    "no-musicbrainz": ("musicbrainz",),
    "no-spotify": ("spotify",),
    "no-apple": ("apple_music",),
}
_SAID = ("found", "doubtful", "none")


def _text(column: Any) -> ColumnElement[str]:
    return cast(column, String)


# As domain.matching.keys.title_key has it, and as provider_result calls a release.
_OWN = literal("own:") + _text(Release.id)
_TITLE: ColumnElement[str] = case(
    (Release.master_discogs_id > 0, literal("m") + _text(Release.master_discogs_id)),
    (Release.discogs_id > 0, literal("r") + _text(Release.discogs_id)),
    else_=_OWN,
)
_RELEASE: ColumnElement[str] = case((Release.discogs_id > 0, _text(Release.discogs_id)), else_=_OWN)


def has_no_link(owner_id: int, providers: Sequence[str] = ()) -> ColumnElement[bool]:
    """What is true of a release without an accepted link, of these providers or of any."""
    shown = [Link.owner_id == owner_id, Link.state == "accepted"]
    if providers:
        shown.append(Link.provider.in_(providers))
    return and_(
        ~exists().where(*shown, Link.entity == "title", Link.key == _TITLE),
        ~exists().where(*shown, Link.entity == "release", Link.key == _RELEASE),
    )


def copies_of(owner_id: int, entity: str, key: str) -> Sequence[int]:
    """The copies on the shelf of what a link is about; none of an artist's."""
    called = {"title": _TITLE, "release": _RELEASE}.get(entity)
    if called is None:
        return ()
    return db.session.scalars(
        select(Copy.id)
        .join(Release, Release.id == Copy.release_id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None), called == key)
    ).all()


def was_asked_about() -> ColumnElement[bool]:
    """What is true of a release that some service has looked for."""
    return exists().where(
        ProviderResult.entity == "title",
        ProviderResult.key == _TITLE,
        ProviderResult.state.in_(_SAID),
    )


def offered(owner_id: int, release_id: int) -> Sequence[Link]:
    """The pages that wait for a person to say whether they are about this release, best first."""
    here = or_(
        and_(Link.entity == "title", Link.key == _TITLE),
        and_(Link.entity == "release", Link.key == _RELEASE),
    )
    waiting = Link.owner_id == owner_id, Link.state == "waiting", Link.decided_at.is_(None)
    return db.session.scalars(
        select(Link)
        .join(Release, here)
        .where(Release.id == release_id, Release.owner_id == owner_id, *waiting)
        .order_by(Link.score.desc(), Link.id)
    ).all()
