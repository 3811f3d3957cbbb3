"""What is known of a title (all pressings of one work) on somebody's shelf: for matching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import BindParameter, Row, bindparam, false, func, or_, select

from app.domain.matching.facts import TitleFacts
from app.domain.matching.keys import title_key
from app.domain.names import display_name, is_various
from app.extensions import db
from app.models import Artist, Credit, Format, Identifier, Master, Release, Track

BARCODE = "Barcode"

# Built once: a run makes these statements for every few records.
_OF = {
    column.key: column.in_(bindparam(column.key, expanding=True))
    for column in (Release.master_discogs_id, Release.discogs_id, Release.id)
}
_PRESSINGS = (
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
    .where(Release.owner_id == bindparam("whose"))
    .order_by(Release.id)
)
_DETAILED = select(
    Release.id, Release.discogs_id, Release.master_discogs_id, Release.detailed_at
).where(Release.owner_id == bindparam("whose"))
_RELEASES: BindParameter[Any] = bindparam("releases", expanding=True)
_ARTISTS = (
    select(Credit.release_id, Artist.name, Credit.anv)
    .join(Artist, Artist.id == Credit.artist_id)
    .where(Credit.release_id.in_(_RELEASES), Credit.role == "")
    .order_by(Credit.release_id, Credit.position)
)
_TRACK_COUNTS = (
    select(Track.release_id, func.count())
    .where(Track.release_id.in_(_RELEASES), Track.kind == "track", Track.depth == 0)
    .group_by(Track.release_id)
)
_BARCODES = select(Identifier.release_id, Identifier.value).where(
    Identifier.release_id.in_(_RELEASES), Identifier.kind == BARCODE
)
_YEARS = select(Master.discogs_id, Master.year).where(
    Master.discogs_id.in_(bindparam("masters", expanding=True)), Master.year.is_not(None)
)


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
    pressings: dict[str, list[Row[Any]]] = defaultdict(list)
    for row in _pressings_in(_PRESSINGS, owner_id, keys):
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
    rows = _pressings_in(_DETAILED, owner_id, keys)
    known = {
        title_key(row.master_discogs_id, row.discogs_id, row.id) for row in rows if row.detailed_at
    }
    wanted: dict[str, list[int]] = defaultdict(list)
    for row in rows:
        key = title_key(row.master_discogs_id, row.discogs_id, row.id)
        if key not in known and row.discogs_id:
            wanted[key].append(row.discogs_id)
    return wanted


def pressings(owner_id: int, keys: Collection[str]) -> dict[str, list[int]]:
    """The Discogs ids of the pressings on the shelf, by title. One statement."""
    found: dict[str, list[int]] = defaultdict(list)
    for row in _pressings_in(_DETAILED, owner_id, keys):
        if row.discogs_id:
            found[title_key(row.master_discogs_id, row.discogs_id, row.id)].append(row.discogs_id)
    return found


def _pressings_in(base: Any, owner_id: int, keys: Collection[str]) -> Sequence[Row[Any]]:
    """The rows of `base` that are pressings of one of these titles."""
    masters = [master for key in keys if (master := master_of(key))]
    releases = [int(key[1:]) for key in keys if key.startswith("r")]
    own = [int(key.removeprefix("own:")) for key in keys if key.startswith("own:")]
    # An empty list among them would keep SQLite from its indexes.
    wanted = {name: ids for name, ids in zip(_OF, (masters, releases, own), strict=True) if ids}
    query = _restricted(base, tuple(wanted))
    return db.session.execute(query, {"whose": owner_id, **wanted}).all()


@lru_cache(maxsize=16)
def _restricted(base: Any, columns: tuple[str, ...]) -> Any:
    return base.where(or_(false(), *(_OF[column] for column in columns)))


def _artists(release_ids: Sequence[int]) -> dict[int, list[tuple[str, str]]]:
    """The main artists of each release, as (name, name as printed)."""
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for row in db.session.execute(_ARTISTS, {"releases": release_ids}):
        found[row.release_id].append((display_name(row.name), row.anv))
    return found


def _track_counts(release_ids: Sequence[int]) -> dict[int, int]:
    rows = db.session.execute(_TRACK_COUNTS, {"releases": release_ids})
    return {row[0]: row[1] for row in rows}


def _barcodes(release_ids: Sequence[int]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for release_id, value in db.session.execute(_BARCODES, {"releases": release_ids}):
        found[release_id].append(value)
    return found


def _master_years(keys: Collection[str]) -> dict[str, int]:
    masters = [master for key in keys if (master := master_of(key))]
    rows = db.session.execute(_YEARS, {"masters": masters})
    return {f"m{row.discogs_id}": row.year for row in rows if row.year}


def _title(
    key: str,
    rows: Sequence[Row[Any]],
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
