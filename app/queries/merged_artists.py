"""Artists whose page a person made part of another's, and who might become part of one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import ColumnElement, bindparam, func, or_, select

from app.domain.names import display_name, is_placeholder
from app.domain.text import clean, fold
from app.extensions import connected, db
from app.models import Artist, Copy, Credit
from app.queries.many_ids import among

LONGEST_NAME = 300
SHOWN = 20
# Words that tell nobody apart are not looked for; "the" is in a tenth of all names.
TELLS_NOTHING = frozenset({"the", "and", "of", "his", "her", "trio", "band", "orchestra"})
# Built once: whoever writes a release asks this.
_MERGED = select(Artist.id, Artist.merged_into_id).where(
    Artist.owner_id == bindparam("owner"), Artist.merged_into_id.is_not(None)
)


class Somebody(NamedTuple):
    """An artist with a page of their own, and how many records on the shelf stand there."""

    id: int
    name: str
    records: int


def steps(owner_id: int) -> Mapping[int, int]:
    """Each merged artist, and the one they were merged into."""
    merged = connected().execute(_MERGED, {"owner": owner_id})
    return {artist_id: into for artist_id, into in merged if into}


def roots(owner_id: int) -> dict[int, int]:
    """Each merged artist, and the artist whose page shows them."""
    known = steps(owner_id)
    found = {}
    for artist_id in known:
        root = artist_id
        while root in known:
            root = known[root]
        found[artist_id] = root
    return found


def root_of(owner_id: int, artist_id: int) -> int:
    """The artist whose page shows this one: mostly themselves."""
    return roots(owner_id).get(artist_id, artist_id)


def below(owner_id: int, artist_id: int) -> set[int]:
    """The artists merged into this one, and into those."""
    known = steps(owner_id)
    found: set[int] = set()
    while fresh := {a for a, into in known.items() if into in {artist_id, *found}} - found:
        found |= fresh
    return found


def also_here(owner_id: int, artist_id: int) -> list[tuple[int, str]]:
    """(id, name) of everybody whose records stand on this artist's page."""
    names = select(Artist.id, Artist.name).where(among(Artist.id, below(owner_id, artist_id)))
    rows = db.session.execute(names.order_by(Artist.sort_key, Artist.id))
    return [(key, display_name(name)) for key, name in rows]


def somebody(owner_id: int, artist_id: int) -> Somebody | None:
    """An artist by our id, with the records that stand on their page."""
    return next(iter(_with_records(owner_id, [artist_id])), None)


def candidates(owner_id: int, artist_id: int, name: str, typed: str) -> Sequence[Somebody]:
    """Artists whose name has what was `typed`, else a word of `name`; those with most records.

    Whoever is part of another page already, or no artist at all, is left out.
    """
    words = fold(clean(typed, LONGEST_NAME)).split()
    if words:
        alike = [Artist.sort_key.contains(word, autoescape=True) for word in words]
    else:
        own = [word for word in fold(name).split() if len(word) > 2 and word not in TELLS_NOTHING]
        alike = [or_(*(Artist.sort_key.contains(word, autoescape=True) for word in own))]
        if not own:
            return ()
    return _found(owner_id, artist_id, alike)


def _found(
    owner_id: int, artist_id: int, alike: Iterable[ColumnElement[bool]]
) -> Sequence[Somebody]:
    others = select(Artist.id).where(
        Artist.owner_id == owner_id,
        Artist.id != artist_id,
        Artist.merged_into_id.is_(None),
        *alike,
    )
    ids = db.session.scalars(others.limit(500)).all()
    people = [one for one in _with_records(owner_id, ids) if not is_placeholder(one.name)]
    return sorted(people, key=lambda one: (-one.records, one.name))[:SHOWN]


def _with_records(owner_id: int, artist_ids: Iterable[int]) -> list[Somebody]:
    ids = list(artist_ids)
    counted = (
        select(Credit.artist_id, func.count(Copy.id.distinct()))
        .join(Copy, Copy.release_id == Credit.release_id)
        .where(among(Credit.artist_id, ids), Copy.removed_at.is_(None))
        .group_by(Credit.artist_id)
    )
    records = dict(db.session.execute(counted).all())
    names = select(Artist.id, Artist.name).where(among(Artist.id, ids), Artist.owner_id == owner_id)
    return [
        Somebody(key, display_name(name), records.get(key, 0))
        for key, name in db.session.execute(names)
    ]
