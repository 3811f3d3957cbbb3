"""The life of a shelf: whatever can happen to it in any order, each step told to a ledger as well.

A step is chosen by chance; the same seed lives the same life. `Life.do_anything` takes one,
`Life.check` holds the database against the ledger. Used by the tests, and at length by
`python -m bench lives`.
"""

from __future__ import annotations

import json
import random
from typing import Any

from sqlalchemy import delete, insert, select

from app.domain.bulk_changes import KINDS, read_change
from app.domain.records import ArtistRecord
from app.errors import InvalidInputError
from app.extensions import db
from app.models import Artist, Copy, Credit, Edit, Folder, Label, Tombstone
from app.services import (
    ask_discogs,
    bulk_edit,
    conflicts,
    copies,
    curate,
    edits,
    one_record,
    own_folders,
    trash,
)
from app.services.artist_pages import merge, take_apart
from app.services.subjects import open_subject
from tests.edit_ledger import Ledger, Owned, Thing, blank
from tests.edit_shelf import OWNER
from tests.edit_syncs import Syncs
from tests.edit_upstream import (
    ARTISTS,
    BLUE_NOTE,
    LABELS,
    MILES,
    TRANE,
    VALUES,
    Upstream,
    bare,
)

BULK = (
    *(
        ("folder", "Loft"),
        ("folder", "Jazz"),
        ("media", "Mint (M)"),
        ("sleeve", ""),
        ("rating", "5"),
    ),
    *(
        ("note", "loud"),
        ("genre", "Rock"),
        ("no-genre", "Jazz"),
        ("style", "Bop"),
        ("country", "UK"),
    ),
    *(("year", "1960"), ("year", ""), ("country", "")),
)
OWN_FOLDERS = ("Loft", "Attic", "Cellar")


