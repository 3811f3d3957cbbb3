"""A record that is edited, synced, undone and locked, beside a ledger of what must be shown.

The ledger knows nothing of the database: it keeps what Discogs said last of each field and the
edits of a person in the order they were made. What is shown of a field is the newest edit that is
not undone, else what Discogs says. Used by the tests, and at length by `python -m bench run edits`.
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from app.domain.records import CopyRecord, CreditRecord, FolderRecord, ReleaseRecord
from app.extensions import db
from app.models import Copy, Edit
from app.services import curate, edits
from app.services.copy_writer import store_copies
from app.services.folders import store_folders
from app.services.subjects import Subject, open_subject

OWNER = 1
# By field: the record it belongs to, and values that are easily told apart.
VALUES: dict[str, tuple[str, Sequence[Any]]] = {
    "title": ("release", ("Ask", "Bone", "Cello")),
    "year": ("release", (None, 1959, 1960)),
    "genres": ("release", ([], ["Jazz"], ["Jazz", "Rock"])),
    "rating": ("copy", (None, 1, 5)),
    "notes": ("copy", (None, "loud", "quiet")),
    "folder": ("copy", ("Uncategorized", "Jazz", "Loft")),
}
FIELDS = tuple(VALUES)
FOLDER_IDS = {"Uncategorized": 1, "Jazz": 5, "Loft": 6}


@dataclass(slots=True)
class Entry:
    """An edit as the ledger knows it."""

    id: int
    field: str
    after: Any
    is_lock: bool = False
    undone: bool = False


class Ledger:
    """One record on the shelf, and what must be shown of it."""

    def __init__(self) -> None:
        self.told = {field: values[0] for field, (_entity, values) in VALUES.items()}
        self.entries: list[Entry] = []
        store_folders(OWNER, [FolderRecord(at, name, 0) for name, at in FOLDER_IDS.items()])
        self._sync()
        self.copy_id, self.release_id = db.session.execute(
            select(Copy.id, Copy.release_id).where(Copy.discogs_instance_id == 77)
        ).one()

    def sync(self, field: str, value: Any) -> None:
        """Discogs comes to say something else of a field."""
        self.told[field] = value
        self._sync()

    def edit(self, changes: dict[str, Any]) -> None:
        """A person saves these fields, of the release and of the copy."""
        for entity in ("release", "copy"):
            mine = {name: new for name, new in changes.items() if VALUES[name][0] == entity}
            if mine:
                subject = self._open(entity)
                text = json.dumps(mine)
                curate.save(entity, OWNER, subject.id, subject.version, text)
        for field, new in changes.items():
            standing = self._standing(field)
            if new == self.shown(field):
                continue
            if standing and new == self.told[field] and not any(e.is_lock for e in standing):
                for entry in standing:
                    entry.undone = True
            else:
                self.entries.append(Entry(self._newest(field), field, new))

    def lock(self, field: str) -> None:
        """A person locks a field."""
        if edits.lock(VALUES[field][0], OWNER, self._id(field), field):
            entry = Entry(self._newest(field), field, self.shown(field), is_lock=True)
            self.entries.append(entry)

    def unlock(self, field: str) -> None:
        """A person unlocks it."""
        edits.unlock(VALUES[field][0], OWNER, self._id(field), field)
        for entry in self._standing(field):
            entry.undone = entry.undone or entry.is_lock

    def undo(self, place: int) -> None:
        """A person takes back one of all edits ever made, undone ones included."""
        if self.entries:
            entry = self.entries[place % len(self.entries)]
            edits.undo(VALUES[entry.field][0], OWNER, self._id(entry.field), edit_id=entry.id)
            entry.undone = True

    def undo_field(self, field: str) -> None:
        """A person takes back every edit of a field."""
        if any(entry.field == field for entry in self.entries):
            edits.undo(VALUES[field][0], OWNER, self._id(field), field=field)
            for entry in self._standing(field):
                entry.undone = True

    def redo(self, place: int) -> None:
        """A person lays one of all edits again, standing ones included."""
        if self.entries:
            entry = self.entries[place % len(self.entries)]
            edits.redo(VALUES[entry.field][0], OWNER, self._id(entry.field), entry.id)
            entry.undone = False

    def shown(self, field: str) -> Any:
        """What must be shown of a field."""
        standing = self._standing(field)
        return standing[-1].after if standing else self.told[field]

    def check(self) -> None:
        """Hold the record against the ledger."""
        db.session.expire_all()
        found = {**self._open("release").shown, **self._open("copy").shown}
        assert {f: found[f] for f in FIELDS} == {f: self.shown(f) for f in FIELDS}
        db.session.rollback()

    def do_anything(self, chance: random.Random) -> None:
        """One step, chosen by `chance`."""
        field = chance.choice(FIELDS)
        value = chance.choice(VALUES[field][1])
        match chance.randrange(9):
            case 0 | 1 | 2:
                self.sync(field, value)
            case 3 | 4:
                self.edit({field: value})
            case 5:
                self.undo(chance.randrange(1_000))
            case 6:
                self.redo(chance.randrange(1_000))
            case 7:
                chance.choice((self.lock, self.unlock))(field)
            case _:
                self.undo_field(field)

    def forget_old(self) -> None:
        """Start a new page: a history that grows for ever would only slow a long run down."""
        for field in FIELDS:
            self.undo_field(field)
        db.session.execute(Edit.__table__.delete())  # type: ignore[attr-defined]
        db.session.commit()
        self.entries.clear()

    def _standing(self, field: str) -> list[Entry]:
        mine = [entry for entry in self.entries if entry.field == field and not entry.undone]
        return sorted(mine, key=lambda entry: entry.id)

    def _open(self, entity: str) -> Subject:
        return open_subject(entity, OWNER, self.copy_id if entity == "copy" else self.release_id)

    def _id(self, field: str) -> int:
        return self.copy_id if VALUES[field][0] == "copy" else self.release_id

    def _newest(self, field: str) -> int:
        newest = select(Edit.id).where(Edit.field == field).order_by(Edit.id.desc()).limit(1)
        found = db.session.execute(newest).scalar_one()
        db.session.rollback()
        return found

    def _sync(self) -> None:
        release = ReleaseRecord(
            title=self.told["title"],
            discogs_id=1_234,
            artists=(CreditRecord("Miles Davis", 23_755),),
            year=self.told["year"],
            genres=tuple(self.told["genres"]),
        )
        copy = CopyRecord(
            release=release,
            instance_id=77,
            folder_discogs_id=FOLDER_IDS[self.told["folder"]],
            added_at=datetime(2026, 1, 2, tzinfo=UTC),
            rating=self.told["rating"],
            notes=self.told["notes"] or "",
        )
        store_copies(OWNER, [copy])
        db.session.commit()
