"""Who stands under which address of the site. Once given out, an address stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Row, Table, Text, insert, select, update
from sqlalchemy import cast as sql_cast
from sqlalchemy.exc import IntegrityError

from app.domain.slugs import RESERVED, album_slug, name_slug, slug
from app.errors import ConflictError
from app.extensions import db
from app.models import PublishedPage

SECTIONS = {"album": "albums"}
Key = tuple[str, str]
NONE = "[]"
_TABLE = cast(Table, PublishedPage.__table__)
# As text: to read ten thousand empty lists as JSON takes longer than the statement.
_ALIASES = sql_cast(PublishedPage.aliases, Text)


def section_of(entity: str) -> str:
    """The folder below `content` in which things of this kind stand."""
    return SECTIONS.get(entity, entity)


def address(entity: str, slug: str) -> str:
    """Where on the site something of this kind stands."""
    return f"/{section_of(entity)}/{slug}/"


@dataclass(slots=True)
class _Page:
    slug: str
    aliases: list[str]
    id: int | None = None


class SlugBook:
    """The addresses of one person's site, as they are and as new ones come.

    Those of a kind are read when the first of them is asked for. `aliased` has the other slugs of
    whoever has any, by (entity, key).
    """

    def __init__(self, owner_id: int) -> None:
        self._owner_id = owner_id
        self._kinds: dict[str, _Kind] = {}
        self.aliased = {
            (row.entity, row.key): list(orjson.loads(row.aliases))
            for row in _rows(owner_id, _ALIASES != NONE)
        }

    def album(self, key: str, title: str) -> str:
        """The slug of an album."""
        return self._slug("album", key, album_slug(title, key))

    def name(self, kind: str, key: str, name: str) -> str:
        """The slug of an artist, label, genre, style or folder."""
        here = self._kind(kind)
        known = here.pages.get(key)
        if known is None:
            return self._slug(kind, key, name_slug(kind, name, key, here.taken))
        return self._slug(kind, key, slug(name) or known.slug)

    def find(self, entity: str, key: str) -> str:
        """The slug that was given out, "" if none was."""
        page = self._kind(entity).pages.get(key)
        return page.slug if page else ""

    def aliases(self, entity: str, key: str) -> list[str]:
        """The addresses that lead to its page as well."""
        return [address(entity, each) for each in self._kind(entity).pages[key].aliases]

    @property
    def is_saved(self) -> bool:
        """Whether all addresses are kept."""
        return not any(kind.changed for kind in self._kinds.values())

    def save(self) -> None:
        """Keep what is new. Commits. Raises ConflictError if somebody did so at the same time."""
        changed = [
            ({"owner_id": self._owner_id, "entity": entity, "key": key, **_values(page)}, page.id)
            for entity, kind in self._kinds.items()
            for key, page in kind.changed.items()
        ]
        if not changed:
            return
        fresh = [values for values, page_id in changed if page_id is None]
        try:
            for values, page_id in changed:
                if page_id is not None:
                    mine = update(_TABLE).where(_TABLE.c.id == page_id)
                    db.session.execute(mine.values(aliases=values["aliases"]))
            if fresh:
                db.session.execute(insert(_TABLE), fresh)
            db.session.commit()
        except IntegrityError as error:
            db.session.rollback()
            raise ConflictError("Another publishing is under way. Wait for its end.") from error
        for kind in self._kinds.values():
            kind.changed.clear()

    def _kind(self, entity: str) -> _Kind:
        kind = self._kinds.get(entity)
        if kind is None:
            kind = self._kinds[entity] = _Kind({}, set(), {})
            for row in _rows(self._owner_id, PublishedPage.entity == entity):
                aliases = self.aliased.get((entity, row.key), [])
                kind.pages[row.key] = _Page(row.slug, aliases, row.id)
                kind.taken.update((row.slug, *aliases))
        return kind

    def _slug(self, entity: str, key: str, wanted: str) -> str:
        kind = self._kind(entity)
        page = kind.pages.get(key)
        if page is None:
            page = kind.pages[key] = kind.changed[key] = _Page(wanted, [])
            kind.taken.add(wanted)
        elif wanted not in kind.taken and wanted not in RESERVED:
            page.aliases.append(wanted)
            self.aliased[entity, key] = page.aliases
            kind.changed[key] = page
            kind.taken.add(wanted)
        return page.slug


@dataclass(slots=True)
class _Kind:
    """The pages of one kind by key, every slug that leads to one, and what is not saved yet."""

    pages: dict[str, _Page]
    taken: set[str]
    changed: dict[str, _Page]


def _values(page: _Page) -> dict[str, Any]:
    return {"slug": page.slug, "aliases": page.aliases}


def _rows(owner_id: int, *which: ColumnElement[bool]) -> Iterable[Row[Any]]:
    page = PublishedPage
    columns = (page.id, page.entity, page.key, page.slug, _ALIASES.label("aliases"))
    return db.session.execute(
        select(*columns).where(page.owner_id == owner_id, *which).order_by(page.id)
    )
