"""Keeping copies in step with their releases: how they sort, what finds them, when they changed."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import BindParameter, Table, bindparam, select, text, update

from app.domain.text import search_text, sort_key
from app.extensions import connected, db
from app.models import Copy, Release, Track, User
from app.queries.many_ids import among, own_copies
from app.services.bulk import in_chunks

UNKNOWN_YEAR = 9999
cached_sort_key = lru_cache(maxsize=50_000)(sort_key)

# Built once: an enrichment makes these statements for every record.
_USERS, _COPIES = cast(Table, User.__table__), cast(Table, Copy.__table__)
_COUNT_UP = (
    update(_USERS)
    .where(_USERS.c.id == bindparam("owner"))
    .values(collection_version=_USERS.c.collection_version + 1)
    .returning(_USERS.c.collection_version)
)
FOUND_BY = ("sort_artist", "sort_title", "sort_year", "search_text")
_CHANGE = update(_COPIES).where(_COPIES.c.id == bindparam("copy"))
_RELEASES: BindParameter[Any] = bindparam("releases", expanding=True)
_TRACK_TITLES = select(Track.release_id, Track.title).where(Track.release_id.in_(_RELEASES))
_FACTS = (
    Release.title,
    Release.artist_text,
    Release.label_text,
    Release.catno_text,
    Release.year,
)
_SHOWN = select(Release.id, *_FACTS).where(Release.id.in_(_RELEASES))
_STANDING = (
    select(
        Copy.id,
        Copy.release_id,
        Copy.notes,
        Copy.fields,
        Copy.sort_artist,
        Copy.sort_title,
        Copy.sort_year,
        Copy.search_text,
        *_FACTS,
    )
    .join(Release, Release.id == Copy.release_id)
    .where(Copy.release_id.in_(_RELEASES))
)


def next_version(owner_id: int) -> int:
    """Count the collection's version up; every commit that changes the shelf does so once."""
    version: int = db.session.connection().execute(_COUNT_UP, {"owner": owner_id}).scalar_one()
    return version


def touch(owner_id: int, copy_ids: Iterable[int]) -> None:
    """Note that these copies changed in what they are filed under. Does not commit."""
    changed = update(Copy).where(own_copies(owner_id, copy_ids))
    db.session.execute(
        changed.values(changed_in=next_version(owner_id)),
        execution_options={"synchronize_session": False},
    )


def touch_releases(owner_id: int, release_ids: Collection[int]) -> None:
    """The same for all copies of these releases. Does not commit."""
    if release_ids:
        changed = update(_COPIES).where(among(_COPIES.c.release_id, release_ids))
        connection = db.session.connection()
        connection.execute(changed.values(changed_in=next_version(owner_id)))


def sort_columns(artist_text: str, title: str, year: int | None) -> tuple[str, str, int]:
    """sort_artist, sort_title, sort_year of a copy."""
    return cached_sort_key(artist_text), sort_key(title), year or UNKNOWN_YEAR


def words_of(
    release: Sequence[str],
    tracks: Iterable[str],
    notes: str | None,
    fields: Mapping[str, Any] | None,
) -> str:
    """What a copy is found by: artist, title, label, number (in `release`), tracks and notes.

    A number is found with its blanks ("BLP 1577") and without ("BLP1577").
    """
    catno = release[-1]
    squeezed = catno.replace(" ", "").replace("-", "") if " " in catno or "-" in catno else ""
    values = map(str, fields.values()) if fields else ()
    return search_text(*release, squeezed, *tracks, notes or "", *values)


def refresh(owner_id: int, release_ids: Sequence[int]) -> None:
    """Rewrite the sort keys and search words of all copies of these releases."""
    if not release_ids:
        return
    version = next_version(owner_id)
    for chunk in in_chunks(dict.fromkeys(release_ids), 1_000):
        _refresh(chunk, version)


class Filing:
    """How new copies of these releases are filed: the values of FOUND_BY."""

    def __init__(self, release_ids: Collection[int]) -> None:
        asked = {"releases": list(release_ids)}
        self._tracks = _tracks(asked)
        self._shown = {row.id: row for row in connected().execute(_SHOWN, asked)}

    def columns(
        self, release_id: int, notes: str | None, fields: Mapping[str, Any] | None
    ) -> tuple[str, str, int, str]:
        """Of a copy with these notes and custom fields."""
        return _filed(self._shown[release_id], self._tracks[release_id], notes, fields)


def _filed(
    shown: Any, tracks: Iterable[str], notes: str | None, fields: Mapping[str, Any] | None
) -> tuple[str, str, int, str]:
    words = (shown.artist_text, shown.title, shown.label_text, shown.catno_text)
    sorts = sort_columns(shown.artist_text, shown.title, shown.year)
    return (*sorts, words_of(words, tracks, notes, fields))


def _tracks(asked: Mapping[str, list[int]]) -> dict[int, list[str]]:
    tracks = defaultdict(list)
    for release_id, title in connected().execute(_TRACK_TITLES, asked):
        tracks[release_id].append(title)
    return tracks


def _refresh(release_ids: list[int], version: int) -> None:
    connection, asked = connected(), {"releases": release_ids}
    tracks = _tracks(asked)
    changes, same = [], []
    for row in connection.execute(_STANDING, asked).all():
        filed = _filed(row, tracks[row.release_id], row.notes, row.fields)
        if filed == row[4:8]:
            same.append(row.id)
        else:
            named = dict(zip(FOUND_BY, filed, strict=True))
            changes.append({"copy": row.id, **named, "changed_in": version})
    if changes:
        connection.execute(_CHANGE, changes)
    if same:
        # To write words means to index them anew, whether they are others or not.
        touched = update(_COPIES).where(among(_COPIES.c.id, same)).values(changed_in=version)
        connection.execute(touched)


def index_words(first_copy_id: int) -> None:
    """Make copies inserted with their words, from this id on, findable.

    SQLite's search index follows updates and deletes by itself, but not inserts: fed row by row
    an import takes thrice as long. PostgreSQL indexes the column itself.
    """
    if db.engine.dialect.name == "sqlite":
        db.session.execute(
            text(
                "INSERT INTO copy_fts(rowid, search_text)"
                " SELECT id, search_text FROM copy WHERE id >= :first AND search_text <> ''"
            ),
            {"first": first_copy_id},
        )
