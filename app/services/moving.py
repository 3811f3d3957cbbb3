"""A shelf from one database into another: loaded whole, compared, and done twice without harm."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.errors import ConflictError
from app.extensions import db
from app.queries.dump import dump_lines
from app.queries.run_status import owns_anything
from app.services import load_dump, remains
from app.services.backups import making
from app.services.workplace import Workplace


@dataclass(frozen=True, slots=True)
class Moved:
    """What was loaded, by type; none where it `was_there` already.

    `sha256` is that of the dump of what is here now; `is_equal` that it is the file's. `backup` is
    what was made before of the remains of an emptied shelf ("" where there were none).
    """

    counts: Mapping[str, int]
    sha256: str
    is_equal: bool
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
    return Moved(counts, here, here == told.digest(), backup=backup)


def _there_already(owner_id: int, told: _Told) -> Moved:
    for _line in told:
        pass
    here = shelf_digest(owner_id)
    if here != told.digest():
        raise ConflictError("There are records on the shelf. A dump is loaded into an empty one.")
    return Moved({}, here, is_equal=True, was_there=True)


def shelf_digest(owner_id: int) -> str:
    """The SHA-256 of the dump of what is here."""
    digest = hashlib.sha256()
    for line in dump_lines(owner_id):
        digest.update(f"{line}\n".encode("utf-8", "surrogatepass"))
    db.session.rollback()
    return digest.hexdigest()


class _Told:
    """The lines of a file, hashed as they are read."""

    def __init__(self, text: Iterable[str]) -> None:
        self._text, self._digest = text, hashlib.sha256()

    def __iter__(self) -> Iterator[str]:
        for line in self._text:
            self._digest.update(line.encode("utf-8", "surrogatepass"))
            yield line

    def digest(self) -> str:
        """That of the lines read so far."""
        return self._digest.hexdigest()
