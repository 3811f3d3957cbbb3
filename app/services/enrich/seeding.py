"""What a shelf needs from the providers, put on the work list. Nothing here commits."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence

from sqlalchemy import Row, func, select

from app.domain.matching.keys import title_key
from app.domain.names import is_placeholder
from app.extensions import db
from app.models import Artist, Copy, Credit, Release
from app.services import covers, skips
from app.services.enrich import reopening, shared_answers, work
from app.services.enrich.steps import Step

Wanted = Row[int, int | None, int | None, str | None]
_WANTED = (Release.id, Release.discogs_id, Release.master_discogs_id, Release.image_sha256)


def seed(owner_id: int, steps: Sequence[Step]) -> None:
    """Add whatever these steps are to ask about this shelf, the newest records first.

    And let the steps keep to it: others may have things on the list too. What stands on nobody's
    shelf any more is not asked about.
    """
    reopening.due()
    releases = _releases(owner_id)
    keys = _keys(owner_id, releases)
    _hand_over(owner_id, releases, keys)
    mine = {entity: frozenset(some) for entity, some in keys.items()}
    for step in steps:
        if step.renews:
            reopening.old(step.entity, step.provider)
        work.add(step.entity, step.provider, keys[step.entity])
        step.scope = mine[step.entity]
    work.drop_pending(_on_any_shelf(owner_id, mine))
    skips.put_aside()


def _on_any_shelf(
    owner_id: int, mine: Mapping[str, frozenset[str]]
) -> Mapping[str, frozenset[str]]:
    """The keys of this person, and those of everybody else, by entity."""
    everybodys = dict(mine)
    for other in shared_answers.others(owner_id):
        for entity, some in _keys(other, _releases(other)).items():
            everybodys[entity] |= frozenset(some)
    return everybodys


def catch_up(owner_id: int) -> None:
    """Give a shelf the links and covers others were told of meanwhile, if there are others."""
    if not shared_answers.others(owner_id):
        return
    releases = _releases(owner_id)
    _hand_over(owner_id, releases, _keys(owner_id, releases))


def _keys(owner_id: int, releases: Sequence[Wanted]) -> dict[str, list[str]]:
    """What the things on a shelf are called on the work list, by entity."""
    titles = [title_key(row.master_discogs_id, row.discogs_id, row.id) for row in releases]
    return {
        "release": [str(row.discogs_id) for row in releases if row.discogs_id],
        "master": [str(row.master_discogs_id) for row in releases if row.master_discogs_id],
        "title": titles,
        "barcode": titles,  # those of its pressings
        "artist": list(_artists(owner_id)),
    }


def _hand_over(
    owner_id: int, releases: Sequence[Wanted], keys: Mapping[str, Collection[str]]
) -> None:
    shared_answers.hand_over_links(owner_id, keys)
    covers.choose_cover(owner_id, [row.id for row in releases if not row.image_sha256])


def release_count(owner_id: int) -> int:
    """How many different releases stand on the shelf."""
    counted = select(func.count(func.distinct(Copy.release_id))).where(
        Copy.owner_id == owner_id, Copy.removed_at.is_(None)
    )
    return db.session.scalar(counted) or 0


def _releases(owner_id: int) -> Sequence[Wanted]:
    newest = func.max(Copy.added_at)
    return db.session.execute(
        select(*_WANTED)
        .join(Copy, Copy.release_id == Release.id)
        .where(Copy.owner_id == owner_id, Copy.removed_at.is_(None))
        .group_by(*_WANTED)
        .order_by(newest.is_(None), newest.desc(), Release.id)
    ).all()


def _artists(owner_id: int) -> Iterator[str]:
    """The main artists, those of most records first; nobody who is none ("Various")."""
    rows = db.session.execute(
        select(Artist.discogs_id, Artist.name)
        .join(Credit, Credit.artist_id == Artist.id)
        .join(Copy, Copy.release_id == Credit.release_id)
        .where(
            Copy.owner_id == owner_id,
            Copy.removed_at.is_(None),
            Credit.role == "",
            Artist.discogs_id.is_not(None),
        )
        .group_by(Artist.discogs_id, Artist.name)
        .order_by(func.count().desc(), Artist.discogs_id)
    )
    for discogs_id, name in rows:
        if not is_placeholder(name, discogs_id):
            yield str(discogs_id)
