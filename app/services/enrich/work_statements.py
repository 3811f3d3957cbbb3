"""The statements about the work list, built once: a run makes them some times for every record."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, and_, bindparam, func, or_, select, update

from app.models import ProviderResult, Run
from app.models.base import DatabaseTime
from app.queries.skips import is_skipped

ROWS = cast(Table, ProviderResult.__table__)
_COLUMNS = (
    ROWS.c.id,
    ROWS.c.entity,
    ROWS.c.key,
    ROWS.c.provider,
    ROWS.c.attempts,
    ROWS.c.due_at,
)
_IS_HELD = and_(
    ROWS.c.held_by.is_not(None),  # looked at first: mostly there is no need to look further
    ROWS.c.held_by != bindparam("holder"),
    select(Run.id)
    .where(Run.lease == ROWS.c.held_by, Run.lease_until >= DatabaseTime())
    .correlate(ROWS)
    .exists(),
)
CLAIM = (
    update(ROWS)
    .where(
        ROWS.c.id.in_(bindparam("ids", expanding=True)),
        ROWS.c.state == "pending",
        ~_IS_HELD,
    )
    .values(
        attempts=ROWS.c.attempts + 1,
        tried_at=bindparam("now"),
        due_at=None,
        held_by=bindparam("holder"),
    )
    .returning(*_COLUMNS)
)
SETTLE = (
    update(ROWS)
    .where(ROWS.c.id == bindparam("item"))
    .values(
        state=bindparam("to"),
        score=bindparam("how_sure"),
        evidence=bindparam("small_facts"),
        last_error=bindparam("why"),
        due_at=bindparam("again_at"),
        attempts=bindparam("tries"),
        held_by=None,
        fetched_at=func.coalesce(bindparam("now", type_=ROWS.c.fetched_at.type), ROWS.c.fetched_at),
        payload=func.coalesce(bindparam("raw", type_=ROWS.c.payload.type), ROWS.c.payload),
    )
)
DUE = (
    select(*_COLUMNS, _IS_HELD.label("is_held"))
    .where(
        ROWS.c.provider == bindparam("whose"),
        ROWS.c.entity == bindparam("what"),
        ROWS.c.state == "pending",
        ROWS.c.id > bindparam("after"),
        or_(ROWS.c.due_at.is_(None), ROWS.c.due_at <= bindparam("now")),
        ~is_skipped(ROWS),
    )
    .order_by(ROWS.c.id)
    .limit(bindparam("most"))
)
_THESE = (
    ROWS.c.entity == bindparam("what"),
    ROWS.c.provider == bindparam("whose"),
    ROWS.c.key.in_(bindparam("names", expanding=True)),
)
THERE = select(ROWS.c.key).where(*_THESE)
PENDING = THERE.where(ROWS.c.state == "pending")
KEPT = select(ROWS.c.key, ROWS.c.state, ROWS.c.evidence).where(*_THESE)
COUNT_PENDING = select(func.count()).where(*_THESE[:2], ROWS.c.state == "pending")
TRIED_SINCE = (
    select(ROWS.c.provider, func.count())
    .where(ROWS.c.tried_at >= bindparam("since"))
    .group_by(ROWS.c.provider)
)
