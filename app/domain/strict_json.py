"""The one strict reader for JSON that people type, upload or send.

Python's own reader runs out of stack on deep nesting, stops at 4,300 digits with another kind of
error, and takes NaN, lone surrogates and a key given twice as they come. This one refuses all of
them with a line, a column and a sentence, and it remembers where each value stood, so that a
complaint about what a value means can point at it too.
"""

from __future__ import annotations

import bisect
import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NoReturn, TypeAlias

from app.errors import InvalidInputError, TooLargeError

MAX_DEPTH: Final = 64
MAX_CHARACTERS: Final = 1_000_000
MAX_NUMBER: Final = 2**63

_BLANKS = re.compile(r"[ \t\n\r]*")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")
_WORD = re.compile(r"[^\s,:\[\]{}\"]+")
LINE_END = re.compile(r"\r\n|\r|\n")
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_NUMBER_LENGTH = 60
_STRINGS = json.JSONDecoder()
_CONSTANTS = {"true": True, "false": False, "null": None}
_REWORDED = {
    "Unterminated string starting at": "this text has no closing quotation mark",
    "Invalid control character at": "a text cannot run over a line break or tab; write \\n or \\t",
    "Invalid \\escape": "this backslash means nothing here; write \\\\ for a backslash",
    "Invalid \\uXXXX escape": "\\u needs four hexadecimal digits",
}


class JsonSyntaxError(InvalidInputError):
    """The text is not JSON we accept. `line` and `column` count from 1; `sentence` says why."""

    def __init__(self, sentence: str, line: int, column: int) -> None:
        super().__init__(f"Line {line}, column {column}: {sentence}.")
        self.sentence = f"{sentence[0].upper()}{sentence[1:]}."
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class _Place:
    """Where an object or list begins and where its members are; `keys` only for an object."""

    start: int
    members: dict[str, _Where] | list[_Where]
    keys: dict[str, int]


# A plain value needs only its offset: a big document has a hundred thousand of them.
_Where: TypeAlias = "int | _Place"


