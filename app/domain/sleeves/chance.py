"""A well of chance that always pours the same: numbers drawn from a hash of the facts."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import shake_256
from typing import TypeVar

Item = TypeVar("Item")

_BYTES = 768


class Chance:
    """Repeatable draws from `parts`: equal parts give equal draws, on every machine and Python."""

    __slots__ = ("_at", "_key", "_well")

    def __init__(self, *parts: str) -> None:
        self._key = "\x1f".join(parts).encode("utf-8", "surrogatepass")
        self._well = shake_256(self._key).digest(_BYTES)
        self._at = 0

    def unit(self) -> float:
        """A number from 0 to just below 1."""
        if self._at + 2 > len(self._well):
            self._well = shake_256(self._well + self._key).digest(_BYTES)
            self._at = 0
        value = int.from_bytes(self._well[self._at : self._at + 2], "big")
        self._at += 2
        return value / 65536

    def between(self, low: float, high: float) -> float:
        """A number from `low` to `high`."""
        return low + (high - low) * self.unit()

    def count(self, low: int, high: int) -> int:
        """A whole number from `low` to `high`, both possible."""
        return low + int(self.unit() * (high - low + 1))

    def pick(self, items: Sequence[Item]) -> Item:
        """One of `items`, which must not be empty."""
        return items[int(self.unit() * len(items))]

    def some(self, items: Sequence[Item], number: int) -> list[Item]:
        """`number` different ones of `items` (or all, if there are fewer), in a drawn order."""
        rest = list(items)
        return [rest.pop(int(self.unit() * len(rest))) for _ in range(min(number, len(rest)))]

    def yes(self, likelihood: float = 0.5) -> bool:
        """True with the given likelihood (0 to 1)."""
        return self.unit() < likelihood
