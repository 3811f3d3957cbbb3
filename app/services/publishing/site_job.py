"""Publishing in the background: a run that tells how far it is and goes on where it was stopped."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from app.extensions import db
from app.services import runs
from app.services.publishing import site
from app.services.publishing.report import Report, Wish
from app.services.runs import Lease, StoppedError
from app.services.workplace import Workplace

KIND = "publish"
FOLDER = "site"
LINES_KEPT = 200


def folder_of(workplace: Workplace) -> Path:
    """Where the site stands that is published from the pages."""
    return Path(workplace.settings.instance_path) / FOLDER


def run_publish(workplace: Workplace, lease: Lease, should_stop: Callable[[], bool]) -> None:
    """Work on a publishing until it is done. Pages that are right already are passed over.

    Raises StoppedError soon after `should_stop()`, or what services.publishing.site raises.
    """
    cursor = dict(runs.get(lease.owner_id, lease.run_id).cursor)
    db.session.commit()

    def tell(done: int, total: int) -> None:
        if should_stop():
            raise StoppedError("Told to stop between two pages.")
        runs.progress(lease, phase="pages", done=done, total=total)
        db.session.commit()

    wish = Wish(everything=bool(cursor.get("everything")), overwrite=bool(cursor.get("overwrite")))
    report = site.publish(workplace, lease.owner_id, folder_of(workplace), wish, tell)
    runs.progress(lease, phase="done", cursor={**cursor, "report": as_stored(report)})
    runs.end(lease, "done", told(report))


def as_stored(report: Report) -> dict[str, Any]:
    """A report for a page or a machine: counts, and the first lines of each list."""
    return {
        "new": len(report.new),
        "changed": len(report.changed),
        "orphaned": len(report.orphaned),
        "unchanged": report.unchanged,
        "edited": report.edited[:LINES_KEPT],
        "missing": len(report.missing),
        "without_picture": [list(each) for each in report.missing[:LINES_KEPT]],
    }


def told(report: Report) -> str:
    """A report in a sentence or two."""
    text = (
        f"{len(report.new):,} new, {len(report.changed):,} changed, "
        f"{len(report.orphaned):,} removed, {report.unchanged:,} unchanged."
    )
    if report.edited:
        text += f" {len(report.edited):,} changed by hand stay as they are."
    return text


def stored_report(cursor: Mapping[str, Any]) -> dict[str, Any] | None:
    """The report a run that has ended left in its cursor."""
    found = cursor.get("report")
    return dict(found) if isinstance(found, dict) else None
