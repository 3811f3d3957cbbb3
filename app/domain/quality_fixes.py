"""What a person filled into the form of a gap, as fields of the document it is in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.discogs_csv import parse_format
from app.domain.documents_schema import MAX_LINES
from app.domain.formats import format_json
from app.domain.genres import GENRES
from app.domain.grades import MEDIA, SLEEVE
from app.domain.quality import NO_NUMBER, Check, bare_barcode
from app.domain.text import clean
from app.domain.track_lines import read_tracks
from app.errors import InvalidInputError

EARLIEST, LATEST = 1850, 2100
LONGEST_LINE = 2_000
LONGEST_LIST = 100_000
# A whole track list, or what else has lines; everything else is one.
_MANY_LINES = ("tracks", "notes")
_DURATION = re.compile(r"(?:\d{1,3}:)?\d{1,3}:[0-5]\d", re.ASCII)

Document = Mapping[str, Any]
Form = Mapping[str, Sequence[str]]


def values_of(check: Check, shown: Document, form: Form) -> dict[str, Any]:
    """The fields of a document that `form` fills; `shown` is the document as it is.

    Raises InvalidInputError at the field of the form.
    """
    return _READERS[check.fix](shown, _cleaned(form))


def _cleaned(form: Form) -> Form:
    cleaned = {}
    for field, texts in form.items():
        lines = field in _MANY_LINES
        longest = LONGEST_LIST if lines else LONGEST_LINE
        if any(len(text) > longest for text in texts):
            raise _wrong(field, f"At most {longest:,} characters.")
        plain = [clean(text).strip() for text in texts]
        cleaned[field] = plain if lines else [" ".join(text.split()) for text in plain]
    return cleaned


def _wrong(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, {field: [sentence]})


def _one(form: Form, field: str, sentence: str) -> str:
    text = next(iter(form.get(field, ())), "")
    if not text:
        raise _wrong(field, sentence)
    return text


def _year(_shown: Document, form: Form) -> dict[str, Any]:
    text = _one(form, "year", "Type the year.")
    if not re.fullmatch(r"\d{4}", text, re.ASCII) or not EARLIEST <= int(text) <= LATEST:
        raise _wrong("year", f"A year from {EARLIEST} to {LATEST}.")
    return {"year": int(text)}


def _country(_shown: Document, form: Form) -> dict[str, Any]:
    return {"country": _one(form, "country", "Type the country.")}


def _genres(_shown: Document, form: Form) -> dict[str, Any]:
    chosen = [genre for genre in GENRES if genre in form.get("genres", ())]
    if not chosen:
        raise _wrong("genres", "Choose one at least.")
    return {"genres": chosen}


def _number(shown: Document, form: Form) -> dict[str, Any]:
    """For the first label without one; where no label is known, that is asked for too."""
    number = _one(form, "number", "Type the number as it is printed.")
    labels = [dict(label) for label in shown["labels"]]
    if not labels:
        labels = [{"name": _one(form, "label", "Type the label too."), "catno": ""}]
    for label in labels:
        if label.get("catno", "").lower() in ("", NO_NUMBER):
            label["catno"] = number
            break
    return {"labels": labels}


def _format(_shown: Document, form: Form) -> dict[str, Any]:
    text = _one(form, "format", "Type what it is, such as 2xLP, Album.")
    return {"formats": format_json(parse_format(text))}


def _tracks(_shown: Document, form: Form) -> dict[str, Any]:
    tracks = read_tracks(_one(form, "tracks", "Type one track a line."))
    if len(tracks) > MAX_LINES:
        raise _wrong("tracks", f"At most {MAX_LINES:,} tracks.")
    return {
        "tracks": [
            {"position": track.position, "title": track.title, "duration": track.duration}
            for track in tracks
        ]
    }


def timed_tracks(shown: Document) -> list[dict[str, Any]]:
    """The lines of a track list that can have a duration, in order."""
    found = []
    for track in shown["tracks"]:
        if track.get("kind", "track") != "heading":
            found.append(track)
        found.extend(track.get("sub_tracks", ()))
    return found


def _durations(shown: Document, form: Form) -> dict[str, Any]:
    tracks = [
        {**track, "sub_tracks": [dict(sub) for sub in track.get("sub_tracks", ())]}
        for track in shown["tracks"]
    ]
    told = form.get("duration", ())
    for track, text in zip(timed_tracks({"tracks": tracks}), told, strict=False):
        if text and not _DURATION.fullmatch(text):
            raise _wrong("duration", f"{text[:20]} is no duration. Type minutes and seconds: 3:45.")
        track["duration"] = text or track.get("duration", "")
    if not any(told):
        raise _wrong("duration", "Type one duration at least.")
    return {"tracks": tracks}


def _barcode(shown: Document, form: Form) -> dict[str, Any]:
    wrong = bare_barcode(_one(form, "barcode", "Say which barcode is wrong."))
    left = [each for each in shown["identifiers"] if bare_barcode(each["value"]) != wrong]
    if not wrong or len(left) == len(shown["identifiers"]):
        raise _wrong("barcode", "That barcode is not on this record.")
    return {"identifiers": left}


def _grade(_shown: Document, form: Form) -> dict[str, Any]:
    asked = (("media_condition", MEDIA), ("sleeve_condition", SLEEVE))
    told = {field: next(iter(form.get(field, ())), "") for field, _grades in asked}
    for field, grades in asked:
        if told[field] and told[field] not in grades:
            raise _wrong(field, "That is no grade of Discogs.")
    if not any(told.values()):
        raise _wrong("media_condition", "Choose a grade.")
    return {field: grade for field, grade in told.items() if grade}


def _folder(_shown: Document, form: Form) -> dict[str, Any]:
    chosen = [name for name in form.get("folder", ()) if name]
    if not chosen:
        raise _wrong("folder", "Choose a folder, or name a new one.")
    return {"folder": chosen[-1]}


def _note(_shown: Document, form: Form) -> dict[str, Any]:
    return {"notes": _one(form, "notes", "Note what sets this copy apart.")}


_READERS: dict[str, Callable[[Document, Form], dict[str, Any]]] = {
    "year": _year,
    "country": _country,
    "genres": _genres,
    "number": _number,
    "format": _format,
    "tracks": _tracks,
    "durations": _durations,
    "barcode": _barcode,
    "grade": _grade,
    "folder": _folder,
    "note": _note,
}
