"""Keeping links to other services, and never touching what a person decided. Nothing commits."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from sqlalchemy import Table, bindparam, delete, insert, select

from app.extensions import db
from app.models import Link
from app.models.base import utcnow
from app.services import catalogue_lock
from app.services.bulk import in_chunks

MOST_URL_LETTERS = 2000

# Built once: a run makes them for every few records.
_OF_ONE = select(Link).where(
    Link.owner_id == bindparam("owner"),
    Link.entity == bindparam("what"),
    Link.key == bindparam("name"),
)
_ADD = insert(cast(Table, Link.__table__))
_ACCEPTED = select(Link.key, Link.url).where(
    Link.owner_id == bindparam("owner"),
    Link.entity == bindparam("what"),
    Link.provider == bindparam("whose"),
    Link.key.in_(bindparam("names", expanding=True)),
    Link.state == "accepted",
)


@dataclass(frozen=True, slots=True)
class FoundLink:
    """A page a provider offers for a thing. `state` is accepted or waiting (for a person)."""

    provider: str
    url: str
    badge: str
    score: float
    state: str = "accepted"
    remote_id: str = ""
    name: str = ""
    evidence: dict[str, str] = field(default_factory=dict)


def keep(owner_id: int, entity: str, key: str, found: Sequence[FoundLink]) -> None:
    """Keep what was found about one thing, beside what is known of it.

    Of one provider, what a person accepted shuts out all else, what they rejected stays so, and
    they are not asked a second time. A better badge raises a link that was only guessed; guesses
    never push out anything.
    """
    catalogue_lock.hold(owner_id)  # or a decision made this moment could be overwritten
    known = {(link.provider, link.url): link for link in _links(owner_id, entity, key)}
    asked = {link.provider for link in known.values() if link.decided_at}
    decided = {link.provider for link in known.values() if link.decided_at and _is_shown(link)}
    new: list[dict[str, Any]] = []
    for link in found:
        if link.provider in decided or len(link.url) > MOST_URL_LETTERS:
            continue
        if link.state == "waiting" and link.provider in asked:
            continue
        old = known.get((link.provider, link.url))
        if old is None:
            new.append(_row(owner_id, entity, key, link))
        elif not old.decided_at and rank(link.badge) >= rank(old.badge):
            _renew(old, link)
    db.session.flush()
    if new:
        db.session.connection().execute(_ADD, new)
    badges = {link.badge for link in found} | {link.badge for link in known.values()}
    if "guess" in badges and badges & {"exact", "derived"}:
        _drop_needless_guesses(owner_id, entity, key)


def _links(owner_id: int, entity: str, key: str) -> Sequence[Link]:
    return db.session.scalars(_OF_ONE, {"owner": owner_id, "what": entity, "name": key}).all()


def _is_shown(link: Link) -> bool:
    return link.state == "accepted"


def rank(badge: str) -> int:
    """How much a badge is worth: a higher one raises a link of a lower one."""
    return {"guess": 0, "derived": 1, "exact": 2}[badge]


def _row(owner_id: int, entity: str, key: str, found: FoundLink) -> dict[str, Any]:
    whose = {"owner_id": owner_id, "entity": entity, "key": key}
    return whose | {"provider": found.provider, "url": found.url} | _told(found)


def _renew(row: Link, found: FoundLink) -> None:
    for name, value in _told(found).items():
        setattr(row, name, value)


def _told(found: FoundLink) -> dict[str, Any]:
    return {
        "badge": found.badge,
        "score": found.score,
        "state": found.state,
        "remote_id": found.remote_id[:200],
        "name": found.name,
        "evidence": found.evidence,
        "found_at": utcnow(),
    }


def _drop_needless_guesses(owner_id: int, entity: str, key: str) -> None:
    """Where a provider's page is known for sure, nobody need look through guesses."""
    links = _links(owner_id, entity, key)
    sure = {link.provider for link in links if _is_shown(link) and link.badge != "guess"}
    needless = [
        link.id
        for link in links
        if link.badge == "guess" and link.provider in sure and not link.decided_at
    ]
    if needless:
        db.session.execute(delete(Link).where(Link.id.in_(needless)))


def drop_open_guesses(owner_id: int, entity: str, key: str, provider: str) -> None:
    """Forget what of a provider waits for a person by likeness alone: it is looked for anew."""
    catalogue_lock.hold(owner_id)
    db.session.execute(
        delete(Link)
        .where(Link.owner_id == owner_id, Link.entity == entity, Link.key == key)
        .where(Link.provider == provider, Link.badge == "guess")
        .where(Link.state == "waiting", Link.decided_at.is_(None))
    )


def decided(owner_id: int, entity: str, provider: str, keys: Collection[str]) -> set[str]:
    """The things of which a person decided what their page at `provider` is, or is not."""
    asked = select(Link.key).where(Link.owner_id == owner_id, Link.entity == entity)
    asked = asked.where(Link.provider == provider, Link.decided_at.is_not(None))
    return {
        key
        for chunk in in_chunks(keys, 1_000)
        for key in db.session.scalars(asked.where(Link.key.in_(chunk)))
    }


def accepted(
    owner_id: int, entity: str, provider: str, keys: Collection[str]
) -> dict[str, list[str]]:
    """The addresses accepted at `provider` for these things, by key."""
    asked = {"owner": owner_id, "what": entity, "whose": provider, "names": list(keys)}
    rows = db.session.execute(_ACCEPTED, asked)
    found: dict[str, list[str]] = {}
    for row in rows:
        found.setdefault(row.key, []).append(row.url)
    return found
