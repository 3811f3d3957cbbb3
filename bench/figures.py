"""What a scenario found, how it is printed, and how two runs are compared.

Counts (statements, requests, rows written) are the same on every machine: more of them than in
`baseline.json` fails. Everything else is told: a ratio is app ÷ floor, or large ÷ small, measured
alternately; one that passes its aim, or half as much again as the baseline, is pointed out.
"""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

BASELINE = Path(__file__).with_name("baseline.json")
MUCH_WORSE = 1.5

Unit = Literal["count", "ratio", "ms", "s", "MB", "%"]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured thing. `size` is the collection's, `at_most` the aim, if there is one."""

    scenario: str
    name: str
    size: int
    value: float
    unit: Unit
    at_most: float | None = None

    @property
    def key(self) -> str:
        """What it is called in a file of figures."""
        return f"{self.scenario} | {self.name} | {self.size}"

    @property
    def is_over(self) -> bool:
        """Whether it misses its aim."""
        return self.at_most is not None and self.value > self.at_most

    def __str__(self) -> str:
        value = f"{self.value:,.0f}" if self.unit == "count" else f"{self.value:,.2f}"
        unit = {"count": "", "ratio": "×"}.get(self.unit, self.unit)
        aim = f"  (aim ≤ {self.at_most:g})" if self.at_most is not None else ""
        mark = "  ← over" if self.is_over else ""
        what = f"{self.scenario:<11}{self.name:<46}{short(self.size):>6}"
        return f"{what}{value:>11} {unit:<3}{aim}{mark}"


def short(size: int) -> str:
    """100000 as "100k"."""
    for step, letter in ((1_000_000, "M"), (1_000, "k")):
        if size >= step and size % step == 0:
            return f"{size // step}{letter}"
    return str(size)


def parse_size(text: str) -> int:
    """ "100k" as 100000. Raises ValueError."""
    for letter, step in (("k", 1_000), ("M", 1_000_000)):
        if text.lower().endswith(letter.lower()):
            return int(text[:-1]) * step
    return int(text)


def machine() -> str:
    """This machine, in a line."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in _lines("/proc/cpuinfo")
            if line.startswith("model name")
        ),
        platform.machine(),
    )
    memory = next((line.split()[1] for line in _lines("/proc/meminfo") if "MemTotal" in line), "0")
    return (
        f"{model}, {os.cpu_count()} CPUs, {int(memory) // 2**20} GiB,"
        f" {platform.system()} {platform.release()}, Python {platform.python_version()}"
    )


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text(encoding="utf-8").splitlines()
    except OSError:
        return []


def keep_as_baseline(figures: Sequence[Figure]) -> None:
    """Let later runs be compared with these counts and ratios. Others of the baseline stay."""
    kept = read(BASELINE) | {f.key: f for f in figures if f.unit in ("count", "ratio")}
    write(BASELINE, [kept[key] for key in sorted(kept)])


def write(path: Path, figures: Sequence[Figure]) -> None:
    """Keep figures in a file that `read` and `compare` take."""
    whole = {"machine": machine(), "figures": [asdict(figure) for figure in figures]}
    path.write_text(json.dumps(whole, indent=1) + "\n", encoding="utf-8")


def read(path: Path) -> dict[str, Figure]:
    """The figures of a file by key; none if there is no such file."""
    if not path.exists():
        return {}
    whole: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return {figure.key: figure for figure in (Figure(**each) for each in whole["figures"])}


def excess(figures: Iterable[Figure], baseline: dict[str, Figure]) -> tuple[list[str], list[str]]:
    """Sentences about counts that grew, which fail a run, and about ratios that only warn."""
    failures: list[str] = []
    warnings: list[str] = []
    for figure in figures:
        before = baseline.get(figure.key)
        if figure.unit == "count":
            bound = before.value if before else figure.at_most
            if bound is not None and figure.value > bound:
                failures.append(f"{figure.key}: {figure.value:,.0f}, was {bound:,.0f}")
        elif figure.is_over:
            warnings.append(f"{figure.key}: {figure.value:.2f}, aim {figure.at_most:g}")
        elif figure.unit == "ratio" and before and figure.value > before.value * MUCH_WORSE:
            warnings.append(f"{figure.key}: {figure.value:.2f}, was {before.value:.2f}")
    return failures, warnings


def compared(a: dict[str, Figure], b: dict[str, Figure]) -> list[str]:
    """A line for each figure both have: before, after, and after ÷ before."""
    lines = []
    for key in a.keys() & b.keys():
        before, after = a[key].value, b[key].value
        change = f"{after / before:8.2f} ×" if before else f"{'':10}"
        lines.append(f"{key:<66}{before:>12,.2f}{after:>12,.2f}{change}")
    return sorted(lines)
