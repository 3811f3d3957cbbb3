"""Writing releases: from what was told to columns and link tables, many at a time.

`Told` maps a field of a release to records ({"title": str, "artists": (CreditRecord, …), …}); what
it does not mention stays as it is. New releases are collected and inserted together; changed ones
get their told parts replaced. Nobody's edit is considered here: see services/overlay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from itertools import groupby
from typing import Any, cast

from sqlalchemy import (
    ColumnElement,
    Delete,
    Table,
    bindparam,
    delete,
    inspect,
    select,
    update,
)

from app.domain.documents import record_from_document
from app.domain.label_texts import label_texts
from app.domain.names import credit_line
from app.domain.records import CreditRecord, ReleaseRecord, TrackRecord
from app.extensions import db
from app.models import (
    Company,
    Credit,
    Identifier,
    Release,
    ReleaseLabel,
    ReleaseTag,
    Tag,
    Track,
    Video,
)
from app.services import artist_pages, shelf
from app.services.bulk import IdSource, Row, insert_rows
from app.services.name_book import NameBook, NameKey

Told = Mapping[str, Any]

PLAIN_FIELDS = ("title", "year", "released", "country", "notes")
ADDRESS_FIELDS = ("master_discogs_id", "thumb_url", "cover_url")
CHILD_COLUMNS: dict[Any, tuple[str, ...]] = {
    Credit: ("artist_id", "role", "anv", "join", "tracks"),
    ReleaseLabel: ("label_id", "catno"),
    Track: ("kind", "depth", "number", "title", "duration", "artist_text"),
    Identifier: ("kind", "value", "description"),
    Company: ("name", "role", "catno", "discogs_id"),
    Video: ("url", "title", "duration"),
}
NEW_COLUMNS = (
    "id",
    "owner_id",
    "discogs_id",
    "facts_from",
    "facts_digest",
    "version",
    "title",
    "artist_text",
    "artist_id",
    "label_text",
    "catno_text",
    "format_id",
    "year",
    "released",
    "country",
    "notes",
    "master_discogs_id",
    "thumb_url",
    "cover_url",
)
_DEFAULTS = dict.fromkeys(NEW_COLUMNS) | {"artist_text": "", "label_text": "", "catno_text": ""}
_RECORD_FIELDS = tuple(
    f.name for f in fields(ReleaseRecord) if f.name not in ("discogs_id", "images")
)


# Built once: an enrichment makes these statements for every record.
_RELEASES = cast(Table, Release.__table__)
_CHANGE = (
    update(_RELEASES)
    .where(_RELEASES.c.id == bindparam("release"))
    .values(version=_RELEASES.c.version + 1)
)


# What a search of the shelf and its orders look at.
FOUND_BY = frozenset({"title", "artists", "labels", "year", "tracks"})


def _removal(model: Any, *conditions: ColumnElement[bool]) -> Delete:
    return delete(model.__table__).where(model.release_id == bindparam("release"), *conditions)


def _removal_of_tags(kind: str) -> Delete:
    return _removal(ReleaseTag, ReleaseTag.tag_id.in_(select(Tag.id).where(Tag.kind == kind)))


_REMOVALS: dict[Any, Delete] = {
    **{model: _removal(model) for model in (*CHILD_COLUMNS, ReleaseTag)},
    "artists": _removal(Credit, Credit.role == ""),
    "credits": _removal(Credit, Credit.role != ""),
    "genres": _removal_of_tags("genre"),
    "styles": _removal_of_tags("style"),
}


def told_by(record: ReleaseRecord) -> dict[str, Any]:
    """The fields `record` says something about."""
    told = {name: getattr(record, name) for name in _RECORD_FIELDS}
    return {name: value for name, value in told.items() if value is not None or name == "year"}


class ReleaseWriter:
    """Collects new and changed releases of one owner and writes them in few statements."""

    def __init__(self, owner_id: int, book: NameBook | None = None) -> None:
        self.owner_id = owner_id
        self.book = book or NameBook(owner_id)
        self._ids = IdSource(Release)
        self._new: list[Row] = []
        self._children: dict[Any, list[Row]] = {model: [] for model in CHILD_COLUMNS}
        self._tags: list[Row] = []
        self._changed: list[dict[str, Any]] = []
        # Of these the copies are found or filed otherwise than before.
        self._found_anew: list[int] = []
        self._stale: dict[Any, list[int]] = {}

    def meet(self, everything: Iterable[Told]) -> None:
        """Announce the names in a batch, so that they are looked up together."""
        artists: set[NameKey] = set()
        labels: set[NameKey] = set()
        tags: set[str] = set()
        for told in everything:
            for credit in (*told.get("artists", ()), *told.get("credits", ())):
                artists.add((credit.name, credit.discogs_id))
            labels.update((label.name, label.discogs_id) for label in told.get("labels", ()))
            tags.update(told.get("genres", ()), told.get("styles", ()))
        self.book.meet_artists(artists)
        self.book.meet_labels(labels)
        self.book.meet_tags(tags)

    def create(self, told: Told, source: str, discogs_id: int | None, digest: str | None) -> int:
        """Add a release nobody has yet; returns its id."""
        release_id = self._ids.next()
        row = _DEFAULTS | self._columns(told)
        row.update(
            id=release_id,
            owner_id=self.owner_id,
            discogs_id=discogs_id,
            facts_from=source,
            facts_digest=digest,
            version=1,
        )
        self._new.append(tuple(row.values()))
        self._add_children(release_id, told)
        return release_id

    def change(self, release_id: int, told: Told, **also: Any) -> None:
        """Replace what `told` mentions; `also` sets further columns (facts_from, …)."""
        self._changed.append({"release": release_id, **self._columns(told), **also})
        if not FOUND_BY.isdisjoint(told):
            self._found_anew.append(release_id)
        for model in _parts_told(told):
            self._stale.setdefault(model, []).append(release_id)
        self._add_children(release_id, told)

    def write(self) -> None:
        """Store everything collected, and bring the copies of changed releases up to date."""
        self.book.write()
        insert_rows(Release, NEW_COLUMNS, self._new)
        self._change_rows()
        self._remove_stale()
        for model, columns in CHILD_COLUMNS.items():
            insert_rows(model, ("release_id", "position", *columns), self._children[model])
        insert_rows(ReleaseTag, ("release_id", "tag_id", "position"), self._tags)
        artist_pages.follow(self.owner_id)
        self._bring_shelf_in_step()
        self._forget()

    def _bring_shelf_in_step(self) -> None:
        shelf.refresh(self.owner_id, self._found_anew)
        others = {row["release"] for row in self._changed} - set(self._found_anew)
        shelf.touch_releases(self.owner_id, others)

    def _change_rows(self) -> None:
        if not self._changed:
            return
        db.session.flush()
        for _columns, rows in groupby(self._changed, key=tuple):  # (those told the same things)
            db.session.connection().execute(_CHANGE, list(rows))
        changed = {(row["release"],) for row in self._changed}
        for loaded in list(db.session.identity_map.values()):
            if isinstance(loaded, Release) and inspect(loaded).identity in changed:
                db.session.expire(loaded)

    def _forget(self) -> None:
        for rows in (self._new, self._tags, *self._children.values()):
            rows.clear()
        self._changed.clear()
        self._found_anew.clear()
        self._stale.clear()

    def _columns(self, told: Told) -> dict[str, Any]:
        columns = {name: told[name] for name in PLAIN_FIELDS if name in told}
        # Told 0 or "" means "has none", which a row says with NULL.
        columns.update((name, told[name] or None) for name in ADDRESS_FIELDS if name in told)
        if "artists" in told:
            artists = told["artists"]
            columns["artist_text"] = credit_line(artists)
            columns["artist_id"] = self._artist_id(artists[0]) if artists else None
        if "labels" in told:
            columns["label_text"], columns["catno_text"] = label_texts(told["labels"])
        if "formats" in told:
            known = self.book.format(told["formats"])
            columns["format_id"] = known.id if known else None
        return columns

    def _artist_id(self, credit: CreditRecord) -> int:
        return self.book.artist(credit.name, credit.discogs_id)

    def _add_children(self, release_id: int, told: Told) -> None:
        children = self._children
        for position, label in enumerate(told.get("labels", ())):
            label_id = self.book.label(label.name, label.discogs_id)
            children[ReleaseLabel].append((release_id, position, label_id, label.catno))
        self._add_credits(release_id, told)
        children[Track].extend(_track_rows(release_id, told.get("tracks", ())))
        for position, found in enumerate(told.get("identifiers", ())):
            children[Identifier].append(
                (release_id, position, found.kind, found.value, found.description)
            )
        for position, firm in enumerate(told.get("companies", ())):
            children[Company].append(
                (release_id, position, firm.name, firm.role, firm.catno, firm.discogs_id)
            )
        for position, video in enumerate(told.get("videos", ())):
            children[Video].append((release_id, position, video.url, video.title, video.duration))
        self._add_tags(release_id, told)

    def _add_credits(self, release_id: int, told: Told) -> None:
        both = (*told.get("artists", ()), *told.get("credits", ()))
        for position, c in enumerate(both):
            row = (release_id, position, self._artist_id(c), c.role, c.anv, c.join[:100], c.tracks)
            self._children[Credit].append(row)

    def _add_tags(self, release_id: int, told: Told) -> None:
        for kind, names in (("genre", told.get("genres", ())), ("style", told.get("styles", ()))):
            for position, name in enumerate(dict.fromkeys(names)):
                self._tags.append((release_id, self.book.tag(kind, name), position))

    def _remove_stale(self) -> None:
        for what, release_ids in self._stale.items():
            stale = [{"release": release_id} for release_id in release_ids]
            db.session.connection().execute(_REMOVALS[what], stale)


def _parts_told(told: Told) -> list[Any]:
    """The child tables (or kinds of credits and tags) that `told` replaces."""
    parts: list[Any] = [
        model
        for name, model in (
            ("labels", ReleaseLabel),
            ("tracks", Track),
            ("identifiers", Identifier),
            ("companies", Company),
            ("videos", Video),
        )
        if name in told
    ]
    for model, names in ((Credit, ("artists", "credits")), (ReleaseTag, ("genres", "styles"))):
        told_of = [name for name in names if name in told]
        parts.extend([model] if len(told_of) == len(names) else told_of)
    return parts


def _track_rows(release_id: int, tracks: Sequence[TrackRecord]) -> list[Row]:
    lines: list[tuple[int, TrackRecord]] = []
    for track in tracks:
        lines.append((0, track))
        lines.extend((1, sub) for sub in track.sub_tracks)
    return [
        (
            release_id,
            position,
            t.kind,
            depth,
            t.position,
            t.title,
            t.duration,
            credit_line(t.artists),
        )
        for position, (depth, t) in enumerate(lines)
    ]


def write_fields(release: Release, changes: Mapping[str, Any]) -> None:
    """Apply fields of a release document (JSON values) to one release and its copies."""
    record = record_from_document({"title": release.title, **changes})
    told = {name: getattr(record, name) for name in changes}
    writer = ReleaseWriter(release.owner_id)
    writer.meet([told])
    writer.change(release.id, told)
    writer.write()
    db.session.expire(release)
