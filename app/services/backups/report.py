"""How it stands with the backups, for the page and for the doctor."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.domain import backups as rules
from app.domain.backups import DAY, REASONS, Backup, Notes
from app.errors import GatefoldError
from app.models.base import utcnow
from app.services.backups.checking import folder_of
from app.services.backups.keeping import keeping
from app.services.backups.notes import NoteBook
from app.services.backups.tending import has_records, only_good_one
from app.services.findings import Finding
from app.services.workplace import Workplace

# A day between two, and some hours for machines that sleep at night.
LATE = 2 * DAY


@dataclass(frozen=True, slots=True)
class Report:
    """All backups with what is known about them. `last` is the newest good one of ours."""

    backups: Sequence[Backup]
    notes: Notes
    last: Backup | None
    must_stay: str
    used_bytes: int
    free_bytes: int
    needed_bytes: int

    def problem(self, backup: Backup) -> str:
        """What is wrong with a backup, "" as far as we know."""
        return self.notes.checks.get(backup.name, "")


def report(workplace: Workplace) -> Report:
    """Look at the folder. One statement, for the size of the database."""
    folder = folder_of(workplace)
    notes = NoteBook(folder)
    there, told = folder.all(), notes.read()
    return Report(
        backups=there,
        notes=told,
        last=rules.newest(there, told, keeping().engine, utcnow()),
        must_stay=only_good_one(there, notes),
        used_bytes=sum(each.size for each in there),
        free_bytes=folder.free_bytes(),
        needed_bytes=2 * keeping().size(),
    )


def finding(workplace: Workplace) -> Finding:
    """Whether backups are as they should be, in a sentence or two."""
    try:
        found = report(workplace)
        is_good, sentence = _judged(found)
    except (GatefoldError, OSError) as error:
        return Finding("backups", False, f"The backups cannot be looked at: {error}")
    return Finding("backups", is_good, f"{sentence} {_drill_told(found.notes)}".strip())


def _judged(found: Report) -> tuple[bool, str]:
    if found.last is None:
        if found.notes.failed_at is not None:
            return False, f"There is no backup: {found.notes.failure}"
        if found.backups:
            return False, "None of the backups here can be used. Make one now: flask backup."
        if not has_records():
            return True, "No backup yet, and nothing to lose."
        return True, "No backup yet; the server makes one soon after its start, flask backup now."
    age = utcnow() - found.last.manifest.made_at
    copies = f"{found.last.manifest.count('copies'):,} copies"
    told = f"The newest is {in_words(age)} old ({REASONS[found.last.why]}, {copies})."
    if found.notes.failed_at is not None:
        return False, f"{told} The last attempt failed: {found.notes.failure}"
    is_late = age > LATE and has_records()
    return not is_late and found.notes.drill_ok, told


def _drill_told(notes: Notes) -> str:
    if notes.drilled_at is None:
        return ""
    if not notes.drill_ok:
        return f"A backup could not be restored on {_day(notes.drilled_at)}: {notes.drill}"
    return f"Last tried out on {_day(notes.drilled_at)}: {notes.drill}."


def _day(moment: datetime) -> str:
    return f"{moment.day} {moment:%b %Y}"


def in_words(age: timedelta) -> str:
    """Minutes, hours or days."""
    minutes = max(0, int(age.total_seconds() // 60))
    for size, unit in ((1440, "day"), (60, "hour"), (1, "minute")):
        if minutes >= size:
            count = minutes // size
            return f"{count} {unit}{'s' if count != 1 else ''}"
    return "less than a minute"
