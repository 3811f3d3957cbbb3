"""The export's "Date Added": Pacific local time without a zone, made UTC.

Spreadsheets rewrite it as 23/04/2023 04:38 or 4/23/23 4:38. Which number is the day can only be
told from the whole file, and if it cannot be told we do not guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")
EARLIEST_YEAR = 1990
LATEST_YEAR = 2100

DayOrder = Literal["day first", "month first"]

_DAMAGED = re.compile(
    r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})"
    r"(?:,? +(\d{1,2}):(\d{2})(?::(\d{2}))?(?: ?([AaPp])[Mm])?)?"
)


def added_at(text: str, order: DayOrder | None) -> datetime | None:
    """The moment of a Date Added cell in UTC, None for an empty one.

    `order` is the file's day order for dates a spreadsheet has rewritten. The hour that occurs
    twice in November counts as the first. Raises ValueError with a reason for a person.
    """
    if len(text) == 19 and text[4] == "-" == text[7]:
        moment = datetime.fromisoformat(text)
        offset = _whole_day_offset(text[:10])
        return (moment + offset if offset else _from_pacific(moment)).replace(tzinfo=UTC)
    if not text or text in ("NA", "NaT", "NaN", "nan"):
        return None
    moment = _rewritten(text, order) if _DAMAGED.fullmatch(text) else datetime.fromisoformat(text)
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise ValueError(f"year {moment.year}")
    if moment.tzinfo:
        return moment.astimezone(UTC)
    return _from_pacific(moment).replace(tzinfo=UTC)


def is_rewritten(text: str) -> bool:
    """Whether a spreadsheet has written this date in its own way."""
    return _DAMAGED.fullmatch(text.strip()) is not None


def day_order(texts: Iterable[str]) -> DayOrder | None:
    """The order of day and month in rewritten dates, None if they do not tell or contradict."""
    day_first = month_first = False
    for text in texts:
        match = _DAMAGED.fullmatch(text.strip())
        if match:
            day_first = day_first or int(match[1]) > 12
            month_first = month_first or int(match[2]) > 12
    if day_first == month_first:
        return None
    return "day first" if day_first else "month first"


@lru_cache(maxsize=16384)
def _whole_day_offset(day: str) -> timedelta | None:
    """What to add to a local time of `day` for UTC; None on the two days a year it changes.

    Raises ValueError for a day out of any plausible range.
    """
    start = datetime.fromisoformat(day)
    if not EARLIEST_YEAR <= start.year <= LATEST_YEAR:
        raise ValueError(f"year {start.year}")
    end = start + timedelta(days=1)
    offsets = {moment.replace(tzinfo=PACIFIC).utcoffset() for moment in (start, end)}
    offset = offsets.pop()
    return -offset if offset is not None and not offsets else None


def _from_pacific(moment: datetime) -> datetime:
    return moment.replace(tzinfo=PACIFIC).astimezone(UTC).replace(tzinfo=None)


def _rewritten(text: str, order: DayOrder | None) -> datetime:
    match = _DAMAGED.fullmatch(text)
    if not match or order is None:
        raise ValueError("day and month cannot be told apart")
    first, second, year, hour, minute, second_of_minute = (
        int(part or 0) for part in match.groups()[:6]
    )
    day, month = (first, second) if order == "day first" else (second, first)
    if match[7]:
        hour = hour % 12 + (12 if match[7] in "Pp" else 0)
    return datetime(year if year > 99 else 2000 + year, month, day, hour, minute, second_of_minute)
