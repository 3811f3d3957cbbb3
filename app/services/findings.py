"""What somebody who checks an installation finds."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at, whether it is in order, and a sentence about it."""

    name: str
    is_good: bool
    sentence: str
