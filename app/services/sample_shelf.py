"""The sample shelf: real records to look around with, put up and taken down in one click."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, delete, exists, func, or_, select, union

from app.domain.label_texts import label_texts
from app.domain.names import credit_line
from app.domain.records import ReleaseRecord
from app.domain.sleeves import SleeveFacts
from app.extensions import db
from app.models import Artist, Copy, Credit, Edit, Folder, Label, Release, ReleaseLabel
from app.sample import SampleCopy, load_sample
from app.services import catalogue_lock, folders, shelf
from app.services.bulk import IdSource, insert_rows, stamp
from app.services.release_writer import ReleaseWriter, told_by

SOURCE = "sample"
IN_THE_WINDOW = 12
COPY_COLUMNS = (
    "id",
    "owner_id",
    "release_id",
    "folder_id",
    "added_at",
    "source",
    "sort_artist",
    "sort_title",
    "sort_year",
    "search_text",
    "changed_in",
)


@cache
def shop_window() -> tuple[SleeveFacts, ...]:
    """Some records of the sample shelf, as their sleeves are drawn: a look before it is up."""
    records = [each.copy.release for each in load_sample() if each.copy.release.genres]
    step = max(len(records) // IN_THE_WINDOW, 1)
    return tuple(_facts(record) for record in records[::step][:IN_THE_WINDOW])


@cache
def size() -> int:
    """How many records the sample shelf has."""
    return len(load_sample())


def _facts(record: ReleaseRecord) -> SleeveFacts:
    label, catno = label_texts(record.labels)
    return SleeveFacts(
        title=record.title,
        artist=credit_line(record.artists),
        label=label,
        catno=catno,
        year=record.year,
        genres=record.genres or (),
        styles=record.styles or (),
        seed=record.discogs_id or 0,
    )


def count(owner_id: int) -> int:
    """How many sample copies this person has."""
    mine = select(func.count()).where(Copy.owner_id == owner_id, Copy.source == SOURCE)
    return db.session.scalar(mine) or 0


def load(owner_id: int) -> int:
    """Put the sample shelf up; returns how many copies came: 0 when it is up already. Commits."""
    catalogue_lock.hold(owner_id)
    shelf.next_version(owner_id)  # a write first, so that the second of two clicks waits and sees
    if count(owner_id):
        db.session.rollback()
        return 0
    sample = load_sample()
    release_ids = _store_releases(owner_id, sample)
    _store_copies(owner_id, sample, release_ids)
    shelf.refresh(owner_id, list(release_ids.values()))
    db.session.commit()
    return len(sample)


def _store_releases(owner_id: int, sample: Sequence[SampleCopy]) -> dict[int, int]:
    """Our ids by Discogs id; a release that is here already keeps its facts."""
    records = {each.copy.release.discogs_id or 0: each.copy.release for each in sample}
    known = select(Release.discogs_id, Release.id).where(
        Release.owner_id == owner_id, Release.discogs_id.in_(records)
    )
    ids = {number: key for number, key in db.session.execute(known) if number is not None}
    told = {number: told_by(record) for number, record in records.items() if number not in ids}
    writer = ReleaseWriter(owner_id)
    writer.meet(told.values())
    for number, facts in told.items():
        ids[number] = writer.create(facts, SOURCE, number, None)
    writer.write()
    return ids


def _store_copies(owner_id: int, sample: Sequence[SampleCopy], release_ids: dict[int, int]) -> None:
    """The copies; how they sort and what finds them is filled in by `shelf.refresh`."""
    folder_ids = folders.folder_ids_by_name(owner_id, sorted({each.folder for each in sample}))
    fresh = IdSource(Copy)
    rows = [
        (
            fresh.next(),
            owner_id,
            release_ids[each.copy.release.discogs_id or 0],
            folder_ids[each.folder],
            stamp(each.copy.added_at),
            SOURCE,
            *("", "", 0, "", 0),
        )
        for each in sample
    ]
    insert_rows(Copy, COPY_COLUMNS, rows)


def remove(owner_id: int) -> int:
    """Take the sample shelf down; returns how many copies went. Commits.

    With it go the releases, artists, labels and folders that nothing else needs, and the edits
    made on them. Whatever a person brought in themselves stays.
    """
    catalogue_lock.hold(owner_id)
    shelf.next_version(owner_id)
    copies = _all(select(Copy.id).where(Copy.owner_id == owner_id, Copy.source == SOURCE))
    if not copies:
        db.session.rollback()
        return 0
    release_ids = _all(select(Copy.release_id).where(Copy.id.in_(copies)).distinct())
    folder_ids = _all(select(Copy.folder_id).where(Copy.id.in_(copies)).distinct())
    _delete(owner_id, Copy, copies)
    _remove_releases(owner_id, release_ids)
    kept = exists().where(Copy.folder_id == Folder.id)
    unused = select(Folder.id).where(Folder.id.in_(folder_ids), Folder.discogs_id.is_(None), ~kept)
    _delete(owner_id, Folder, _all(unused))
    db.session.commit()
    return len(copies)


def _remove_releases(owner_id: int, release_ids: Sequence[int]) -> None:
    """Remove those of these releases that nobody owns, then names only they had."""
    owned = exists().where(Copy.release_id == Release.id)
    gone = _all(select(Release.id).where(Release.id.in_(release_ids), ~owned))
    artist_ids = _credited_on(gone)
    links = select(ReleaseLabel.label_id).where(ReleaseLabel.release_id.in_(gone))
    label_ids = _all(links.distinct())
    _delete(owner_id, Release, gone)
    _delete(owner_id, Artist, _unused(artist_ids))
    used = exists().where(ReleaseLabel.label_id == Label.id)
    _delete(owner_id, Label, _all(select(Label.id).where(Label.id.in_(label_ids), ~used)))


def _credited_on(release_ids: Sequence[int]) -> list[int]:
    """Whom these releases name, and on whose pages they stand."""
    shown = select(Credit.artist_id).where(Credit.release_id.in_(release_ids))
    told = select(Credit.told_artist_id).where(
        Credit.release_id.in_(release_ids), Credit.told_artist_id.is_not(None)
    )
    return list(db.session.scalars(union(shown, told)))


def _unused(artist_ids: Sequence[int]) -> list[int]:
    """Those of these artists whom no release needs, nor anybody who was made part of their page."""
    credited = exists().where(
        or_(Credit.artist_id == Artist.id, Credit.told_artist_id == Artist.id)
    )
    filed = exists().where(Release.artist_id == Artist.id)
    unused = set(_all(select(Artist.id).where(Artist.id.in_(artist_ids), ~credited, ~filed)))
    merged = db.session.execute(
        select(Artist.id, Artist.merged_into_id).where(Artist.merged_into_id.in_(unused))
    ).all()
    while needed := {into for part, into in merged if part not in unused and into in unused}:
        unused -= needed
    return sorted(unused)


def _all(query: Select[Any]) -> list[int]:
    return list(db.session.scalars(query))


def _delete(owner_id: int, model: Any, ids: Sequence[int]) -> None:
    """Delete rows together with the edits on them, which no foreign key ties to them."""
    db.session.execute(delete(model).where(model.id.in_(ids)))
    db.session.execute(
        delete(Edit).where(
            Edit.owner_id == owner_id,
            Edit.entity == model.__tablename__,
            Edit.entity_id.in_(ids),
        )
    )
