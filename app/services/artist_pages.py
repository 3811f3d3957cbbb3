"""Making one artist's page part of another's, and taking the two apart again.

Credits point at the page they are shown on and remember whom the source named, so that a merge is
undone exactly, whatever syncs brought meanwhile. An artist merged into one that is itself merged
later moves along with it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import func, select, update

from app.domain.names import display_name, is_placeholder
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db
from app.models import Artist, Copy, Credit, Release
from app.queries.many_ids import among
from app.queries.merged_artists import below, root_of, roots
from app.services import catalogue_lock, shelf
from app.services.transaction import one_commit


def merge(owner_id: int, artist_id: int, into_id: int) -> None:
    """Show the records of one artist on the page of another from now on. Commits.

    Raises NotFoundError, InvalidInputError where the two cannot become one.
    """
    with one_commit():
        catalogue_lock.hold(owner_id)
        artist, into = _get(owner_id, artist_id), _get(owner_id, into_id)
        root = root_of(owner_id, into.id)
        if root == artist.id or artist.id == into.id:
            raise InvalidInputError("That is the same page already.")
        if artist.merged_into_id is not None:
            raise InvalidInputError(f"{display_name(artist.name)} is part of another page already.")
        if is_placeholder(artist.name) or is_placeholder(into.name):
            raise InvalidInputError("Various and the like are no artists.")
        artist.merged_into_id = into.id
        db.session.flush()
        moved = _releases_of(artist.id)
        _move(owner_id, {artist.id: root})
        _touch(owner_id, moved)


def take_apart(owner_id: int, artist_id: int) -> int:
    """Give a merged artist their own page again; returns the id of the page they were part of.

    Commits. Raises NotFoundError.
    """
    with one_commit():
        catalogue_lock.hold(owner_id)
        artist = _get(owner_id, artist_id)
        if artist.merged_into_id is None:
            raise NotFoundError(f"{display_name(artist.name)} has a page of their own.")
        was = root_of(owner_id, artist.id)
        artist.merged_into_id = None
        db.session.flush()
        moved = _move_back(artist.id, {artist.id, *below(owner_id, artist.id)})
        _touch(owner_id, moved)
    return was


def follow(owner_id: int) -> None:
    """Have what was just written about merged artists stand on the pages they are part of.

    Does not commit.
    """
    if merged := roots(owner_id):
        _move(owner_id, merged)


def _get(owner_id: int, artist_id: int) -> Artist:
    mine = select(Artist).where(Artist.id == artist_id, Artist.owner_id == owner_id)
    artist = db.session.scalar(mine.with_for_update())
    if artist is None:
        raise NotFoundError("There is no such artist on this shelf.")
    return artist


def _move(owner_id: int, roots: Mapping[int, int]) -> None:
    for artist_id, root in roots.items():
        told = func.coalesce(Credit.told_artist_id, Credit.artist_id)
        credits = update(Credit).where(Credit.artist_id == artist_id)
        _run(credits.values(told_artist_id=told, artist_id=root))
        releases = update(Release).where(
            Release.owner_id == owner_id, Release.artist_id == artist_id
        )
        _run(releases.values(artist_id=root))


def _releases_of(artist_id: int) -> Sequence[int]:
    credited = select(Credit.release_id).where(Credit.artist_id == artist_id)
    return db.session.scalars(credited.distinct()).all()


def _touch(owner_id: int, release_ids: Sequence[int]) -> None:
    """Have indexes that were made before count these records anew."""
    copies = select(Copy.id).where(among(Copy.release_id, release_ids))
    shelf.touch(owner_id, db.session.scalars(copies).all())


def _move_back(artist_id: int, everybody: Collection[int]) -> Sequence[int]:
    of_them = Credit.told_artist_id.in_(everybody)
    release_ids: Sequence[int] = db.session.scalars(
        select(Credit.release_id).where(of_them).distinct()
    ).all()
    _run(update(Credit).where(of_them).values(artist_id=artist_id))
    own = update(Credit).where(Credit.told_artist_id == artist_id)
    _run(own.values(told_artist_id=None))
    first = (
        select(Credit.artist_id)
        .where(Credit.release_id == Release.id, Credit.role == "")
        .order_by(Credit.position)
        .limit(1)
        .scalar_subquery()
    )
    _run(update(Release).where(among(Release.id, release_ids)).values(artist_id=first))
    return release_ids


def _run(statement: Any) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})
