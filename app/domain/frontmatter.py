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

    Values are texts, whole numbers, booleans, moments, and lists and mappings of these. What is
    empty (None, "", [], {}) is left out.
    """
    lines = ["---"]
    _mapping(fields, "", lines)
    lines.append("---\n")
    return "\n".join(lines)


def stamp(moment: datetime) -> str:
    """A moment in UTC, to the microsecond: `2019-03-01T12:00:00.000000Z`."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ").rjust(27, "0")


def _mapping(fields: Mapping[str, Any], indent: str, lines: list[str]) -> None:
    for key, value in fields.items():
        if type(value) is str:
            if value:
                lines.append(f"{indent}{key}: {quoted(value)}")
        elif isinstance(value, Block):
            _block(key, value, indent, lines)
        elif isinstance(value, Mapping):
            _nested(key, value, indent, lines)
        elif isinstance(value, Sequence):
            _list(key, value, indent, lines)
        elif value is not None:
            lines.append(f"{indent}{key}: {_scalar(value)}")


def _nested(key: str, fields: Mapping[str, Any], indent: str, lines: list[str]) -> None:
    inner: list[str] = []
    _mapping(fields, indent + INDENT, inner)
    if inner:
        lines.append(f"{indent}{key}:")
        lines += inner


def _list(key: str, values: Sequence[Any], indent: str, lines: list[str]) -> None:
    inner: list[str] = []
    for value in values:
        if isinstance(value, Mapping):
            entry: list[str] = []
            _mapping(value, indent + INDENT, entry)
            if entry:
                entry[0] = f"{indent}- {entry[0][len(indent) + 2 :]}"
                inner += entry
        elif value is not None and value != "":
            inner.append(f"{indent}- {_scalar(value)}")
    if inner:
        lines.append(f"{indent}{key}:")
        lines += inner


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
        return quoted(value)
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
    if not text.isascii() or "\x7f" in text:
        return _UNPRINTABLE.sub(lambda found: f"\\u{ord(found[0]):04x}", written)
    return written
