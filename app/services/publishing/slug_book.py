"""Who stands under which address of the site. Once given out, an address stays."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.domain.slugs import RESERVED, album_slug, name_slug, slug
from app.errors import ConflictError
from app.extensions import db
from app.models import PublishedPage

SECTIONS = {"album": "albums"}
Key = tuple[str, str]


def section_of(entity: str) -> str:
    """The folder below `content` in which things of this kind stand."""
    return SECTIONS.get(entity, entity)


@dataclass(slots=True)
class _Page:
    slug: str
    aliases: list[str]
    id: int | None = None


class SlugBook:
    """The addresses of one person's site, as they are and as new ones come."""

    def __init__(self, owner_id: int) -> None:
        self._owner_id = owner_id
        self._pages: dict[Key, _Page] = {}
        self._taken: dict[str, set[str]] = defaultdict(set)
        self._changed: dict[Key, _Page] = {}
        columns = (PublishedPage.id, PublishedPage.entity, PublishedPage.key)
        rows = db.session.execute(
            select(*columns, PublishedPage.slug, PublishedPage.aliases).where(
                PublishedPage.owner_id == owner_id
            )
        )
        for row in rows:
            self._pages[row.entity, row.key] = _Page(row.slug, list(row.aliases), row.id)
            self._taken[row.entity].update((row.slug, *row.aliases))

    def album(self, key: str, title: str) -> str:
        """The slug of an album."""
        return self._slug("album", key, album_slug(title, key))

    def name(self, kind: str, key: str, name: str) -> str:
        """The slug of an artist, label, genre, style or folder."""
        known = self._pages.get((kind, key))
        if known is None:
            return self._slug(kind, key, name_slug(kind, name, key, self._taken[kind]))
        return self._slug(kind, key, slug(name) or known.slug)

    def aliases(self, entity: str, key: str) -> list[str]:
        """The addresses that lead to its page as well."""
        section = section_of(entity)
        return [f"/{section}/{each}/" for each in self._pages[entity, key].aliases]

    def save(self) -> None:
        """Keep what is new. Commits. Raises ConflictError if somebody did so at the same time."""
        fresh = [
            {"owner_id": self._owner_id, "entity": entity, "key": key, **_values(page)}
            for (entity, key), page in self._changed.items()
            if page.id is None
        ]
        try:
            for page in self._changed.values():
                if page.id is not None:
                    mine = update(PublishedPage).where(PublishedPage.id == page.id)
                    db.session.execute(mine.values(_values(page)))
            if fresh:
                db.session.execute(insert(PublishedPage), fresh)
            db.session.commit()
        except IntegrityError as error:
            db.session.rollback()
            raise ConflictError("Another publishing is under way. Wait for its end.") from error
        self._changed = {}

    def _slug(self, entity: str, key: str, wanted: str) -> str:
        page = self._pages.get((entity, key))
        if page is None:
            page = self._pages[entity, key] = self._changed[entity, key] = _Page(wanted, [])
            self._taken[entity].add(wanted)
        elif wanted not in self._taken[entity] and wanted not in RESERVED:
            page.aliases.append(wanted)
            self._changed[entity, key] = page
            self._taken[entity].add(wanted)
        return page.slug


def _values(page: _Page) -> dict[str, Any]:
    return {"slug": page.slug, "aliases": page.aliases}
