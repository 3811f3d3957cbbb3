"""Backups: what one says of itself, when the next is due, and which may go."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

FORMAT = "gatefold-backup"
FORMAT_VERSION = 1
# Why a backup was made, and how that is told.
DAILY, UPDATE, MIGRATION, RESTORE, HAND, UPLOAD = (
    *("daily", "update", "migration", "restore"),
    *("hand", "upload"),
)
REASONS = {
    DAILY: "daily",
    UPDATE: "new version",
    MIGRATION: "before a migration",
    RESTORE: "before a restore",
    HAND: "made by hand",
    UPLOAD: "uploaded",
}
DAY = timedelta(days=1)
DRILL_EVERY = timedelta(days=7)
DAILIES_KEPT = 14
POINTS_KEPT_FOR = timedelta(days=30)
# After a failure the next try waits, or a full disk would be written to all day.
TRY_AGAIN_AFTER = timedelta(hours=1)
# A backup from the future (the clock was wrong) says nothing about how old our newest is.
CLOCKS_DIFFER_BY = timedelta(minutes=10)
# What a person counts, by the table it stands in.
COUNTED = {"copies": "copy", "releases": "release", "artists": "artist", "edits": "edit"}

_OWN_NAME = re.compile(r"gatefold-[0-9]{8}-[0-9]{6}-([a-z]+)(?:-[0-9]+)?\.zip")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,150}\.zip")


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup says of itself.

    `engine` is sqlite or postgresql, `file` the name of the database inside, `size` (in bytes) and
    `sha256` are that file's. `tables` has the number of rows of each table, `pictures` counts a
    person's own ones, `left_out` names the tables whose rows are not in it.
    """

    why: str
    made_at: datetime
    app_version: str
    schema: str
    engine: str
    file: str
    size: int
    sha256: str
    tables: Mapping[str, int]
    pictures: int = 0
    left_out: Sequence[str] = ()
    format: str = FORMAT
    format_version: int = FORMAT_VERSION

    def to_json(self) -> str:
        """As it stands in the file."""
        told = asdict(self) | {"made_at": self.made_at.astimezone(UTC).isoformat()}
        return json.dumps(told, indent=1, sort_keys=True, ensure_ascii=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Manifest:
        """Read it back. Raises ValueError where it makes no sense."""
        told = json.loads(text)
        if not isinstance(told, dict) or told.get("format") != FORMAT:
            raise ValueError("no manifest of a backup")
        known = {name: told[name] for name in cls.__slots__ if name in told}
        made = cls(**{**known, "made_at": _moment(told.get("made_at"))})
        if not _makes_sense(made):
            raise ValueError("a manifest with odd values")
        return made

    def count(self, what: str) -> int:
        """How many copies, releases, artists or edits."""
        return self.tables.get(COUNTED[what], 0)


def _moment(told: Any) -> datetime:
    if not isinstance(told, str):
        raise ValueError("no moment")
    moment = datetime.fromisoformat(told)
    if moment.tzinfo is None:
        raise ValueError("a moment without a zone")
    return moment.astimezone(UTC)


def _makes_sense(made: Manifest) -> bool:
    texts = (made.why, made.app_version, made.schema, made.engine, made.file, made.sha256)
    numbers = (made.size, made.pictures, made.format_version)
    return (
        all(isinstance(each, str) and len(each) <= 100 for each in texts)
        and all(_is_count(each) for each in numbers)
        and isinstance(made.tables, dict)
        and all(isinstance(name, str) and _is_count(rows) for name, rows in made.tables.items())
        and isinstance(made.left_out, list | tuple)
    )


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53


def name_of(made_at: datetime, why: str, taken: Iterable[str] = ()) -> str:
    """A name for a backup that is not among `taken`."""
    stem = f"gatefold-{made_at.astimezone(UTC):%Y%m%d-%H%M%S}-{why}"
    used, number = set(taken), 1
    name = f"{stem}.zip"
    while name in used:
        number += 1
        name = f"{stem}-{number}.zip"
    return name


def is_name(text: str) -> bool:
    """Whether a file in the folder of backups may be called so."""
    return _NAME.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in the folder. `size` is that of the whole file in bytes."""

    name: str
    size: int
    manifest: Manifest

    @property
    def why(self) -> str:
        """Why it is here: whatever has no name of ours, a person brought."""
        match = _OWN_NAME.fullmatch(self.name)
        return match[1] if match and match[1] in REASONS else UPLOAD


@dataclass(frozen=True, slots=True)
class House:
    """What is installed now: versions of program and tables, engine, anything to lose at all."""

    app_version: str
    schema: str
    engine: str
    has_records: bool = True


@dataclass(frozen=True, slots=True)
class Notes:
    """What is remembered between backups.

    `failed_at`, `failure`: the last attempt that failed and that none has succeeded since.
    `drilled_at`, `drill`: the last try to restore one into scratch, of `drilled` (its name), and
    what came of it; `drill_ok` whether that was good. `checks` are what looking at single ones
    again came to: sentences of what is wrong by name, "" for nothing.
    """

    failed_at: datetime | None = None
    failure: str = ""
    drilled_at: datetime | None = None
    drilled: str = ""
    drill: str = ""
    drill_ok: bool = True
    checks: Mapping[str, str] = field(default_factory=dict)


def newest_first(backups: Iterable[Backup]) -> list[Backup]:
    """Sorted by when they were made."""
    return sorted(backups, key=lambda each: (each.manifest.made_at, each.name), reverse=True)


def newest(backups: Iterable[Backup], notes: Notes, engine: str, now: datetime) -> Backup | None:
    """The newest one made here that is not known to be damaged and was not made tomorrow."""
    good = (
        each
        for each in backups
        if each.why != UPLOAD
        and each.manifest.engine == engine
        and not notes.checks.get(each.name)
        and each.manifest.made_at <= now + CLOCKS_DIFFER_BY
    )
    return next(iter(newest_first(good)), None)


def due(backups: Sequence[Backup], notes: Notes, house: House, now: datetime) -> str:
    """Why a backup is to be made now, "" if none is."""
    if not house.has_records or _is_near(notes.failed_at, now, TRY_AGAIN_AFTER):
        return ""
    last = newest(backups, notes, house.engine, now)
    if last is None or now - last.manifest.made_at >= DAY:
        return DAILY
    made_by = (last.manifest.app_version, last.manifest.schema)
    return "" if made_by == (house.app_version, house.schema) else UPDATE


def drill_due(backups: Sequence[Backup], notes: Notes, engine: str, now: datetime) -> Backup | None:
    """The backup to be restored into scratch now, if it is time."""
    if _is_near(notes.drilled_at, now, DRILL_EVERY if notes.drill_ok else DAY):
        return None
    return newest(backups, notes, engine, now)


def _is_near(then: datetime | None, now: datetime, span: timedelta) -> bool:
    return then is not None and abs(now - then) < span


def expired(backups: Sequence[Backup], notes: Notes, engine: str, now: datetime) -> list[Backup]:
    """Those that may go: dailies beyond the newest of each of 14 days, points after 30 days.

    What a person made or uploaded stays until they delete it. The newest good one always stays.
    """
    kept = _kept_dailies(backups, notes)
    last = newest(backups, notes, engine, now)
    going = []
    for each in newest_first(backups):
        why, age = each.why, now - each.manifest.made_at
        is_over = (why in (DAILY, UPDATE) and each.name not in kept) or (
            why in (MIGRATION, RESTORE) and age > POINTS_KEPT_FOR
        )
        if is_over and (last is None or each.name != last.name):
            going.append(each)
    return going


def _kept_dailies(backups: Iterable[Backup], notes: Notes) -> set[str]:
    """The newest good one of each of the last days that have one."""
    days: dict[str, str] = {}
    for each in newest_first(backups):
        if each.why in (DAILY, UPDATE) and not notes.checks.get(each.name):
            days.setdefault(f"{each.manifest.made_at:%Y%m%d}", each.name)
    return set(list(days.values())[:DAILIES_KEPT])
