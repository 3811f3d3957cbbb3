"""What a sync changed, taken back on this shelf: all of it, one kind, or single changes.

What Discogs changed about a record is taken back by an edit, so that the next sync leaves it alone.
A copy that came is put away, one that went comes back. Two releases merged at Discogs stay merged:
the number of one of them is gone there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.domain.documents_schema import COPY, RELEASE
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, RunChange
from app.models.base import utcnow
from app.services import catalogue_lock, edits, runs, shelf
from app.services.bulk import in_chunks
from app.services.copies import put_back
from app.services.edit_batches import take_back_batch
from app.services.subjects import open_subject
from app.services.transaction import one_commit

ARRIVED, GONE = ("added", "returned"), ("removed",)
STAYS = "merged"


@dataclass(frozen=True, slots=True)
class TakenBack:
    """How many changes were taken back, and how many were left because more happened since."""

    done: int
    left: int


def take_back(
    owner_id: int, run_id: int, *, kind: str = "", change_ids: Sequence[int] = ()
) -> TakenBack:
    """Take back what a run changed: everything, one kind, or these changes.

    A change is left as it is where the record was changed again meanwhile. Commits. Raises
    NotFoundError.
    """
    with one_commit():
        run = runs.get(owner_id, run_id)
        catalogue_lock.hold(owner_id)
        chosen = _chosen(run.id, kind, change_ids)
        undoing = _Undoing(owner_id, edits.new_batch())
        done = undoing.copies(chosen) + sum(map(undoing.fields, chosen))
    open_ones = sum(change.kind != STAYS for change in chosen)
    return TakenBack(done, open_ones - done)


def _chosen(run_id: int, kind: str, change_ids: Sequence[int]) -> list[RunChange]:
    found = select(RunChange).where(RunChange.run_id == run_id, RunChange.undone_at.is_(None))
    if kind:
        found = found.where(RunChange.kind == kind)
    if change_ids:
        found = found.where(RunChange.id.in_(change_ids))
    return list(db.session.scalars(found.order_by(RunChange.id.desc())))


class _Undoing:
    """One click on Undo: everything it does carries one batch and one moment."""

    def __init__(self, owner_id: int, batch: str) -> None:
        self.owner_id, self.batch, self.moment = owner_id, batch, utcnow()

    def copies(self, changes: Sequence[RunChange]) -> int:
        """Put away what came and bring back what went; returns how many."""
        concerned = {c.copy_id: c for c in changes if c.copy_id and c.kind in ARRIVED + GONE}
        touched: list[int] = []
        for ids in in_chunks(concerned):
            mine = select(Copy).where(Copy.owner_id == self.owner_id, Copy.id.in_(ids))
            for copy in db.session.scalars(mine):
                if self._turn(copy, concerned[copy.id]):
                    touched.append(copy.release_id)
        db.session.flush()
        shelf.refresh(self.owner_id, touched)
        return len(touched)

    def _turn(self, copy: Copy, change: RunChange) -> bool:
        if (copy.removed_at is None) is (change.kind in GONE):
            return False
        if change.kind in GONE:
            put_back(copy)
        else:
            copy.removed_at, copy.removed_by = self.moment, "person"
        self._note(change)
        return True

    def fields(self, change: RunChange) -> bool:
        """Lay edits that show what was there before; whether there was anything to lay."""
        entity, schema = ("copy", COPY) if change.copy_id else ("release", RELEASE)
        told = {name: pair for name, pair in change.fields.items() if name in schema["properties"]}
        entity_id = change.copy_id or change.release_id
        if change.kind in ARRIVED + GONE or not told or entity_id is None:
            return False
        subject = open_subject(entity, self.owner_id, entity_id, lock=True)
        before = {name: old for name, (old, new) in told.items() if subject.shown[name] == new}
        if not edits.lay(subject, before, self.batch, "sync undone"):
            return False
        self._note(change)
        return True

    def _note(self, change: RunChange) -> None:
        change.undone_at, change.batch = self.moment, self.batch


def do_again(owner_id: int, run_id: int, change_id: int) -> int:
    """Have everything changed as the sync had it that one click took back; returns how much.

    `change_id` is any of the changes of that click. Commits. Raises NotFoundError.
    """
    with one_commit():
        run = runs.get(owner_id, run_id)
        catalogue_lock.hold(owner_id)
        mine = select(RunChange).where(RunChange.run_id == run.id)
        one = db.session.scalar(mine.where(RunChange.id == change_id))
        if one is None or one.batch is None:
            raise NotFoundError("There is no such change.")
        changes = db.session.scalars(mine.where(RunChange.batch == one.batch)).all()
        if any(change.kind not in ARRIVED + GONE for change in changes):
            take_back_batch(owner_id, one.batch)
        _turn_again(owner_id, changes)
        for change in changes:
            change.undone_at = change.batch = None
    return len(changes)


def _turn_again(owner_id: int, changes: Sequence[RunChange]) -> None:
    concerned = {c.copy_id: c.kind for c in changes if c.copy_id and c.kind in ARRIVED + GONE}
    touched = []
    for ids in in_chunks(concerned):
        mine = select(Copy).where(Copy.owner_id == owner_id, Copy.id.in_(ids))
        for copy in db.session.scalars(mine):
            if concerned[copy.id] in ARRIVED:
                copy.removed_at = copy.removed_by = None
            else:
                copy.removed_at, copy.removed_by = utcnow(), "sync"
            touched.append(copy.release_id)
    db.session.flush()
    shelf.refresh(owner_id, touched)
