"""The words on a sticker: what is known about a copy, poured into a person's text template.

A template is plain text with placeholders such as `{artist}`; `{{` and `}}` stand for a brace.
Substitution is a single pass over the template: a title that contains "{year}" stays as it is, and
nothing is ever looked up on an object ("{artist.__class__}" is simply an unknown placeholder).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import NamedTuple

from app.domain.records import FormatRecord

DEFAULT_TEXT = "{artist} – {title} [{year}]\n{discogs_folder}"
UNKNOWN_YEAR = "unknown"

# "All Media" is no part of its own: its descriptions are said of the whole package.
_WHOLE_PACKAGE = "All Media"

_INCHES = re.compile(
    r"""\s*(?P<whole>\d{0,2})(?P<part>[.,]\d+|½)?
        \s*-?\s*(?:"|″|”|''|\u2032\u2032|\u2019\u2019|inch(?:es)?|in\.?)\s*""",
    re.VERBOSE | re.IGNORECASE,
)
_TOKEN = re.compile(r"\{\{|\}\}|\{(?P<name>[^{}]*)\}|[{}]")
_GRADE = re.compile(r"\((?P<short>[^()]+?)(?: or [^()]+)?\)\s*$")

# Whitespace that would break a line, and signs that print nothing: controls, direction overrides,
# zero-width blanks, stray surrogates. ZWJ and ZWNJ stay, Persian and emoji are spelt with them.
_BLANKS = re.compile(r"[\t\n\v\f\r\x85\u2028\u2029]+")
_INVISIBLE = re.compile(
    r"[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f"
    r"\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_MARKS_FLOOD = re.compile(
    r"([\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]{4})"
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff]+"
)


class StickerFacts(NamedTuple):
    """What a sticker can say about one copy. Empty text = nothing known; a year 0 counts as None.

    `artist` is the joined display text; `folder` is the folder of this very copy;
    `release_id` is the Discogs release id, None for a hand-made record; `copy_id` is our own id;
    `url` is what the code leads to and `file_name` the picture's name without its ending.
    """

    copy_id: int
    artist: str = ""
    title: str = ""
    year: int | None = None
    folder: str = ""
    release_id: int | None = None
    format_name: str = ""
    format_size: str = ""
    format_descriptions: str = ""
    label: str = ""
    catno: str = ""
    country: str = ""
    original_year: int | None = None
    media_condition: str = ""
    url: str = ""
    file_name: str = ""

    @property
    def base_name(self) -> str:
        """The release id, or `copy-<copy id>` when Discogs does not know the record."""
        return f"copy-{self.copy_id}" if self.release_id is None else str(self.release_id)


def printable(text: str) -> str:
    """`text` on one line, without signs that print nothing and without floods of accents."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isprintable():
        text = _INVISIBLE.sub("", _BLANKS.sub(" ", text))
    return _MARKS_FLOOD.sub(r"\1", text)


def one_newline(text: str) -> str:
    """`text` with every line end written as LF."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def short_grade(condition: str) -> str:
    """ "Very Good Plus (VG+)" → "VG+", "Near Mint (NM or M-)" → "NM"; anything else unchanged."""
    found = _GRADE.search(condition)
    return found["short"] if found else condition


# --- formats -------------------------------------------------------------------------------------
# A record with several parts (box set, LP + CD) keeps all of them: each distinct name and size
# once, in Discogs' order, joined by " + "; all distinct remaining descriptions, joined by ", ".


def _inches(description: str) -> str:
    """`7″`, `7''`, `7 inch`, `5,5"` and `5½"` in the spelling `7"`, `5.5"`; "" if it is no size."""
    found = _INCHES.fullmatch(description)
    if found is None or not (found["whole"] or found["part"]):
        return ""
    part = (found["part"] or "").replace(",", ".").replace("½", ".5")
    return f'{found["whole"] or "0"}{part}"'


def _part_size(part: FormatRecord) -> str:
    explicit = next(filter(None, map(_inches, part.descriptions)), "")
    return explicit or ('12"' if "LP" in part.descriptions else "")


def _distinct(texts: Sequence[str]) -> list[str]:
    return [text for text in dict.fromkeys(texts) if text]


def format_name(formats: Sequence[FormatRecord]) -> str:
    """ "Vinyl", or all parts: "Box Set + Vinyl". "All Media" counts only when it stands alone."""
    names = _distinct([part.name for part in formats])
    return " + ".join([name for name in names if name != _WHOLE_PACKAGE] or names)


