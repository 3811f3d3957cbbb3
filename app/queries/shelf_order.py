"""The copies of a shelf in one order, and any set of them in that order.

A set is a Python integer with one bit per copy id (see shelf_index).
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from functools import cached_property
from itertools import compress, count, islice
from typing import Any

# A set with fewer than one copy in so many is sorted; of a larger one the shelf is walked along.
WALK_FROM = 20
# Among so many places, or up to twice as many, is looked at a time: each look asks the database.
LOOKED_AT = 16
_FLAGS = bytes.maketrans(b"01", b"\0\1")


# What a copy is sorted by: no two have the same.
Key = tuple[Any, ...]
Keys = Mapping[int, Key]


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

    def resorted(
        self, changed: Set[int], shelf: int, keys_of: Callable[[Set[int]], Keys]
    ) -> ShelfOrder:
        """The order of `shelf`, a set, after these copies came, left or got another key.

        All others stand as they stood. `keys_of` reads what copies are sorted by: of the changed
        ones and of the few among which their places are looked for.
        """
        left = list(compress(count(), map(changed.__contains__, self.ids)))
        rest = _cut(self.ids, left)
        stood = {self.ids[place]: place - nth for nth, place in enumerate(left)}
        here = {copy_id for copy_id in changed if shelf >> copy_id & 1}
        ids = array("q")
        start = 0
        for place, _key, copy_id in _places_in(rest, here, stood, keys_of):
            ids += rest[start:place]
            ids.append(copy_id)
            start = place
        ids += rest[start:]
        return self if ids == self.ids else ShelfOrder(ids)

    @cached_property
    def _places(self) -> array[int]:
        """At which place each copy id stands."""
        places = array("q", bytes(8 * (self._highest + 1)))
        for place, copy_id in enumerate(self.ids):
            places[copy_id] = place
        return places


def _cut(ids: array[int], places: Iterable[int]) -> array[int]:
    """What is left without those at these places, ascending."""
    rest = array("q")
    start = 0
    for place in places:
        rest += ids[start:place]
        start = place + 1
    rest += ids[start:]
    return rest


def _places_in(
    rest: array[int],
    copies: Set[int],
    stood: Mapping[int, int],
    keys_of: Callable[[Set[int]], Keys],
) -> list[tuple[int, Key, int]]:
    """Before which place of `rest` each copy belongs, with its key, in order.

    Most stand where they `stood`, which the first look tells.
    """
    keys: dict[int, Key] = {}
    spans = dict.fromkeys(copies, (0, len(rest)))
    beside = {copy_id: {place - 1, place} for copy_id, place in stood.items()}
    while open_spans := {each: span for each, span in spans.items() if span[0] < span[1]}:
        looks = {}
        for copy_id, (low, high) in open_spans.items():
            evenly = range(low, high, max((high - low) // LOOKED_AT, 1))
            near = (place for place in beside.pop(copy_id, ()) if low <= place < high)
            looks[copy_id] = sorted({*evenly, *near})
        met = {rest[place] for places in looks.values() for place in places}
        keys.update(keys_of((met | copies) - keys.keys()))
        for copy_id, places in looks.items():
            low, high = spans[copy_id]
            after = bisect_left(places, keys[copy_id], key=lambda place: keys[rest[place]])
            spans[copy_id] = (
                places[after - 1] + 1 if after else low,
                places[after] if after < len(places) else high,
            )
    if copies and not rest:
        keys.update(keys_of(copies))
    return sorted((spans[copy_id][0], keys[copy_id], copy_id) for copy_id in copies)


def bits_of(ids: Iterable[int]) -> int:
    """A set of copy ids as an integer."""
    ids = ids if isinstance(ids, array) else array("q", ids)
    if not ids:
        return 0
    buffer = bytearray(max(ids) // 8 + 1)
    for number in ids:
        buffer[number >> 3] |= 1 << (number & 7)
    return int.from_bytes(buffer, "little")


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
