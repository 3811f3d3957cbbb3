"""Adding one record: known to Discogs, or typed by hand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from sqlalchemy import func, select

from app.domain.discogs_csv import pair_labels, parse_format
from app.domain.discogs_links import release_id_in
from app.domain.documents_schema import MAX_LINES, MAX_NAME, MAX_TEXT, MAX_TITLE
from app.domain.names import credit_line
from app.domain.records import CreditRecord, LabelRecord, ReleaseRecord
from app.domain.text import clean
from app.domain.track_lines import read_tracks
from app.domain.visible import reverses_what_is_shown, shows_something
from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.models import Copy, Release
from app.models.base import utcnow
from app.services import catalogue_lock, folders, shelf
from app.services.ask_discogs import client_for_person
from app.services.release_details import store_details
from app.services.release_writer import ReleaseWriter, told_by
from app.services.workplace import Workplace

LONGEST_FOLDER = 200
EARLIEST, LATEST = 1850, 2100
LIMITS = {
    "artist": MAX_NAME,
    "title": MAX_TITLE,
    "label": MAX_NAME,
    "catno": MAX_NAME,
    "format": 500,
    "styles": MAX_TITLE,
    "country": 200,
    "folder": LONGEST_FOLDER,
    "tracks": 100_000,
    "notes": MAX_TEXT,
}
NEEDED = {"artist": "Who is it by?", "title": "What is it called?"}


@dataclass(frozen=True, slots=True)
class Added:
    """The copy that was added, and the release it is of."""

    copy_id: int
    release_id: int


@dataclass(frozen=True, slots=True)
class Typed:
    """A record as typed into the form, nothing checked yet. `tracks` has one a line."""

    artist: str = ""
    title: str = ""
    label: str = ""
    catno: str = ""
    year: str = ""
    format: str = ""
    genres: tuple[str, ...] = ()
    styles: str = ""
    country: str = ""
    folder: str = ""
    tracks: str = ""
    notes: str = ""


class AlreadyOwnedError(ConflictError):
    """The record stands on the shelf already; another copy must be asked for."""

    def __init__(self, release_id: int, title: str, copies: int) -> None:
        times = "" if copies == 1 else f" {copies} times"
        super().__init__(f"{title} stands on your shelf{times} already. Nothing was added.")
        self.release_id = release_id


def add_from_discogs(
    workplace: Workplace, owner_id: int, reference: str, *, folder: str = "", another: bool = False
) -> Added:
    """Add a copy of the release `reference` (a number or an address) names. Commits.

    At most one call to Discogs, none for a release known in full. Raises InvalidInputError at
    "discogs" or "folder", AlreadyOwnedError unless `another` copy is wanted, or what the client
    raises; then nothing is kept.
    """
    discogs_id = release_id_in(reference)
    folder = _checked("folder", folder)
    known = db.session.execute(
        select(Release.id, Release.detailed_at).where(
            Release.owner_id == owner_id, Release.discogs_id == discogs_id
        )
    ).first()
    if known and not another:
        _refuse_if_owned(known.id)
    if known and known.detailed_at:
        catalogue_lock.hold(owner_id)
        return _add_copy(owner_id, known.id, folder)
    found = fetched(workplace, owner_id, discogs_id)
    catalogue_lock.hold(owner_id)
    return _add_copy(owner_id, store_details(owner_id, *found), folder)


def fetched(workplace: Workplace, owner_id: int, discogs_id: int) -> tuple[ReleaseRecord, bytes]:
    """A release as Discogs tells it, in one call; whatever was not committed is forgotten.

    Raises InvalidInputError at "discogs", or what the client raises.
    """
    with client_for_person(workplace, owner_id) as client:
        found = client.release_with_raw(discogs_id)
    if found is None:
        sentence = f"Discogs has no release {discogs_id} (any more)."
        raise InvalidInputError(sentence, {"discogs": [sentence]})
    return found


def add_by_hand(owner_id: int, typed: Typed, *, another: bool = False) -> Added:
    """Add a copy of a record Discogs need not know. Commits.

    Raises InvalidInputError with a sentence for each field that is wrong, AlreadyOwnedError when
    the same artist, title and number are here, unless `another` copy is wanted.
    """
    record, folder, notes = _read(typed)
    catalogue_lock.hold(owner_id)
    release_id = _same_release(owner_id, record)
    if release_id and not another:
        _refuse_if_owned(release_id)
    if release_id is None:
        told = told_by(record)
        writer = ReleaseWriter(owner_id)
        writer.meet([told])
        release_id = writer.create(told, "hand", None, None)
        writer.write()
    return _add_copy(owner_id, release_id, folder, notes)


def _refuse_if_owned(release_id: int) -> None:
    count = db.session.scalar(
        select(func.count()).where(Copy.release_id == release_id, Copy.removed_at.is_(None))
    )
    if count:
        release = db.session.get_one(Release, release_id)
        raise AlreadyOwnedError(release_id, f"{release.artist_text} – {release.title}", count)


def _add_copy(owner_id: int, release_id: int, folder: str, notes: str = "") -> Added:
    folder_id = folders.folder_ids_by_name(owner_id, [folder])[folder]
    copy = Copy(
        owner_id=owner_id,
        release_id=release_id,
        folder_id=folder_id,
        notes=notes or None,
        added_at=utcnow().replace(microsecond=0),
        source="hand",
    )
    db.session.add(copy)
    db.session.flush()
    added = Added(copy.id, release_id)
    shelf.refresh(owner_id, [release_id])
    db.session.commit()
    return added


def _same_release(owner_id: int, record: ReleaseRecord) -> int | None:
    catno = record.labels[0].catno if record.labels else ""
    same = select(Release.id).where(
        Release.owner_id == owner_id,
        Release.title == record.title,
        Release.artist_text == credit_line(record.artists),
        Release.catno_text == catno,
    )
    return db.session.scalar(same.order_by(Release.id).limit(1))


def _read(typed: Typed) -> tuple[ReleaseRecord, str, str]:
    """The record, its folder and the notes on the copy."""
    problems: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for field in LIMITS:
        try:
            texts[field] = _checked(field, getattr(typed, field))
        except InvalidInputError as error:
            problems.update(error.problems)
    year = _year(typed.year, problems)
    tracks = read_tracks(texts.get("tracks", ""))
    if len(tracks) > MAX_LINES or any(len(track.title) > MAX_TITLE for track in tracks):
        problems["tracks"] = [f"At most {MAX_LINES:,} tracks of {MAX_TITLE:,} characters each."]
    if problems:
        raise InvalidInputError("Something is missing or cannot be right.", problems)
    record = ReleaseRecord(
        title=texts["title"],
        artists=(CreditRecord(texts["artist"]),),
        labels=_labels(texts["label"], texts["catno"]),
        formats=parse_format(texts["format"]),
        year=year,
        genres=tuple(dict.fromkeys(typed.genres)),
        styles=_listed(texts["styles"]),
        country=texts["country"] or None,
        tracks=tracks,
    )
    return record, texts["folder"], texts["notes"]


def _checked(field: str, text: str) -> str:
    """The text of a field, cleaned. Raises InvalidInputError at it."""
    cleaned = clean(text).strip()
    if field in NEEDED and not shows_something(cleaned):
        raise _wrong(field, NEEDED[field])
    if reverses_what_is_shown(cleaned):
        raise _wrong(field, "There is an invisible character in it that reverses what is shown.")
    if len(cleaned) > LIMITS[field]:
        raise _wrong(field, f"At most {LIMITS[field]:,} characters.")
    return cleaned if field in ("tracks", "notes") else " ".join(cleaned.split())


def _year(text: str, problems: dict[str, list[str]]) -> int | None:
    text = text.strip()
    if text in ("", "0"):
        return None
    if re.fullmatch(r"\d{4}", text, re.ASCII) and EARLIEST <= int(text) <= LATEST:
        return int(text)
    problems["year"] = [f"A year from {EARLIEST} to {LATEST}, or nothing if you do not know."]
    return None


def _labels(label: str, catno: str) -> tuple[LabelRecord, ...]:
    if not label:
        return (LabelRecord("Not On Label", catno),) if catno else ()
    return pair_labels(label, catno)


def _listed(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for part in text.split(",") if (word := part.strip())))


def _wrong(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, {field: [sentence]})
