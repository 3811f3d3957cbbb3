"""What an import changed, to be counted and told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(slots=True)
class Changes:
    """What a page changed: counts by kind, and a line a person can read for each."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[tuple[str, str, int | None]] = field(default_factory=list)

    def note(self, kind: str, text: str, copy_id: int | None = None) -> None:
        """Count one change and say what it was."""
        self.counts[kind] += 1
        self.lines.append((kind, text, copy_id))

    def added_to(self, counts: Mapping[str, int]) -> dict[str, int]:
        """`counts` and these together."""
        return dict(Counter(counts) + self.counts)
