"""What is known of a title (all pressings of one work) on somebody's shelf: for matching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Row, false, func, or_, select

from app.domain.matching.facts import TitleFacts
from app.domain.matching.keys import title_key
from app.domain.names import display_name, is_various
from app.extensions import db
from app.models import Artist, Credit, Format, Identifier, Master, Release, Track

BARCODE = "Barcode"


@dataclass(frozen=True, slots=True)
class Title:
    """A title on the shelf: its key on the work list and the releases that are its pressings.

    `has_details` when at least one of them is known in full.
    """

    key: str
    release_ids: tuple[int, ...]
    discogs_ids: tuple[int, ...]
    has_details: bool
    facts: TitleFacts


def master_of(key: str) -> int | None:
    """The Discogs master a title's key names, None if it names a release."""
    return int(key[1:]) if key.startswith("m") else None


def load(owner_id: int, keys: Collection[str]) -> dict[str, Title]:
    """The titles of these keys that are (still) on the shelf. A constant number of statements."""
    pressings: dict[str, list[Row[*tuple[object, ...]]]] = defaultdict(list)
    for row in _releases(owner_id, keys):
        pressings[title_key(row.master_discogs_id, row.discogs_id, row.id)].append(row)
    ids = [row.id for rows in pressings.values() for row in rows]
    artists, tracks, barcodes = _artists(ids), _track_counts(ids), _barcodes(ids)
    years = _master_years(keys)
    return {
        key: _title(key, rows, artists, tracks, barcodes, years)
        for key, rows in pressings.items()
        if key in keys
    }


def details_wanted(owner_id: int, keys: Collection[str]) -> dict[str, list[int]]:
    """The Discogs ids of the pressings of titles of which none is known in full. One statement."""
    rows = db.session.execute(
        select(
            Release.id, Release.discogs_id, Release.master_discogs_id, Release.detailed_at
        ).where(Release.owner_id == owner_id, _of(keys))
    ).all()
    known = {
        title_key(row.master_discogs_id, row.discogs_id, row.id) for row in rows if row.detailed_at
    }
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        key = title_key(row.master_discogs_id, row.discogs_id, row.id)
        if key not in known and row.discogs_id:
            wanted[key].append(row.discogs_id)
    return wanted


def _of(keys: Collection[str]) -> ColumnElement[bool]:
    """The condition that a release is a pressing of one of these titles."""
    masters = [master for key in keys if (master := master_of(key))]
    releases = [int(key[1:]) for key in keys if key.startswith("r")]
    own = [int(key.removeprefix("own:")) for key in keys if key.startswith("own:")]
    wanted = [
        column.in_(ids)
        for column, ids in (
            (Release.master_discogs_id, masters),
            (Release.discogs_id, releases),
            (Release.id, own),
        )
        if ids  # an empty list among them would keep SQLite from its indexes
    ]
    return or_(false(), *wanted)


def _releases(owner_id: int, keys: Collection[str]) -> Iterable[Row[*tuple[object, ...]]]:
    return db.session.execute(
        select(
            Release.id,
            Release.discogs_id,
            Release.master_discogs_id,
            Release.title,
            Release.artist_text,
            Release.year,
            Release.detailed_at,
            Format.parts,
        )
        .outerjoin(Format, Format.id == Release.format_id)
        .where(
            Release.owner_id == owner_id,
            _of(keys),
        )
        .order_by(Release.id)
    )


def _artists(release_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """The main artists of each release, as (name, name as printed)."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    rows = db.session.execute(
        select(Credit.release_id, Artist.name, Credit.anv)
        .join(Artist, Artist.id == Credit.artist_id)
        .where(Credit.release_id.in_(release_ids), Credit.role == "")
        .order_by(Credit.release_id, Credit.position)
    )
    for row in rows:
        found[row.release_id].append((display_name(row.name), row.anv))
    return found


def _track_counts(release_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(
        select(Track.release_id, func.count())
        .where(Track.release_id.in_(release_ids), Track.kind == "track", Track.depth == 0)
        .group_by(Track.release_id)
    )
    return {row[0]: row[1] for row in rows}


def _barcodes(release_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    rows = db.session.execute(
        select(Identifier.release_id, Identifier.value).where(
            Identifier.release_id.in_(release_ids), Identifier.kind == BARCODE
        )
    )
    for release_id, value in rows:
        found[release_id].append(value)
    return found


def _master_years(keys: Collection[str]) -> dict[str, int]:
    masters = [master for key in keys if (master := master_of(key))]
    rows = db.session.execute(
        select(Master.discogs_id, Master.year).where(
            Master.discogs_id.in_(masters), Master.year.is_not(None)
        )
    )
    return {f"m{row.discogs_id}": row.year for row in rows if row.year}


def _title(
    key: str,
    rows: Sequence[Row[*tuple[object, ...]]],
    artists: dict[int, list[tuple[str, str]]],
    tracks: dict[int, int],
    barcodes: dict[int, list[str]],
    years: dict[str, int],
) -> Title:
    first = rows[0]
    names = artists.get(first.id, [])
    printed = [anv for row in rows for _name, anv in artists.get(row.id, []) if anv]
    known = [row.year for row in rows if row.year]
    return Title(
        key=key,
        release_ids=tuple(row.id for row in rows),
        discogs_ids=tuple(row.discogs_id for row in rows if row.discogs_id),
        has_details=any(row.detailed_at for row in rows),
        facts=TitleFacts(
            title=first.title,
            artists=tuple(name for name, _anv in names) or (first.artist_text,),
            other_names=tuple(dict.fromkeys([*printed, first.artist_text])),
            year=years.get(key) or min(known, default=None),
            tracks=next((tracks[row.id] for row in rows if tracks.get(row.id)), None),
            barcodes=tuple(dict.fromkeys(code for row in rows for code in barcodes[row.id])),
            words=frozenset(
                word
                for row in rows
                for part in row.parts or ()
                for word in part.get("descriptions", ())
            ),
            pressing_years=tuple(sorted(set(known))),
            is_various=is_various(first.artist_text) or any(is_various(name) for name, _ in names),
        ),
    )
