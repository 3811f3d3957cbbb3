"""A track list as people type it: one track a line, "A1 So What 9:22"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from app.domain.records import TrackRecord

_DURATION = re.compile(r"(?:^|\s+)[\[(]?((?:\d{1,2}:)?\d{1,3}:[0-5]\d)[\])]?\s*$")
# "A1", "B2.", "AA1", "1-03", "CD2-4", "3." are positions wherever they stand first.
_SURE = re.compile(
    r"((?:[A-Z]{1,2}|CD|DVD)?\d{1,2}-\d{1,3}|[A-Z]{1,2}\d{1,2}[a-z]?|\d{1,3}(?=\.))\.?\s+"
)
# "A Love Supreme" and "99 Luftballons" begin so too: only a position if the lines count on.
_UNSURE = re.compile(r"([A-Z]|\d{1,3})\s+")


def read_tracks(text: str) -> tuple[TrackRecord, ...]:
    """The tracks in `text`; blank lines are passed over."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    counted = _is_counted(lines)
    return tuple(_track(line, counted) for line in lines)


def _track(line: str, counted: bool) -> TrackRecord:
    duration = _DURATION.search(line)
    rest = line[: duration.start()].strip() if duration else line
    rest = rest.removesuffix(" -").removesuffix(" –").rstrip()
    position = _SURE.match(rest) or (_UNSURE.match(rest) if counted else None)
    title = rest[position.end() :].strip() if position else rest
    return TrackRecord(
        title=title or line,
        position=position[1] if position and title else "",
        duration=duration[1] if duration and title else "",
    )


def _is_counted(lines: Sequence[str]) -> bool:
    """Whether all lines begin with a letter or number, and these go up one by one."""
    found = [_UNSURE.match(line) for line in lines]
    if len(lines) < 2 or not all(found):
        return False
    marks = [match[1] for match in found if match]
    if all(mark.isdigit() for mark in marks):
        places = [int(mark) for mark in marks]
    elif not any(mark.isdigit() for mark in marks):
        places = [ord(mark) - ord("A") + 1 for mark in marks]
    else:
        return False
    return places == list(range(1, len(places) + 1))
