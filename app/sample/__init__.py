"""The sample shelf: real records, as facts only, to try Gatefold without an account or a network.

`shelf.json` holds one record a line: Discogs ids, names, titles, labels with numbers, formats,
years, genres and styles, and for some the country, tracks and credits. When each was added and the
folder it stands in are invented.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files
from typing import Any

from app.domain.records import (
    CopyRecord,
    CreditRecord,
    FormatRecord,
    LabelRecord,
    ReleaseRecord,
    TrackRecord,
)


@dataclass(frozen=True, slots=True)
class SampleCopy:
    """A copy on the sample shelf and the name of its folder (it has no Discogs id)."""

    copy: CopyRecord
    folder: str


def load_sample() -> tuple[SampleCopy, ...]:
    """All copies of the sample shelf, by Discogs id. The file is read at each call."""
    shelf = files(__name__).joinpath("shelf.json").read_text(encoding="utf-8")
    return tuple(_sample_copy(entry) for entry in json.loads(shelf))


def _sample_copy(entry: Mapping[str, Any]) -> SampleCopy:
    copy = CopyRecord(
        release=_release(entry),
        instance_id=None,
        folder_discogs_id=None,
        added_at=datetime.fromisoformat(entry["added"]),
    )
    return SampleCopy(copy, entry["folder"])


def _release(entry: Mapping[str, Any]) -> ReleaseRecord:
    return ReleaseRecord(
        title=entry["title"],
        discogs_id=entry["id"],
        artists=tuple(_artist(*artist) for artist in entry["artists"]),
        labels=tuple(LabelRecord(name, catno, number) for name, number, catno in entry["labels"]),
        formats=tuple(_format(*part) for part in entry["formats"]),
        year=entry.get("year"),
        released=entry.get("released"),
        country=entry.get("country"),
        genres=_told(entry.get("genres")),
        styles=_told(entry.get("styles")),
        master_discogs_id=entry.get("master"),
        tracks=_tracks(entry["tracks"]) if "tracks" in entry else None,
        credits=tuple(_credit(*one) for one in entry["credits"]) if "credits" in entry else None,
    )


def _told(words: Sequence[str] | None) -> tuple[str, ...] | None:
    return None if words is None else tuple(words)


def _artist(name: str, number: int | None = None, anv: str = "", join: str = "") -> CreditRecord:
    return CreditRecord(name, number, anv, join)


def _credit(
    name: str, number: int | None = None, anv: str = "", role: str = "", tracks: str = ""
) -> CreditRecord:
    return CreditRecord(name, number, anv, role=role, tracks=tracks)


def _format(
    name: str, qty: int = 1, descriptions: Sequence[str] = (), text: str = ""
) -> FormatRecord:
    return FormatRecord(name, qty, tuple(descriptions), text)


def _tracks(entries: Sequence[Mapping[str, Any]]) -> tuple[TrackRecord, ...]:
    return tuple(
        TrackRecord(
            title=entry["title"],
            position=entry.get("position", ""),
            duration=entry.get("duration", ""),
            kind=entry.get("kind", "track"),
            artists=tuple(_artist(*artist) for artist in entry.get("artists", ())),
            sub_tracks=_tracks(entry.get("tracks", ())),
        )
        for entry in entries
    )
