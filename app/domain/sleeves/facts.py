"""What a sleeve is drawn from, and how hostile text is made printable."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

LONGEST = 220
"""Characters of any text that are looked at; no sleeve has room for more."""

_KEPT_CONTROLS = "\u200c\u200d"  # joiners that Arabic, Indic scripts and emoji need
_DISAMBIGUATOR = re.compile(r" \(\d{1,3}\)(?=$|,| [^\w\s(]| (?:and|with|feat|vs|Featuring)\b)")
_NO_NUMBER = {"none", "not on label", "n/a", "-"}
_MOST_MARKS = 2


@dataclass(frozen=True, slots=True)
class SleeveFacts:
    """The facts of a record that its drawn sleeve shows. `seed` is the release's own id."""

    title: str
    artist: str
    label: str = ""
    catno: str = ""
    year: int | None = None
    genres: tuple[str, ...] = ()
    styles: tuple[str, ...] = ()
    seed: int = 0


def printable(text: str) -> str:
    """`text` on one line without anything that could break XML, the line or its direction."""
    kept: list[str] = []
    marks = 0
    for char in unicodedata.normalize("NFC", text[: 2 * LONGEST]):
        kind = unicodedata.category(char)
        marks = marks + 1 if kind in ("Mn", "Me") else 0
        if kind[0] == "Z" or char in "\t\r\n":
            kept.append(" ")
        elif char in _KEPT_CONTROLS or (kind[0] != "C" and marks <= _MOST_MARKS):
            kept.append(char)
    return " ".join("".join(kept).split())[:LONGEST]


def printable_name(text: str) -> str:
    """A name as printed: without the "(3)" that Discogs tells namesakes apart with."""
    return _DISAMBIGUATOR.sub("", printable(text)).strip()


def printable_label(text: str) -> str:
    """A label as printed; Discogs' "Not On Label (… Self-released)" is no label's name."""
    name = printable_name(text)
    if not name.casefold().startswith("not on label"):
        return name
    return "Self-released" if "self-released" in name.casefold() else ""


def printable_catno(text: str) -> str:
    """A catalogue number, or "" for the words that stand for none."""
    number = printable(text)
    return "" if number.casefold() in _NO_NUMBER else number
