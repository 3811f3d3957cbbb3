"""Front matter: plain values as YAML that every parser reads alike.

Written by hand because a page has hundreds of scalars and PyYAML takes milliseconds for them. Each
text is a double-quoted scalar, which can hold anything, made by the encoder of the standard
library: JSON's strings are YAML's. What YAML wants escaped beyond that is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from json.encoder import encode_basestring
from typing import Any

# Beyond what JSON escapes: DEL and C1, line ends of Unicode, marks of byte order, lone surrogates.
_UNPRINTABLE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_NO_BLOCK = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]|^\\s|\n[ \n]*$"
)
INDENT = "  "


class Block(str):
    """A text that is written as lines below its key, where they can be read in a diff."""

    __slots__ = ()


def front_matter(fields: Mapping[str, Any]) -> str:
    """`fields` between the two lines of dashes, in their order.

    Values are texts, whole numbers, booleans, moments, and lists and dicts of these. What is empty
    (None, "", [], {}) is left out.
    """
    lines = ["---"]
    _mapping(fields, "", lines)
    lines.append("---\n")
    return "\n".join(lines)


def stamp(moment: datetime) -> str:
    """A moment in UTC, to the microsecond: `2019-03-01T12:00:00.000000Z`."""
    utc = moment if moment.tzinfo is UTC else moment.astimezone(UTC)
    return utc.isoformat(timespec="microseconds").replace("+00:00", "Z")


def _mapping(fields: Mapping[str, Any], indent: str, lines: list[str]) -> None:
    for key, value in fields.items():
        kind = type(value)
        if kind is str:
            if value:
                lines.append(f"{indent}{key}: {quoted(value)}")
        elif kind is list or kind is tuple:
            if value:
                _list(key, value, indent, lines)
        elif kind is dict:
            _nested(key, value, indent, lines)
        elif kind is Block:
            _block(key, value, indent, lines)
        elif value is not None:
            lines.append(f"{indent}{key}: {_scalar(value)}")


def _nested(key: str, fields: dict[str, Any], indent: str, lines: list[str]) -> None:
    before = len(lines)
    lines.append(f"{indent}{key}:")
    _mapping(fields, indent + INDENT, lines)
    if len(lines) == before + 1:
        lines.pop()


def _list(key: str, values: Sequence[Any], indent: str, lines: list[str]) -> None:
    before = len(lines)
    lines.append(f"{indent}{key}:")
    for value in values:
        kind = type(value)
        if kind is str:
            if value:
                lines.append(f"{indent}- {quoted(value)}")
        elif kind is dict:
            first = len(lines)
            _mapping(value, indent + INDENT, lines)
            if len(lines) > first:
                lines[first] = f"{indent}- {lines[first][len(indent) + 2 :]}"
        elif value is not None:
            lines.append(f"{indent}- {_scalar(value)}")
    if len(lines) == before + 1:
        lines.pop()


def _block(key: str, text: str, indent: str, lines: list[str]) -> None:
    if not text:
        return
    if _NO_BLOCK.search(text):
        lines.append(f"{indent}{key}: {quoted(text)}")
        return
    lines.append(f"{indent}{key}: |-")
    lines += [f"{indent}{INDENT}{line}" if line else "" for line in text.split("\n")]


def _scalar(value: Any) -> str:
    if isinstance(value, str):
        return quoted(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, int):
        return str(value)
    raise TypeError(f"{type(value).__name__} has no place in front matter")


def quoted(text: str) -> str:
    """`text` as a double-quoted scalar."""
    written: str = encode_basestring(text)
    if not text.isprintable():
        return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
    return written
