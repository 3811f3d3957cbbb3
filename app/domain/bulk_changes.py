"""One change made to many records at once: what it is, and what it makes of a value."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from app.domain.document_problems import problems
from app.domain.documents import tidy
from app.domain.documents_schema import COPY, RELEASE, Schema
from app.domain.strict_json import parse
from app.errors import InvalidInputError

SCHEMAS: Final[Mapping[str, Schema]] = {"release": RELEASE, "copy": COPY}


class Kind(NamedTuple):
    """A change people can choose: of which field, how, and what it is called."""

    entity: str
    field: str
    how: str
    words: str


KINDS: Final[Mapping[str, Kind]] = {
    "folder": Kind("copy", "folder", "set", "Move to the folder"),
    "media": Kind("copy", "media_condition", "set", "Grade the record"),
    "sleeve": Kind("copy", "sleeve_condition", "set", "Grade the sleeve"),
    "rating": Kind("copy", "rating", "set", "Rate"),
    "note": Kind("copy", "notes", "append", "Add to the notes"),
    "field": Kind("copy", "fields", "entry", "Fill in a field of your own"),
    "genre": Kind("release", "genres", "add", "Add a genre"),
    "no-genre": Kind("release", "genres", "remove", "Take a genre away"),
    "style": Kind("release", "styles", "add", "Add a style"),
    "no-style": Kind("release", "styles", "remove", "Take a style away"),
    "country": Kind("release", "country", "set", "Set the country"),
    "year": Kind("release", "year", "set", "Set the year"),
}
NUMBERS: Final = ("rating", "year")


@dataclass(frozen=True, slots=True)
class BulkChange:
    """A chosen change. `value` None empties the field; `name` is that of a field of one's own."""

    kind: str
    value: Any
    name: str = ""

    @property
    def entity(self) -> str:
        """Whose field it is: release or copy."""
        return KINDS[self.kind].entity

    @property
    def field(self) -> str:
        """The field of the document."""
        return KINDS[self.kind].field

    def applied(self, now: Any) -> Any:
        """What the change makes of the present value of its field."""
        match KINDS[self.kind].how:
            case "add":
                return now if self.value in now else [*now, self.value]
            case "remove":
                return [word for word in now if word.casefold() != self.value.casefold()]
            case "append":
                return f"{now}\n{self.value}" if now else self.value
            case "entry":
                others = [entry for entry in now if entry["name"] != self.name]
                if not self.value:
                    return others
                if any(entry["name"] == self.name for entry in now):
                    return [self._entry(entry) for entry in now]
                return [*now, {"name": self.name, "value": self.value}]
            case _:
                return self.value

    def _entry(self, entry: dict[str, str]) -> dict[str, str]:
        return {"name": self.name, "value": self.value} if entry["name"] == self.name else entry


def read_change(kind: str, value: str, name: str = "") -> BulkChange:
    """A change as it was typed.

    Raises InvalidInputError whose `problems` name kind, value or name.
    """
    if kind not in KINDS:
        raise _refusal("kind", "Choose what to change.")
    chosen, written = KINDS[kind], value.strip()
    empties = chosen.how in ("set", "entry") and chosen.field != "folder"
    if not written and not empties:
        raise _refusal("value", "Say what to put there.")
    if chosen.how == "entry" and not name.strip():
        raise _refusal("name", "Say which of your fields.")
    change = BulkChange(kind, _typed(chosen.field, written), name.strip())
    empty: Any = [] if chosen.how in ("add", "remove", "entry") else None
    document = {chosen.field: change.applied(empty)}
    found = problems(parse(json.dumps(document)), SCHEMAS[chosen.entity])
    if found:
        raise _refusal("value", found[0].message)
    tidied = tidy(document, SCHEMAS[chosen.entity])[chosen.field]
    if chosen.how in ("set", "append"):
        return BulkChange(kind, tidied, change.name)
    return change


def _refusal(field: str, sentence: str) -> InvalidInputError:
    return InvalidInputError(sentence, {field: [sentence]})


def _typed(field: str, written: str) -> Any:
    if field in NUMBERS and written.isascii() and written.isdigit() and len(written) < 10:
        return int(written)
    return written or None
