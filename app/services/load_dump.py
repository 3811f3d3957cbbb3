"""A dump back into an empty shelf: what was written by `dump` is there again."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

import psycopg
from sqlalchemy import insert, select, update
from sqlalchemy.exc import DataError, IntegrityError

from app.domain.documents import record_from_document
from app.domain.documents_schema import RELEASE
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import Artist, Copy, Edit, Label
from app.queries.run_status import owns_anything
from app.services import catalogue_lock, folders, remains, shelf
from app.services.bulk import IdSource, in_chunks, insert_rows, stamp
from app.services.dump_file import DumpFile, Line, dump_file, moment_in
from app.services.load_matches import store_matches
from app.services.load_own import store_own
from app.services.load_piles import store_piles
from app.services.load_stickers import copy_key, store_stickers
from app.services.load_verdicts import store_verdicts
from app.services.release_writer import ReleaseWriter, told_by

AT_ONCE = 1_000
STICKER_KINDS = ("preset", "export", "sticker", "sticker_edit", "pick")
MATCH_KINDS = ("link", "cover", "preference")
PILE_KINDS = ("crate", "tag", "skip", "feedback", "verdict")
FACT_KINDS = ("release", "artist", "label", "copy", "edit")
OWN_KINDS = ("artist_merge", "tombstone")
KINDS = (*FACT_KINDS, *STICKER_KINDS, *MATCH_KINDS, *PILE_KINDS, *OWN_KINDS)
# What reading a line that makes no sense, or storing it, may raise; PostgreSQL's driver speaks for
# itself where rows are copied in bulk.
DAMAGE = (
    *(KeyError, TypeError, ValueError, AttributeError, OverflowError),
    *(DataError, IntegrityError, psycopg.DataError, psycopg.IntegrityError),
)
COPY_COLUMNS = (
    "id",
    "owner_id",
    "release_id",
    "folder_id",
    "discogs_instance_id",
    "rating",
    "media_condition",
    "sleeve_condition",
    "notes",
    "fields",
    "added_at",
    "source",
    "removed_at",
    "removed_by",
    "sort_artist",
    "sort_title",
    "sort_year",
    "search_text",
    "changed_in",
)


def load(owner_id: int, text: Iterable[str]) -> dict[str, int]:
    """Store all lines of a dump, or none; returns how many of each type. Commits.

    What is left of a shelf that was emptied gives way (see services.moving, which backs it up).
    Raises ConflictError when the shelf is not empty, InvalidInputError naming the line that cannot
    be used.
    """
    with dump_file(text, KINDS) as lines:
        catalogue_lock.hold(owner_id)
        if owns_anything(owner_id):
            raise ConflictError(
                "There are records on the shelf. A dump is loaded into an empty one."
            )
        remains.clear(owner_id)
        try:
            _Loading(owner_id, lines).run()
        except DAMAGE as error:
            db.session.rollback()
            raise InvalidInputError(
                f"This dump is damaged ({type(error).__name__}). Nothing was loaded."
            ) from error
        db.session.commit()
        return lines.counts


def _key(line: Line) -> int | str:
    """How a release is called within the dump."""
    key: int | str = line["release_id"] if line["release_id"] is not None else line["own"]
    return key


class _Loading:
    def __init__(self, owner_id: int, lines: DumpFile) -> None:
        self.owner_id, self.lines = owner_id, lines
        self.release_ids: dict[int | str, int] = {}
        # By kind: of artists and labels, our ids by the number at Discogs or else the name.
        self.named: dict[str, dict[int | str, int]] = {}
        self.copy_ids: dict[int | str | None, int] = {}

    def run(self) -> None:
        self._store_releases()
        self._store_named("artist", Artist)
        self._store_named("label", Label)
        for chunk in in_chunks(self.lines.of("copy"), AT_ONCE):
            self._store_copies(chunk)
        remains.dig_up(self.owner_id)
        for ids in in_chunks(self.release_ids.values(), AT_ONCE):
            shelf.refresh(self.owner_id, ids)
        self._store_edits()
        store_stickers(self.owner_id, self.lines, self.copy_ids)
        store_matches(self.owner_id, self.lines, self.release_ids)
        store_piles(self.owner_id, self.lines, self.release_ids, self.copy_ids)
        told = self.release_ids, self.copy_ids, self.named
        store_verdicts(self.owner_id, self.lines.of("verdict"), *told)
        store_own(self.owner_id, self.lines, self.named["artist"])

    def _store_releases(self) -> None:
        writer = ReleaseWriter(self.owner_id)
        writer.book.meet_artists(
            (line["name"], line["artist_id"]) for line in self.lines.of("artist")
        )
        writer.book.meet_labels((line["name"], line["label_id"]) for line in self.lines.of("label"))
        for chunk in in_chunks(self.lines.of("release"), AT_ONCE):
            told = [_told(line) for line in chunk]
            writer.meet(told)
            for line, facts in zip(chunk, told, strict=True):
                self.release_ids[_key(line)] = writer.create(
                    facts, line["facts_from"], line["release_id"], None
                )
            writer.write()
        writer.write()

    def _store_named(self, kind: str, model: Any) -> None:
        """The profiles of artists or labels."""
        rows = select(model.id, model.discogs_id, model.name).where(model.owner_id == self.owner_id)
        self.named[kind] = {
            name if discogs_id is None else discogs_id: row_id
            for row_id, discogs_id, name in db.session.execute(rows)
        }
        profiles = [
            {"id": self._named_id(kind, line), "profile": line["profile"]}
            for line in self.lines.of(kind)
            if line["profile"] is not None
        ]
        if profiles:
            db.session.execute(update(model), profiles)

    def _named_id(self, kind: str, line: Line) -> int:
        discogs_id = line[f"{kind}_id"]
        return self.named[kind][line["name"] if discogs_id is None else discogs_id]

    def _store_copies(self, lines: Sequence[Line]) -> None:
        folder_ids = folders.folder_ids_by_name(self.owner_id, {line["folder"] for line in lines})
        wanted = list(dict.fromkeys(name for line in lines for name in line["fields"]))
        field_ids = folders.field_ids_by_name(self.owner_id, wanted)
        fresh = IdSource(Copy)
        rows = []
        for line in lines:
            fields = {str(field_ids[name]): text for name, text in line["fields"].items()}
            copy_id = fresh.next()
            if (key := copy_key(line)) is not None:
                self.copy_ids[key] = copy_id
            rows.append(
                (
                    copy_id,
                    self.owner_id,
                    self.release_ids[_key(line)],
                    folder_ids[line["folder"]],
                    line["instance_id"],
                    line["rating"],
                    line["media_condition"],
                    line["sleeve_condition"],
                    line["notes"],
                    json.dumps(fields, ensure_ascii=False) if fields else None,
                    stamp(moment_in(line["added_at"])),
                    line["source"],
                    stamp(moment_in(line["removed_at"])),
                    line["removed_by"],
                    *("", "", 0, "", 0),
                )
            )
        insert_rows(Copy, COPY_COLUMNS, rows)

    def _store_edits(self) -> None:
        rows = [
            {
                "owner_id": self.owner_id,
                "batch": line["batch"],
                "how": line.get("how", "json"),
                "entity": line["entity"],
                "entity_id": self._edited(line),
                "field": line["field"],
                "before": line["before"],
                "after": line["after"],
                "upstream": line["upstream"],
                "at": moment_in(line["at"]),
                "undone_at": moment_in(line["undone_at"]),
                "news_at": moment_in(line.get("news_at")),
            }
            for line in sorted(self.lines.of("edit"), key=lambda line: str(line["at"]))
        ]
        if rows:
            db.session.execute(insert(Edit), rows)

    def _edited(self, line: Line) -> int:
        match line["entity"]:
            case "artist" | "label" as kind:
                return self._named_id(kind, line)
            case "copy":
                return self.copy_ids[copy_key(line)]
        return self.release_ids[_key(line)]


def _told(line: Line) -> dict[str, Any]:
    if not isinstance(line["title"], str):
        raise TypeError("a title is text")
    document = {name: line[name] for name in RELEASE["properties"] if name in line}
    told = told_by(record_from_document(document))
    return {**told, "master_discogs_id": line["master_id"]}
