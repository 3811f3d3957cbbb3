"""The statements about booked calls, built once: every call to a provider makes some of them."""

from __future__ import annotations

from typing import cast

from sqlalchemy import Table, and_, bindparam, delete, func, insert, or_, select, update

from app.models import CallSlot, NeighbourCalls, ProviderPause

SLOTS = cast(Table, CallSlot.__table__)
PAUSES = cast(Table, ProviderPause.__table__)
NEIGHBOURS = cast(Table, NeighbourCalls.__table__)
MINE = SLOTS.c.provider == bindparam("whose")
BOOK = insert(SLOTS).returning(SLOTS.c.id)
MOVE = update(SLOTS).where(SLOTS.c.id == bindparam("slot")).values(at=bindparam("then"))
STRIKE = delete(SLOTS).where(SLOTS.c.id == bindparam("slot"))
AT = select(SLOTS.c.at).where(SLOTS.c.id == bindparam("slot"))
BOOKED_BY_JOBS = (
    select(SLOTS.c.id, SLOTS.c.at)
    .where(MINE, ~SLOTS.c.for_person, SLOTS.c.at > bindparam("after"))
    .order_by(SLOTS.c.at)
)
LATEST = (
    select(SLOTS.c.at).where(MINE).order_by(SLOTS.c.at.desc()).offset(bindparam("skip")).limit(1)
)
FORGET = delete(SLOTS).where(
    MINE,
    or_(
        SLOTS.c.at < bindparam("people"),
        and_(SLOTS.c.at < bindparam("window"), ~SLOTS.c.for_person),
    ),
)
FILLS_THE_WINDOW = (
    select(SLOTS.c.at)
    .where(
        MINE,
        SLOTS.c.at >= bindparam("since"),
        or_(SLOTS.c.for_person, SLOTS.c.at <= bindparam("until")),
        SLOTS.c.id != bindparam("besides"),
    )
    .order_by(SLOTS.c.at.desc())
    .offset(bindparam("skip"))
    .limit(1)
)
MADE_FOR_PEOPLE = select(SLOTS.c.at).where(MINE, SLOTS.c.for_person).order_by(SLOTS.c.at)
PAUSED_UNTIL = select(PAUSES.c.until).where(PAUSES.c.provider == bindparam("whose"))
OF_NEIGHBOURS = select(NEIGHBOURS.c.calls).where(
    NEIGHBOURS.c.provider == bindparam("whose"), NEIGHBOURS.c.told_at > bindparam("since")
)
# What the provider told: until when nobody may call, and how many calls are not ours to make.
TOLD = select(
    func.coalesce(PAUSED_UNTIL.scalar_subquery(), 0.0).label("paused_until"),
    func.coalesce(OF_NEIGHBOURS.scalar_subquery(), 0).label("theirs"),
)
MADE = select(func.count()).where(
    MINE, SLOTS.c.at > bindparam("since"), SLOTS.c.at <= bindparam("now")
)
# How many of ours may have been in the window, and about how many were.
OURS = select(
    func.count().label("at_most"),
    func.count()
    .filter(SLOTS.c.at > bindparam("opened"), SLOTS.c.at <= bindparam("counted"))
    .label("about"),
    func.coalesce(OF_NEIGHBOURS.scalar_subquery(), 0).label("theirs"),
    func.coalesce(
        select(NEIGHBOURS.c.told_at)
        .where(NEIGHBOURS.c.provider == bindparam("whose"))
        .scalar_subquery(),
        0.0,
    ).label("told_at"),
).where(MINE, SLOTS.c.at > bindparam("since"), SLOTS.c.at <= bindparam("now"))
