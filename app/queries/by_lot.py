"""Drawing copies by lot from a set kept as bits, without listing the set."""

from __future__ import annotations

from random import Random


def picked(bits: int, most: int, chance: Random) -> list[int]:
    """Up to `most` members of a set, by lot."""
    count = bits.bit_count()
    places = chance.sample(range(count), min(most, count))
    return [_member(bits, place) for place in places]


def _member(bits: int, place: int) -> int:
    """The member that has `place` smaller ones: halves the set until one is left."""
    lowest, width = 0, bits.bit_length()
    while width > 1:
        half = width // 2
        lower = bits & ((1 << half) - 1)
        below = lower.bit_count()
        if place < below:
            bits, width = lower, half
        else:
            bits, width, place, lowest = bits >> half, width - half, place - below, lowest + half
    return lowest
