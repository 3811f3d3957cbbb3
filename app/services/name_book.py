"""Ids of artists, labels, formats and tags by what they are called, made as they are needed.

A book serves one transaction. Looking names up one by one would be a query a name, so a batch
first announces what it will ask for (`meet_…`), then asks. An import of many batches reads all
names at the beginning instead (`read_all`), and asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import BindParameter, Select, bindparam, select, update

from app.domain.formats import format_digest, format_json, format_text, format_words
from app.domain.names import display_name
from app.domain.records import FormatRecord
from app.extensions import connected, db
from app.models import Artist, Format, FormatTag, Label, Tag
from app.services import catalogue_lock
from app.services.bulk import IdSource, Row, in_chunks, insert_rows
from app.services.shelf import cached_sort_key

NameKey = tuple[str, int | None]
TagKey = tuple[str, str]
_FORMATS = select(Format.digest, Format.id, Format.text)
_FORMAT = _FORMATS.where(Format.digest == bindparam("digest"))
_TAGS = select(Tag.kind, Tag.name, Tag.id)
_NAMED_TAGS = _TAGS.where(Tag.name.in_(bindparam("names", expanding=True)))


class KnownFormat(NamedTuple):
    """A stored format: its row id, and its text as shown."""

    id: int
    text: str


class NameBook:
    """The names of one owner's catalogue. Nothing is written before `write()`."""

    def __init__(self, owner_id: int) -> None:
        self._artists = _Names(Artist, owner_id)
        self._labels = _Names(Label, owner_id)
        self._formats: dict[tuple[FormatRecord, ...], KnownFormat] = {}
        self._known_formats: dict[str, KnownFormat] | None = None
        self._tags: dict[TagKey, int] = {}
        self._has_all_tags = False
        self._new_formats: list[Row] = []
        self._new_format_tags: list[Row] = []
        self._new_tags: list[Row] = []
        self._is_adding = False
        self._format_ids, self._tag_ids = IdSource(Format), IdSource(Tag)

    def read_all(self) -> None:
        """Learn all names that have no Discogs id, and all formats; nothing need be announced."""
        self._artists.read_all()
        self._labels.read_all()
        self._known_formats = _read_formats(_FORMATS)

    def meet_artists(self, keys: Iterable[NameKey]) -> None:
        """Announce artists by (name, Discogs id or None)."""
        self._artists.meet(keys)

    def meet_labels(self, keys: Iterable[NameKey]) -> None:
        """Announce labels by (name, Discogs id or None)."""
        self._labels.meet(keys)

    def meet_tags(self, names: Iterable[str]) -> None:
        """Announce genres and styles by name; the others cost a look at them all."""
        if not self._has_all_tags:
            asked = {name[:200] for name in names} - {name for _kind, name in self._tags}
            self._learn_tags(connected().execute(_NAMED_TAGS, {"names": sorted(asked)}))

    def artist(self, name: str, discogs_id: int | None) -> int:
        """The id of an announced artist."""
        return self._artists.id_of(name, discogs_id)

    def label(self, name: str, discogs_id: int | None) -> int:
        """The id of an announced label."""
        return self._labels.id_of(name, discogs_id)

    def tag(self, kind: str, name: str) -> int:
        """The id of a genre, style or format word."""
        key = (kind, name[:200])
        if key not in self._tags and not self._has_all_tags:
            self._read_tags()
        if key not in self._tags and self._has_waited():
            self._read_tags()
        if key not in self._tags:
            self._tags[key] = self._tag_ids.next()
            self._new_tags.append((self._tags[key], *key))
        return self._tags[key]

    def format(self, parts: tuple[FormatRecord, ...]) -> KnownFormat | None:
        """The stored format made of `parts`; None when there are none."""
        if not parts:
            return None
        known = self._formats.get(parts)
        if known is None:
            digest = format_digest(parts)
            known = self._find_format(digest)
            if known is None and self._has_waited():
                known = self._find_format(digest)
            known = known or self._make_format(digest, parts)
            self._formats[parts] = known
        return known

    def _read_tags(self) -> None:
        self._learn_tags(db.session.execute(_TAGS))
        self._has_all_tags = True

    def _learn_tags(self, rows: Iterable[Any]) -> None:
        self._tags.update({(row.kind, row.name): row.id for row in rows})

    def _has_waited(self) -> bool:
        """Whether another shelf may have added words before it was our turn to add some."""
        if self._is_adding:
            return False
        self._is_adding = True
        has_waited = catalogue_lock.hold_words()
        if has_waited and self._known_formats is not None:
            self._known_formats = _read_formats(_FORMATS)
        return has_waited

    def _find_format(self, digest: str) -> KnownFormat | None:
        if self._known_formats is not None:
            return self._known_formats.get(digest)
        return _read_formats(_FORMAT, digest=digest).get(digest)

    def _make_format(self, digest: str, parts: tuple[FormatRecord, ...]) -> KnownFormat:
        made = KnownFormat(self._format_ids.next(), format_text(parts))
        plain = json.dumps(format_json(parts), ensure_ascii=False)
        self._new_formats.append((made.id, digest, plain, made.text))
        words = {self.tag("format", word) for word in format_words(parts)}
        self._new_format_tags.extend((made.id, tag_id) for tag_id in words)
        return made

    def write(self) -> None:
        """Store what is new, before rows that point at it."""
        self._artists.write()
        self._labels.write()
        insert_rows(Tag, ("id", "kind", "name"), self._new_tags)
        insert_rows(Format, ("id", "digest", "parts", "text"), self._new_formats)
        insert_rows(FormatTag, ("format_id", "tag_id"), self._new_format_tags)
        for written in (self._new_tags, self._new_formats, self._new_format_tags):
            written.clear()


