"""What Discogs or a file tells, stored as a sync or an import stores it, and told to the ledger."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select

from app.domain.discogs_csv import ExportRow
from app.domain.documents import document_from_record
from app.domain.records import CopyRecord, FieldRecord, FolderRecord
from app.extensions import db
from app.models import Copy, Folder, Release, Run, RunChange, RunSeen
from app.services import catalogue_lock, change_sets, import_csv
from app.services.copy_writer import KINDS, store_copies
from app.services.folders import store_fields, store_folders
from app.services.release_details import write_details
from app.services.sweep import sweep
from tests.edit_ledger import Ledger, Owned, Thing, blank
from tests.edit_shelf import OWNER
from tests.edit_upstream import CSV_FIELD, FIELDS, Upstream, told_by_row


@dataclass(slots=True, eq=False)
class Change:
    """What a sync changed of one record: `fields` are what was shown before and after."""

    kind: str
    thing: Thing
    fields: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    batch: str = ""


class Syncs:
    """The syncs of one shelf, the last few of which can be taken back."""

    def __init__(self, ledger: Ledger, upstream: Upstream) -> None:
        self.ledger, self.upstream = ledger, upstream
        self.runs: dict[int, list[Change]] = {}

    # --- a listing ---

    def tell_folders(self) -> None:
        """Discogs' folders and fields, called what they are called now."""
        before = dict(self._folder_names())
        store_folders(OWNER, [FolderRecord(at, n, 0) for at, n in self.upstream.folders.items()])
        store_fields(OWNER, [FieldRecord(at, n, "textarea", at) for at, n in FIELDS.items()])
        db.session.commit()
        for number, name in self._folder_names():
            if number in before and before[number] != name:
                self.ledger.rename_folder(before[number], name)

    def sync(self, instances: Iterable[int], *, is_whole: bool = True) -> None:
        """A listing of these copies; what a whole one lacks is put away."""
        page = self.upstream.listing(sorted(instances))
        catalogue_lock.hold(OWNER)
        run = Run(owner_id=OWNER, kind="sync", state="done")
        db.session.add(run)
        db.session.flush()
        run_id = run.id
        store_copies(OWNER, page).keep(run_id)
        seen = [{"run_id": run_id, "discogs_instance_id": copy.instance_id} for copy in page]
        if seen:
            db.session.execute(insert(RunSeen), seen)
        if is_whole:
            sweep(OWNER, run_id).keep(run_id)
        db.session.execute(delete(RunSeen))
        db.session.commit()
        changes = self._meet(page)
        if is_whole:
            changes += self._sweep({copy.instance_id for copy in page})
        self.runs[run_id] = changes

    def _meet(self, page: Sequence[CopyRecord]) -> list[Change]:
        changes = [c for record in page for c in self._meet_release(record)]
        arrived: list[tuple[CopyRecord, Owned]] = []
        for record in page:
            number, instance = record.release.discogs_id or 0, record.instance_id
            known = [c for c in self.ledger.copies.values() if c.instance == instance]
            if not known and any(instance == t[0] for t in self.ledger.tombstones):
                continue
            copy = known[0] if known else self._adopt(record)
            if copy is None:
                copy = Owned("copy", 0, blank("copy"), added_at=record.added_at, instance=instance)
                copy.release = self.ledger.releases[number]
                copy.told.update(self._told(record))
                arrived.append((record, copy))
                changes.append(Change("added", copy))
            else:
                changes += self._update(copy, record)
        self._number_copies([copy for _record, copy in arrived])
        return changes

    def _told(self, record: CopyRecord) -> dict[str, Any]:
        told = self.upstream.told_of_copy(record.instance_id or 0)
        return {name: told[name] for name in blank("copy")}

    def _meet_release(self, record: CopyRecord) -> list[Change]:
        listed = record.release
        number = listed.discogs_id or 0
        told = document_from_record(listed)
        thing = self.ledger.releases.get(number)
        if thing is None:
            thing = self._add_release(number, "listing")
            thing.told.update(told)
            thing.listed = listed
            return []
        if thing.listed == listed:
            return []
        before, was_listed = self.ledger.document(thing), thing.listed is not None
        thing.told.update(told)
        thing.listed = listed
        if thing.facts_from != "details":
            thing.facts_from = "listing"
        different = self._different(thing, before)
        return [Change("corrected", thing, different)] if was_listed and different else []

    def _adopt(self, record: CopyRecord) -> Owned | None:
        """A copy without an instance that may be the one now listed."""
        folder = self.upstream.folders[record.folder_discogs_id or 1]
        candidates = [
            c
            for c in self.ledger.copies.values()
            if c.instance is None and c.release and c.release.number == record.release.discogs_id
        ]
        candidates.sort(key=lambda c: (c.removed_by is not None, c.id))
        same_second = [c for c in candidates if c.added_at == record.added_at]
        same_folder = [
            c
            for c in candidates
            if c.removed_by is None
            and self.ledger.shown(c, "folder") == folder
            and c.source == "hand"
        ]
        for chosen in (*same_second, *same_folder):
            chosen.instance, chosen.source = record.instance_id, "discogs"
            return chosen
        return None

    def _update(self, copy: Owned, record: CopyRecord) -> list[Change]:
        changes = []
        before = self.ledger.document(copy)
        copy.told.update(self._told(record))
        copy.added_at = record.added_at
        if copy.removed_by == "sync":
            copy.removed_by = None
            changes.append(Change("returned", copy))
        different = self._different(copy, before)
        for kind, names in KINDS.items():
            said = {name: different[name] for name in names if name in different}
            if said:
                changes.append(Change(kind, copy, said))
        release = self.ledger.releases[record.release.discogs_id or 0]
        if copy.release is not release:
            self._merge(copy, release)
        return changes

    def _merge(self, copy: Owned, into: Thing) -> None:
        """Discogs made two releases one: with the last copy the person's edits come along."""
        old = copy.release
        copy.release = into
        others = [c for c in self.ledger.copies.values() if c.release is old and not c.removed_by]
        if others or old is None:
            return
        taken = {entry.field for entry in into.entries if not entry.undone}
        for entry in [e for e in old.entries if not e.undone and e.field not in taken]:
            # What stays behind, put away, stays as it looked.
            old.told[entry.field] = self.ledger.shown(old, entry.field)
            into.told[entry.field] = self.ledger.shown_beneath(into, entry.field)
        for entry in [e for e in old.entries if not e.undone and e.field not in taken]:
            old.entries.remove(entry)
            into.entries.append(entry)

    def _sweep(self, met: Collection[int | None]) -> list[Change]:
        gone = [
            copy
            for copy in self.ledger.copies.values()
            if copy.instance and copy.instance not in met and not copy.removed_by
        ]
        for copy in gone:
            copy.removed_by = "sync"
        return [Change("removed", copy) for copy in gone]

    def _different(self, thing: Thing, before: dict[str, Any]) -> dict[str, tuple[Any, Any]]:
        after = self.ledger.document(thing)
        return {name: (before[name], after[name]) for name in after if before[name] != after[name]}

    # --- a release in full, and a file ---

    def details(self, number: int) -> None:
        """A release as Discogs tells it when asked for it alone."""
        record = self.upstream.in_full(number)
        catalogue_lock.hold(OWNER)
        write_details(OWNER, record)
        db.session.commit()
        thing = self.ledger.releases.get(number) or self._add_release(number, "details")
        thing.told.update(document_from_record(record))
        thing.facts_from = "details"

    def import_csv(self, numbers: Sequence[int]) -> None:
        """These rows of the file are imported."""
        file = self.upstream.file(numbers)
        rows = [row for row in file.rows() if isinstance(row, ExportRow)]
        import_csv.import_export(OWNER, self.upstream.file(numbers), leave_out_unreadable=False)
        fresh: list[ExportRow] = []
        taken: set[Owned] = set()
        met: set[Thing] = set()
        for row in rows:
            release_told, copy_told = told_by_row(row)
            copy = self._matching(row, taken, copy_told["folder"])
            if copy is None:
                if (row.release_id, row.added_at) not in {t[1:] for t in self.ledger.tombstones}:
                    fresh.append(row)
                continue
            taken.add(copy)
            release = self.ledger.releases[row.release_id]
            if release.facts_from == "csv" and release not in met:
                met.add(release)
                release.told.update(release_told)
            self._tell_copy(copy, row, copy_told)
        self._add_rows(fresh)

    def _matching(self, row: ExportRow, taken: set[Owned], folder: str) -> Owned | None:
        same = [
            copy
            for copy in self.ledger.copies.values()
            if copy not in taken
            and copy.release
            and copy.release.number == row.release_id
            and copy.added_at == row.added_at
        ]
        same.sort(key=lambda copy: (self.ledger.shown(copy, "folder") != folder, copy.id))
        return same[0] if same else None

    def _tell_copy(self, copy: Owned, row: ExportRow, told: dict[str, Any]) -> None:
        if copy.removed_by == "person" or (copy.source == "discogs" and not copy.removed_by):
            return
        copy.told.update({**told, "fields": _fields(copy.told["fields"], row)})
        if copy.removed_by == "sync":
            copy.removed_by, copy.instance, copy.source = None, None, "csv"

    def _add_rows(self, rows: Sequence[ExportRow]) -> None:
        made = []
        for row in rows:
            release_told, copy_told = told_by_row(row)
            release = self.ledger.releases.get(row.release_id)
            if release is None:
                release = self._add_release(row.release_id, "csv")
                release.told.update(release_told)
            copy = Owned("copy", 0, blank("copy"), release=release, source="csv")
            copy.told.update({**copy_told, "fields": _fields([], row)})
            copy.added_at = row.added_at
            made.append(copy)
        self._number_copies(made)

    # --- taken back ---

    def take_back(self, chance: random.Random) -> None:
        """What one of the last syncs changed is taken back, all of it or one kind."""
        run_id = chance.choice(tuple(self.runs)[-4:])
        changes = [change for change in self.runs[run_id] if not change.batch]
        kinds = sorted({change.kind for change in changes})
        kind = chance.choice(["", *kinds])
        change_sets.take_back(OWNER, run_id, kind=kind)
        batch = db.session.scalar(_newest_batch(run_id)) or "none"
        chosen = [change for change in changes if kind in ("", change.kind)]
        for change in chosen[::-1]:
            if self._undo(change):
                change.batch = batch

    def _undo(self, change: Change) -> bool:
        thing = change.thing
        if isinstance(thing, Owned) and change.kind in ("added", "returned", "removed"):
            if thing.id not in self.ledger.copies:
                return False
            if (thing.removed_by is None) is (change.kind == "removed"):
                return False
            if change.kind == "removed":
                self.ledger.put_back(thing)
            else:
                thing.removed_by = "person"
            return True
        if isinstance(thing, Owned) and thing.id not in self.ledger.copies:
            return False
        back = {
            name: old
            for name, (old, new) in change.fields.items()
            if self.ledger.shown(thing, name) == new != old
        }
        for name, old in back.items():
            self.ledger.add(thing, name, old)
        return bool(back)

    def do_again(self, chance: random.Random) -> None:
        """What one click took back of a sync is so again."""
        undone = [(r, c) for r, changes in self.runs.items() for c in changes if c.batch]
        if not undone:
            return
        run_id, one = chance.choice(undone)
        batch = one.batch
        mine = select(RunChange.id).where(RunChange.run_id == run_id, RunChange.batch == batch)
        change_id = db.session.scalars(mine.order_by(RunChange.id)).first()
        if change_id is None:  # all of it was about copies that are gone for good
            return
        change_sets.do_again(OWNER, run_id, change_id)
        self.ledger.take_back_batch(batch)
        for change in self.runs[run_id]:
            if change.batch == batch:
                change.batch = ""
                self._turn_again(change)

    def _turn_again(self, change: Change) -> None:
        if isinstance(change.thing, Owned) and change.thing.id in self.ledger.copies:
            if change.kind in ("added", "returned"):
                change.thing.removed_by = None
            elif change.kind == "removed":
                change.thing.removed_by = "sync"

    # --- what the database calls them ---

    def _add_release(self, number: int, facts_from: str) -> Thing:
        mine = select(Release.id).where(Release.owner_id == OWNER, Release.discogs_id == number)
        found = db.session.scalars(mine).one()
        thing = Thing("release", found, blank("release"), number=number, facts_from=facts_from)
        self.ledger.releases[number] = thing
        return thing

    def _number_copies(self, fresh: Sequence[Owned]) -> None:
        known = set(self.ledger.copies)
        ids = db.session.scalars(select(Copy.id).where(Copy.owner_id == OWNER).order_by(Copy.id))
        new = [copy_id for copy_id in ids if copy_id not in known]
        assert len(new) == len(fresh), "other copies came than were listed"
        for copy_id, copy in zip(new, fresh, strict=True):
            copy.id = copy_id
            self.ledger.copies[copy_id] = copy

    def _folder_names(self) -> list[tuple[int, str]]:
        rows = db.session.execute(select(Folder.discogs_id, Folder.name))
        return [(number, name) for number, name in rows if number]


def _newest_batch(run_id: int) -> Any:
    undone = select(RunChange.batch).where(RunChange.run_id == run_id, RunChange.batch.is_not(None))
    return undone.order_by(RunChange.undone_at.desc()).limit(1)


def _fields(before: list[dict[str, str]], row: ExportRow) -> list[dict[str, str]]:
    """A file tells only the columns it has."""
    kept = [entry for entry in before if entry["name"] != CSV_FIELD]
    said = row.fields.get(CSV_FIELD)
    return [*kept, {"name": CSV_FIELD, "value": said}] if said else kept
