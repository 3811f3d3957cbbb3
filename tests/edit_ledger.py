"""A ledger of what must be shown of every record on a shelf, and of every edit ever made of it.

The ledger knows nothing of the database: of each field it keeps what was told last, by Discogs or a
CSV file, and the edits of a person in the order they were made. What is shown is the newest edit
that is not undone, else what was told. tests/edit_life.py keeps it in step with what happens.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.domain.documents import Document
from app.domain.documents_schema import SCHEMAS
from app.domain.records import ReleaseRecord
from app.extensions import db
from app.services.subjects.subject import whole
from tests.edit_shelf import FoundEdit, StoredShelf, misfiled


@dataclass(slots=True, eq=False)
class Entry:
    """An edit as the ledger knows it; 0 is the id of one that was not looked up yet."""

    field: str
    after: Any
    is_lock: bool = False
    id: int = 0
    batch: str = ""
    undone: bool = False


@dataclass(slots=True, eq=False)
class Thing:
    """One record: what was told of its fields last, and the edits of them."""

    entity: str
    id: int
    told: Document
    entries: list[Entry] = field(default_factory=list)
    number: int | None = None
    # Of a release: where its facts are from, and its entry in the listing as it was last met.
    facts_from: str = ""
    listed: ReleaseRecord | None = None

    def standing(self, name: str) -> list[Entry]:
        """The edits of a field that are not undone, the shown one last."""
        mine = [entry for entry in self.entries if entry.field == name and not entry.undone]
        return sorted(mine, key=lambda entry: entry.id)


@dataclass(slots=True, eq=False)
class Owned(Thing):
    """A copy: of which release, known by which instance at Discogs, and whether it was put away."""

    release: Thing | None = None
    instance: int | None = None
    added_at: datetime | None = None
    source: str = "discogs"
    removed_by: str | None = None


def blank(entity: str) -> Document:
    """A document that tells nothing."""
    return whole({}, SCHEMAS[entity])


class Ledger:
    """All records of one person's shelf."""

    def __init__(self) -> None:
        self.releases: dict[int, Thing] = {}
        self.copies: dict[int, Owned] = {}
        self.names: dict[tuple[str, int], Thing] = {}
        self.tombstones: list[tuple[int | None, int | None, datetime | None]] = []
        self._fresh: list[tuple[Thing, Entry]] = []
        self._newest = 0
        self.stored = StoredShelf()

    def things(self) -> list[Thing]:
        """Everything that can be edited, in the order it came."""
        return [*self.releases.values(), *self.copies.values(), *self.names.values()]

    def thing(self, entity: str, thing_id: int) -> Thing:
        """A record by our id."""
        return next(t for t in self.things() if (t.entity, t.id) == (entity, thing_id))

    # --- what must be shown ---

    def shown(self, thing: Thing, name: str) -> Any:
        """What must be shown of a field."""
        standing = thing.standing(name)
        return self.as_named(name, standing[-1].after if standing else thing.told[name])

    def shown_beneath(self, thing: Thing, name: str) -> Any:
        """What would be shown of a field without edits."""
        return self.as_named(name, thing.told[name])

    def document(self, thing: Thing) -> Document:
        """What must be shown of a record."""
        return {name: self.shown(thing, name) for name in thing.told}

    def as_named(self, name: str, value: Any) -> Any:
        """Artists and labels with a number are called what their own pages call them."""
        kind = {"artists": "artist", "labels": "label"}.get(name)
        if kind is None:
            return value
        called = {key[1]: self.shown(t, "name") for key, t in self.names.items() if key[0] == kind}
        return [{**e, "name": called.get(e["discogs_id"], e["name"])} for e in value]

    # --- what a person does ---

    def lay(self, thing: Thing, values: Mapping[str, Any]) -> None:
        """A person saves these values; a field that gets what was told needs no edit any more."""
        for name, new in values.items():
            standing = thing.standing(name)
            if new == self.shown(thing, name):
                continue
            if standing and new == thing.told[name] and not any(e.is_lock for e in standing):
                self.take_back(standing)
            else:
                self.add(thing, name, new)

    def add(self, thing: Thing, name: str, after: Any, *, is_lock: bool = False) -> None:
        """An edit is made, whatever it says."""
        if not thing.standing(name):
            thing.told[name] = self.shown(thing, name)
        # Until it is looked up it counts as newer than all others.
        entry = Entry(name, after, is_lock, id=1_000_000_000 + len(self._fresh))
        thing.entries.append(entry)
        self._fresh.append((thing, entry))

    def take_back(self, entries: Iterable[Entry]) -> None:
        """Edits are undone."""
        for entry in entries:
            entry.undone = True

    def lay_again(self, thing: Thing, entry: Entry) -> None:
        """An undone edit is done again."""
        if entry.undone:
            if not thing.standing(entry.field):
                thing.told[entry.field] = self.shown(thing, entry.field)
            entry.undone = False

    def take_back_batch(self, batch: str) -> None:
        """Everything of one click is undone."""
        for thing in self.things():
            self.take_back(entry for entry in thing.entries if entry.batch == batch)

    def rename_folder(self, old: str, new: str) -> None:
        """A folder is the same by another name, also in edits that speak of it."""
        for copy in self.copies.values():
            if copy.told["folder"] == old:
                copy.told["folder"] = new
            for entry in copy.entries:
                if entry.field == "folder" and entry.after == old:
                    entry.after = new

    def put_back(self, copy: Owned) -> None:
        """A copy that was put away stands on the shelf; one that Discogs lost is the person's."""
        if copy.removed_by == "sync":
            copy.instance, copy.source = None, "hand"
        copy.removed_by = None

    def bury(self, copy: Owned) -> None:
        """A copy goes for good, and with it what was edited of it."""
        del self.copies[copy.id]
        number = copy.release.number if copy.release else None
        self.tombstones = [t for t in self.tombstones if not copy.instance or t[0] != copy.instance]
        if copy.instance or number:
            self.tombstones.append((copy.instance, number, copy.added_at))
        owned = {copy.release for copy in self.copies.values()}
        # A release typed by hand goes with its last copy.
        self.releases = {k: r for k, r in self.releases.items() if r.number or r in owned}
        # SQLite gives the ids of the newest rows once more when they are deleted.
        self._newest = max((e.id for t in self.things() for e in t.entries), default=0)

    # --- held against the database ---

    def check(self) -> None:
        """Hold every record and every edit against the database."""
        self._look_up_new_edits()
        for entity in SCHEMAS:
            found, wanted = self.stored.documents(entity), self._documents(entity)
            if entity in ("artist", "label"):
                found = {key: found[key] for key in wanted}
            assert found == wanted, _difference(entity, wanted, found)
        self._check_edits()
        self._check_copies()
        db.session.rollback()

    def check_filing(self) -> None:
        """Hold what the shelf is sorted and searched by against what is shown."""
        wrong = list(misfiled())
        assert not wrong, wrong
        db.session.rollback()

    def _documents(self, entity: str) -> dict[int, Document]:
        return {t.id: self.document(t) for t in self.things() if t.entity == entity}

    def _look_up_new_edits(self) -> None:
        made = {key: edit for key, edit in self.stored.edits().items() if key > self._newest}
        found = sorted((e.entity, e.of, e.field, repr(e.after)) for e in made.values())
        wanted = sorted((t.entity, t.id, e.field, repr(e.after)) for t, e in self._fresh)
        assert found == wanted, f"edits made: {found}; expected: {wanted}"
        entries = {(thing.entity, thing.id, entry.field): entry for thing, entry in self._fresh}
        for key, edit in made.items():
            entry = entries[edit.entity, edit.of, edit.field]
            entry.id, entry.batch, self._newest = key, edit.batch, key
        self._fresh.clear()

    def _check_edits(self) -> None:
        wanted = {
            entry.id: FoundEdit(
                entry.batch, thing.entity, thing.id, entry.field, entry.after, entry.undone
            )
            for thing in self.things()
            for entry in thing.entries
        }
        found = self.stored.edits()
        assert found == wanted, _difference("edits", wanted, found)

    def _check_copies(self) -> None:
        wanted = {
            copy.id: (copy.release and copy.release.id, copy.instance, copy.source, copy.removed_by)
            for copy in self.copies.values()
        }
        found = self.stored.copies()
        assert found == wanted, _difference("copy", wanted, found)
        assert self.stored.buried() == sorted(t[0] or 0 for t in self.tombstones)


def _difference(entity: str, wanted: Mapping[int, Any], found: Mapping[int, Any]) -> str:
    """Only what differs, for whoever reads why a life went wrong."""
    lines = [f"{entity}: expected, then found"]
    for key in wanted.keys() | found.keys():
        mine, theirs = wanted.get(key), found.get(key)
        if isinstance(mine, dict) and isinstance(theirs, dict):
            for name in mine.keys() | theirs.keys():
                if mine.get(name) != theirs.get(name):
                    lines.append(f"{key} {name}: {mine.get(name)!r} {theirs.get(name)!r}")
        elif mine != theirs:
            lines.append(f"{key}: {mine!r} {theirs!r}")
    return "\n".join(lines)
