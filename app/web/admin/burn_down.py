"""How the number of gaps went down, as small drawings and as a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from app.domain.quality import CHECKS, Check

WIDTH, HEIGHT = 240, 48


@dataclass(frozen=True, slots=True)
class Curve:
    """A line from the first day to the last: `points` of an SVG, `numbers` by day.

    A day on which nobody counted is None. `check` is None for all checks together.
    """

    check: Check | None
    numbers: Sequence[int | None]
    points: str

    @property
    def latest(self) -> int:
        """How many there are now."""
        return next((each for each in reversed(self.numbers) if each is not None), 0)

    @property
    def highest(self) -> int:
        """How many there were at most."""
        return max((each for each in self.numbers if each is not None), default=0)


@dataclass(frozen=True, slots=True)
class BurnDown:
    """The days something was counted on, the curve of all checks and one for each."""

    days: Sequence[date]
    total: Curve
    curves: Mapping[str, Curve]


def burn_down(days: Mapping[date, Mapping[str, int]]) -> BurnDown:
    """Curves out of the open gaps of each check by day, the oldest first."""
    dates = list(days)
    curves = {
        check.name: _curve(check, dates, [days[day].get(check.name) for day in dates])
        for check in CHECKS
    }
    total = _curve(None, dates, [sum(days[day].values()) for day in dates])
    return BurnDown(dates, total, curves)


def _curve(check: Check | None, dates: Sequence[date], numbers: Sequence[int | None]) -> Curve:
    counted = [(day, n) for day, n in zip(dates, numbers, strict=True) if n is not None]
    if len(counted) < 2:
        return Curve(check, numbers, "")
    first, span = dates[0], max(1, (dates[-1] - dates[0]).days)
    top = max(1, *(number for _day, number in counted))
    points = (
        f"{(day - first).days / span * WIDTH:.1f},{HEIGHT - number / top * HEIGHT:.1f}"
        for day, number in counted
    )
    return Curve(check, numbers, " ".join(points))
