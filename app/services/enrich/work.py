"""The work list of the enrichment job, which is the table provider_result.

Work is chosen by state, never by position: a row that is pending and due is to be asked for, one in
any other state is settled. So the list is the progress as well, and a crash loses nothing.

Whoever asks holds the row by the lease of their run, so that the runs of two people ask once for
what both need; a lease that is nobody's any more holds nothing. Nothing here commits but `claim`.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.extensions import db
from app.models import ProviderResult
from app.models.base import utcnow
from app.queries.skips import is_skipped
from app.services.bulk import in_chunks
from app.services.enrich import work_statements as statements
from app.services.runs import Lease

MOST_ATTEMPTS = 3
ANSWERED = ("found", "none", "doubtful")
# "Nobody knows it" may change, but not from one day to the next.
ASK_AGAIN_AFTER_NONE = timedelta(days=90)
ASK_AGAIN_AFTER_FAILURE = timedelta(days=1)
FIRST_WAIT = timedelta(seconds=20)
# How much of the list to look through at once for what is on one shelf.
_STRETCH = 1_000
# Twice may be chance: others were worked on at those moments. From then on it is tried alone and
# last; who dies of that has been found.
SUSPECT_AFTER = 2
# Where the run lost far more workers than that, they died of something else, and this was beside.
OTHER_DEATHS, MOST_DEATHS_BESIDE = 3, 12
POISON = "Gatefold stopped {times} times while it worked on this, the last time on nothing else."


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to ask a provider about; `attempts` counts this one once it is claimed.

    `is_suspect`: nobody came back from its last attempts, so it is to be tried alone. `is_held`:
    another run asks about it just now.
    """

    id: int
    entity: str
    key: str
    provider: str
    attempts: int
    is_suspect: bool = False
    is_held: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an item: the state it is left in, and why.

    `evidence` are small facts later steps go on with, `payload` the raw answer; it was told at
    `fetched_at`, or just now.
    """

    state: str
    evidence: dict[str, Any] | None = None
    score: float | None = None
    payload: bytes | None = None
    error: str | None = None
    due_at: datetime | None = None
    fetched_at: datetime | None = None


NOTHING = Outcome("none")


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a settled item."""

    state: str
    evidence: dict[str, Any] = field(default_factory=dict)


def add(entity: str, provider: str, keys: Iterable[str]) -> int:
    """Put these on the list unless they are there, in this order. Returns how many were new."""
    make = sqlite.insert if db.engine.dialect.name == "sqlite" else postgresql.insert
    new = 0
    for chunk in in_chunks(dict.fromkeys(keys), 1_000):
        known = _known(entity, provider, chunk)
        rows = [
            {"entity": entity, "key": key, "provider": provider, "state": "pending", "attempts": 0}
            for key in chunk
            if key not in known
        ]
        if rows:
            db.session.execute(make(ProviderResult).on_conflict_do_nothing(), rows)
        new += len(rows)
    return new


def drop_pending(wanted: Mapping[str, Container[str]]) -> None:
    """Take off the list what is still to be asked, but for things of these keys, by entity."""
    pending = select(ProviderResult.id, ProviderResult.entity, ProviderResult.key).where(
        ProviderResult.state == "pending", ProviderResult.entity.in_(wanted)
    )
    unwanted = [row.id for row in db.session.execute(pending) if row.key not in wanted[row.entity]]
    for chunk in in_chunks(unwanted, 1_000):
        db.session.execute(delete(statements.ROWS).where(statements.ROWS.c.id.in_(chunk)))


def _known(entity: str, provider: str, keys: Collection[str]) -> set[str]:
    return set(db.session.scalars(statements.THERE, _these(entity, provider, keys)))


def _these(entity: str, provider: str, keys: Collection[str]) -> dict[str, Any]:
    return {"what": entity, "whose": provider, "names": list(keys)}


def due(
    provider: str,
    entity: str,
    limit: int,
    *,
    after: int = 0,
    among: Container[str] | None = None,
    holder: str = "",
) -> list[Item]:
    """Items to ask for, in the order they came on the list, from beyond the id `after`.

    `among`: only things of these keys. The list is everybody's. `holder`: whose look this is, the
    lease of a run; what other runs ask about just now is marked as held.
    """
    found: list[Item] = []
    most = limit
    while True:
        asked = {"whose": provider, "what": entity, "after": after, "now": utcnow(), "most": most}
        rows = db.session.connection().execute(statements.DUE, {**asked, "holder": holder}).all()
        some = (row for row in rows if among is None or row.key in among)
        found += [_item(*row[:-1], is_held=row.is_held) for row in some]
        if len(found) >= limit or len(rows) < most:
            return found[:limit]
        after, most = rows[-1].id, _STRETCH


def _item(
    id_: int,
    entity: str,
    key: str,
    provider: str,
    attempts: int,
    due_at: datetime | None,
    *,
    is_held: bool = False,
) -> Item:
    # What failed has a moment at which it is due again; what was claimed has none.
    is_suspect = attempts >= SUSPECT_AFTER and due_at is None
    return Item(id_, entity, key, provider, attempts, is_suspect, is_held)


