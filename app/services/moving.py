"""A shelf from one database into another: loaded whole, compared, and done twice without harm."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from app.errors import ConflictError, InvalidInputError
from app.extensions import db
from app.queries.dump import dump_lines
from app.queries.dump_lines import text_of
from app.queries.run_status import owns_anything
from app.services import load_dump, remains
from app.services.backups import making
from app.services.workplace import Workplace

_NUL = "\\u0000"  # as JSON spells it
_NO_TEXT = (
    "This file is no text in UTF-8, as a dump is (“flask dump -o FILE” writes one). Nothing was "
    "loaded."
)


@dataclass(frozen=True, slots=True)
class Moved:
    """What was loaded, by type; none where it `was_there` already.

    `sha256` is that of the dump of what is here now; `is_equal` that it is the file's, but for the
    NULs left out of so many lines (`without_nul`). `backup` is what was made before of the remains
    of an emptied shelf ("" where there were none).
    """

    counts: Mapping[str, int]
    sha256: str
    is_equal: bool
    without_nul: int = 0
    was_there: bool = False
    backup: str = ""


def load(owner_id: int, text: Iterable[str], workplace: Workplace) -> Moved:
    """Store all lines of a dump, or none, and compare what is here then with the file. Commits.

    To be called again after whatever broke it off: nothing is loaded twice. What is still known of
    a shelf that was emptied is backed up before it gives way. Raises ConflictError when something
    else is on the shelf, InvalidInputError naming a line that cannot be used, and as a backup does.
    """
    told = _Told(text)
    if owns_anything(owner_id):
        db.session.rollback()
        return _there_already(owner_id, told)
    has_remains = remains.are_there(owner_id)
    db.session.rollback()
    backup = making.make(workplace).name if has_remains else ""
    counts = load_dump.load(owner_id, told)
    here = shelf_digest(owner_id)
    return Moved(counts, here, here == told.digest(), told.without_nul, backup=backup)


def _there_already(owner_id: int, told: _Told) -> Moved:
    for _line in told:
        pass
    here = shelf_digest(owner_id)
    if here != told.digest():
        raise ConflictError("There are records on the shelf. A dump is loaded into an empty one.")
    return Moved({}, here, is_equal=True, without_nul=told.without_nul, was_there=True)


def shelf_digest(owner_id: int) -> str:
    """The SHA-256 of the dump of what is here."""
    digest = hashlib.sha256()
    for line in dump_lines(owner_id):
        digest.update(f"{line}\n".encode("utf-8", "surrogatepass"))
    db.session.rollback()
    return digest.hexdigest()


class _Told:
    """The lines of a file, hashed as they are read.

    Their texts lose the character NUL, which SQLite keeps and PostgreSQL does not; `without_nul`
    counts the lines that held one.
    """

    def __init__(self, text: Iterable[str]) -> None:
        self._text, self._digest = text, hashlib.sha256()
        self.without_nul = 0

    def __iter__(self) -> Iterator[str]:
        try:
            for line in self._text:
                kept = self._without_nul(line) if _NUL in line else line
                self._digest.update(kept.encode("utf-8", "surrogatepass"))
                yield kept
        except UnicodeDecodeError as error:
            raise InvalidInputError(_NO_TEXT) from error

    def _without_nul(self, line: str) -> str:
        try:
            entry = json.loads(line)
        except (ValueError, RecursionError):
            return line  # who stores the lines says what is wrong with it
        kept = _free_of_nul(entry)
        if kept == entry:
            return line
        self.without_nul += 1
        return f"{text_of(kept)}\n"

    def digest(self) -> str:
        """That of the lines read so far."""
        return self._digest.hexdigest()


def _free_of_nul(value: Any) -> Any:
    if isinstance(value, str):
        return value.replace("\x00", "")
    if isinstance(value, list):
        return [_free_of_nul(each) for each in value]
    if isinstance(value, dict):
        return {_free_of_nul(name): _free_of_nul(each) for name, each in value.items()}
    return value