def format_size(formats: Sequence[FormatRecord]) -> str:
    """The size in inches: a size among a part's descriptions wins, else LP implies 12", else "".

    Parts of different size give all of them: `12" + 7"`.
    """
    return " + ".join(_distinct([_part_size(part) for part in formats]))


def format_descriptions(formats: Sequence[FormatRecord]) -> str:
    """What else Discogs says of the parts: "LP, Album, Reissue". Sizes in inches are left out."""
    told = [text for part in formats for text in part.descriptions if not _inches(text)]
    return ", ".join(_distinct(told))


# --- templates -----------------------------------------------------------------------------------

_TEXTS: dict[str, Callable[[StickerFacts], str]] = {
    "artist": attrgetter("artist"),
    "title": attrgetter("title"),
    "discogs_folder": attrgetter("folder"),
    "format_name": attrgetter("format_name"),
    "format_size": attrgetter("format_size"),
    "format_descriptions": attrgetter("format_descriptions"),
    "label": attrgetter("label"),
    "catno": attrgetter("catno"),
    "country": attrgetter("country"),
    "grade": lambda facts: short_grade(facts.media_condition),
    "id": attrgetter("base_name"),
    "url": attrgetter("url"),
    "filename": attrgetter("file_name"),
}
_YEARS: dict[str, Callable[[StickerFacts], int | None]] = {
    "year": attrgetter("year"),
    "original_year": attrgetter("original_year"),
}

PLACEHOLDERS = (
    "artist", "title", "year", "discogs_folder", "format_name", "format_size",
    "format_descriptions", "label", "catno", "country", "original_year", "grade", "id",
)  # fmt: skip
FILE_PLACEHOLDERS = ("url", "filename")


class CompiledTemplate:
    """A template taken apart once, to be filled many times."""

    def __init__(self, pattern: str, names: Sequence[str], unknown_year: str) -> None:
        self._pattern = pattern
        self._texts = [_text_of(name, unknown_year) for name in names]
        self.names = frozenset(names)

    def render(self, facts: StickerFacts) -> str:
        """The text for one copy; line ends are LF."""
        # The values go in by position in one step, so what they contain is never read again.
        return self._pattern % tuple([printable(text(facts)) for text in self._texts])


def _text_of(name: str, unknown_year: str) -> Callable[[StickerFacts], str]:
    if name in _TEXTS:
        return _TEXTS[name]
    year_of = _YEARS[name]
    return lambda facts: str(year_of(facts) or unknown_year)


def compile_template(text: str, unknown_year: str = UNKNOWN_YEAR) -> CompiledTemplate:
    """`text` ready to be filled. What is no known placeholder stays in the text as written.

    `unknown_year` is the word for a year nobody knows. Use `template_problems` to tell a person
    about unknown placeholders before keeping a template.
    """
    text = one_newline(text)
    names: list[str] = []

    def slot(token: re.Match[str]) -> str:
        if token["name"] in _TEXTS or token["name"] in _YEARS:
            names.append(token["name"])
            return "%s"
        return token[0][0] if token[0] in ("{{", "}}") else token[0]

    return CompiledTemplate(_TOKEN.sub(slot, text.replace("%", "%%")), names, unknown_year)


LONGEST_TEMPLATE = 5_000


def template_problems(text: str, *, file_placeholders: bool = True) -> list[str]:
    """Sentences about what cannot be filled in, each with its place; [] when all is well.

    `file_placeholders` says whether {url} and {filename} have a meaning here.
    """
    text = one_newline(text)
    if len(text) > LONGEST_TEMPLATE:
        return [f"At most {LONGEST_TEMPLATE:,} characters."]
    known = PLACEHOLDERS + (FILE_PLACEHOLDERS if file_placeholders else ())
    problems, unknown = [], False
    for token in _TOKEN.finditer(text):
        if token[0] in ("{{", "}}") or token["name"] in known:
            continue
        unknown = unknown or token["name"] is not None
        problems.append(f"{_place(text, token.start())}: {_complaint(token)}")
    if unknown:
        problems.append("Known placeholders: " + " ".join(f"{{{name}}}" for name in known) + ".")
    return problems


def _place(text: str, position: int) -> str:
    line_start = text.rfind("\n", 0, position) + 1
    return f"Line {text.count(chr(10), 0, position) + 1}, column {position - line_start + 1}"


def _complaint(token: re.Match[str]) -> str:
    if token["name"] is None:
        return f"a single {token[0]} has no partner; write {token[0] * 2} for a brace in the text."
    return f"{token[0]} is not a placeholder."