def next_due(provider: str, entity: str, *, among: Container[str] | None = None) -> datetime | None:
    """When the next pending item that has to wait may be asked for; `among` as for `due`."""
    waiting = db.session.execute(
        select(ProviderResult.key, ProviderResult.due_at).where(
            ProviderResult.provider == provider,
            ProviderResult.entity == entity,
            ProviderResult.state == "pending",
            ProviderResult.due_at.is_not(None),
            ~is_skipped(statements.ROWS),
        )
    )
    moments = (moment for key, moment in waiting if moment and (among is None or key in among))
    return min(moments, default=None)


def suspects_together(batch: int, attempts: int) -> int:
    """How many things to try at once that nobody came back from so many times.

    A quarter of those they were asked for with the last time, where a call is about `batch`: so a
    batch that died is not asked for one by one, and what killed it is found all the same.
    """
    parts: int = 4 ** (attempts - SUSPECT_AFTER + 1)
    return max(batch // parts, 1)


def claim(items: Sequence[Item], lease: Lease, *, batch: int = 1) -> list[Item]:
    """Hold these for the run with this lease, and count an attempt before it is made.

    Returns the items that may be asked for: not what another run holds or has settled meanwhile.
    As it is counted first, what kills its worker each time is put aside (parked): after three
    times, or where a call is about a `batch` once it was tried alone. Commits.
    """
    deadly = [item for item in items if _is_deadly(item, batch, lease.deaths)]
    for item in deadly:
        settle(item, Outcome("parked", error=POISON.format(times=item.attempts)))
    ids = [item.id for item in items if item not in deadly]
    asked = {"ids": ids, "now": utcnow(), "holder": lease.name}
    rows = db.session.connection().execute(statements.CLAIM, asked).all()
    db.session.commit()
    return sorted((_item(*row) for row in rows), key=lambda item: item.id)


def _is_deadly(item: Item, batch: int, deaths: int) -> bool:
    """Whether it is to blame that nobody came back from it, of so many workers the run has lost."""
    if item.attempts <= SUSPECT_AFTER or suspects_together(batch, item.attempts - 1) > 1:
        return False
    return item.attempts >= MOST_DEATHS_BESIDE or deaths <= OTHER_DEATHS * item.attempts


def settle(item: Item, outcome: Outcome) -> None:
    """Leave `item` in the state of `outcome`."""
    settle_all([(item, outcome)])


def settle_all(pairs: Sequence[tuple[Item, Outcome]]) -> None:
    """Leave each item in the state of its outcome. One statement."""
    db.session.connection().execute(statements.SETTLE, [_settled(*pair) for pair in pairs])


def _settled(item: Item, outcome: Outcome) -> dict[str, Any]:
    is_answered = outcome.state in ANSWERED
    due_at = outcome.due_at
    if outcome.state == "none" and due_at is None:
        due_at = utcnow() + ASK_AGAIN_AFTER_NONE
    return {
        "item": item.id,
        "to": outcome.state,
        "how_sure": outcome.score,
        "small_facts": outcome.evidence,
        "why": outcome.error,
        "again_at": due_at,
        "tries": 0 if is_answered else item.attempts,
        "now": (outcome.fetched_at or utcnow()) if is_answered else None,
        "raw": None if outcome.payload is None else zlib.compress(outcome.payload),
    }


def fail(item: Item, reason: str, *, again: bool) -> None:
    """Note that `item` could not be had. `again`: it is tried later, three times in all."""
    if again and item.attempts < MOST_ATTEMPTS:
        wait = FIRST_WAIT * 4 ** (item.attempts - 1)
        settle(item, Outcome("pending", error=reason, due_at=utcnow() + wait))
    else:
        due_at = utcnow() + ASK_AGAIN_AFTER_FAILURE
        settle(item, Outcome("failed", error=reason, due_at=due_at))


def let_go(items: Sequence[Item]) -> None:
    """Take back the attempt counted by `claim`: the question was never asked."""
    db.session.execute(
        update(ProviderResult)
        .where(ProviderResult.id.in_([item.id for item in items]))
        .values(attempts=ProviderResult.attempts - 1, held_by=None)
        .execution_options(synchronize_session=False)
    )


def let_go_of(lease: Lease) -> None:
    """The same for all that the run with this lease asks about just now."""
    db.session.execute(
        update(ProviderResult)
        .where(ProviderResult.held_by == lease.name)
        .values(attempts=ProviderResult.attempts - 1, held_by=None)
        .execution_options(synchronize_session=False)
    )


def pending(entity: str, provider: str, keys: Collection[str]) -> set[str]:
    """Which of `keys` are still to be asked for."""
    return {
        key
        for chunk in in_chunks(keys, 1_000)
        for key in db.session.scalars(statements.PENDING, _these(entity, provider, chunk))
    }


def count_pending(entity: str, provider: str) -> int:
    """How many are still to be asked for, on whatever shelf."""
    asked = {"what": entity, "whose": provider}
    return db.session.scalar(statements.COUNT_PENDING, asked) or 0


def tried_since(moment: datetime) -> dict[str, int]:
    """How many things each provider was asked about since then, on whatever shelf."""
    return dict(iter(db.session.execute(statements.TRIED_SINCE, {"since": moment})))


def kept(entity: str, provider: str, keys: Collection[str]) -> dict[str, Kept]:
    """What is known of `keys` so far, by key."""
    found: dict[str, Kept] = {}
    for chunk in in_chunks(keys, 1_000):
        rows = db.session.execute(statements.KEPT, _these(entity, provider, chunk))
        found |= {row.key: Kept(row.state, row.evidence or {}) for row in rows}
    return found
