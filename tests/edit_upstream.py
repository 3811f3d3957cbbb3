"""What Discogs and a CSV file say in the lives of tests/edit_life.py, and how that changes."""

from __future__ import annotations

import csv
import io
import random
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, Final

from app.domain.discogs_csv import DISCOGS_COLUMNS, ExportFile, ExportRow
from app.domain.documents import Document, document_from_record, record_from_document
from app.domain.records import CopyRecord, ReleaseRecord
from app.services.csv_facts import told

MILES, TRANE, BLUE_NOTE = 501, 502, 601
ARTISTS = {MILES: "Miles Davis", TRANE: "John Coltrane"}
LABELS = {BLUE_NOTE: "Blue Note"}
FOLDERS = {1: "Uncategorized", 5: "Jazz", 6: "Rock"}
# Discogs' numbers of the columns its owner made. A file has the second one only.
FIELDS = {4: "Cleaned", 5: "Shelf"}
CSV_FIELD = "Shelf"
# By instance: the release it is of at first, and when it was added (as a file has it, and in UTC).
INSTANCES = {11: 1001, 12: 1001, 21: 1002, 31: 1003, 41: 1004, 42: 1004}
FROM_CSV = 1004


def artist(number: int) -> Document:
    """An artist as a document names one."""
    return {"name": ARTISTS[number], "discogs_id": number, "anv": "", "join": ""}


def bare(name: str) -> Document:
    """An artist who is only a name."""
    return {"name": name, "discogs_id": None, "anv": "", "join": ""}


def label(catno: str) -> Document:
    """A label and a catalogue number on it."""
    return {"name": LABELS[BLUE_NOTE], "catno": catno, "discogs_id": BLUE_NOTE}


def _track(title: str, **more: Any) -> Document:
    line = {"position": "A1", "title": title, "duration": "3:45", "kind": "track", "artist": ""}
    return {**line, **more}


_SUITE = _track("Suite", kind="index", sub_tracks=[_track("Part one"), _track("Part two")])
_LP = {"name": "Vinyl", "qty": 1, "text": "", "descriptions": ["LP"]}
# Few values that are easily told apart, so that the same is said twice by different sources.
VALUES: Final[Mapping[str, Mapping[str, tuple[Any, ...]]]] = {
    "release": {
        "title": ("Ask", "Bone", "Cello"),
        "year": (None, 1959, 1960),
        "genres": ([], ["Jazz"], ["Jazz", "Rock"]),
        "styles": ([], ["Bop"], ["Modal", "Bop"]),
        "artists": ([artist(MILES)], [artist(TRANE)], [artist(MILES), artist(TRANE)]),
        "labels": ([], [label("BLP 1")], [label("BLP 2"), label("none")]),
        "formats": ([], [_LP], [_LP | {"qty": 2}]),
        "country": (None, "UK", "US"),
        "released": (None, "1959", "1959-08-00"),
        "notes": (None, "first", "second\nline"),
        "tracks": ([], [_track("So What")], [_track("Blue"), _SUITE]),
    },
    "copy": {
        "folder": ("Uncategorized", "Jazz", "Rock", "Loft", "Attic"),
        "rating": (None, 1, 5),
        "media_condition": (None, "Mint (M)", "Good (G)"),
        "sleeve_condition": (None, "Mint (M)", "Generic"),
        "notes": (None, "loud", "quiet"),
        "fields": (
            [],
            [{"name": "Cleaned", "value": "yes"}],
            [{"name": "Shelf", "value": "B 2"}],
            [{"name": "Cleaned", "value": "no"}, {"name": "Shelf", "value": "A 1"}],
        ),
    },
    "artist": {
        "name": ("Miles Davis", "M. Davis", "John Coltrane", "Trane"),
        "profile": (None, "blew", "played"),
    },
    "label": {"name": ("Blue Note", "BN", "Blue Note 2"), "profile": (None, "founded", "sold")},
}
LISTED = ("title", "artists", "labels", "formats", "year", "genres", "styles")


