"""On which side or disc a track stands: "A1" is on A, "2-03" on disc 2, "CD2-4" on CD2."""

from __future__ import annotations

import re

_SIDE = re.compile(r"(?:(?:CD|DVD|Video)?\d+(?=-)|[A-Z]+(?=\d*[a-z]?$))", re.ASCII)


def side_of(number: str) -> str:
    """The side or disc that a track's number names, "" if it names none."""
    match = _SIDE.match(number)
    return match[0] if match else ""
