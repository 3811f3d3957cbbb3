"""Reading a provider's JSON key by key, so that what is odd is named by its path.

A missing key and null mean the same ("not told"). Nothing of a wrong type passes this door.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NoReturn

from app.clients.errors import Provider
from app.domain.ids import LARGEST_ID
from app.errors import OddAnswerError

# No database stores NUL, no UTF-8 file a lone surrogate; JSON can spell both.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Node:
    """A JSON object somewhere in an answer; `path` is where ("tracklist[3]", "" for the whole).

    Every method raises OddAnswerError, its `field` the path of the key, if the value there has
    another type than asked for.
    """

    provider: Provider
    value: Mapping[str, object]
    path: str = ""

    @classmethod
    def whole(cls, provider: Provider, answer: object) -> Node:
        """The root of an answer, which must be an object."""
        if not isinstance(answer, dict):
            raise _odd(provider, "answer", "is not an object")
        return cls(provider, answer)

    @classmethod
    def parsed(cls, provider: Provider, body: bytes) -> Node:
        """The root of an answer as it came over the wire, which must be JSON and an object."""
        try:
            answer = json.loads(body)
        except (ValueError, RecursionError) as error:
            raise _odd(provider, "answer", "is not JSON") from error
        return cls.whole(provider, answer)

    def tells(self, key: str) -> bool:
        """Whether the key is there with a value."""
        return self.value.get(key) is not None

    def text(self, key: str, default: str = "") -> str:
        """The cleaned text at `key`; `default` if it is not told."""
        found = self.value.get(key)
        if found is None:
            return default
        if not isinstance(found, str):
            self.odd(key, "is not a text")
        return cleaned(found)

    def required_text(self, key: str) -> str:
        """As `text`, but it must be there."""
        if not self.tells(key):
            self.odd(key, "is missing")
        return self.text(key)

    def texts(self, key: str) -> tuple[str, ...]:
        """The cleaned texts of the list at `key`; empty if it is not told."""
        found = self._list(key)
        for number, each in enumerate(found):
            if not isinstance(each, str):
                self.odd(f"{key}[{number}]", "is not a text")
        return tuple(cleaned(each) for each in found if isinstance(each, str))

    def number(self, key: str) -> int | None:
        """The whole number at `key`, also if it is written as a text; None if it is not told."""
        found = self.value.get(key)
        if found is None or found == "":
            return None
        number = _whole_number(found)
        if number is None:
            self.odd(key, "is not a whole number")
        return number

    def required_number(self, key: str) -> int:
        """As `number`, but it must be there."""
        number = self.number(key)
        if number is None:
            self.odd(key, "is missing")
        return number

    def id(self, key: str) -> int | None:
        """The id at `key`, 1 or more; None for 0 and if it is not told."""
        number = self.number(key)
        if number is not None and number < 0:
            self.odd(key, "is not an id")
        return number or None

    def required_id(self, key: str) -> int:
        """As `id`, but it must be there and not 0."""
        number = self.id(key)
        if number is None:
            self.odd(key, "is missing")
        return number

    def node(self, key: str) -> Node:
        """The object at `key`, which must be there."""
        return self._child(key, self.value.get(key))

    def find_node(self, key: str) -> Node | None:
        """The object at `key`; None if it is not told, or empty: PHP writes {} as []."""
        found = self.value.get(key)
        return None if found is None or found == [] else self._child(key, found)

    def nodes(self, key: str) -> tuple[Node, ...]:
        """The objects of the list at `key`; empty if it is not told."""
        return tuple(
            self._child(f"{key}[{number}]", each) for number, each in enumerate(self._list(key))
        )

    def told_nodes(self, key: str) -> tuple[Node, ...]:
        """As `nodes`, without the entries that are null."""
        return tuple(
            self._child(f"{key}[{number}]", each)
            for number, each in enumerate(self._list(key))
            if each is not None
        )

    def flag(self, key: str) -> bool:
        """The yes or no at `key`; no if it is not told."""
        found = self.value.get(key)
        if found is not None and not isinstance(found, bool):
            self.odd(key, "is not a yes or no")
        return bool(found)

    def entries(self, key: str) -> Iterator[Node | OddAnswerError]:
        """As `nodes`, for a list that must be there, but one by one: an entry that is no object is
        given as its error, so that it need not spoil the others."""
        if not self.tells(key):
            self.odd(key, "is missing")
        for number, each in enumerate(self._list(key)):
            try:
                yield self._child(f"{key}[{number}]", each)
            except OddAnswerError as error:
                yield error

    def odd(self, key: str, what: str) -> NoReturn:
        """Raise OddAnswerError about `key`: "is missing", "is not a text"."""
        raise _odd(self.provider, f"{self.path}.{key}" if self.path else key, what)

    def _list(self, key: str) -> list[object]:
        found = self.value.get(key)
        if found is None:
            return []
        if not isinstance(found, list):
            self.odd(key, "is not a list")
        return found

    def _child(self, key: str, found: object) -> Node:
        if found is None:
            self.odd(key, "is missing")
        if not isinstance(found, dict):
            self.odd(key, "is not an object")
        return Node(self.provider, found, f"{self.path}.{key}" if self.path else key)


def cleaned(text: str) -> str:
    """`text` without the characters that cannot be stored."""
    return _UNSTORABLE.sub("", text)


def _whole_number(found: object) -> int | None:
    if isinstance(found, str) and re.fullmatch(r"\s*-?[0-9]{1,19}\s*", found):
        found = int(found)
    if isinstance(found, bool) or not isinstance(found, int) or abs(found) > LARGEST_ID:
        return None
    return found


def _odd(provider: Provider, field: str, what: str) -> OddAnswerError:
    message = f"{provider.title} told something we cannot read: {field} {what}."
    return OddAnswerError(provider.name, message, field)
