"""The lines of a dump about where things are found elsewhere, and what a person set.

A link says with `accepted` whether it is shown (null: it waits for a person) and with `decided_at`
when a person decided so. Of a person's own covers it is told that there are any; a dump holds no
pictures.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from sqlalchemy import select

from app.extensions import db
from app.models import Link, Picture, Preference
from app.queries.dump_lines import Key, Line, moment_of

ACCEPTED = {"accepted": True, "rejected": False, "waiting": None}
AT_ONCE = 5_000
OWN = "own:"
# What publishing remembers of sites, to save time: nobody chose it, and it is of this database.
NOT_TOLD = ("publish.seen",)


def match_lines(owner_id: int, own: Mapping[int, str]) -> Iterator[Line]:
    """Links, covers and preferences; `own` says how releases Discogs does not know are called."""
    yield from _links(owner_id, own)
    yield from _covers(owner_id, own)
    mine = select(Preference.name, Preference.value).where(
        Preference.owner_id == owner_id, Preference.name.not_in(NOT_TOLD)
    )
    for name, value in db.session.execute(mine):
        yield {"type": "preference", "name": name, "value": value}


def _links(owner_id: int, own: Mapping[int, str]) -> Iterator[Line]:
    columns = (
        Link.entity,
        Link.key,
        Link.provider,
        Link.url,
        Link.remote_id,
        Link.name,
        Link.badge,
        Link.score,
        Link.evidence,
        Link.state,
        Link.decided_at,
    )
    mine = select(*columns).where(Link.owner_id == owner_id).order_by(Link.id)
    for row in db.session.execute(mine.execution_options(yield_per=AT_ONCE)):
        thing = called(row.entity, row.key, own)
        if thing is None:
            continue
        yield {
            "type": "link",
            **thing,
            "provider": row.provider,
            "url": row.url,
            "remote_id": row.remote_id,
            "name": row.name,
            "badge": row.badge,
            "score": row.score,
            "evidence": row.evidence,
            "accepted": ACCEPTED[row.state],
            "decided_at": moment_of(row.decided_at),
        }


def called(entity: str, key: str, own: Mapping[int, str]) -> Key | None:
    """How a thing is called in the dump; None for a release that is not in it."""
    word = "title" if entity == "title" else f"{entity}_id"
    if not key.startswith(OWN):
        return {word: key if entity == "title" else int(key)}
    name = own.get(int(key.removeprefix(OWN)))
    return None if name is None else {word: None, "own": name}


def _covers(owner_id: int, own: Mapping[int, str]) -> Iterator[Line]:
    """The covers a person put in and shows. Their digest stands in their name."""
    mine = select(Picture.release_key, Picture.key).where(
        Picture.source == "upload",
        Picture.key.startswith(f"{owner_id}/"),
        Picture.gone_at.is_(None),
    )
    for release_key, key in db.session.execute(mine):
        thing = called("release", release_key, own)
        if thing is not None:
            yield {"type": "cover", **thing, "sha256": key.rpartition("/")[2]}