class Upstream:
    """A collection at Discogs, and the CSV file its owner has of it."""

    def __init__(self) -> None:
        self.folders = dict(FOLDERS)
        first = {field: values[0] for field, values in VALUES["release"].items()}
        self.releases = {number: dict(first) for number in {*INSTANCES.values()}}
        self.copies: dict[int, dict[str, Any]] = {
            number: {"release": release, "folder": 1, "rating": None, "fields": {}}
            for number, release in INSTANCES.items()
        }
        for copy in self.copies.values():
            copy.update(media_condition=None, sleeve_condition=None, notes=None)
        self.listed = {11, 21, 31}
        self.rows = {number: _blank_row(number) for number in (21, 41, 42)}

    def change(self, chance: random.Random) -> None:
        """Let Discogs come to say something else: of a release, a copy, or what there is."""
        match chance.randrange(8):
            case 0 | 1 | 2:
                field = chance.choice(tuple(VALUES["release"]))
                release = self.releases[chance.choice(tuple(self.releases))]
                release[field] = chance.choice(VALUES["release"][field])
            case 3 | 4 | 5:
                self._change_copy(self.copies[chance.choice(tuple(self.copies))], chance)
            case 6:
                self.listed ^= {chance.choice(tuple(self.copies))}
            case _:
                self._merge(*chance.sample((1001, 1002, 1003), 2))

    def _change_copy(self, copy: dict[str, Any], chance: random.Random) -> None:
        field = chance.choice(tuple(VALUES["copy"]))
        if field == "folder":
            copy[field] = chance.choice(tuple(self.folders))
        elif field == "fields":
            said = {entry["name"]: entry["value"] for entry in chance.choice(VALUES["copy"][field])}
            copy[field] = {number: said.get(name, "") for number, name in FIELDS.items()}
        else:
            copy[field] = chance.choice(VALUES["copy"][field])

    def _merge(self, old: int, new: int) -> None:
        """Two releases turn out to be one."""
        for copy in self.copies.values():
            if copy["release"] == old:
                copy["release"] = new

    def in_full(self, number: int) -> ReleaseRecord:
        """A release as Discogs tells it when asked for it alone."""
        record = record_from_document(self.releases[number])
        return _numbered(record, number)

    def listing(self, numbers: Iterable[int]) -> list[CopyRecord]:
        """These copies as a page of the collection has them."""
        return [self._listed(number) for number in numbers]

    def _listed(self, number: int) -> CopyRecord:
        copy = self.copies[number]
        release = self.releases[copy["release"]]
        known = record_from_document({field: release[field] for field in LISTED})
        return CopyRecord(
            release=_numbered(known, copy["release"]),
            instance_id=number,
            folder_discogs_id=copy["folder"],
            added_at=ADDED_AT[number],
            rating=copy["rating"],
            media_condition=copy["media_condition"] or "",
            sleeve_condition=copy["sleeve_condition"] or "",
            notes=copy["notes"] or "",
            fields=copy["fields"],
        )

    def told_of_copy(self, number: int) -> Document:
        """The document of a copy as the listing has it."""
        copy = self.copies[number]
        named = [{"name": FIELDS[key], "value": v} for key, v in copy["fields"].items() if v]
        return {**copy, "folder": self.folders[copy["folder"]], "fields": named}

    def change_file(self, chance: random.Random) -> None:
        """Let the file come to say something else."""
        row = self.rows[chance.choice(tuple(self.rows))]
        cell, values = chance.choice(
            (
                ("Title", VALUES["release"]["title"]),
                ("Released", ("", "1959", "1960")),
                ("Catalog#", ("V 1", "V 2")),
                ("CollectionFolder", ("Uncategorized", "Jazz", "Loft")),
                ("Rating", ("", "1", "5")),
                ("Collection Notes", ("", "loud", "quiet")),
                ("Collection Media Condition", ("", "Mint (M)", "Good (G)")),
                (f"Collection {CSV_FIELD}", ("", "A 1", "B 2")),
            )
        )
        row[cell] = chance.choice(values)

    def file(self, numbers: Iterable[int]) -> ExportFile:
        """These rows as an export."""
        return _file(self.rows[number] for number in numbers)


def _numbered(record: ReleaseRecord, number: int) -> ReleaseRecord:
    return replace(record, discogs_id=number)


def told_by_row(row: ExportRow) -> tuple[Document, Document]:
    """What a row says of its release, and of its copy."""
    release = document_from_record(ReleaseRecord(**told(row)))
    copy = {
        "folder": row.folder or "Uncategorized",
        "rating": row.rating,
        "media_condition": row.media or None,
        "sleeve_condition": row.sleeve or None,
        "notes": row.notes or None,
    }
    return release, copy


def _blank_row(number: int) -> dict[str, str]:
    day = f"2026-01-{number % 28 + 1:02} 04:00:00"
    return {
        "release_id": str(INSTANCES[number]),
        "Artist": "Sun Ra",
        "Label": "Saturn",
        "Catalog#": "V 1",
        "Title": "Ask",
        "Format": "LP",
        "Date Added": day,
        "CollectionFolder": "Uncategorized",
    }


def _file(rows: Iterable[Mapping[str, str]]) -> ExportFile:
    out = io.StringIO()
    writer = csv.DictWriter(out, (*DISCOGS_COLUMNS, f"Collection {CSV_FIELD}"), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return ExportFile(io.BytesIO(out.getvalue().encode()))


def _read(row: Mapping[str, str]) -> ExportRow:
    (read,) = _file([row]).rows()
    assert isinstance(read, ExportRow)
    return read


ADDED_AT = {number: _read(_blank_row(number)).added_at for number in INSTANCES}
