"""Copies that came in together, as a word of an address: "csv-1201-1312".

A copy keeps its id for good and later ones are higher, so those of one import or sync are the ones
from a first to a last that came from there. While a sync goes on there is no last: "discogs-1201-".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

SOURCES: Mapping[str, str] = {"csv": "a CSV file", "discogs": "a sync with Discogs"}
_WRITTEN = re.compile(rf"({'|'.join(SOURCES)})-([1-9]\d{{0,17}})-([1-9]\d{{0,17}})?", re.ASCII)


class Arrivals(NamedTuple):
    """The copies from `source` with the ids `first` to `last`, or all since if that is None."""

    source: str
    first: int
    last: int | None

    @property
    def address(self) -> str:
        """As an address says it."""
        return f"{self.source}-{self.first}-{self.last or ''}"

    @property
    def words(self) -> str:
        """Where they came from, to a person."""
        return SOURCES[self.source]


def find_arrivals(text: str) -> Arrivals | None:
    """What an address says, or None if that is nothing of the kind."""
    said = _WRITTEN.fullmatch(text)
    if said is None:
        return None
    return Arrivals(said[1], int(said[2]), int(said[3]) if said[3] else None)
