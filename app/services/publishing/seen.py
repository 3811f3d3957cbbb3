"""What a site was made of when it was last published: digests of rows, and which page came of what.

It is kept beside the site and only saves time. It is believed as long as nothing else could have
come between: the same code, the same choices of what goes public, and a database that remembers
having published this very state. One that was restored from a backup, or is another one, does not.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson
from sqlalchemy.exc import IntegrityError

from app.extensions import db, set_repeatable
from app.services import preferences
from config import ROOT

FORMAT = 2
PREFERENCE = "publish.seen"
SITES_REMEMBERED = 20
# What decides how a page looks: a change of the program is a change of every page.
_CODE = ("domain/**/*.py", "services/publishing/*.py", "queries/site_*.py", "queries/elsewhere.py")


class Page(NamedTuple):
    """Where a page stands, and its picture; `why` there is none, if it could have one."""

    path: str
    picture: str = ""
    why: str = ""


@dataclass(slots=True)
class Table:
    """The digest of some rows together, and of each by its key."""

    whole: str = ""
    each: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Seen:
    """What a site was made of.

    `site` names it, `mark` this state of it; `basis` is the digest of all that concerns each page.
    `tables` has the rows by what they are, `pages` each page by its key ("album:12"), `mentions`
    the names that a page shows because its text numbers them: {page: {"a7": name}}.
    """

    site: str = ""
    mark: str = ""
    basis: str = ""
    tables: dict[str, Table] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)
    mentions: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Seen:
        """What `as_told` gave; nothing seen yet if it is not that."""
        if told.get("format") != FORMAT:
            return cls()
        try:
            return cls(
                **{name: str(told[name]) for name in ("site", "mark", "basis")},
                tables={name: Table(*entry) for name, entry in told["tables"].items()},
                pages={key: Page(*entry) for key, entry in told["pages"].items()},
                mentions=dict(told["mentions"]),
            )
        except (KeyError, TypeError, AttributeError):
            return cls()

    def as_told(self) -> dict[str, Any]:
        """Everything as values that JSON knows, but for tuples with names."""
        tables = {name: [table.whole, table.each] for name, table in self.tables.items()}
        return {
            **{"format": FORMAT, "site": self.site, "mark": self.mark, "basis": self.basis},
            **{"tables": tables, "pages": self.pages, "mentions": self.mentions},
        }

    def differences(self, name: str, rows: Mapping[Any, Any]) -> set[str]:
        """The keys of rows that are new, gone or not as they were; from now on they are seen."""
        before = self.tables.get(name, Table())
        whole = digest(list(rows.items()))
        if whole == before.whole:
            return set()
        each = dict(zip(map(_text, rows), map(digest, rows.values()), strict=True))
        self.tables[name] = Table(whole, each)
        return {key for key, _digest in before.each.items() ^ each.items()}

    def see(self, tables: Mapping[str, Mapping[Any, Any]]) -> None:
        """Take all rows as seen."""
        for name, rows in tables.items():
            self.differences(name, rows)


def digest(value: Any) -> str:
    """A short digest of plain values and rows."""
    return blake2b(orjson.dumps(value, default=tuple), digest_size=8).hexdigest()


@cache
def code() -> str:
    """A digest of the program as far as pages depend on it."""
    root, hashed = ROOT / "app", blake2b(digest_size=8)
    for path in sorted(path for pattern in _CODE for path in root.glob(pattern)):
        hashed.update(path.read_bytes())
    return hashed.hexdigest()


def is_remembered(owner_id: int, seen: Seen) -> bool:
    """Whether this database published that state, and no later one there."""
    return bool(seen.mark) and _marks(owner_id).get(seen.site) == seen.mark


def remember(owner_id: int, seen: Seen) -> None:
    """Mark a state as the one that was published last. Commits.

    A power cut may cost the mark: then the next publishing looks at every page.
    """
    seen.site, seen.mark = seen.site or secrets.token_hex(8), secrets.token_hex(8)
    marks = _marks(owner_id)
    marks.pop(seen.site, None)
    marks[seen.site] = seen.mark
    set_repeatable(True)
    try:
        preferences.put(owner_id, PREFERENCE, dict(list(marks.items())[-SITES_REMEMBERED:]))
    except IntegrityError:
        # Somebody published elsewhere for the first time: the next time looks at every page.
        db.session.rollback()
    finally:
        set_repeatable(False)


def _marks(owner_id: int) -> dict[str, str]:
    stored = preferences.get(owner_id, PREFERENCE)
    return dict(stored) if isinstance(stored, dict) else {}


def _text(key: Any) -> str:
    return " ".join(key) if type(key) is tuple else str(key)


def ids(keys: Iterable[str]) -> set[int]:
    """Keys of tables that have ids."""
    return {int(key) for key in keys}
