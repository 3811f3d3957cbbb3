"""What is wrong with a document somebody wrote: every problem, its place, in a sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator, FormatChecker, ValidationError, validators

from app.domain.documents_schema import RESERVED, Schema
from app.domain.strict_json import JsonDocument
from app.domain.text import clean
from app.domain.visible import shows_something

MOST_PROBLEMS = 200

_RELEASE_DATE = re.compile(r"[0-9]{4}(-(0[0-9]|1[0-2])(-([0-2][0-9]|3[01]))?)?")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something wrong at `path` of a document, which stands in `line`, `column` (from 1)."""

    path: tuple[str | int, ...]
    line: int
    column: int
    message: str


def problems(document: JsonDocument, schema: Schema) -> list[Problem]:
    """Everything in `document` that does not fit `schema`, in the order of the text.

    Of a document that is wrong in thousands of places the first two hundred found are told.
    """
    errors = _Validator(schema, format_checker=_formats).iter_errors(document.value)
    found = (problem for error in errors for problem in _explained(error, document))
    return sorted(islice(found, MOST_PROBLEMS), key=lambda problem: (problem.line, problem.column))


def _is_whole(_checker: Any, value: object) -> bool:
    # jsonschema also counts 1959.0, which is no whole number to a database.
    return isinstance(value, int) and not isinstance(value, bool)


_Validator = validators.extend(
    Draft202012Validator,
    type_checker=Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_whole),
)


def _is_visible(value: object) -> bool:
    return not isinstance(value, str) or shows_something(clean(value))


def _is_release_date(value: object) -> bool:
    return not isinstance(value, str) or not value or bool(_RELEASE_DATE.fullmatch(clean(value)))


def _is_web_address(value: object) -> bool:
    if not isinstance(value, str):
        return True
    if not value.isprintable() or " " in value:
        return False
    try:
        parts = urlsplit(value)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname)


_formats = FormatChecker(formats=())
_formats.checks("visible")(_is_visible)
_formats.checks("release date")(_is_release_date)
_formats.checks("web address")(_is_web_address)


def _explained(error: ValidationError, document: JsonDocument) -> Iterator[Problem]:
    path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        for key in error.instance:
            if key not in error.schema["properties"]:
                place = document.key_position((*path, key))
                yield Problem((*path, key), *place, _unknown(key, path, error.schema))
    else:
        name = _name(path) or _whole(error.schema).capitalize()
        yield Problem(path, *document.position(path), f"{name} {_complaint(error)}.")


def _complaint(error: ValidationError) -> str:
    schema: Mapping[str, Any] = error.schema
    size = len(error.instance) if isinstance(error.instance, str | list | dict) else 0
    match error.validator:
        case "maxLength":
            return f"has {size:,} characters; {schema['maxLength']:,} is the most"
        case "maxItems":
            return f"has {size:,} entries; {schema['maxItems']:,} is the most"
        case "minItems":
            return "must have at least one entry"
        case "pattern":
            return "holds an invisible character that reverses what is shown"
        case "required":
            missing = next(key for key in schema["required"] if repr(key) in error.message)
            return f'has no "{missing}"'
        case "minimum" | "maximum":
            return f"must be between {schema['minimum']} and {schema['maximum']}"
        case "enum":
            *most, last = schema["enum"]
            return f"must be {', '.join(most)} or {last}"
        case "format" if schema["format"] == "visible":
            blank = not clean(error.instance).strip()
            return "must not be empty" if blank else "has nothing in it that can be seen"
    return f"must be {schema['description']}"


def _unknown(key: str, path: tuple[str | int, ...], schema: Schema) -> str:
    shown = key if len(key) <= 40 else key[:39] + "…"
    if key in RESERVED:
        return f"{shown} is kept by Gatefold itself and cannot be changed here."
    owner = _name(path) or _whole(schema)
    close = get_close_matches(key, schema["properties"], n=1, cutoff=0.55)
    hint = f"; did you mean {close[0]}?" if close else "."
    return f"{shown} is not a field of {owner}{hint}"


def _whole(schema: Mapping[str, Any]) -> str:
    kind = str(schema["title"])
    return f"{'an' if kind[0] in 'aeiou' else 'a'} {kind}"


def _name(path: tuple[str | int, ...]) -> str:
    """`tracks[2].duration`"""
    name = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return name.removeprefix(".")
