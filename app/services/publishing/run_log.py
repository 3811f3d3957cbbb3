"""What each publishing did, as a text file of the installation: `logs/publish-<moment>.log`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from app.errors import InvalidInputError
from app.services.publishing.report import Report

FOLDER = "logs"
KEPT = 20
_STATES = ("new", "changed", "orphaned", "edited")


def keep(instance: Path, site: Path, begun: datetime, report: Report) -> Path:
    """Write the log of a publishing into `site`; the oldest of more than `KEPT` go.

    Raises InvalidInputError where the disk refuses.
    """
    folder = instance / FOLDER
    path = folder / f"publish-{begun.astimezone(UTC):%Y%m%dT%H%M%S.%fZ}.log"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in _lines(site, begun, report)), "utf-8")
        for old in sorted(folder.glob("publish-*.log"))[:-KEPT]:
            old.unlink(missing_ok=True)
    except OSError as error:
        raise InvalidInputError(
            f"Everything is published, but its log could not be kept in {folder}: "
            f"{error.strerror}. Make room there, or change its rights."
        ) from error
    return path


def _lines(site: Path, begun: datetime, report: Report) -> Iterator[str]:
    yield f"site: {_plain(str(site))}"
    yield f"begun: {begun.astimezone(UTC).isoformat(timespec='seconds')}"
    yield f"ended: {datetime.now(UTC).isoformat(timespec='seconds')}"
    counts = {state: len(getattr(report, state)) for state in _STATES}
    for name, count in (counts | {"unchanged": report.unchanged}).items():
        yield f"{name}: {count}"
    yield f"without a picture: {len(report.missing)}"
    for why, count in Counter(each.why for each in report.missing).most_common():
        yield f"  {count} × {why}"
    for state in _STATES:
        for name in getattr(report, state):
            yield f"{state}: {_plain(name)}"
    for each in report.missing:
        yield f"no picture: {_plain(each.title)} ({each.why})"


def _plain(text: str) -> str:
    """`text` on one line: a title writes no lines of its own into a log."""
    if text.isprintable():
        return text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text)