class Life:
    """A shelf from its first sync on."""

    def __init__(self, seed: int) -> None:
        _empty()
        self.chance = random.Random(seed)
        self.ledger, self.upstream = Ledger(), Upstream()
        self.syncs = Syncs(self.ledger, self.upstream)
        self.syncs.tell_folders()
        self.syncs.sync(self.upstream.listed)
        self._meet_names()
        self.merged = False

    def check(self) -> None:
        """Hold everything against the ledger. Raises AssertionError."""
        self.ledger.check()

    def check_filing(self) -> None:
        """The same of what the shelf is sorted and searched by, and of the artists' pages."""
        self.ledger.check_filing()
        miles, trane = (self.ledger.names["artist", number].id for number in (MILES, TRANE))
        stands_at = dict(db.session.execute(_PAGES).all())
        if self.merged:
            assert stands_at.get(trane, miles) == miles
            assert trane not in stands_at.values()
        else:
            assert not stands_at
        db.session.rollback()

    def do_anything(self) -> str:
        """One step, chosen by chance; its name."""
        step = self.chance.choice(STEPS)
        self.do(step)
        return step

    def do(self, step: str) -> None:
        """A step of this name, its particulars chosen by chance."""
        getattr(self, step)()
        db.session.rollback()

    # --- what is told ---

    def sync(self) -> None:
        """Discogs changes something, and the collection is read: mostly all of it."""
        for _ in range(self.chance.randrange(4)):
            self.upstream.change(self.chance)
        listed = sorted(self.upstream.listed)
        if self.chance.random() < 0.2:  # a partial fetch
            some = self.chance.sample(listed, self.chance.randint(0, len(listed)))
            self.syncs.sync(some, is_whole=False)
        else:
            self.syncs.sync(listed)

    def details(self) -> None:
        """Discogs is asked for a release alone."""
        self.upstream.change(self.chance)
        number = self.chance.choice(tuple(self.upstream.releases))
        self.syncs.details(number)

    def profile(self) -> None:
        """Discogs is asked for an artist."""
        thing = self.ledger.names["artist", self.chance.choice((MILES, TRANE))]
        said = self.chance.choice(VALUES["artist"]["profile"])
        artist = db.session.get_one(Artist, thing.id)
        record = ArtistRecord(name=artist.name, discogs_id=thing.number or 0, profile=said or "")
        ask_discogs._store(artist, record)
        db.session.commit()
        thing.told["profile"] = said

    def import_csv(self) -> None:
        """A file comes in that has some rows of the collection."""
        for _ in range(self.chance.randrange(3)):
            self.upstream.change_file(self.chance)
        rows = tuple(self.upstream.rows)
        self.syncs.import_csv(self.chance.sample(rows, self.chance.randint(1, len(rows))))

    def rename_folder(self) -> None:
        """A folder is called something else: one of the person's own, or one at Discogs."""
        if self.chance.random() < 0.5:
            self.upstream.folders[6] = self.chance.choice(("Rock", "Rock & Pop"))
            self.syncs.tell_folders()
            return
        folder = self._own_folder()
        name = self.chance.choice(OWN_FOLDERS)
        if folder is None or db.session.scalar(_folder_called(name)) is not None:
            return
        old = folder.name
        own_folders.rename_folder(OWNER, folder.id, name)
        self.ledger.rename_folder(old, name)

    def delete_folder(self) -> None:
        """A folder of the person's own goes; what stood there stands nowhere."""
        folder = self._own_folder()
        if folder is None:
            return
        inside = set(db.session.scalars(select(Copy.id).where(Copy.folder_id == folder.id)))
        own_folders.delete_folder(OWNER, folder.id)
        for copy_id in inside:
            self.ledger.add(self.ledger.copies[copy_id], "folder", "Uncategorized")

    # --- what a person edits ---

    def edit(self) -> None:
        """One to three fields of a record are saved."""
        thing = self._thing()
        fields = tuple(VALUES[thing.entity])
        some = self.chance.sample(fields, self.chance.randint(1, min(3, len(fields))))
        values = {name: self.chance.choice(VALUES[thing.entity][name]) for name in some}
        values = {name: self.ledger.as_named(name, value) for name, value in values.items()}
        subject = open_subject(thing.entity, OWNER, thing.id)
        curate.save(thing.entity, OWNER, thing.id, subject.version, json.dumps(values))
        self.ledger.lay(thing, values)

    def edit_many(self) -> None:
        """One change is made to some of the copies on the shelf, or to their releases."""
        change = read_change(*self.chance.choice(BULK))
        shelf = [copy for copy in self.ledger.copies.values() if copy.removed_by is None]
        some = self.chance.sample(shelf, self.chance.randint(0, len(shelf)))
        ids = [copy.id for copy in some]
        token = bulk_edit.dry_run(OWNER, ids, change).token
        things = some if KINDS[change.kind].entity == "copy" else _releases_of(some)
        wanted = {}
        for thing in things:
            now = self.ledger.shown(thing, change.field)
            if change.applied(now) != now:
                wanted[thing] = change.applied(now)
        try:
            bulk_edit.make(OWNER, ids, change, token)
        except InvalidInputError:
            assert not wanted
        for thing, new in wanted.items():
            self.ledger.add(thing, change.field, new)

    def lock(self) -> None:
        """A field is locked."""
        thing, name = self._field()
        if edits.lock(thing.entity, OWNER, thing.id, name):
            self.ledger.add(thing, name, self.ledger.shown(thing, name), is_lock=True)

    def unlock(self) -> None:
        """A field is unlocked."""
        thing, name = self._field()
        edits.unlock(thing.entity, OWNER, thing.id, name)
        self.ledger.take_back(entry for entry in thing.standing(name) if entry.is_lock)

    def type_in(self) -> None:
        """A record that Discogs need not know is typed in, and a copy of it."""
        if any(thing.number is None for thing in self.ledger.releases.values()):
            return
        folder = self.chance.choice(VALUES["copy"]["folder"])
        typed = one_record.Typed("Sun Ra", "Typed", "Saturn", "H 1", folder=folder, notes="own")
        added = one_record.add_by_hand(OWNER, typed, another=True)
        release = Thing("release", added.release_id, blank("release"), facts_from="hand")
        release.told |= {"title": "Typed", "artists": [bare("Sun Ra")]}
        release.told["labels"] = [{"name": "Saturn", "catno": "H 1", "discogs_id": None}]
        copy = Owned("copy", added.copy_id, blank("copy"), release=release, source="hand")
        copy.told |= {"folder": folder, "notes": "own"}
        self.ledger.releases[-added.release_id] = release
        self.ledger.copies[copy.id] = copy

    def decide(self) -> None:
        """What Discogs came to say is held against an edit: mine, theirs, or theirs and not."""
        news = select(Edit).where(Edit.news_at.is_not(None)).order_by(Edit.id)
        waiting = db.session.scalars(news).all()
        if not waiting:
            return
        edit = self.chance.choice(waiting)
        edit_id, name = edit.id, edit.field
        thing = self.ledger.thing(edit.entity, edit.entity_id)
        standing = thing.standing(name)
        assert edit_id in [entry.id for entry in standing], "news about an edit that was undone"
        answer = self.chance.choice(("mine", "theirs", "again"))
        conflicts.decide(OWNER, edit_id, "mine" if answer == "mine" else "theirs")
        if answer == "again":
            conflicts.reopen(OWNER, edit_id)
        elif answer == "theirs":
            self.ledger.take_back(standing)

    # --- what is taken back ---

    def undo(self) -> None:
        """An edit is taken back: one of all ever made, undone ones included."""
        for thing, entry in self._entry():
            edits.undo(thing.entity, OWNER, thing.id, edit_id=entry.id)
            entry.undone = True

    def undo_save(self) -> None:
        """All edits of one save of one record are taken back."""
        for thing, entry in self._entry():
            edits.undo(thing.entity, OWNER, thing.id, batch=entry.batch)
            self.ledger.take_back(e for e in thing.entries if e.batch == entry.batch)

    def undo_field(self) -> None:
        """Every edit of a field is taken back."""
        for thing, entry in self._entry():
            edits.undo(thing.entity, OWNER, thing.id, field=entry.field)
            self.ledger.take_back(thing.standing(entry.field))

    def undo_click(self) -> None:
        """Everything one click changed, on however many records, is taken back."""
        for _thing, entry in self._entry():
            edits.undo_batch(OWNER, entry.batch)
            self.ledger.take_back_batch(entry.batch)

    def redo(self) -> None:
        """An edit is laid again: one of all ever made, standing ones included."""
        for thing, entry in self._entry():
            edits.redo(thing.entity, OWNER, thing.id, entry.id)
            self.ledger.lay_again(thing, entry)

    def undo_sync(self) -> None:
        """What a sync changed is taken back, all of it or one kind."""
        self.syncs.take_back(self.chance)

    def redo_sync(self) -> None:
        """What was taken back of a sync is so again."""
        self.syncs.do_again(self.chance)

    # --- what is put away ---

    def remove(self) -> None:
        """A copy is put into the trash, or all of a release."""
        copy = self._copy()
        if self.chance.random() < 0.3 and copy.release:
            trash.remove_release(OWNER, copy.release.id)
            gone = [c for c in self.ledger.copies.values() if c.release is copy.release]
        else:
            copies.remove_copy(OWNER, copy.id)
            gone = [copy]
        for each in gone:
            each.removed_by = "person"

    def restore(self) -> None:
        """A copy comes back."""
        copy = self._copy()
        copies.restore_copy(OWNER, copy.id)
        self.ledger.put_back(copy)

    def empty(self) -> None:
        """A copy in the trash goes for good."""
        away = [c for c in self.ledger.copies.values() if c.removed_by == "person"]
        if away and len(self.ledger.copies) > 2:
            copy = self.chance.choice(away)
            trash.empty(OWNER, [copy.id])
            self.ledger.bury(copy)

    def forget(self) -> None:
        """A copy that went for good may come with the next sync."""
        buried = db.session.scalars(select(Tombstone).order_by(Tombstone.id)).all()
        if buried:
            one = self.chance.choice(buried)
            key = (one.discogs_instance_id, one.discogs_release_id, one.added_at)
            trash.forget(OWNER, one.id)
            self.ledger.tombstones.remove(key)

    # --- artists ---

    def merge_artists(self) -> None:
        """Two artists share a page, or each has their own again; records name who they named."""
        miles, trane = (self.ledger.names["artist", number].id for number in (MILES, TRANE))
        if self.merged:
            assert take_apart(OWNER, trane) == miles
        else:
            merge(OWNER, trane, miles)
        self.merged = not self.merged

    # --- chosen by chance ---

    def _thing(self) -> Thing:
        return self.chance.choice(self.ledger.things())

    def _copy(self) -> Owned:
        return self.chance.choice(tuple(self.ledger.copies.values()))

    def _field(self) -> tuple[Thing, str]:
        thing = self._thing()
        return thing, self.chance.choice(tuple(VALUES[thing.entity]))

    def _entry(self) -> list[Any]:
        """One of all edits, with its record; none where nothing was ever edited."""
        all_of_them = [(thing, entry) for thing in self.ledger.things() for entry in thing.entries]
        return [self.chance.choice(all_of_them)] if all_of_them else []

    def _own_folder(self) -> Folder | None:
        own = select(Folder).where(Folder.discogs_id.is_(None)).order_by(Folder.id)
        found = db.session.scalars(own).all()
        return self.chance.choice(found) if found else None

    def _meet_names(self) -> None:
        """Two artists and a label, known by their numbers, whatever becomes of the records."""
        rows = {"owner_id": OWNER, "sort_key": ""}
        for model, names in ((Artist, ARTISTS), (Label, LABELS)):
            known = set(db.session.scalars(select(model.discogs_id)))
            for number in names.keys() - known:
                db.session.execute(
                    insert(model).values(discogs_id=number, name=names[number], **rows)
                )
        db.session.commit()
        kinds: tuple[tuple[str, Any, int], ...] = (
            ("artist", Artist, MILES),
            ("artist", Artist, TRANE),
            ("label", Label, BLUE_NOTE),
        )
        for entity, model, number in kinds:
            row = db.session.scalars(select(model).where(model.discogs_id == number)).one()
            told = {"name": row.name, "profile": None}
            self.ledger.names[entity, number] = Thing(entity, row.id, told, number=number)
        db.session.rollback()


# As often as each is chosen.
STEPS = (
    *(("sync", "edit") * 4),
    *(("details", "import_csv", "undo", "redo") * 2),
    *("profile", "rename_folder", "delete_folder", "edit_many", "lock", "unlock", "undo_save"),
    *("undo_field", "undo_click", "undo_sync", "redo_sync", "remove", "restore", "restore"),
    *("empty", "forget", "merge_artists", "type_in", "decide"),
)


# Whom a source named, and on whose page that stands.
_PAGES = select(Credit.told_artist_id, Credit.artist_id).where(Credit.told_artist_id.is_not(None))


def _folder_called(name: str) -> Any:
    return select(Folder.id).where(Folder.owner_id == OWNER, Folder.name == name).limit(1)


def _releases_of(some: list[Owned]) -> list[Thing]:
    return list(dict.fromkeys(copy.release for copy in some if copy.release))


# What all shelves share, or what is no record, may stay from one life to the next.
_KEPT = ("user", "format", "tag", "format_tag")


def _empty() -> None:
    """A shelf as it was at first."""
    for table in reversed(db.metadata.sorted_tables):
        if table.name not in _KEPT:
            db.session.execute(delete(table))
    db.session.commit()
