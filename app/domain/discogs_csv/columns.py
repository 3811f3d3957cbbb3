"""Which column of the file holds what: found by name, never by position."""

from __future__ import annotations

import csv
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from app.errors import InvalidInputError

DISCOGS_COLUMNS = (
    "Catalog#",
    "Artist",
    "Title",
    "Label",
    "Format",
    "Rating",
    "Released",
    "release_id",
    "CollectionFolder",
    "Date Added",
    "Collection Media Condition",
    "Collection Sleeve Condition",
    "Collection Notes",
)
"""The header of Discogs' own export, in its order; custom fields follow as `Collection <name>`."""

REQUIRED = ("Artist", "Title", "release_id")
DELIMITERS = (",", ";", "\t")

# Headers as people translate them by hand, reduced like `_reduced` does.
_TRANSLATIONS: Mapping[str, str] = {
    "catno": "Catalog#",
    "catalognumber": "Catalog#",
    "cataloguenumber": "Catalog#",
    "katalognummer": "Catalog#",
    "künstler": "Artist",
    "interpret": "Artist",
    "artiste": "Artist",
    "artista": "Artist",
    "artiest": "Artist",
    "アーティスト": "Artist",
    "titel": "Title",
    "titre": "Title",
    "título": "Title",
    "titolo": "Title",
    "タイトル": "Title",
    "plattenlabel": "Label",
    "レーベル": "Label",
    "formato": "Format",
    "フォーマット": "Format",
    "bewertung": "Rating",
    "veröffentlicht": "Released",
    "year": "Released",
    "folder": "CollectionFolder",
    "ordner": "CollectionFolder",
    "added": "Date Added",
    "mediacondition": "Collection Media Condition",
    "sleevecondition": "Collection Sleeve Condition",
    "notes": "Collection Notes",
}
_NOT_A_LETTER = re.compile(r"[\W_]+")
_CUSTOM = re.compile(r"collection[ ._]+(?=\S)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where each fact stands. `positions` maps a header of `DISCOGS_COLUMNS` to a cell number.

    `custom` maps a collection field's name to its cell number, `ignored` are headers that mean
    nothing to us, `width` is how many cells a row has. `from_r` tells that R saved the file, where
    NA stands for an empty cell.
    """

    header: tuple[str, ...]
    positions: Mapping[str, int]
    custom: Mapping[str, int]
    ignored: tuple[str, ...]
    width: int
    from_r: bool


def split_header(line: str) -> tuple[str, list[str]]:
    """The delimiter of the file and the cells of its header `line`.

    Of comma, semicolon and tab the one wins that gives the most headers we know.
    """
    best = max(DELIMITERS, key=lambda mark: (_known(_cells(line, mark)), line.count(mark)))
    return best, _cells(line, best)


def map_columns(header: Sequence[str]) -> Columns:
    """The columns of a file with this `header`.

    Raises InvalidInputError naming required columns that are missing, or headers that say the same
    thing twice, where we could only guess which one is meant.
    """
    names = ["".join(filter(str.isprintable, cell)).strip() for cell in header]
    meanings = _meanings(names)
    custom = {
        position: _CUSTOM.sub("", name, count=1).replace(".", " ").strip()
        for position, name in enumerate(names)
        if position not in meanings and _CUSTOM.match(name)
    }
    _refuse_doubles(names, meanings)
    _refuse_doubles(names, custom)
    positions = {meaning: position for position, meaning in meanings.items()}
    _refuse_missing(positions)
    return Columns(
        header=tuple(names),
        positions=positions,
        custom={name: position for position, name in custom.items()},
        ignored=tuple(
            name
            for at, name in enumerate(names)
            if name and at not in meanings and at not in custom
        ),
        width=len(names),
        from_r=any(name in ("Catalog.", "Date.Added") for name in names),
    )


def _reduced(name: str) -> str:
    """`Date Added`, `Date.Added` and `date_added` are one name."""
    return _NOT_A_LETTER.sub("", name.casefold())


_OWN = {_reduced(name): name for name in DISCOGS_COLUMNS}


def _meanings(names: Sequence[str]) -> dict[int, str]:
    """Cell number → Discogs header. A translation counts only where Discogs' own word is absent."""
    reduced = [_reduced(name) for name in names]
    own = {at: _OWN[name] for at, name in enumerate(reduced) if name in _OWN}
    taken = set(own.values())
    translated = {
        at: meaning
        for at, name in enumerate(reduced)
        if at not in own and (meaning := _TRANSLATIONS.get(name)) and meaning not in taken
    }
    return {**own, **translated}


def _refuse_doubles(names: Sequence[str], meanings: Mapping[int, str]) -> None:
    said: dict[str, list[str]] = {}
    for position, meaning in meanings.items():
        said.setdefault(meaning, []).append(f"“{names[position]}”")
    doubles = [_listed(headers) for headers in said.values() if len(headers) > 1]
    if doubles:
        sentences = [f"The columns {double} mean the same." for double in doubles]
        raise InvalidInputError(
            f"{' '.join(sentences)} Keep one of them, or call the other something else.",
            {"columns": sentences},
        )


def _refuse_missing(positions: Mapping[str, int]) -> None:
    missing = [name for name in REQUIRED if name not in positions]
    if missing:
        subject = "The columns {} are" if len(missing) > 1 else "The column {} is"
        raise InvalidInputError(
            "This does not look like a Discogs export. "
            f"{subject.format(_listed(missing))} missing.",
            {"columns": [f"The column {name} is missing." for name in missing]},
        )


def _listed(names: Sequence[str]) -> str:
    """Names in a sentence: "A", "A and B", "A, B and C"."""
    *most, last = names
    return f"{', '.join(most)} and {last}" if most else last


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        return []


def _known(cells: Sequence[str]) -> int:
    return len(_meanings([cell.strip() for cell in cells]))
