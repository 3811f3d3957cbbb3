"""Who stands under which address of the site. Once given out, an address stays."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, cast

import orjson
from sqlalchemy import ColumnElement, Table, Text, insert, select, update
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
_ALIASED = (PublishedPage.entity, PublishedPage.key, _ALIASES)
_SLUGS = (PublishedPage.key, PublishedPage.slug)


def section_of(entity: str) -> str:
    """The folder below `content` in which things of this kind stand."""
    return SECTIONS.get(entity, entity)


def address(entity: str, slug: str) -> str:
    """Where on the site something of this kind stands."""
    return f"/{section_of(entity)}/{slug}/"


class SlugBook:
    """The addresses of one person's site, as they are and as new ones come.

    Those of a kind are read when the first of them is asked for. `aliased` has the other slugs of
    whoever has any, by (entity, key).
    """

    def __init__(self, owner_id: int) -> None:
        self._owner_id = owner_id
        self._kinds: dict[str, _Kind] = {}
        self.aliased = {
            (entity, key): list(orjson.loads(aliases))
            for entity, key, aliases in _rows(owner_id, _ALIASED, _ALIASES != NONE)
        }

    def album(self, key: str, title: str, own: str = "") -> str:
        """The slug of an album; `own` is its key as long as Discogs did not know it."""
        known = self._kind("album").slugs
        if own in known and key not in known:
            self._take_over("album", key, own, slug(title) or "album")
        return self._slug("album", key, album_slug(title, key))

    def name(self, kind: str, key: str, name: str, own: str = "") -> str:
        """The slug of an artist, label, genre, style or folder; `own` as for an album."""
        here = self._kind(kind)
        if own in here.slugs and key not in here.slugs:
            self._take_over(kind, key, own, slug(name) or kind)
        known = here.slugs.get(key)
        if known is None:
            return self._slug(kind, key, name_slug(kind, name, key, here.taken))
        return self._slug(kind, key, slug(name) or known)

    def find(self, entity: str, key: str) -> str:
        """The slug that was given out, "" if none was."""
        return self._kind(entity).slugs.get(key, "")

    def aliases(self, entity: str, key: str) -> list[str]:
        """The addresses that lead to its page as well."""
        return [address(entity, each) for each in self.aliased.get((entity, key), ())]

    @property
    def is_saved(self) -> bool:
        """Whether all addresses are kept."""
        kinds = self._kinds.values()
        return not any(kind.new or kind.moved or kind.renumbered for kind in kinds)

    def save(self) -> None:
        """Keep what is new. Commits. Raises ConflictError if somebody did so at the same time."""
        if self.is_saved:
            return
        new = [
            {**self._name(entity, key), "slug": slug, "aliases": self._aliases(entity, key)}
            for entity, kind in self._kinds.items()
            for key, slug in kind.new.items()
        ]
        try:
            for entity, kind in self._kinds.items():
                for key, own in kind.renumbered.items():
                    mine = update(_TABLE).filter_by(**self._name(entity, own))
                    db.session.execute(mine.values(key=key))
                for key in sorted(kind.moved - kind.new.keys()):
                    mine = update(_TABLE).filter_by(**self._name(entity, key))
                    db.session.execute(mine.values(aliases=self._aliases(entity, key)))
            if new:
                db.session.execute(insert(_TABLE), new)
            db.session.commit()
        except IntegrityError as error:
            db.session.rollback()
            raise ConflictError("Another publishing is under way. Wait for its end.") from error
        for kind in self._kinds.values():
            kind.new.clear()
            kind.moved.clear()
            kind.renumbered.clear()

    def _take_over(self, entity: str, key: str, own: str, begins: str) -> None:
        """What had no number when it got its address keeps it under the number it has now.

        One of its addresses `begins` like its name: the key alone may be that of something else,
        which is gone.
        """
        kind = self._kind(entity)
        aliases = self.aliased.get((entity, own), [])
        if not any(each.startswith(begins) for each in (kind.slugs[own], *aliases)):
            return
        kind.slugs[key] = kind.slugs.pop(own)
        kind.renumbered[key] = own
        if aliases:
            self.aliased[entity, key] = self.aliased.pop((entity, own))

    def _name(self, entity: str, key: str) -> dict[str, Any]:
        return {"owner_id": self._owner_id, "entity": entity, "key": key}

    def _aliases(self, entity: str, key: str) -> list[str]:
        return self.aliased.get((entity, key), [])

    def _kind(self, entity: str) -> _Kind:
        kind = self._kinds.get(entity)
        if kind is None:
            rows = _rows(self._owner_id, _SLUGS, PublishedPage.entity == entity)
            kind = self._kinds[entity] = _Kind(dict(rows))
            kind.taken.update(kind.slugs.values())
            for (of, _key), aliases in self.aliased.items():
                if of == entity:
                    kind.taken.update(aliases)
        return kind

    def _slug(self, entity: str, key: str, wanted: str) -> str:
        kind = self._kind(entity)
        slug = kind.slugs.get(key)
        if slug is None:
            slug = kind.slugs[key] = kind.new[key] = wanted
            kind.taken.add(wanted)
        elif wanted not in kind.taken and wanted not in RESERVED:
            self.aliased.setdefault((entity, key), []).append(wanted)
            kind.moved.add(key)
            kind.taken.add(wanted)
        return slug


@dataclass(slots=True)
class _Kind:
    """The pages of one kind.

    `slugs` by key, `taken` each slug that leads to one. Not saved yet are `new` slugs by key,
    `moved`, the keys of pages with another alias, and `renumbered`, keys by what they are now.
    """

    slugs: dict[str, str]
    taken: set[str] = field(default_factory=set)
    new: dict[str, str] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    renumbered: dict[str, str] = field(default_factory=dict)


def _rows(owner_id: int, columns: tuple[Any, ...], which: ColumnElement[bool]) -> Iterable[Any]:
    mine = select(*columns).where(PublishedPage.owner_id == owner_id, which)
    return db.session.connection().execute(mine.order_by(PublishedPage.id)).all()