def _read_formats(formats: Select[str, int, str], **asked: str) -> dict[str, KnownFormat]:
    rows = connected().execute(formats, asked)
    return {row.digest: KnownFormat(row.id, row.text) for row in rows}


@lru_cache(maxsize=8)
def _names_of(model: Any, column: str) -> Select[Any]:
    """Keys and ids; of two that bear one name the one with a number comes last, and counts."""
    key = getattr(model, column)
    mine = select(key, model.id).where(model.owner_id == bindparam("owner"))
    return mine.order_by(model.discogs_id.is_not(None))


@lru_cache(maxsize=8)
def _some_names_of(model: Any, column: str) -> Select[Any]:
    asked: BindParameter[Any] = bindparam("keys", expanding=True)
    return _names_of(model, column).where(getattr(model, column).in_(asked))


class _Names:
    """Artists or labels: by Discogs id where there is one, else by the bare name."""

    def __init__(self, model: Any, owner_id: int) -> None:
        self._model, self._owner_id = model, owner_id
        self.ids: dict[str | int, int] = {}
        self._new: list[Row] = []
        self._fresh = IdSource(model)
        self._has_read_all = False

    def read_all(self) -> None:
        mine = _names_of(self._model, "name")
        self.ids.update(db.session.execute(mine, {"owner": self._owner_id}).all())
        self._has_read_all = True

    def id_of(self, name: str, discogs_id: int | None) -> int:
        key = name if discogs_id is None else discogs_id
        if key not in self.ids and self._has_read_all and discogs_id is None:
            self._add(key, name)
        return self.ids[key]

    def meet(self, keys: Iterable[NameKey]) -> None:
        unknown: dict[str | int, str] = {}
        for name, discogs_id in keys:
            key = name if discogs_id is None else discogs_id
            if key not in self.ids:
                unknown[key] = name
        self._find([key for key in unknown if isinstance(key, int)], "discogs_id")
        self._adopt({key: unknown[key] for key in unknown if isinstance(key, int)})
        self._find([key for key in unknown if isinstance(key, str)], "name")
        for key, name in unknown.items():
            if key not in self.ids:
                self._add(key, name)

    def _find(self, keys: list[Any], column: str) -> None:
        for chunk in in_chunks(keys):
            asked = {"owner": self._owner_id, "keys": chunk}
            found = connected().execute(_some_names_of(self._model, column), asked)
            self.ids.update(found.all())

    def _adopt(self, told: dict[int, str]) -> None:
        """A name known only as a name gets the number Discogs now tells, and so keeps its page.

        Discogs' names are unique: namesakes carry a number ("Justice (3)").
        """
        numbers = {name: number for number, name in told.items() if number not in self.ids}
        if not numbers:
            return
        bare = _some_names_of(self._model, "name").where(self._model.discogs_id.is_(None))
        for chunk in in_chunks(numbers):
            asked = {"owner": self._owner_id, "keys": chunk}
            for name, row_id in db.session.execute(bare, asked).all():
                self.ids[numbers[name]] = row_id
                row = update(self._model).where(self._model.id == row_id)
                db.session.execute(row.values(discogs_id=numbers[name]))

    def _add(self, key: str | int, name: str) -> None:
        self.ids[key] = self._fresh.next()
        discogs_id = key if isinstance(key, int) else None
        self._new.append(
            (self.ids[key], self._owner_id, discogs_id, name, cached_sort_key(display_name(name)))
        )

    def write(self) -> None:
        columns = ["id", "owner_id", "discogs_id", "name", "sort_key"]
        rows = self._new
        if self._model is Artist:
            columns.append("version")
            rows = [(*row, 1) for row in rows]
        insert_rows(self._model, columns, rows)
        self._new.clear()
