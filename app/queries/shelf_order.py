"""The copies of a shelf in one order, and any set of them in that order.

A set is a Python integer with one bit per copy id (see shelf_index).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import compress, islice

# A set with fewer than one copy in so many is sorted; of a larger one the shelf is walked along.
WALK_FROM = 20
_FLAGS = bytes.maketrans(b"01", b"\0\1")


class ShelfOrder:
    """`ids` are all copies on the shelf, in order."""

    def __init__(self, ids: Iterable[int]) -> None:
        self.ids = array("q", ids)
        self._highest = max(self.ids, default=0)

    def among(self, bits: int, *, backwards: bool = False) -> Iterator[int]:
        """The copies of a set in this order, or from the end."""
        if bits.bit_count() * WALK_FROM < len(self.ids):
            few = sorted(ids_of(bits), key=self._places.__getitem__, reverse=backwards)
            return iter(few)
        return members(self.ids[::-1] if backwards else self.ids, bits, self._highest)

    def part(self, bits: int, offset: int, limit: int, *, backwards: bool = False) -> list[int]:
        """At most `limit` copies of a set from `offset` on, met from whichever end is nearer."""
        total = bits.bit_count()
        end = min(offset + limit, total)
        if offset >= total:
            return []
        if total == len(self.ids):
            return list((self.ids[::-1] if backwards else self.ids)[offset:end])
        if offset > total // 2:
            met = self.among(bits, backwards=not backwards)
            return list(islice(met, total - end, total - offset))[::-1]
        return list(islice(self.among(bits, backwards=backwards), offset, end))

    @cached_property
    def _places(self) -> array[int]:
        """At which place each copy id stands."""
        places = array("q", bytes(8 * (self._highest + 1)))
        for place, copy_id in enumerate(self.ids):
            places[copy_id] = place
        return places


def ids_of(bits: int) -> Iterator[int]:
    """The copy ids in a set, ascending."""
    for position, byte in enumerate(bits.to_bytes((bits.bit_length() + 7) // 8, "little")):
        while byte:
            lowest = byte & -byte
            yield position * 8 + lowest.bit_length() - 1
            byte ^= lowest


def members(ids: Sequence[int], bits: int, highest: int) -> Iterator[int]:
    """Those of `ids`, none above `highest`, that are in a set, in their order."""
    size = max(bits.bit_length(), highest + 1)
    flags = f"{bits:0{size}b}"[::-1].encode("ascii").translate(_FLAGS)
    return compress(ids, map(flags.__getitem__, ids))
