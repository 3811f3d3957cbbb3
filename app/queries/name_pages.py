"""An artist or a record label, and the copies on the shelf that carry the name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.names import display_name
from app.errors import NotFoundError
from app.extensions import db
from app.models import Artist, Copy, Credit, Label, ReleaseLabel
from app.queries.merged_artists import also_here, root_of


@dataclass(frozen=True, slots=True)
class NamePage:
    """An artist or label: the copies under its own name, and for artists those it helped on.

    `part_of` is the artist whose page shows this one; `also_here` are those shown on this one.
    """

    id: int
    name: str
    discogs_id: int | None
    profile: str | None
    own: Sequence[int]
    also_on: Sequence[tuple[int, str]]
    part_of: int | None = None
    also_here: Sequence[tuple[int, str]] = ()


def artist_page(owner_id: int, artist_id: int) -> NamePage:
    """An artist of this person's shelf; `also_on` pairs copy ids with roles."""
    artist = db.session.scalar(
        select(Artist).where(Artist.id == artist_id, Artist.owner_id == owner_id)
    )
    if artist is None:
        raise NotFoundError("There is no such artist on this shelf.")
    rows = db.session.execute(
        select(Copy.id, Credit.role)
        .join(Credit, Credit.release_id == Copy.release_id)
        .where(Credit.artist_id == artist_id, Copy.removed_at.is_(None))
        .order_by(Copy.sort_year, Copy.sort_title, Copy.id)
    )
    own: dict[int, None] = {}
    roles: dict[int, list[str]] = {}
    for copy_id, role in rows:
        if role:
            roles.setdefault(copy_id, []).append(role)
        else:
            own[copy_id] = None
    also_on = [(copy_id, ", ".join(names)) for copy_id, names in roles.items()]
    name = display_name(artist.name)
    part_of = root_of(owner_id, artist.id) if artist.merged_into_id else None
    others = also_here(owner_id, artist.id)
    numbers = (artist.discogs_id, artist.profile)
    return NamePage(artist.id, name, *numbers, list(own), also_on, part_of, others)


def label_page(owner_id: int, label_id: int) -> NamePage:
    """A record label of this person's shelf, its copies by catalogue number."""
    label = db.session.scalar(select(Label).where(Label.id == label_id, Label.owner_id == owner_id))
    if label is None:
        raise NotFoundError("There is no such label on this shelf.")
    own = db.session.scalars(
        select(Copy.id)
        .join(ReleaseLabel, ReleaseLabel.release_id == Copy.release_id)
        .where(ReleaseLabel.label_id == label_id, Copy.removed_at.is_(None))
        .order_by(ReleaseLabel.catno, Copy.sort_year, Copy.id)
    )
    ids = list(dict.fromkeys(own))
    return NamePage(label.id, display_name(label.name), label.discogs_id, label.profile, ids, ())
