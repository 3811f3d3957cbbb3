"""Filling gaps in what is known of a shelf, one after the other. Everything here commits.

What a person fills in is an edit (see docs/decisions/0003): it survives every sync, and can be
taken back. What they leave is kept as their verdict.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import delete, func, select

from app.domain.quality import LATER_DAYS, Check
from app.errors import InvalidInputError, NotFoundError
from app.extensions import db, reading
from app.models import Artist, Copy, Edit, Label, QualityCount, QualityVerdict, Release
from app.models.base import utcnow
from app.queries import quality as queries
from app.services import artist_pages, catalogue_lock, curate
from app.services.transaction import one_commit

HOW = "quality"
_MODELS: dict[str, Any] = {
    "release": Release,
    "copy": Copy,
    "artist": Artist,
    "label": Label,
}


def fill(
    owner_id: int, check: Check, entity_id: int, version: int, values: Mapping[str, Any]
) -> str | None:
    """Show these values of a document instead of the gap.

    `version` is that of the record the person saw. Returns the batch by which it is undone, None
    if nothing changed. Raises as curate.save does.
    """
    text = json.dumps(dict(values), ensure_ascii=False)
    if not curate.save(check.entity, owner_id, entity_id, version, text, how=HOW):
        return None
    count(owner_id)
    return db.session.scalar(
        select(Edit.batch)
        .where(
            Edit.owner_id == owner_id,
            Edit.entity == check.entity,
            Edit.entity_id == entity_id,
            Edit.how == HOW,
            Edit.undone_at.is_(None),
        )
        .order_by(Edit.id.desc())
        .limit(1)
    )


def merge(owner_id: int, artist_id: int, into_id: int) -> None:
    """Make an artist known by a bare name part of a namesake's page.

    Raises NotFoundError, InvalidInputError for anybody who is no namesake.
    """
    if into_id not in {each.id for each in queries.namesakes(owner_id, artist_id)[1:]}:
        raise InvalidInputError("Choose the page that is the same artist's.")
    db.session.rollback()
    artist_pages.merge(owner_id, artist_id, into_id)
    count(owner_id)


def leave(owner_id: int, check: Check, entity_id: int, verdict: str) -> int | None:
    """Note that a person fills this gap `later` or `never`; the id by which that is taken back.

    None if there is no such gap any more. Raises NotFoundError for what is not theirs.
    """
    with reading():
        _must_own(owner_id, check, entity_id)
        is_open = queries.has_gap(owner_id, check, entity_id)
        db.session.rollback()
    if not is_open:
        return None
    with one_commit():
        catalogue_lock.hold(owner_id)
        said = _verdict(owner_id, check, entity_id)
        if said is None:
            said = QualityVerdict(
                owner_id=owner_id, check_name=check.name, entity_id=entity_id, verdict=verdict
            )
            db.session.add(said)
        now = utcnow()
        said.verdict, said.at = verdict, now
        said.until = now + timedelta(days=LATER_DAYS) if verdict == "later" else None
        db.session.flush()
        verdict_id = said.id
    count(owner_id)
    return verdict_id


def take_back_verdict(owner_id: int, verdict_id: int) -> None:
    """Ask about a gap again that was left. Raises NotFoundError."""
    with one_commit():
        mine = QualityVerdict.id == verdict_id, QualityVerdict.owner_id == owner_id
        gone = db.session.execute(delete(QualityVerdict).where(*mine).returning(QualityVerdict.id))
        if gone.first() is None:
            raise NotFoundError("That is taken back already.")
    count(owner_id)


def _must_own(owner_id: int, check: Check, entity_id: int) -> None:
    model = _MODELS[check.entity]
    mine = select(model.id).where(model.id == entity_id, model.owner_id == owner_id)
    if db.session.scalar(mine) is None:
        raise NotFoundError("There is no such record on this shelf.")


def _verdict(owner_id: int, check: Check, entity_id: int) -> QualityVerdict | None:
    return db.session.scalar(
        select(QualityVerdict).where(
            QualityVerdict.owner_id == owner_id,
            QualityVerdict.check_name == check.name,
            QualityVerdict.entity_id == entity_id,
        )
    )


def count(owner_id: int) -> None:
    """Note how many gaps are open today, for the burn-down."""
    with reading():
        # After a start this may look at the whole shelf: nobody who writes waits for that.
        standings = queries.standings(owner_id)
        db.session.rollback()
    with one_commit():
        catalogue_lock.hold(owner_id)
        today = utcnow().date()
        noted = select(QualityCount).where(
            QualityCount.owner_id == owner_id, QualityCount.day == today
        )
        known = {each.check_name: each for each in db.session.scalars(noted)}
        for each in standings:
            row = known.get(each.check.name)
            if row is None:
                row = QualityCount(owner_id=owner_id, check_name=each.check.name, day=today)
                db.session.add(row)
            row.open = each.open


def count_daily() -> int:
    """Note it for everybody who looked at their gaps before and not yet today; for how many."""
    with reading():
        newest = select(QualityCount.owner_id).group_by(QualityCount.owner_id)
        behind = newest.having(func.max(QualityCount.day) < utcnow().date())
        owners = db.session.scalars(behind).all()
        db.session.rollback()
    for owner_id in owners:
        count(owner_id)
    return len(owners)
