"""What a row of a CSV export says of its release, and whether that is news.

A release we know only from CSV files follows the newest one; what Discogs itself told is better
and stays, and so does what a person edited.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property, lru_cache
from typing import Any, NamedTuple

from sqlalchemy import select

from app.domain.discogs_csv import Columns, ExportRow, artist_credit, pair_labels, parse_format
from app.domain.documents import document_from_record
from app.domain.formats import format_digest
from app.domain.label_texts import label_texts
from app.domain.names import credit_line
from app.domain.records import ReleaseRecord
from app.extensions import db
from app.models import Edit, Format, Release
from app.services import overlay
from app.services.release_writer import ReleaseWriter

credit_of = lru_cache(maxsize=20_000)(artist_credit)
digest_of = lru_cache(maxsize=20_000)(format_digest)


def told(row: ExportRow) -> dict[str, Any]:
    """What the row says of its release."""
    return {
        "title": row.title,
        "artists": (credit_of(row.artist),),
        "labels": pair_labels(row.label_text, row.catno_text),
        "formats": parse_format(row.format_text),
        "year": row.year,
    }


@lru_cache(maxsize=20_000)
def shown(artist: str, label_text: str, catno_text: str) -> tuple[str, str, str]:
    """Artist, labels and numbers as a release shows them."""
    return credit_line((credit_of(artist),)), *label_texts(pair_labels(label_text, catno_text))


class Facts(NamedTuple):
    """A release as it is shown, in the columns a CSV file can speak of."""

    title: str
    year: int | None
    artist_text: str
    label_text: str
    catno_text: str
    format_digest: str | None


FACT_COLUMNS = (
    Release.title,
    Release.year,
    Release.artist_text,
    Release.label_text,
    Release.catno_text,
    Format.digest,
)
_FIELD_OF = {
    "title": "title",
    "year": "year",
    "artist_text": "artists",
    "label_text": "labels",
    "catno_text": "labels",
    "format_digest": "formats",
}


# A field is told by a file that has all of its columns: labels are pairs.
_HEADERS_OF = {
    "title": ("Title",),
    "artists": ("Artist",),
    "labels": ("Label", "Catalog#"),
    "formats": ("Format",),
    "year": ("Released",),
}


def told_fields(columns: Columns) -> frozenset[str]:
    """The fields of a release that a file with these columns speaks of."""
    return frozenset(
        name
        for name, headers in _HEADERS_OF.items()
        if all(header in columns.positions for header in headers)
    )


def facts_of(row: ExportRow) -> Facts:
    """The same columns as the row has them."""
    artist, label, catno = shown(row.artist, row.label_text, row.catno_text)
    parts = parse_format(row.format_text)
    return Facts(row.title, row.year, artist, label, catno, digest_of(parts) if parts else None)


class ReleaseNews:
    """What a file says anew of releases known from CSV files; the first row of each decides.

    `fields` are those the file speaks of: what it has no column for stays as it is.
    """

    def __init__(self, owner_id: int, fields: frozenset[str]) -> None:
        self.owner_id, self.fields = owner_id, fields
        self._met: set[int] = set()
        self._news: dict[int, tuple[ExportRow, dict[str, Any]]] = {}

    @cached_property
    def _edited(self) -> dict[int, set[str]]:
        """The fields a person has edited, by release: read once, for few are."""
        edits = select(Edit.entity_id, Edit.field).where(
            Edit.owner_id == self.owner_id,
            Edit.entity == "release",
            Edit.undone_at.is_(None),
        )
        found: dict[int, set[str]] = defaultdict(set)
        for release_id, field in db.session.execute(edits):
            found[release_id].add(field)
        return found

    def take(self, release_id: int, before: Facts, row: ExportRow) -> bool:
        """Note what the row changes; whether it is anything that will be seen."""
        if release_id in self._met:
            return False
        self._met.add(release_id)
        after = facts_of(row)
        # What is shown of an edited release does not tell what lies beneath.
        is_edited = release_id in self._edited
        if after == before and not is_edited:
            return False
        differing = {
            _FIELD_OF[name]
            for name, old, new in zip(Facts._fields, before, after, strict=True)
            if old != new and _FIELD_OF[name] in self.fields
        }
        if not differing and not is_edited:
            return False
        fields = differing - self._edited.get(release_id, frozenset())
        self._news[release_id] = (row, {name: told(row)[name] for name in fields})
        return bool(fields)

    def write(self, writer: ReleaseWriter) -> None:
        """Store what was noted since the last time. Does not commit."""
        writer.meet(changes for _row, changes in self._news.values())
        for release_id, (row, changes) in self._news.items():
            if release_id in self._edited:
                self._tell_edits(release_id, told(row))
            if changes:
                writer.change(release_id, changes)
        if self._news:
            writer.write()
        self._news.clear()

    def _tell_edits(self, release_id: int, facts: Mapping[str, Any]) -> None:
        """Beneath an edit waits what the newest file says."""
        document = document_from_record(ReleaseRecord(**facts))
        told_here = {name: said for name, said in document.items() if name in self.fields}
        overlay.let_edits_win(self.owner_id, "release", release_id, told_here)
