"""New rows of a CSV export as rows of our tables: the short way for 100,000 of them.

An export tells seven facts of a release and never corrects one, so nothing of what ReleaseWriter
does for listings and edits is needed. What many rows share (artist, format) is worked out once per
spelling, and every table gets its rows of a batch in one statement.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import exists, select

from app.domain.discogs_csv import ExportRow, artist_credit, label_pairs, parse_format
from app.domain.label_texts import label_pair_texts
from app.domain.names import credit_line
from app.domain.text import sort_key
from app.extensions import db
from app.models import Copy, Credit, Release, ReleaseLabel
from app.services import shelf
from app.services.bulk import IdSource, Row, insert_rows, lay_indexes, lift_indexes, stamp
from app.services.name_book import NameBook

# What an export says nothing of is left to the tables: NULL. In the order they are written, since
# rows point at rows of the tables before.
COLUMNS: dict[Any, tuple[str, ...]] = {
    Release: (
        *("id", "owner_id", "discogs_id", "facts_from", "version", "artist_id"),
        *("artist_text", "title", "label_text", "catno_text", "format_id", "year"),
    ),
    Credit: ("release_id", "position", "artist_id", "role", "anv", "join", "tracks"),
    ReleaseLabel: ("release_id", "position", "label_id", "catno"),
    Copy: (
        *("id", "owner_id", "release_id", "folder_id", "rating", "media_condition"),
        *("sleeve_condition", "notes", "fields", "added_at", "source", "sort_artist"),
        *("sort_title", "sort_year", "search_text", "changed_in"),
    ),
}

# From so many new rows on, in a catalogue that has had fewer, all indexes are made at the end.
MANY_NEW = 1_000

# Artist, title, labels and numbers as a release shows them.
Shown = tuple[str, str, str, str]


class _Artist(NamedTuple):
    """An artist cell: whom it names, as shown and as filed."""

    id: int
    text: str
    sort_key: str


class CsvWriter:
    """Adds copies, and the releases they are of, to one owner's shelf. Does not commit."""

    def __init__(self, owner_id: int, *, is_first: bool) -> None:
        """`is_first` tells that the shelf is empty: nothing is asked of its tables meanwhile."""
        self.owner_id, self.is_first = owner_id, is_first
        self._book = NameBook(owner_id)
        self._release_ids, self._copy_ids = IdSource(Release), IdSource(Copy)
        self._known: dict[int, int] = {}
        # Our id, and a hash of the facts by which its copies are filed.
        self._made: dict[int, tuple[int, int]] = {}
        self._artists: dict[str, _Artist] = {}
        self._labels: dict[str, int] = {}
        self._formats: dict[str, int | None] = {}
        self._joined: set[int] = set()
        self._version = self._first_copy_id = 0
        self._lifted: list[str] = []
        self._rows: dict[Any, list[Row]] = {model: [] for model in COLUMNS}

    def add(
        self,
        rows: Sequence[ExportRow],
        folder_ids: Mapping[str, int],
        field_ids: Mapping[str, int],
    ) -> list[int]:
        """Store each of `rows` as a copy; returns their ids.

        Our ids of folders and custom fields are by name.
        """
        if not rows:
            return []
        if not self._version:
            self._begin(len(rows))
        for row in rows:
            artist = self._artist(row.artist)
            labels = label_pairs(row.label_text, row.catno_text)
            shown = (artist.text, row.title, *label_pair_texts(labels))
            facts = hash((shown, row.year))
            release_id, told = self._made.get(row.release_id, (None, facts))
            if release_id is None:
                release_id = self._release(row, artist, labels, shown)
            elif told != facts:
                # The first row of a release decides; this copy is filed like its release.
                self._joined.add(release_id)
            fields = None
            if row.fields:
                fields = {str(field_ids[name]): said for name, said in row.fields.items() if said}
            self._add_copy(row, release_id, folder_ids[row.folder], artist, shown, fields)
        return self._write()

    def finish(self) -> None:
        """Make the new copies findable, once all are there."""
        lay_indexes(self._lifted)
        if self._first_copy_id:
            shelf.index_words(self._first_copy_id)
        # What we knew of a release before (tracks, edits) finds its new copies too.
        shelf.refresh(self.owner_id, sorted(self._joined))

    def _begin(self, rows: int) -> None:
        self._version = shelf.next_version(self.owner_id)
        self._book.read_all()
        known = select(Release.discogs_id, Release.id).where(
            Release.owner_id == self.owner_id, Release.discogs_id.is_not(None)
        )
        self._known = {number: our_id for number, our_id in db.session.execute(known) if number}
        if self.is_first and rows >= MANY_NEW and not _has_many():
            self._lifted = lift_indexes(COLUMNS)

    def _release(
        self, row: ExportRow, artist: _Artist, labels: Sequence[tuple[str, str]], shown: Shown
    ) -> int:
        known = self._known.get(row.release_id)
        if known is not None:
            self._joined.add(known)
            return known
        release_id = self._release_ids.next()
        self._made[row.release_id] = (release_id, hash((shown, row.year)))
        format_id = self._format(row.format_text)
        self._rows[Release].append(
            (
                *(release_id, self.owner_id, row.release_id, "csv", 1, artist.id),
                *shown,
                *(format_id, row.year),
            )
        )
        self._rows[Credit].append((release_id, 0, artist.id, "", "", "", ""))
        for position, (name, catno) in enumerate(labels):
            label_id = self._labels.get(name) or self._label(name)
            self._rows[ReleaseLabel].append((release_id, position, label_id, catno))
        return release_id

    def _artist(self, cell: str) -> _Artist:
        found = self._artists.get(cell)
        if found is None:
            credit = artist_credit(cell)
            shown = credit_line((credit,))
            artist_id = self._book.artist(credit.name, None)
            found = self._artists[cell] = _Artist(artist_id, shown, shelf.cached_sort_key(shown))
        return found

    def _label(self, name: str) -> int:
        found = self._labels[name] = self._book.label(name, None)
        return found

    def _format(self, cell: str) -> int | None:
        if cell not in self._formats:
            known = self._book.format(parse_format(cell))
            self._formats[cell] = known.id if known else None
        return self._formats[cell]

    def _add_copy(
        self,
        row: ExportRow,
        release_id: int,
        folder_id: int,
        artist: _Artist,
        shown: Shown,
        fields: Mapping[str, str] | None,
    ) -> None:
        self._rows[Copy].append(
            (
                self._copy_ids.next(),
                self.owner_id,
                release_id,
                folder_id,
                row.rating,
                row.media or None,
                row.sleeve or None,
                row.notes or None,
                json.dumps(fields, ensure_ascii=False) if fields else None,
                stamp(row.added_at),
                "csv",
                artist.sort_key,
                sort_key(row.title),
                row.year or shelf.UNKNOWN_YEAR,
                shelf.words_of(shown, (), row.notes, fields),
                self._version,
            )
        )

    def _write(self) -> list[int]:
        made = [copy[0] for copy in self._rows[Copy]]
        self._first_copy_id = self._first_copy_id or made[0]
        self._book.write()
        for model, columns in COLUMNS.items():
            insert_rows(model, columns, self._rows[model])
            self._rows[model].clear()
        return made


def _has_many() -> bool:
    """Whether anybody's catalogue was filled before: to make its indexes anew would take long."""
    return any(
        db.session.scalar(select(exists().where(model.id > MANY_NEW))) for model in (Release, Copy)
    )