@dataclass(frozen=True)
class JsonDocument:
    """A parsed text: its `value`, and where each part of it stands."""

    text: str
    value: Any
    _where: _Where

    def position(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column (from 1) of the value at `path`, or of the nearest part around it."""
        where, _ = self._find(path)
        return self._lines.position(where if isinstance(where, int) else where.start)

    def key_position(self, path: Sequence[str | int]) -> tuple[int, int]:
        """Line and column of the key that names the value at `path`."""
        _, key = self._find(path)
        return self._lines.position(key)

    def _find(self, path: Sequence[str | int]) -> tuple[_Where, int]:
        where, key = self._where, 0
        for step in path:
            if isinstance(where, int):
                break
            key = where.keys.get(step, where.start) if isinstance(step, str) else where.start
            try:
                where = where.members[step]  # type: ignore[index]
            except (KeyError, IndexError, TypeError):
                break
        return where, key

    @cached_property
    def _lines(self) -> _Lines:
        return _Lines(self.text)


class _Lines:
    """Turns an offset into a line and a column."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(end.end() for end in LINE_END.finditer(text))]

    def position(self, offset: int) -> tuple[int, int]:
        line = bisect.bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1


def parse(text: str) -> JsonDocument:
    """`text` as JSON.

    Raises TooLargeError beyond a million characters, else JsonSyntaxError for anything that is not
    JSON or that we could not store: more than 64 levels, numbers beyond ±2**63, NaN, NUL, halves
    of characters, one key twice in an object.
    """
    if len(text) > MAX_CHARACTERS:
        raise TooLargeError(
            f"The text has {len(text):,} characters; {MAX_CHARACTERS:,} is the most Gatefold reads."
        )
    return _Reader(text).document()


class _Reader:
    def __init__(self, text: str) -> None:
        self._text = text

    def document(self) -> JsonDocument:
        self._refuse_unstorable(self._text, 0)
        start = self._skip(1 if self._text.startswith("\ufeff") else 0)
        if start == len(self._text):
            self._fail("there is nothing here yet", start)
        value, where, end = self._value(start, 0)
        end = self._skip(end)
        if end < len(self._text):
            self._fail("there is more text after the end of the document", end)
        return JsonDocument(self._text, value, where)

    def _value(self, at: int, depth: int) -> tuple[Any, _Where, int]:
        first = self._text[at : at + 1]
        if first == '"':
            text, end = self._string(at)
            return text, at, end
        if first in ("{", "["):
            if depth == MAX_DEPTH:
                self._fail(f"this is nested deeper than {MAX_DEPTH} levels", at)
            return self._object(at, depth + 1) if first == "{" else self._list(at, depth + 1)
        number = _NUMBER.match(self._text, at)
        if number:
            return self._number(number), at, number.end()
        constant, end = self._constant(at)
        return constant, at, end

    def _object(self, start: int, depth: int) -> tuple[dict[str, Any], _Place, int]:
        values: dict[str, Any] = {}
        places: dict[str, _Where] = {}
        keys: dict[str, int] = {}
        at = self._skip(start + 1)
        if self._text[at : at + 1] == "}":
            return values, _Place(start, places, keys), at + 1
        while True:
            key, end = self._key(at)
            if key in keys:
                self._fail(f'"{_short(key)}" appears twice in the same object', at)
            keys[key] = at
            at = self._skip(end)
            if self._text[at : at + 1] != ":":
                self._fail(f'a colon is missing after "{_short(key)}"', at)
            values[key], places[key], at = self._value(self._skip(at + 1), depth)
            at, is_last = self._after_member(at, "}")
            if is_last:
                return values, _Place(start, places, keys), at

    def _list(self, start: int, depth: int) -> tuple[list[Any], _Place, int]:
        values: list[Any] = []
        places: list[_Where] = []
        at = self._skip(start + 1)
        if self._text[at : at + 1] == "]":
            return values, _Place(start, places, {}), at + 1
        while True:
            value, where, at = self._value(at, depth)
            values.append(value)
            places.append(where)
            at, is_last = self._after_member(at, "]")
            if is_last:
                return values, _Place(start, places, {}), at

    def _after_member(self, at: int, closing: str) -> tuple[int, bool]:
        """The offset after a comma (of the next member) or after `closing`, and which it was."""
        at = self._skip(at)
        found = self._text[at : at + 1]
        if found == closing:
            return at + 1, True
        if found == "":
            self._fail(f'the text ends here, but a "{closing}" is still missing', at)
        if found != ",":
            self._fail(f'a comma or "{closing}" is missing before this', at)
        following = self._skip(at + 1)
        if self._text[following : following + 1] == closing:
            self._fail(f'there must be no comma before "{closing}"', at)
        return following, False

    def _key(self, at: int) -> tuple[str, int]:
        if self._text[at : at + 1] != '"':
            self._fail('a name in double quotation marks is needed here, such as "title"', at)
        return self._string(at)

    def _string(self, at: int) -> tuple[str, int]:
        try:
            text, end = _STRINGS.raw_decode(self._text, at)
        except json.JSONDecodeError as error:
            self._fail(_reworded(error.msg), error.pos)
        self._refuse_unstorable(text, at)
        return text, end

    def _number(self, match: re.Match[str]) -> int | float:
        written, at = match[0], match.start()
        trailing = self._text[match.end() : match.end() + 1]
        if trailing.isalnum() or trailing in (".", "_"):
            self._fail(f'"{_short(self._word(at))}" is not a number as JSON writes it', at)
        if len(written) > _NUMBER_LENGTH:
            self._fail("this number has too many digits", at)
        number = float(written) if match[1] or match[2] else int(written)
        if not math.isfinite(number) or abs(number) > MAX_NUMBER:
            self._fail("this number is too large", at)
        return number

    def _constant(self, at: int) -> tuple[Any, int]:
        word = self._word(at)
        if word in _CONSTANTS:
            return _CONSTANTS[word], at + len(word)
        self._fail(_why_not_a_value(word, self._text[at : at + 1]), at)

    def _word(self, at: int) -> str:
        found = _WORD.match(self._text, at)
        return found[0] if found else ""

    def _skip(self, at: int) -> int:
        blanks = _BLANKS.match(self._text, at)
        return blanks.end() if blanks else at

    def _refuse_unstorable(self, text: str, at: int) -> None:
        found = _UNSTORABLE.search(text)
        if found is None:
            return
        offset = found.start() if text is self._text else at
        name = "the character NUL" if found[0] == "\x00" else "half a character (a lone surrogate)"
        self._fail(f"{name} cannot be kept", offset)

    def _fail(self, sentence: str, offset: int) -> NoReturn:
        raise JsonSyntaxError(sentence, *_Lines(self._text).position(offset))


def _why_not_a_value(word: str, found: str) -> str:
    if not found:
        return "the text ends where a value is needed"
    if not word:
        return f'a value is missing before "{found}"'
    if word[0] in "'“”„‘’«":
        return 'texts stand in straight double quotation marks: "…"'
    if word.startswith(("//", "/*", "#")):
        return "JSON has no comments"
    if word.lower() in _CONSTANTS or word == "None":
        return f'"{word}" is written true, false or null, in small letters'
    return f'"{_short(word)}" is not a value; texts stand in double quotation marks'


def _reworded(message: str) -> str:
    return _REWORDED.get(message.partition(":")[0], message)


def _short(text: str) -> str:
    return text if len(text) <= 40 else text[:39] + "…"
