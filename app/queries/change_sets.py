"""What a sync changed, page by page, with the records it is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import case, func, select

from app.extensions import db
from app.models import Copy, Run, RunChange
from app.queries.browse import ShelfRow, shelf_rows
from app.queries.paged import place

PER_PAGE = 50
# What cannot be taken back, and so does not count as standing.
STAYS = ("merged", "dated")


class KindCount(NamedTuple):
    """How many changes of a kind there are, and how many of them can still be taken back."""

    kind: str
    total: int
    standing: int


class ChangeRow(NamedTuple):
    """A change; `row` is the record it is about, None if that is gone altogether.

    `together` is how many the click took back that took this one back, and would do again; 0 while
    it stands.
    """

    change: RunChange
    row: ShelfRow | None
    together: int


@dataclass(frozen=True, slots=True)
class ChangePage:
    """One page of a change set: `number` of `pages`, all kinds or `kind` ("")."""

    run: Run
    kinds: Sequence[KindCount]
    kind: str
    rows: Sequence[ChangeRow]
    number: int
    pages: int

    @property
    def standing(self) -> int:
        """How many of the changes in sight on all pages can still be taken back."""
        return sum(kind.standing for kind in self.kinds if self.kind in ("", kind.kind))


def change_page(run: Run, kind: str, number: int) -> ChangePage:
    """A page of what a run changed; one beyond the last gives the last. Five statements."""
    kinds = _kinds(run.id)
    kind = kind if kind in {each.kind for each in kinds} else ""
    total = sum(each.total for each in kinds if kind in ("", each.kind))
    number, pages = place(total, number, PER_PAGE)
    chosen = select(RunChange).where(RunChange.run_id == run.id)
    if kind:
        chosen = chosen.where(RunChange.kind == kind)
    changes = db.session.scalars(
        chosen.order_by(RunChange.id).limit(PER_PAGE).offset((number - 1) * PER_PAGE)
    ).all()
    return ChangePage(run, kinds, kind, _with_records(run, changes), number, pages)


def _kinds(run_id: int) -> list[KindCount]:
    can_go = RunChange.undone_at.is_(None) & RunChange.kind.not_in(STAYS)
    standing = func.sum(case((can_go, 1), else_=0))
    counted = (
        select(RunChange.kind, func.count(), standing)
        .where(RunChange.run_id == run_id)
        .group_by(RunChange.kind)
    )
    return [KindCount(*row) for row in db.session.execute(counted)]


def _clicks(run_id: int, changes: Sequence[RunChange]) -> dict[str | None, int]:
    """By batch how many changes of the run one click took back, for those in sight."""
    batches = {change.batch for change in changes if change.batch}
    counted = (
        select(RunChange.batch, func.count())
        .where(RunChange.run_id == run_id, RunChange.batch.in_(batches))
        .group_by(RunChange.batch)
    )
    return dict(db.session.execute(counted).all())


def _with_records(run: Run, changes: Sequence[RunChange]) -> list[ChangeRow]:
    owner_id, clicks = run.owner_id, _clicks(run.id, changes)
    releases = {change.release_id for change in changes if not change.copy_id}
    first = (
        select(Copy.release_id, func.min(Copy.id))
        .where(Copy.owner_id == owner_id, Copy.release_id.in_(releases))
        .group_by(Copy.release_id)
    )
    copy_of = dict(db.session.execute(first).all())
    copies = [change.copy_id or copy_of.get(change.release_id or 0) for change in changes]
    rows = {row.copy_id: row for row in shelf_rows(owner_id, filter(None, copies))}
    return [
        ChangeRow(change, rows.get(copy_id or 0), clicks.get(change.batch, 0))
        for change, copy_id in zip(changes, copies, strict=True)
    ]
