"""The things on a shelf that other services are asked about, by their keys, as lists show them.

A key is that of provider_result (see models): the Discogs id of a release, master or artist, or of
a title "m<master id>", "r<release id>" or "own:<our id>".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, or_, select

from app.domain.names import display_name
from app.domain.sleeves import sleeve_version
from app.extensions import db
from app.models import Artist, Credit, Image, Master, Release

NO_NUMBER = "none"
TITLES_SHOWN = 3
Name = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Thing:
    """A record, a title with its pressings, or an artist.

    `facts` are short lines about it: year, label and number of a record, titles of an artist.
    `release_id` is None for an artist, `artist_id` for all others.
    """

    name: str
    by: str
    facts: Sequence[str]
    address: str
    release_id: int | None = None
    artist_id: int | None = None
    sleeve: str = ""
    image: str | None = None
    colour: str | None = None


def things(owner_id: int, keys: Collection[Name]) -> dict[Name, Thing]:
    """What is on this shelf of these (entity, key). At most four statements, however many."""
    wanted = {entity: {key for kind, key in keys if kind == entity} for entity, _key in keys}
    found: dict[Name, Thing] = {}
    releases = _releases(owner_id, wanted)
    years = _original_years(releases)
    for entity in wanted.keys() - {"artist"}:
        of = _grouped(entity, wanted[entity], releases)
        found |= {(entity, key): _record(rows, years) for key, rows in of.items()}
    if wanted.get("artist"):
        found |= _artists(owner_id, wanted["artist"])
    return found


def _numbers(keys: Iterable[str], prefix: str = "") -> set[int]:
    """The numbers in those keys that have this prefix."""
    rest = (key[len(prefix) :] for key in keys if key.startswith(prefix))
    return {int(each) for each in rest if each.isascii() and each.isdigit() and len(each) < 19}


def _releases(
    owner_id: int, wanted: Mapping[str, Collection[str]]
) -> Sequence[Row[*tuple[Any, ...]]]:
    titles = {*wanted.get("title", ()), *wanted.get("barcode", ())}
    alone = wanted.get("release", ())
    ids = _numbers(alone) | _numbers(titles, "r")
    masters = _numbers(titles, "m") | _numbers(wanted.get("master", ()))
    own = _numbers(alone, "own:") | _numbers(titles, "own:")
    if not (ids or masters or own):
        return []
    return db.session.execute(
        select(
            Release.id,
            Release.discogs_id,
            Release.master_discogs_id,
            Release.title,
            Release.artist_text,
            Release.label_text,
            Release.catno_text,
            Release.year,
            Release.country,
            Release.version,
            Release.image_sha256,
            Image.colour,
        )
        .outerjoin(Image, Image.sha256 == Release.image_sha256)
        .where(
            Release.owner_id == owner_id,
            or_(
                Release.discogs_id.in_(ids),
                Release.master_discogs_id.in_(masters),
                Release.id.in_(own),
            ),
        )
        .order_by(Release.image_sha256.is_(None), Release.id)
    ).all()


def _original_years(releases: Sequence[Row[*tuple[Any, ...]]]) -> Mapping[int, int]:
    masters = {row.master_discogs_id for row in releases if row.master_discogs_id}
    if not masters:
        return {}
    rows = db.session.execute(
        select(Master.discogs_id, Master.year).where(
            Master.discogs_id.in_(masters), Master.year.is_not(None)
        )
    )
    return {row.discogs_id: row.year for row in rows if row.year}


def _grouped(
    entity: str, keys: Collection[str], releases: Sequence[Row[*tuple[Any, ...]]]
) -> dict[str, list[Row[*tuple[Any, ...]]]]:
    found: dict[str, list[Row[*tuple[Any, ...]]]] = defaultdict(list)
    for row in releases:
        for key in _keys_of(entity, row) & set(keys):
            found[key].append(row)
    return found


def _keys_of(entity: str, row: Row[*tuple[Any, ...]]) -> set[str]:
    """The keys under which a release is found as this kind of thing."""
    match entity:
        case "master":
            return {str(row.master_discogs_id)}
        case "title" | "barcode":
            return {f"m{row.master_discogs_id}", f"r{row.discogs_id}", f"own:{row.id}"}
        case _:
            return {str(row.discogs_id), f"own:{row.id}"}


def _record(rows: Sequence[Row[*tuple[Any, ...]]], years: Mapping[int, int]) -> Thing:
    first = rows[0]
    return Thing(
        name=first.title,
        by=first.artist_text,
        facts=[line for line in _facts(rows, years.get(first.master_discogs_id)) if line],
        address=f"/releases/{first.id}",
        release_id=first.id,
        sleeve=f"{sleeve_version()}.{first.version}",
        image=first.image_sha256,
        colour=first.colour,
    )


def _facts(rows: Sequence[Row[*tuple[Any, ...]]], original: int | None) -> list[str]:
    first = rows[0]
    year = str(first.year or "")
    if original and original != first.year:
        year = f"{original}, this pressing {year}" if year else str(original)
    number = first.catno_text if first.catno_text != NO_NUMBER else ""
    more = len(rows) - 1
    return [
        " · ".join(filter(None, (year, first.country))),
        " – ".join(filter(None, (first.label_text, number))),
        f"and {more} more pressing{'s' if more > 1 else ''} of yours" if more else "",
    ]


def _artists(owner_id: int, keys: Collection[str]) -> dict[Name, Thing]:
    rows = db.session.execute(
        select(Artist.id, Artist.discogs_id, Artist.name).where(
            Artist.owner_id == owner_id, Artist.discogs_id.in_(_numbers(keys))
        )
    ).all()
    found = {
        ("artist", str(row.discogs_id)): Thing(
            name=display_name(row.name),
            by="",
            facts=[],
            address=f"/artists/{row.id}",
            artist_id=row.id,
        )
        for row in rows
    }
    titles = titles_of([row.id for row in rows])
    return {key: replace(thing, facts=titles[thing.artist_id or 0]) for key, thing in found.items()}


def titles_of(artist_ids: Sequence[int]) -> Mapping[int, list[str]]:
    """A few titles of each artist, the oldest first: by them namesakes are told apart."""
    place = func.row_number().over(
        partition_by=Credit.artist_id, order_by=(Release.year.is_(None), Release.year, Release.id)
    )
    ranked = (
        select(Credit.artist_id, Release.title, Release.year, place.label("place"))
        .join(Release, Release.id == Credit.release_id)
        .where(Credit.artist_id.in_(artist_ids), Credit.role == "")
        .subquery()
    )
    found: dict[int, list[str]] = defaultdict(list)
    for row in db.session.execute(
        select(ranked).where(ranked.c.place <= TITLES_SHOWN).order_by(ranked.c.place)
    ):
        found[row.artist_id].append(f"{row.title} ({row.year})" if row.year else row.title)
    return found
