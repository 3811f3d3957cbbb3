"""Storing copies as Discogs lists them, some pages at a time, and telling what that changed."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import bindparam, exists, select
from sqlalchemy.orm import joinedload

from app.domain.names import credit_line
from app.domain.records import CopyRecord, ReleaseRecord
from app.extensions import connected, db
from app.models import Copy, Edit
from app.queries.many_ids import owned_by
from app.services import folders, overlay, shelf, trash
from app.services.bulk import IdSource, insert_rows, stamp
from app.services.changes import Changes
from app.services.copy_words import CopyWords, without
from app.services.listed_releases import Stored, store_releases
from app.services.subjects import open_subject

# What kind of change it is when these fields of a copy differ.
KINDS = {
    "moved": ("folder",),
    "rated": ("rating",),
    "graded": ("media_condition", "sleeve_condition"),
    "annotated": ("notes", "fields"),
}
# What Discogs decides of a copy.
COLUMNS = (
    "release_id",
    "folder_id",
    "rating",
    "media_condition",
    "sleeve_condition",
    "notes",
    "fields",
    "added_at",
)
NEW_COLUMNS = (
    *("id", "owner_id", "discogs_instance_id", "source"),
    *COLUMNS,
    *shelf.FOUND_BY,
    "changed_in",
)


_KNOWN = select(Copy.id).where(
    Copy.owner_id == bindparam("owner"),
    Copy.discogs_instance_id.in_(bindparam("instances", expanding=True)),
)


def store_copies(owner_id: int, told: Sequence[CopyRecord]) -> Changes:
    """Add and update copies by their Discogs instance id. Does not commit.

    One that is told twice, as where the listing moved while it was read, is as told last.
    """
    changes = Changes()
    records = {copy.release.discogs_id: copy.release for copy in told if copy.release.discogs_id}
    stored = store_releases(owner_id, list(records.values()), changes)
    by_instance = {copy.instance_id: copy for copy in told if copy.instance_id}
    copies = _Told(owner_id, list(by_instance.values()), stored, changes)
    copies.store()
    return changes


class _Told:
    """Copies told together against the copies we have."""

    def __init__(
        self,
        owner_id: int,
        told: Sequence[CopyRecord],
        releases: Stored,
        changes: Changes,
    ) -> None:
        self.owner_id, self.told, self.changes = owner_id, told, changes
        self.release_ids, self.known_releases = releases.ids, releases.known
        self.folder_ids = folders.folder_ids_by_discogs_id(owner_id)
        self.field_ids = folders.field_ids_by_discogs_id(owner_id)
        self.edits: dict[int, list[Edit]] = {}
        self.touched: set[int] = set()
        self.added: list[dict[str, Any]] = []
        self._ids = IdSource(Copy)

    @cached_property
    def words(self) -> CopyWords:
        """What folders and custom fields are called; new copies need not know."""
        return CopyWords(self.owner_id)

    def store(self) -> None:
        known = self._known()
        instances = [copy.instance_id for copy in self.told if copy.instance_id]
        buried = trash.buried_instances(self.owner_id, instances)
        adoptable = self._adoptable(known)
        met = [*known.values(), *(copy for copies in adoptable.values() for copy in copies)]
        self.edits = overlay.active_edits_of(self.owner_id, "copy", [copy.id for copy in met])
        for record in self.told:
            if record.instance_id is None or record.release.discogs_id is None:
                continue
            if record.instance_id in buried and record.instance_id not in known:
                continue
            copy = known.get(record.instance_id) or self._adopt(record, adoptable)
            if copy is None:
                self._add(record)
            else:
                self._update(copy, record)
        db.session.flush()
        self._insert_added()
        shelf.refresh(self.owner_id, sorted(self.touched))

    def _known(self) -> dict[int, Copy]:
        asked = {
            "owner": self.owner_id,
            "instances": [copy.instance_id for copy in self.told if copy.instance_id],
        }
        ids = connected().scalars(_KNOWN, asked).all()
        if not ids:
            return {}
        copies = db.session.scalars(
            select(Copy)
            .where(Copy.id.in_(ids))
            .options(joinedload(Copy.release), joinedload(Copy.folder))
        )
        return {copy.discogs_instance_id: copy for copy in copies if copy.discogs_instance_id}

    def _adoptable(self, known: Mapping[int, Copy]) -> dict[int, list[Copy]]:
        """Copies from a CSV or by hand that may be the ones now listed, by release id."""
        wanted = {
            self.release_ids[copy.release.discogs_id]
            for copy in self.told
            if copy.release.discogs_id and copy.instance_id not in known
        } & self.known_releases
        found: dict[int, list[Copy]] = defaultdict(list)
        if not wanted:
            return found
        for copy in db.session.scalars(
            select(Copy)
            .where(
                # Not by owner and missing number: that is everything a CSV file brought.
                owned_by(self.owner_id),
                Copy.release_id.in_(wanted),
                Copy.discogs_instance_id.is_(None),
                Copy.source.in_(("csv", "hand")),
            )
            .options(joinedload(Copy.release), joinedload(Copy.folder))
            .order_by(Copy.removed_at.is_not(None), Copy.id)
        ):
            found[copy.release_id].append(copy)
        return found

    def _adopt(self, record: CopyRecord, adoptable: dict[int, list[Copy]]) -> Copy | None:
        """The same second decides; without a time, or typed by hand, the same folder does.

        One that its owner put away is known again by its second only, and stays away.
        """
        candidates = adoptable.get(self.release_ids[record.release.discogs_id or 0], [])
        same_second = [c for c in candidates if c.added_at and c.added_at == record.added_at]
        folder_id = self._folder_id(record)
        same_folder = [
            c
            for c in candidates
            if c.removed_at is None
            and c.folder_id == folder_id
            and (c.added_at is None or c.source == "hand")
        ]
        chosen = next(iter([*same_second, *same_folder]), None)
        if chosen is not None:
            candidates.remove(chosen)
            chosen.discogs_instance_id = record.instance_id
            chosen.source = "discogs"
            self.touched.add(chosen.release_id)
        return chosen

    def _folder_id(self, record: CopyRecord) -> int | None:
        """Our id of the copy's folder; None if Discogs told us nothing of that folder.

        Others than the owner are shown the numbers of folders, but not the folders.
        """
        return self.folder_ids.get(record.folder_discogs_id or folders.UNCATEGORIZED_ID)

    def _values(self, record: CopyRecord) -> dict[str, Any]:
        """The columns Discogs decides; what it does not show us is left out."""
        values: dict[str, Any] = {
            "release_id": self.release_ids[record.release.discogs_id or 0],
            "rating": record.rating,
            "added_at": record.added_at,
        }
        if (folder_id := self._folder_id(record)) is not None:
            values["folder_id"] = folder_id
        for name in ("media_condition", "sleeve_condition", "notes"):
            if getattr(record, name) is not None:
                values[name] = getattr(record, name) or None
        if record.fields is not None:
            known = {k: v for k, v in record.fields.items() if k in self.field_ids and v}
            values["fields"] = {str(self.field_ids[k]): v for k, v in known.items()} or None
        return values

    def _add(self, record: CopyRecord) -> None:
        values = {"folder_id": self.folder_ids[folders.UNCATEGORIZED_ID], **self._values(record)}
        copy_id, release_id = self._ids.next(), values["release_id"]
        self.added.append(values | {"id": copy_id, "discogs_instance_id": record.instance_id})
        self.changes.note("added", _name(record.release), release_id, copy_id)

    def _insert_added(self) -> None:
        if not self.added:
            return
        filing = shelf.Filing({values["release_id"] for values in self.added})
        version = shelf.next_version(self.owner_id)
        rows = []
        for values in self.added:
            notes, fields = values.get("notes"), values.get("fields")
            filed = filing.columns(values["release_id"], notes, fields)
            written = {
                "owner_id": self.owner_id,
                "source": "discogs",
                **values,
                "fields": json.dumps(fields, ensure_ascii=False) if fields else None,
                "added_at": stamp(values["added_at"]),
                **dict(zip(shelf.FOUND_BY, filed, strict=True)),
                "changed_in": version,
            }
            rows.append(tuple(written.get(column) for column in NEW_COLUMNS))
        insert_rows(Copy, NEW_COLUMNS, rows)
        shelf.index_words(self.added[0]["id"])

    def _update(self, copy: Copy, record: CopyRecord) -> None:
        after = self._showable(copy, self._values(record))
        before = {name: getattr(copy, name) for name in after}
        different = {name for name in after if before[name] != after[name]}
        if copy.removed_by == "sync":
            copy.removed_at = copy.removed_by = None
            self.changes.note("returned", _name(record.release), copy.release_id, copy.id)
            self.touched.add(copy.release_id)
        if not different:
            return
        self._note(copy, record, {name: (before[name], after[name]) for name in different})
        if "release_id" in different:
            self._follow_merge(copy, after["release_id"])
        for name in different:
            setattr(copy, name, after[name])
        self.touched.add(after["release_id"])

    def _showable(self, copy: Copy, values: dict[str, Any]) -> dict[str, Any]:
        """What of the told columns may be written; the others wait under the person's edits."""
        edits = self.edits.get(copy.id)
        if not edits:
            return values
        told = self.words.document(values)
        shown = overlay.lay_under(edits, told)
        return without(values, told.keys() - shown.keys())

    def _note(
        self, copy: Copy, record: CopyRecord, different: Mapping[str, tuple[Any, Any]]
    ) -> None:
        """One change of each kind, with what was there before."""
        title = _name(record.release)
        before = self.words.document({name: old for name, (old, _new) in different.items()})
        after = self.words.document({name: new for name, (_old, new) in different.items()})
        for kind, fields in KINDS.items():
            said = {field: [before[field], after[field]] for field in fields if field in after}
            if said:
                self.changes.note(kind, title, copy.release_id, copy.id, said)
        if "added_at" in different:
            dates = [str(moment) for moment in different["added_at"]]
            self.changes.note("dated", title, copy.release_id, copy.id, {"added": dates})
        if "release_id" in different:
            old, new = different["release_id"]
            self.changes.note("merged", title, new, copy.id, {"release": [old, new]})

    def _follow_merge(self, copy: Copy, release_id: int) -> None:
        """Discogs merged the copy's release into another: the person's edits come along."""
        others = exists().where(
            Copy.release_id == copy.release_id, Copy.id != copy.id, Copy.removed_at.is_(None)
        )
        if db.session.scalar(select(others)):
            return
        if not overlay.active_edits(self.owner_id, "release", copy.release_id):
            return
        merged = open_subject("release", self.owner_id, release_id)
        carried = overlay.carry_over(
            self.owner_id, "release", copy.release_id, release_id, merged.shown
        )
        if carried:
            merged.write(carried)


def _name(release: ReleaseRecord) -> str:
    return f"{credit_line(release.artists)} – {release.title}"
