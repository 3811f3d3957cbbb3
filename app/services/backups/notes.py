"""What is remembered about backups beside them: the last failure, the last drill, what checks said.

It stands in a file in their folder and not in the database, which a restore takes back in time.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, fields, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import structlog

from app.domain.backups import Notes
from app.models.base import utcnow

if TYPE_CHECKING:
    from app.services.backups.folder import BackupFolder

FILE = "notes.json"
MOMENTS = ("failed_at", "drilled_at")
log = structlog.get_logger(__name__)


class NoteBook:
    """The notes of one folder. Writing them never fails anybody: they are not the backups."""

    def __init__(self, folder: BackupFolder) -> None:
        self._path = folder.path / FILE

    def read(self) -> Notes:
        """The notes; empty ones where there are none, or none that can be read."""
        try:
            told: Any = json.loads(self._path.read_text("utf-8"))
            known = {each.name: told[each.name] for each in fields(Notes) if each.name in told}
            moments = {name: _moment(known.get(name)) for name in MOMENTS}
            return Notes(**{**known, **moments})
        except (OSError, ValueError, TypeError):
            return Notes()

    def failed(self, why: str) -> None:
        """A backup could not be made."""
        self._write(failed_at=utcnow(), failure=why)

    def succeeded(self) -> None:
        """A backup was made; what failed before is past."""
        self._write(failed_at=None, failure="")

    def drilled(self, name: str, sentence: str, *, ok: bool) -> None:
        """A backup was restored into scratch."""
        self._write(drilled_at=utcnow(), drilled=name, drill=sentence, drill_ok=ok)

    def checked(self, name: str, problem: str) -> None:
        """A backup was looked through again; `problem` "" for none."""
        self._write(checks={**self.read().checks, name: problem})

    def forget(self, names: set[str]) -> None:
        """These backups are gone."""
        checks = self.read().checks
        if not names.isdisjoint(checks):
            self._write(checks={name: told for name, told in checks.items() if name not in names})

    def _write(self, **changes: Any) -> None:
        told = asdict(replace(self.read(), **changes))
        text = json.dumps({name: _plain(value) for name, value in told.items()}, indent=1)
        passing = self._path.with_name(f".{secrets.token_hex(4)}.json")
        try:
            passing.write_text(text + "\n", "utf-8")
            os.replace(passing, self._path)
        except OSError as error:
            log.warning("backup_notes_not_kept", reason=type(error).__name__)
            with suppress(OSError):
                passing.unlink(missing_ok=True)


def _moment(told: Any) -> datetime | None:
    return None if told is None else datetime.fromisoformat(told).astimezone(UTC)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return dict(value) if isinstance(value, Mapping) else value
