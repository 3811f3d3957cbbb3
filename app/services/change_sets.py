"""What a sync changed, taken back on this shelf: all of it, one kind, or single changes.

What Discogs changed about a record is taken back by an edit, so that the next sync leaves it alone.
A copy that came is put away, one that went comes back. Two releases merged at Discogs stay merged:
the number of one of them is gone there. The day a copy was added stays as Discogs has it, too: by
that a CSV file and the trash tell it from its twins.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from app.domain.documents import Document
from app.domain.documents_schema import RELEASE
from app.errors import NotFoundError
from app.extensions import db
from app.models import Copy, RunChange
from app.models.base import utcnow
from app.queries import release_record
from app.queries.change_sets import STAYS
from app.services import catalogue_lock, edits, runs, shelf
from app.services.bulk import in_chunks
from app.services.copies import put_back
from app.services.copy_words import CopyWords
from app.services.edit_batches import lay_many, take_back_batch
from app.services.subjects.subject import whole
from app.services.transaction import one_commit

ARRIVED, GONE = ("added", "returned"), ("removed",)
AT_ONCE = 500


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
        done = undoing.copies(chosen) + undoing.fields(chosen)
        open_ones = sum(change.kind not in STAYS and not _is_date(change) for change in chosen)
    return TakenBack(done, open_ones - done)


def _chosen(run_id: int, kind: str, change_ids: Sequence[int]) -> list[RunChange]:
    found = select(RunChange).where(RunChange.run_id == run_id, RunChange.undone_at.is_(None))
    if kind:
        found = found.where(RunChange.kind == kind)
    if change_ids:
        found = found.where(RunChange.id.in_(change_ids))
    return list(db.session.scalars(found.order_by(RunChange.id.desc())))


def _is_date(change: RunChange) -> bool:
    """Whether only its day differs: older change sets have that among the notes."""
    return change.fields.keys() == {"added"}


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

    def fields(self, changes: Sequence[RunChange]) -> int:
        """Lay edits that show what was there before; returns of how many there was anything to lay.

        A few statements for every five hundred records.
        """
        return sum(
            self._lay(entity, dict(chunk))
            for entity, of_record in _by_record(changes).items()
            for chunk in in_chunks(of_record.items(), AT_ONCE)
        )

    def _lay(self, entity: str, of_record: Mapping[int, Sequence[RunChange]]) -> int:
        done = 0
        wanted: dict[int, dict[str, tuple[Any, Any]]] = {}
        for record_id, shown in _shown(entity, self.owner_id, list(of_record)).items():
            before, held = _before(shown, of_record[record_id])
            if before:
                wanted[record_id] = {name: (shown[name], old) for name, old in before.items()}
            for change in held:
                self._note(change)
            done += len(held)
        if wanted:
            lay_many(self.owner_id, entity, wanted, self.batch, "sync undone")
        return done

    def _note(self, change: RunChange) -> None:
        change.undone_at, change.batch = self.moment, self.batch


def _by_record(changes: Sequence[RunChange]) -> dict[str, dict[int, list[RunChange]]]:
    """The changes of fields by what they are of: copy or release, and our id of it."""
    found: dict[str, dict[int, list[RunChange]]] = {"release": {}, "copy": {}}
    for change in changes:
        record_id = change.copy_id or change.release_id
        if change.kind not in ARRIVED + GONE and record_id is not None:
            of_record = found["copy" if change.copy_id else "release"]
            of_record.setdefault(record_id, []).append(change)
    return found


def _shown(entity: str, owner_id: int, ids: Sequence[int]) -> Mapping[int, Document]:
    """What is shown of these copies or releases of this person, by id."""
    if entity == "copy":
        words = CopyWords(owner_id)
        mine = select(Copy).where(Copy.owner_id == owner_id, Copy.id.in_(ids))
        return {copy.id: words.document_of(copy) for copy in db.session.scalars(mine)}
    shown = release_record.documents(owner_id, ids)
    return {release_id: whole(each, RELEASE) for release_id, each in shown.items()}


def _before(shown: Document, changes: Sequence[RunChange]) -> tuple[Document, list[RunChange]]:
    """What fields were before these changes (the last one comes first), and which still held."""
    then, held = dict(shown), []
    for change in changes:
        told = {name: pair for name, pair in change.fields.items() if name in shown}
        back = {name: old for name, (old, new) in told.items() if then[name] == new != old}
        if back:
            then |= back
            held.append(change)
    return {name: then[name] for name in shown if then[name] != shown[name]}, held


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
        with suppress(NotFoundError):  # no field may have been another one before
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
