"""A second look at what nothing was found for before all that could have led to it was known.

A step does not wait for a service that rests, or has failed. What that one tells later may still
lead to a cover, an article or a work: then whatever was settled without it is asked for again, in
the same run, and not only when "nothing" is doubted after some months. Nothing here commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, select

from app.domain.matching.keys import title_key
from app.extensions import db
from app.models import Release
from app.models.base import utcnow
from app.services.bulk import in_chunks
from app.services.enrich import reopening
from app.services.enrich.steps import Step
from app.services.enrich.work_statements import ROWS

Keys = Mapping[str, set[str]]

_SETTLED = select(ROWS.c.key, ROWS.c.fetched_at).where(
    ROWS.c.entity == bindparam("what"),
    ROWS.c.provider == bindparam("whose"),
    ROWS.c.state.in_(bindparam("how", expanding=True)),
    ROWS.c.fetched_at.is_not(None),
)
_FOUND = _SETTLED.where(ROWS.c.key.in_(bindparam("names", expanding=True)))


def take(owner_id: int, steps: Iterable[Step]) -> int:
    """Put back on the work list what these steps found nothing for too early; how much that was.

    Each time ends: only a foundation that was found meanwhile gives reason for one more look. One
    found in the future, before the clock was set back, would give it for ever; what is left alone
    is not put back and does not count.
    """
    return sum(
        reopening.these(step.entity, (step.provider,), chunk)
        for step in steps
        if step.builds_on
        for chunk in in_chunks(_too_early(owner_id, step), 1_000)
    )


def _too_early(owner_id: int, step: Step) -> list[str]:
    asked = {"what": step.entity, "whose": step.provider, "how": step.unsure}
    rows = db.session.execute(_SETTLED, asked)
    settled: dict[str, datetime] = {
        row.key: row.fetched_at for row in rows if step.scope is None or row.key in step.scope
    }
    if not settled:
        return []
    names, now = _Names(owner_id), utcnow()
    early: set[str] = set()
    for entity, provider in step.builds_on:
        led_by = names.led_by(step.entity, entity, settled)
        known = _first_known(entity, provider, led_by)
        early |= {key for key, moment in known.items() if settled[key] < moment <= now}
    return sorted(step.still_without(early)) if early else []


def _first_known(entity: str, provider: str, led_by: Keys) -> dict[str, datetime]:
    """When the first of what may lead to each thing was found, for the things that have one."""
    found: dict[str, datetime] = {}
    for chunk in in_chunks(sorted({name for some in led_by.values() for name in some}), 1_000):
        asked = {"what": entity, "whose": provider, "how": ["found"], "names": chunk}
        found |= {row.key: row.fetched_at for row in db.session.execute(_FOUND, asked)}
    return {
        key: min(moments)
        for key, some in led_by.items()
        if (moments := [found[name] for name in some if name in found])
    }


class _Names:
    """What the things on a shelf are called that lead to others: a release, its master, its title.

    The shelf is read once, and only if it is needed.
    """

    def __init__(self, owner_id: int) -> None:
        self._owner_id = owner_id
        self._shelf: Sequence[Mapping[str, str]] | None = None

    def led_by(self, led: str, leader: str, keys: Collection[str]) -> Keys:
        """The names of kind `leader` that lead to each of `keys`, which are of kind `led`."""
        if led == leader:
            return {key: {key} for key in keys}
        leaders: dict[str, set[str]] = {key: set() for key in keys}
        if self._shelf is None:
            self._shelf = list(_names(self._owner_id))
        for each in self._shelf:
            if led in each and leader in each and each[led] in leaders:
                leaders[each[led]].add(each[leader])
        return leaders


def _names(owner_id: int) -> Iterator[Mapping[str, str]]:
    columns = Release.id, Release.discogs_id, Release.master_discogs_id
    for row in db.session.execute(select(*columns).where(Release.owner_id == owner_id)):
        title = title_key(row.master_discogs_id, row.discogs_id, row.id)
        named = {"title": title, "barcode": title}
        if row.discogs_id:
            named["release"] = str(row.discogs_id)
        if row.master_discogs_id:
            named["master"] = str(row.master_discogs_id)
        yield named
