"""A document as a form: a field for each part of its schema, and what a browser sends back.

Fields are called by their place: `title`, `artists.0.anv`, `tracks.3.sub_tracks.0.title`. A list of
words is a text with one word a line, a list of entries a row of fields for each of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from app.domain.document_problems import Problem
from app.domain.documents_schema import MAX_TEXT, Schema

# A longer list is slow to lay out as a form and no joy to edit as one: it is edited as JSON.
MOST_ROWS: Final = 200
# What a list of entries sends of itself, so that a list whose last entry was taken away is told
# from one that was not in the form.
IS_HERE: Final = "here"

# tracks.3.sub_tracks.0.title
DEEPEST: Final = 5

_INDEX = re.compile(r"[0-9]{1,4}")
_WHOLE_NUMBER = re.compile(r"-?[0-9]{1,15}")
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class FormField:
    """One field. `kind` is text, area, number, choice, words, rows, or json for a value that no
    form can show. `value` is its text, `rows` are the entries of a list, and `blank` is an empty
    one. `key` is the last step of `name`; `may_be_null` says that nothing in it means null.
    """

    name: str
    key: str
    kind: str
    value: str = ""
    choices: tuple[str, ...] = ()
    most: int | None = None
    is_needed: bool = False
    may_be_null: bool = False
    problems: tuple[str, ...] = ()
    rows: tuple[FormRow, ...] = ()
    blank: FormRow | None = None


@dataclass(frozen=True, slots=True)
class FormRow:
    """One entry of a list; `name` is its place: `artists.0`."""

    name: str
    fields: tuple[FormField, ...]
    problems: tuple[str, ...] = ()

    @property
    def has_problems(self) -> bool:
        """Whether anything in it is to be mended."""
        return bool(self.problems) or any(map(is_wrong, self.fields))


def is_wrong(field: FormField) -> bool:
    """Whether anything in a field is to be mended."""
    return bool(field.problems) or any(row.has_problems for row in field.rows)


def form_fields(
    document: Mapping[str, Any], schema: Schema, problems: Iterable[Problem] = ()
) -> list[FormField]:
    """The fields of a form that shows `document`, whatever is wrong in it, each with its problems.

    A problem of something that is no field is shown by nobody here.
    """
    told: dict[str, list[str]] = {}
    for problem in problems:
        # In JSON nothing is written as null; in a field it is just nothing.
        sentence = problem.message.replace(", or null.", ", or nothing.")
        told.setdefault(_dotted(problem.path), []).append(sentence)
    return list(_fields(document, schema, "", {name: tuple(m) for name, m in told.items()}))


def _dotted(path: Iterable[str | int]) -> str:
    return ".".join(map(str, path))


def _fields(
    values: Mapping[str, Any], schema: Schema, place: str, told: Mapping[str, tuple[str, ...]]
) -> Iterator[FormField]:
    for key, part in schema["properties"].items():
        name = f"{place}.{key}" if place else key
        value = values.get(key, part.get("default"))
        yield _field(name, key, value, part, told, is_needed=key in schema["required"])


def _field(
    name: str,
    key: str,
    value: Any,
    schema: Schema,
    told: Mapping[str, tuple[str, ...]],
    *,
    is_needed: bool,
) -> FormField:
    kind = _kind(schema, value)
    if not _can_show(value, schema):
        below = (told[place] for place in sorted(told) if place.startswith(f"{name}."))
        problems = told.get(name, ()) + tuple(sentence for each in below for sentence in each)
        return FormField(name, key, "json", problems=problems)
    if kind == "rows":
        entries = value or ()
        return FormField(
            name,
            key,
            kind,
            problems=told.get(name, ()),
            rows=tuple(
                _row(f"{name}.{at}", entry, schema["items"], told)
                for at, entry in enumerate(entries)
            ),
            blank=_row(f"{name}.{len(entries)}", {}, schema["items"], {}),
        )
    problems = told.get(name, ())
    if kind == "words":
        problems += tuple(m for at in range(len(value or ())) for m in told.get(f"{name}.{at}", ()))
    return FormField(
        name,
        key,
        kind,
        value="\n".join(value or ()) if kind == "words" else _written(value),
        choices=tuple(schema.get("enum", ())),
        most=schema.get("maxLength"),
        is_needed=is_needed,
        may_be_null="null" in schema["type"],
        problems=problems,
    )


def _row(
    name: str, entry: Mapping[str, Any], schema: Schema, told: Mapping[str, tuple[str, ...]]
) -> FormRow:
    return FormRow(name, tuple(_fields(entry, schema, name, told)), told.get(name, ()))


def _kind(schema: Schema, value: Any = None) -> str:
    types = schema["type"]
    if types == "array":
        return "words" if schema["items"]["type"] == "string" else "rows"
    if "integer" in types:
        return "number"
    if "enum" in schema:
        return "choice"
    # A line break would get lost in an <input>.
    is_long = schema.get("maxLength", 0) >= MAX_TEXT or (isinstance(value, str) and "\n" in value)
    return "area" if is_long else "text"


def _can_show(value: Any, schema: Schema) -> bool:
    """Whether a field can hold this value and give it back."""
    match _kind(schema):
        case "rows":
            return value is None or _are_entries(value, schema["items"])
        case "words":
            words = [] if value is None else value
            return isinstance(words, list) and all(map(_is_one_line, words))
        case "number":
            return value is None or (isinstance(value, int | str) and not isinstance(value, bool))
        case "choice":
            return value is None or value in schema["enum"]
    return value is None or isinstance(value, str)


def _is_one_line(word: Any) -> bool:
    return isinstance(word, str) and not _LINE_END.search(word)


def _are_entries(value: Any, schema: Schema) -> bool:
    known = schema["properties"]
    return (
        isinstance(value, list)
        and len(value) <= MOST_ROWS
        and all(
            isinstance(entry, dict)
            and all(key in known and _can_show(part, known[key]) for key, part in entry.items())
            for entry in value
        )
    )


def _written(value: Any) -> str:
    return "" if value is None else str(value)


def document_from_form(
    sent: Iterable[tuple[str, str]], schema: Schema, *, keep_blank: bool = False
) -> dict[str, Any]:
    """What the fields of a form say, as a document; it may still have any problem.

    A field that was not sent is left out. Entries with nothing in them are, too, unless
    `keep_blank`: somebody may be about to fill them in. Names that are no field are ignored.
    """
    tree: dict[str, Any] = {}
    for name, text in sent:
        steps = name.split(".")
        if all(steps) and len(steps) <= DEEPEST:
            _plant(tree, steps, text)
    return _object(tree, schema, keep_blank)


def _plant(tree: dict[str, Any], steps: list[str], text: str) -> None:
    """Put a text at its place; "" of a place holds its own text, beside what is below."""
    for step in steps:
        tree = tree.setdefault(step, {})
    tree[""] = text


def _object(tree: Mapping[str, Any], schema: Schema, keep_blank: bool) -> dict[str, Any]:
    told = {
        key: _value(tree[key], part, keep_blank)
        for key, part in schema["properties"].items()
        if "" in tree.get(key, ())
    }
    # A field that must not be null means what its absence means.
    return {
        key: value
        for key, value in told.items()
        if value is not None or "null" in schema["properties"][key]["type"]
    }


def _value(branch: Mapping[str, Any], schema: Schema, keep_blank: bool) -> Any:
    text = _LINE_END.sub("\n", branch[""])
    match _kind(schema):
        case "rows":
            entries = _entries(branch, schema["items"], keep_blank)
            return [e for e in entries if keep_blank or not _is_blank(e, schema["items"])]
        case "words":
            return [word for line in text.split("\n") if (word := line.strip())]
        case "number":
            written = text.strip()
            return int(written) if _WHOLE_NUMBER.fullmatch(written) else written or None
    return text if text or "null" not in schema["type"] else None


def _entries(branch: Mapping[str, Any], schema: Schema, keep_blank: bool) -> list[dict[str, Any]]:
    places = sorted((step for step in branch if _INDEX.fullmatch(step)), key=int)
    return [_object(branch[place], schema, keep_blank) for place in places]


def _is_blank(entry: Mapping[str, Any], schema: Schema) -> bool:
    return all(
        value in ("", None, []) or value == schema["properties"][key].get("default")
        for key, value in entry.items()
    )


def with_row_moved(document: dict[str, Any], act: str, place: str) -> dict[str, Any]:
    """`document` with an entry added to the list at `place`, or the entry there removed, or moved.

    `act` is add, remove, up or down. What cannot be done changes nothing.
    """
    steps = [int(step) if _INDEX.fullmatch(step) else step for step in place.split(".")]
    if act == "add":
        found = _at(document, steps)
        if isinstance(found, list) and len(found) < MOST_ROWS:
            found.append({})
        return document
    rows, at = _at(document, steps[:-1]), steps[-1]
    if not isinstance(rows, list) or not isinstance(at, int) or at >= len(rows):
        return document
    entry = rows.pop(at)
    if act != "remove":
        rows.insert(max(0, at + {"up": -1, "down": 1}.get(act, 0)), entry)
    return document


def _at(value: Any, steps: Iterable[str | int]) -> Any:
    for step in steps:
        try:
            value = value[step]
        except (KeyError, IndexError, TypeError):
            return None
    return value
