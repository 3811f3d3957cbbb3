"""What changed between two values of a document's field, as lines to read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from itertools import islice
from typing import Any, NamedTuple

MOST_LINES = 200


class ChangeLine(NamedTuple):
    """A line of one side: `sign` is - for the old, + for the new."""

    sign: str
    text: str


def change_lines(old: Any, new: Any) -> list[ChangeLine]:
    """What is in `old` and not in `new` (-) and the other way round (+), in order.

    A list shows only the entries that differ, a text only its lines that do. At most 200 lines and
    one that says so.
    """
    lines = list(islice(_changes(value_lines(old), value_lines(new)), MOST_LINES + 1))
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [ChangeLine(" ", "… and more")]
    return lines


def value_lines(value: Any) -> list[str]:
    """A field's value for reading: entries and lines of text one by one; [] for nothing."""
    if value is None or value == "":
        return []
    if isinstance(value, str):
        return value.split("\n")
    if isinstance(value, list):
        return [_entry(part) for part in value]
    return [_entry(value)]


def _entry(value: Any) -> str:
    """An entry without its empty parts: they only hide what counts."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        value = {key: part for key, part in value.items() if part not in (None, "", [])}
    return json.dumps(value, ensure_ascii=False)


def _changes(old: Sequence[str], new: Sequence[str]) -> Iterator[ChangeLine]:
    for change, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if change != "equal":
            yield from (ChangeLine("-", line) for line in old[a:b])
            yield from (ChangeLine("+", line) for line in new[c:d])


def differing_lines(*values: Any) -> tuple[list[str], ...]:
    """The lines of each value that not all of the values have, to be read side by side."""
    sides = [value_lines(value) for value in values]
    alike = set.intersection(*(set(side) for side in sides))
    return tuple([line for line in side if line not in alike][:MOST_LINES] for side in sides)
