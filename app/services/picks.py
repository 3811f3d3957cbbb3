"""Picking copies for the next stickers. Picks last until they are put back."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import delete, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from app.domain.filters import BrowseFilter
from app.extensions import db
from app.models import Copy, Selection
from app.queries.many_ids import among, own_copies
from app.queries.matching_copies import matching
from app.queries.shelf_order import ids_of


def pick(owner_id: int, copy_ids: Iterable[int]) -> None:
    """Add copies to the picks; those that are not on this person's shelf are passed over."""
    _add(owner_id, copy_ids)
    db.session.commit()


def pick_all(owner_id: int, wanted: BrowseFilter) -> int:
    """Add every copy that `wanted` means, on whatever page; returns how many it means."""
    matches = matching(owner_id, wanted)
    _add(owner_id, ids_of(matches.bits))
    db.session.commit()
    return matches.total


def unpick(owner_id: int, copy_ids: Iterable[int]) -> None:
    """Take copies out of the picks."""
    _take_out(owner_id, copy_ids)
    db.session.commit()


def unpick_all(owner_id: int) -> None:
    """Put everything back."""
    db.session.execute(delete(Selection).where(Selection.owner_id == owner_id))
    db.session.commit()


def repick(owner_id: int, shown: Iterable[int], ticked: Iterable[int]) -> None:
    """Of the copies `shown` on a page, exactly those `ticked` are picked; other picks stay."""
    keep = set(ticked)
    _take_out(owner_id, (copy_id for copy_id in shown if copy_id not in keep))
    _add(owner_id, keep)
    db.session.commit()


def _add(owner_id: int, copy_ids: Iterable[int]) -> None:
    mine = select(literal(owner_id), Copy.id).where(
        own_copies(owner_id, copy_ids), Copy.removed_at.is_(None)
    )
    dialects: dict[str, Any] = {"sqlite": sqlite, "postgresql": postgresql}
    insert = dialects[db.engine.dialect.name].insert(Selection)
    db.session.execute(
        insert.from_select(["owner_id", "copy_id"], mine).on_conflict_do_nothing(),
    )


def _take_out(owner_id: int, copy_ids: Iterable[int]) -> None:
    db.session.execute(
        delete(Selection)
        .where(Selection.owner_id == owner_id, among(Selection.copy_id, copy_ids))
        .execution_options(synchronize_session=False)
    )
