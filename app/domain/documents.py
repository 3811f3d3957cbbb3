"""Releases and artists as the documents people edit: plain JSON values in one canonical form.

A document holds only what is told about; a field left out stays as it is. `tidy` brings what a
person wrote into the form in which `document_from_record` makes documents, so that equal facts
compare equal.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from app.domain.documents_schema import ARTIST, RELEASE, Schema
from app.domain.formats import format_json
from app.domain.names import credit_line
from app.domain.records import (
    CompanyRecord,
    CreditRecord,
    FormatRecord,
    IdentifierRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
    VideoRecord,
)
from app.domain.text import clean

__all__ = [
    "ARTIST",
    "RELEASE",
    "Document",
    "changed_fields",
    "document_from_record",
    "format_document",
    "record_from_document",
    "tidy",
]

Document = dict[str, Any]
LINE_WIDTH = 140


def document_from_record(record: ReleaseRecord) -> Document:
    """What `record` tells, as a document. An unknown year is told too: as null.

    A track keeps its artists as one line; who did what on a single track is left out.
    """
    document: Document = {
        "title": record.title,
        "artists": [_artist(credit) for credit in record.artists],
        "labels": [
            {"name": label.name, "catno": label.catno, "discogs_id": label.discogs_id}
            for label in record.labels
        ],
        "formats": format_json(record.formats),
        "year": record.year,
    }
    document.update(
        (name, list(words) if isinstance(words, tuple) else words)
        for name in ("genres", "styles", "released", "country", "notes")
        if (words := getattr(record, name)) is not None
    )
    document.update(_parts_told(record))
    return tidy(document)


def _parts_told(record: ReleaseRecord) -> Document:
    parts: Document = {}
    if record.tracks is not None:
        parts["tracks"] = [_track(track) for track in record.tracks]
    if record.credits is not None:
        parts["credits"] = [_credit(credit) for credit in record.credits]
    if record.identifiers is not None:
        parts["identifiers"] = [
            {"kind": each.kind, "value": each.value, "description": each.description}
            for each in record.identifiers
        ]
    if record.companies is not None:
        parts["companies"] = [
            {"name": c.name, "role": c.role, "catno": c.catno, "discogs_id": c.discogs_id}
            for c in record.companies
        ]
    if record.videos is not None:
        parts["videos"] = [
            {"url": video.url, "title": video.title, "duration": video.duration}
            for video in record.videos
        ]
    return parts


def _artist(credit: CreditRecord) -> Document:
    return {
        "name": credit.name,
        "discogs_id": credit.discogs_id,
        "anv": credit.anv,
        "join": credit.join,
    }


def _credit(credit: CreditRecord) -> Document:
    return {
        "name": credit.name,
        "discogs_id": credit.discogs_id,
        "anv": credit.anv,
        "role": credit.role,
        "tracks": credit.tracks,
    }


def _track(track: TrackRecord) -> Document:
    return {
        "position": track.position,
        "title": track.title,
        "duration": track.duration,
        "kind": track.kind,
        "artist": credit_line(track.artists),
        "sub_tracks": [_track(sub) for sub in track.sub_tracks],
    }


def record_from_document(document: Mapping[str, Any]) -> ReleaseRecord:
    """A valid document with a title as a record; a field left out is None there (not told)."""
    tidied = tidy(document)

    def each(field: str, make: Any) -> Any:
        return tuple(make(**entry) for entry in tidied[field]) if field in tidied else None

    def text(field: str) -> str | None:
        return (tidied[field] or "") if field in tidied else None

    return ReleaseRecord(
        title=tidied["title"],
        artists=each("artists", CreditRecord) or (),
        labels=each("labels", LabelRecord) or (),
        formats=each("formats", _format_record) or (),
        year=tidied.get("year"),
        genres=tuple(tidied["genres"]) if "genres" in tidied else None,
        styles=tuple(tidied["styles"]) if "styles" in tidied else None,
        country=text("country"),
        released=text("released"),
        notes=text("notes"),
        tracks=each("tracks", _track_record),
        credits=each("credits", CreditRecord),
        identifiers=each("identifiers", IdentifierRecord),
        companies=each("companies", CompanyRecord),
        videos=each("videos", VideoRecord),
    )


def _format_record(descriptions: list[str], **rest: Any) -> FormatRecord:
    return FormatRecord(descriptions=tuple(descriptions), **rest)


def _track_record(artist: str, sub_tracks: Any = (), **rest: Any) -> TrackRecord:
    return TrackRecord(
        artists=(CreditRecord(name=artist),) if artist else (),
        sub_tracks=tuple(_track_record(**sub) for sub in sub_tracks),
        **rest,
    )


def changed_fields(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> dict[str, tuple[Any, Any]]:
    """The fields `after` holds with another value than `before`, as (old, new)."""
    return {
        field: (before.get(field), value)
        for field, value in after.items()
        if field not in before or before[field] != value
    }


def tidy(document: Mapping[str, Any], schema: Schema = RELEASE) -> Document:
    """A valid document in canonical form: keys in order, texts cleaned, parts left out filled in.

    An empty text where null is allowed becomes null, a word listed twice stays once. Fields left
    out of the document itself stay out.
    """
    properties = schema["properties"]
    return {
        field: _tidied(document[field], properties[field])
        for field in properties
        if field in document
    }


def _tidied(value: Any, schema: Schema) -> Any:
    if isinstance(value, str):
        cleaned = clean(value)
        return cleaned if cleaned or "null" not in schema["type"] else None
    if isinstance(value, list):
        entries = [_tidied(entry, schema["items"]) for entry in value]
        return list(dict.fromkeys(entries)) if schema["items"]["type"] == "string" else entries
    if isinstance(value, dict):
        entry = {
            field: _tidied(value.get(field, part.get("default")), part)
            for field, part in schema["properties"].items()
        }
        if not entry.get("sub_tracks"):
            entry.pop("sub_tracks", None)
        return entry
    return value


def format_document(document: Any, schema: Schema = RELEASE) -> str:
    """Any JSON value as text that is good to edit: keys in canonical order, indented by two.

    An entry that fits on one line stands on one line. Nothing is added, left out or cleaned.
    """
    return _laid_out(_in_order(document, schema), 0, room=0)


def _in_order(value: Any, schema: Schema) -> Any:
    if isinstance(value, list):
        return [_in_order(entry, schema.get("items", {})) for entry in value]
    if not isinstance(value, dict):
        return value
    known = schema.get("properties", {})
    fields = [*(field for field in known if field in value), *(f for f in value if f not in known)]
    return {field: _in_order(value[field], known.get(field, {})) for field in fields}


def _laid_out(value: Any, indent: int, room: int) -> str:
    """`value` as JSON; on one line if that has at most `room` characters."""
    line = json.dumps(value, ensure_ascii=False)
    if not value or not isinstance(value, dict | list):
        return line
    if len(line) <= room and not _holds_containers(value):
        return line
    deeper = indent + 2
    within = LINE_WIDTH - deeper
    if isinstance(value, dict):
        opening, closing = "{", "}"
        named = {json.dumps(key, ensure_ascii=False): part for key, part in value.items()}
        lines = [
            f"{key}: {_laid_out(part, deeper, within - len(key) - 3)}"
            for key, part in named.items()
        ]
    else:
        opening, closing = "[", "]"
        lines = [_laid_out(part, deeper, within - 1) for part in value]
    margin = "\n" + " " * deeper
    return f"{opening}{margin}{f',{margin}'.join(lines)}\n{' ' * indent}{closing}"


def _holds_containers(value: dict[str, Any] | list[Any]) -> bool:
    """A list of entries is always one entry a line; an entry may hold a list of words."""
    if isinstance(value, dict):
        return any(_holds_entries(part) for part in value.values())
    return any(isinstance(part, dict | list) for part in value)


def _holds_entries(part: Any) -> bool:
    if isinstance(part, list):
        return _holds_containers(part)
    return isinstance(part, dict)
