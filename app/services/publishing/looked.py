"""What a dry run of a publishing found, kept until the next one for a page to show."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import orjson

from app.services.publishing.report import Report
from app.services.publishing.site_files import read_json, told_plainly, write_small

FILE = "publish-look.json"
# So many pages have their lines kept, each so many characters of them.
DIFFS_KEPT = 1_000
DIFF_CHARACTERS = 6_000


@dataclass(frozen=True, slots=True)
class Look:
    """What would change: paths by what would become of them; see Report.

    `left` are those of `edited` whose record has left the shelf. `lines` has the lines that would
    change by path. `release_id`: only this record was looked at.
    """

    made_at: float
    new: Sequence[str] = ()
    changed: Sequence[str] = ()
    orphaned: Sequence[str] = ()
    edited: Sequence[str] = ()
    left: Sequence[str] = ()
    unchanged: int = 0
    missing: int = 0
    lines: dict[str, str] = field(default_factory=dict)
    release_id: int | None = None

    @property
    def at(self) -> datetime:
        """When, in UTC."""
        return datetime.fromtimestamp(self.made_at, UTC)

    @property
    def is_empty(self) -> bool:
        """Whether nothing would change."""
        return not (self.new or self.changed or self.orphaned)


def keep(instance: Path, report: Report, release_id: int | None) -> None:
    """Keep what a dry run found; replaces what the one before found. Raises DiskFullError."""
    look = Look(
        made_at=time.time(),
        new=report.new,
        changed=report.changed,
        orphaned=report.orphaned,
        edited=report.edited,
        left=report.left,
        unchanged=report.unchanged,
        missing=len(report.missing),
        lines={path: lines[:DIFF_CHARACTERS] for path, lines in report.diffs},
        release_id=release_id,
    )
    with told_plainly(instance):
        write_small(instance / FILE, orjson.dumps(asdict(look)))


def find(instance: Path) -> Look | None:
    """What the last dry run found; None before the first."""
    told = read_json(instance / FILE)
    try:
        return Look(**told) if told else None
    except TypeError:  # written by another version
        return None
